import { canonicalJson } from '../kubernetes/canonical-json'
import { outcomeOfAttempts } from './attempts'
import type { BehaviourEvidence } from './catalogue/read-coverage'
import { catalogueHashOf, featuresHashOf } from './hashes'
import { judge } from './judgement'
import { type ConformanceReport, type ReportTotals, totalsOf } from './report'
import type { ScenarioRun } from './scenario-run'
import { isIntact } from './seal'
import { worstOf } from './suite-recorder'
import type { ScenarioVerdict } from './verdict'

/** What a second derivation of a report has found. */
export interface Verification {
  /** Where the report is not what it says, one line each; empty: it is. */
  readonly problems: readonly string[]
  /** What could not be derived again, and why that is no fault of the report. */
  readonly notes: readonly string[]
}

/**
 * Derives every verdict, the totals, the answer and the exit code of a report again, from its runs and observations.
 *
 * A report that was cut or edited fails by its seal; one that was edited and sealed again fails here, because its
 * parts no longer follow from each other.
 */
export function verificationOf(
  report: ConformanceReport,
  behaviours: BehaviourEvidence | undefined,
): Verification {
  const problems = [...formProblems(report)]
  if (problems.length > 0) return { problems, notes: [] }
  const { scenarios, target, reference, basis, metadata } = report
  const { createdAt } = metadata
  const { verdicts, gate } = judge({ scenarios, target, reference, basis, createdAt })
  problems.push(
    ...countProblems(report),
    ...scenarios.flatMap(runProblems),
    ...scenarios.flatMap((said, index) => verdictProblems(said, verdicts[index])),
    ...valueProblems('answer', report.answer, gate.answer),
    ...valueProblems('exit code', report.exitCode, gate.exitCode),
    ...valueProblems('reasons', report.reasons, gate.reasons),
  )
  const isSameCatalogue =
    behaviours !== undefined && basis.catalogueHash === catalogueHashOf(behaviours)
  const totals = totalsOf(verdicts, isSameCatalogue ? behaviours : undefined)
  const wanted: Partial<ReportTotals> = totals
  for (const [name, value] of Object.entries(wanted)) {
    problems.push(
      ...valueProblems(`totals: ${name}`, report.totals[name as keyof ReportTotals], value),
    )
  }
  const notes =
    isSameCatalogue || report.totals.catalogues === undefined
      ? []
      : ['the totals of the catalogues were not derived again: these are other catalogues']
  return { problems, notes }
}

/** What must hold before anything can be derived at all. */
function formProblems(report: ConformanceReport): readonly string[] {
  const { apiVersion, basis, metadata, target, scenarios } = report
  const problems: string[] = []
  if (!isIntact(report)) problems.push('its seal does not fit: it was cut off or edited')
  if (apiVersion !== 'daemonset-conformance.dev/v1alpha1') {
    problems.push(
      `wanted apiVersion daemonset-conformance.dev/v1alpha1, found ${String(apiVersion)}`,
    )
  }
  const parts = { basis, metadata, target, 'basis.expectedDifferences': basis?.expectedDifferences }
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part !== 'object' || part === null) problems.push(`${name} is missing`)
  }
  if (!scenarios.every((each) => typeof each?.scenario?.id === 'string')) {
    problems.push('a scenario has no id')
  }
  return problems
}

function countProblems({ scenarios, basis, metadata }: ConformanceReport): readonly string[] {
  const problems: string[] = []
  const ids = new Set(scenarios.map(({ scenario }) => scenario.id))
  if (ids.size !== scenarios.length) problems.push('a scenario is there twice')
  if (basis.expected !== scenarios.length) {
    problems.push(`wanted ${basis.expected} scenarios, found ${scenarios.length}`)
  }
  const isPart = basis.shard !== undefined || basis.rerun !== undefined
  const hash = featuresHashOf(scenarios.map(({ scenario }) => scenario))
  if (!isPart && hash !== metadata.featuresHash) {
    problems.push('the hash of the features is not that of its scenarios')
  }
  return problems
}

function runProblems({
  scenario,
  target,
  reference,
  secondLook,
}: ScenarioVerdict): readonly string[] {
  return Object.entries({ target, reference, ...secondLook }).flatMap(([name, run]) => {
    if (run === undefined) return []
    const outcome = outcomeFrom(run)
    if (run.scenario.id !== scenario.id) return [`${scenario.id}: its run is of ${run.scenario.id}`]
    if (outcome === run.outcome) return []
    return [`${scenario.id}: says ${run.outcome} on the ${name}, its steps give ${outcome}`]
  })
}

/** The outcome that follows from the steps and the attempts; recorded runs have neither. */
function outcomeFrom(run: ScenarioRun): string {
  const fromAttempts = run.attempts && outcomeOfAttempts(run.attempts)
  if (fromAttempts !== undefined && fromAttempts !== run.outcome) return fromAttempts
  if (run.steps.length === 0) return run.outcome
  return worstOf(run.steps)?.outcome ?? 'passed'
}

function verdictProblems(
  said: ScenarioVerdict,
  derived: ScenarioVerdict | undefined,
): readonly string[] {
  if (derived === undefined || canonicalJson(said) === canonicalJson(derived)) return []
  const { id } = said.scenario
  if (said.verdict !== derived.verdict) {
    return [
      `${id}: says ${said.verdict}, its evidence gives ${derived.verdict}: ${derived.reason ?? 'both showed the same'}`,
    ]
  }
  return [
    `${id}: ${said.verdict} is right, but reason, requirement, differences or blame do not follow from its evidence`,
  ]
}

function valueProblems(name: string, said: unknown, derived: unknown): readonly string[] {
  if (canonicalJson(said ?? null) === canonicalJson(derived ?? null)) return []
  return [`${name}: says ${short(said)}, the evidence gives ${short(derived)}`]
}

/** The longest value that is quoted in a line. */
const maxQuoted = 200

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= maxQuoted ? text : `${text.slice(0, maxQuoted)}…`
}
