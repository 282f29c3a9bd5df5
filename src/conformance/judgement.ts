import type { ReportBasis } from './basis'
import { blameOf, type SecondLook } from './blame'
import { type Expectations, expectationsOf } from './expected-differences'
import { type GateInput, type GateResult, gateOf, targetGateOf } from './gate'
import type { ConformanceReport, ReferenceInfo } from './report'
import type { ClusterInfo, ScenarioRun, ScenarioText } from './scenario-run'
import { type ScenarioVerdict, verdictOf } from './verdict'

/** What two clusters did with one scenario. */
export interface ScenarioEvidence {
  readonly scenario: ScenarioText
  readonly target: ScenarioRun | undefined
  readonly reference: ScenarioRun | undefined
  readonly referenceReason?: string
  readonly secondLook?: SecondLook
}

/** Everything that a verdict, the gate and the totals may rest on; all of it is in the report. */
export interface Evidence {
  readonly scenarios: readonly ScenarioEvidence[]
  readonly target: ClusterInfo
  readonly reference: ReferenceInfo | undefined
  readonly basis: ReportBasis
  /** The day of the run decides which expected differences have expired. */
  readonly createdAt: string
}

export interface Judgement {
  readonly verdicts: readonly ScenarioVerdict[]
  readonly gate: GateResult
}

/** Derives verdicts and exit code from the evidence; the same for a run, for a merge and for `dsc verify`. */
export function judge({ scenarios, target, reference, basis, createdAt }: Evidence): Judgement {
  const verdicts = scenarios.map((each) => judged(each, target, reference, basis))
  // Beside a reference the word counts for nothing: then there was something to compare with.
  if (basis.targetOnly === true && reference === undefined) {
    return { verdicts, gate: targetGateOf({ verdicts, ...gateBasis(basis) }) }
  }
  const expectations = expectationsFor(verdicts, { target, reference, basis, createdAt })
  return { verdicts, gate: gateOf({ verdicts, expectations, reference, ...gateBasis(basis) }) }
}

function gateBasis(basis: ReportBasis): Pick<GateInput, 'expected' | 'interrupted' | 'holes'> {
  return { expected: basis.expected, interrupted: basis.interrupted, holes: holesOf(basis) }
}

/** What the list of expected differences said about the scenarios of a report. */
export function expectationsIn({
  scenarios,
  target,
  reference,
  basis,
  metadata,
}: Pick<
  ConformanceReport,
  'scenarios' | 'target' | 'reference' | 'basis' | 'metadata'
>): Expectations {
  const { createdAt } = metadata
  return expectationsFor(scenarios, { target, reference, basis, createdAt })
}

function expectationsFor(
  verdicts: readonly ScenarioVerdict[],
  { target, reference, basis, createdAt }: Omit<Evidence, 'scenarios'>,
): Expectations {
  return expectationsOf(basis.expectedDifferences, verdicts, {
    target: target.name,
    referenceVersion: reference?.version ?? '',
    today: createdAt.slice(0, 10),
    partial: basis.filtered || basis.shard !== undefined || basis.rerun !== undefined,
  })
}

/** The verdict of one scenario, with where the difference sits if that was looked into. */
export function judged(
  { scenario, target, reference, referenceReason, secondLook }: ScenarioEvidence,
  targetCluster: ClusterInfo,
  referenceCluster: ReferenceInfo | undefined,
  { slow, targetOnly }: Pick<ReportBasis, 'slow' | 'targetOnly'>,
): ScenarioVerdict {
  const why = referenceReason === undefined ? {} : { referenceReason }
  const verdict = verdictOf({
    scenario,
    target,
    reference,
    ...why,
    targetCluster,
    referenceCluster,
    targetOnly: referenceCluster === undefined ? targetOnly : undefined,
    slow: slow || referenceCluster?.live === false,
  })
  if (secondLook === undefined || referenceCluster === undefined) return { ...verdict, ...why }
  const second = secondLook
  const blame = blameOf({ target, reference, second, targetCluster, referenceCluster })
  return { ...verdict, ...why, secondLook, blame }
}

/** Why a run cannot be green whatever its scenarios say. */
function holesOf({ stopped, shard, rerun, coreMissing }: ReportBasis): readonly string[] {
  return [
    ...(stopped === undefined ? [] : [stopped]),
    ...(shard === undefined
      ? []
      : [`shard ${shard.index} of ${shard.count} proves nothing alone: merge the reports of all`]),
    ...(rerun === undefined
      ? []
      : [`only ${rerun} scenarios of the run before were run again: run all for a verdict`]),
    ...(coreMissing === undefined
      ? []
      : [
          `${coreMissing} scenarios of the @core profile were not selected, and only the whole of it proves conformance`,
        ]),
  ]
}
