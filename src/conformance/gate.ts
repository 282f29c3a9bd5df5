import { type Expectations, noExpectations } from './expected-differences'
import type { ClusterInfo } from './scenario-run'
import { isBroken, type ScenarioVerdict, type Verdict } from './verdict'

/** The one answer of a run, and the exit code that says it. */
export interface GateResult {
  readonly exitCode: 0 | 1 | 2 | 3 | 4 | 130
  readonly answer:
    | 'conformant'
    | 'not conformant'
    | 'feature wrong'
    | 'environment failed'
    | 'incomplete'
    | 'interrupted'
    | 'passed, not compared'
    | 'failed, not compared'
  /** Why the gate is not green, one line each, the most serious first. */
  readonly reasons: readonly string[]
}

export interface GateInput {
  readonly verdicts: readonly ScenarioVerdict[]
  readonly reference: ClusterInfo | undefined
  /** How many scenarios the features hold; fewer verdicts than that is a hole, not a success. */
  readonly expected: number
  /** Whether somebody stopped the run: what is known is kept, and can prove nothing. */
  readonly interrupted: boolean
  /** Why the run cannot be complete whatever its scenarios say. */
  readonly holes?: readonly string[]
  /** What the list of expected differences says; absent: nothing is expected to differ. */
  readonly expectations?: Expectations
}

/**
 * Turns verdicts into an exit code. There is one way to 0: at least one required scenario, every
 * required scenario verified, all in agreement or as expected, none missing.
 */
export function gateOf(input: GateInput): GateResult {
  const { verdicts, reference, expected, interrupted } = input
  const { explained, violations } = input.expectations ?? noExpectations
  if (interrupted) {
    const known = verdicts.filter(({ verdict }) => verdict !== 'not-verified').length
    return stopped(`stopped after ${known} of ${expected} scenarios were verified`)
  }
  const wrongFeatures = wrong(verdicts)
  const unexplained = verdicts.filter(({ scenario }) => !explained.has(scenario.id))
  const disagreements = withVerdict(unexplained, 'differ')
  const wrongScenarios = withVerdict(unexplained, 'both-failed')
  const failures = unexplained.filter(
    ({ verdict, target }) => verdict === 'not-verified' && target?.outcome === 'failed',
  )
  const broken = brokenAmong(verdicts)
  const open = withVerdict(verdicts, 'not-verified').filter(({ required }) => required)
  const holes = [...holesOf(verdicts, reference, expected), ...(input.holes ?? [])]
  if (wrongFeatures.length > 0) return red(2, 'feature wrong', wrongFeatures)
  const unlisted = [...disagreements, ...wrongScenarios, ...failures]
  if (unlisted.length + violations.length > 0) {
    const reasons = [...lines(unlisted), ...violations, ...(input.holes ?? [])]
    return { exitCode: 1, answer: 'not conformant', reasons }
  }
  if (broken.length > 0) return red(3, 'environment failed', broken)
  if (open.length > 0 || holes.length > 0) {
    // Without a reference every scenario is open for that one reason.
    const each = reference === undefined ? [] : lines(open)
    return { exitCode: 4, answer: 'incomplete', reasons: [...holes, ...each] }
  }
  return { exitCode: 0, answer: 'conformant', reasons: [] }
}

/**
 * Turns the outcomes on a target alone into an exit code: whether everything passed there.
 *
 * Nothing was compared, so the answer is never "conformant", whatever the code.
 */
export function targetGateOf({
  verdicts,
  expected,
  interrupted,
  holes = [],
}: Omit<GateInput, 'reference' | 'expectations'>): GateResult {
  const ran = verdicts.filter(({ target }) => target !== undefined)
  if (interrupted) return stopped(`stopped after ${ran.length} of ${expected} scenarios ran`)
  const wrongFeatures = wrong(verdicts)
  if (wrongFeatures.length > 0) return red(2, 'feature wrong', wrongFeatures)
  const failures = verdicts.filter(({ target }) => target?.outcome === 'failed')
  if (failures.length > 0) {
    const reasons = [...lines(failures), ...holes]
    return { exitCode: 1, answer: 'failed, not compared', reasons }
  }
  const broken = brokenAmong(verdicts)
  if (broken.length > 0) return red(3, 'environment failed', broken)
  const missing = expected - ran.length
  const open = [
    ...holes,
    ...(missing > 0 ? [`${missing} of ${expected} scenarios did not run`] : []),
    ...(ran.length === 0 ? ['no scenario ran'] : []),
  ]
  if (open.length > 0) return { exitCode: 4, answer: 'incomplete', reasons: open }
  return { exitCode: 0, answer: 'passed, not compared', reasons: [] }
}

function stopped(reason: string): GateResult {
  return { exitCode: 130, answer: 'interrupted', reasons: [reason] }
}

function wrong(verdicts: readonly ScenarioVerdict[]): readonly ScenarioVerdict[] {
  return verdicts.filter(({ target, reference }) =>
    [target?.outcome, reference?.outcome].includes('undefined'),
  )
}

function brokenAmong(verdicts: readonly ScenarioVerdict[]): readonly ScenarioVerdict[] {
  return verdicts.filter(
    ({ required, target, reference }) =>
      required && (isBroken(target?.outcome) || isBroken(reference?.outcome)),
  )
}

function holesOf(
  verdicts: readonly ScenarioVerdict[],
  reference: ClusterInfo | undefined,
  expected: number,
): readonly string[] {
  const holes: string[] = []
  if (reference === undefined)
    holes.push('there is no reference: no real cluster and no recording of one')
  if (verdicts.length < expected) {
    holes.push(`${expected - verdicts.length} of ${expected} scenarios have no verdict`)
  }
  if (!verdicts.some(({ required }) => required))
    holes.push('no scenario was required to be verified')
  return holes
}

function withVerdict(
  verdicts: readonly ScenarioVerdict[],
  verdict: Verdict,
): readonly ScenarioVerdict[] {
  return verdicts.filter((each) => each.verdict === verdict)
}

function red(
  exitCode: 2 | 3,
  answer: GateResult['answer'],
  verdicts: readonly ScenarioVerdict[],
): GateResult {
  return { exitCode, answer, reasons: lines(verdicts) }
}

function lines(verdicts: readonly ScenarioVerdict[]): readonly string[] {
  return verdicts.map(
    ({ scenario, verdict, reason }) => `${scenario.id}: ${verdict}: ${reason ?? ''}`,
  )
}
