import { unfitNodesOf } from './applicability'
import { instabilityOf } from './attempts'
import type { Blame, SecondLook } from './blame'
import { type Difference, differencesOf } from './compare'
import { isSameMinor, minorOf, sinceOf } from './kubernetes-version'
import type { ClusterInfo, Outcome, ScenarioRun, ScenarioText } from './scenario-run'

/**
 * What a scenario proves about the target.
 *
 * - `agree`: it passed on both clusters, and both showed the same
 * - `differ`: it passed on one only, or both passed and showed different things
 * - `both-failed`: it failed on both, so the scenario is wrong
 * - `not-verified`: nothing is known; `reason` says why
 */
export type Verdict = 'agree' | 'differ' | 'both-failed' | 'not-verified'

export interface ScenarioVerdict {
  readonly scenario: ScenarioText
  readonly verdict: Verdict
  /** Why, in one line; always there except for `agree`. */
  readonly reason?: string
  /** Whether a missing verification of this scenario makes the whole run incomplete. */
  readonly required: boolean
  readonly differences: readonly Difference[]
  readonly target: ScenarioRun | undefined
  readonly reference: ScenarioRun | undefined
  /** Why there is no run on the reference, if more than that is known. */
  readonly referenceReason?: string
  /** What was run once more to find out where the difference sits. */
  readonly secondLook?: SecondLook
  /** Where the difference sits; only after a second look. */
  readonly blame?: Blame
}

export interface VerdictInput {
  readonly scenario: ScenarioText
  readonly target: ScenarioRun | undefined
  readonly reference: ScenarioRun | undefined
  /** Why there is no run on the reference, if more than that is known. */
  readonly referenceReason?: string
  readonly targetCluster: ClusterInfo
  readonly referenceCluster: ClusterInfo | undefined
  /** Whether scenarios tagged `@slow` were asked for. */
  readonly slow: boolean
  /** Whether nothing was to be compared. */
  readonly targetOnly?: true | undefined
}

/** Puts the three questions of a verdict: did the target pass, did the reference, did both show the same? */
export function verdictOf(input: VerdictInput): ScenarioVerdict {
  const { scenario, target, reference } = input
  const base = { scenario, target, reference, differences: [], required: true }
  if (input.targetOnly === true) return { ...base, ...uncompared(target) }
  const exemption = exemptionOf(input)
  // A scenario that need not be verified still must not fail where it ran.
  if (exemption !== undefined && (target === undefined || target.outcome === 'passed')) {
    return { ...base, verdict: 'not-verified', reason: exemption, required: false }
  }
  if (exemption !== undefined && target?.outcome === 'failed') {
    return {
      ...base,
      verdict: 'differ',
      reason: `failed on the target: ${firstLine(target.message)}`,
    }
  }
  const unknown = unknownOf(input)
  if (unknown !== undefined) return { ...base, verdict: 'not-verified', reason: unknown }
  const unstable = unstableVerdict(input)
  if (unstable !== undefined) return { ...base, ...unstable }
  if (target?.outcome === 'failed' && reference?.outcome === 'failed') {
    return {
      ...base,
      verdict: 'both-failed',
      reason: 'failed on both clusters: the scenario is wrong',
    }
  }
  if (target?.outcome !== reference?.outcome) {
    const [failed, passed] =
      target?.outcome === 'failed' ? ['target', 'reference'] : ['reference', 'target']
    const run = target?.outcome === 'failed' ? target : reference
    return {
      ...base,
      verdict: 'differ',
      reason: `passed on the ${passed}, failed on the ${failed}: ${firstLine(run?.message)}`,
    }
  }
  return compared(input, base)
}

/** Without a comparison nothing is verified; what passed need not be, because nobody asked for more. */
function uncompared(
  target: ScenarioRun | undefined,
): Pick<ScenarioVerdict, 'verdict' | 'reason' | 'required'> {
  const verdict = 'not-verified'
  if (target?.outcome === 'passed') {
    return { verdict, reason: 'passed on the target, compared with nothing', required: false }
  }
  const unstable = instabilityOf(target)
  const reason =
    target === undefined
      ? 'did not run on the target'
      : unstable === undefined
        ? `${target.outcome} on the target: ${firstLine(target.message)}`
        : `unstable on the target: ${unstable}`
  return { verdict, reason, required: true }
}

/** A scenario whose attempts ended differently is never green: not as a success, and not as a known failure. */
function unstableVerdict({
  target,
  reference,
}: VerdictInput): Pick<ScenarioVerdict, 'verdict' | 'reason'> | undefined {
  const onTarget = instabilityOf(target)
  if (onTarget !== undefined)
    return { verdict: 'differ', reason: `unstable on the target: ${onTarget}` }
  const onReference = instabilityOf(reference)
  if (onReference !== undefined)
    return { verdict: 'not-verified', reason: `unstable on the reference: ${onReference}` }
  return undefined
}

function compared(
  { target, reference, targetCluster, referenceCluster }: VerdictInput,
  base: Omit<ScenarioVerdict, 'verdict'>,
): ScenarioVerdict {
  const [left, right] = [target?.observation, reference?.observation]
  if (left === undefined || right === undefined) {
    const side = left === undefined ? 'target' : 'reference'
    return { ...base, verdict: 'not-verified', reason: `the ${side} left no observation` }
  }
  const wording = isSameMinor(targetCluster.version, referenceCluster?.version ?? '')
  const differences = differencesOf(left, right, { wording })
  const [first] = differences
  if (first === undefined) return { ...base, verdict: 'agree' }
  const more = differences.length === 1 ? '' : ` and ${differences.length - 1} more`
  return {
    ...base,
    verdict: 'differ',
    reason: `passed on both, but they showed different things: ${first.path}${more}`,
    differences,
  }
}

/** Why a scenario need not be verified in this run at all. */
function exemptionOf(input: VerdictInput): string | undefined {
  const { scenario, target, reference, targetCluster, referenceCluster, slow } = input
  const onTarget = unfitNodesOf(scenario, targetCluster)
  if (onTarget !== undefined) return `does not apply to the target: ${onTarget}`
  const onReference = referenceCluster && unfitNodesOf(scenario, referenceCluster)
  if (onReference !== undefined) return `does not apply to the reference: ${onReference}`
  const since = sinceOf(scenario.tags)
  if (since !== undefined && referenceCluster !== undefined && isOlder(referenceCluster, since)) {
    // A target that is new enough, and yet has not run it, owes an answer.
    if (target !== undefined || isOlder(targetCluster, since)) {
      return `does not apply: holds since Kubernetes 1.${since}, the reference is ${referenceCluster.version}`
    }
  }
  if (
    scenario.tags.includes('@slow') &&
    !slow &&
    reference === undefined &&
    referenceCluster !== undefined
  ) {
    return 'takes more than 30 s on a live cluster: run it with --slow'
  }
  return undefined
}

function isOlder({ version }: Pick<ClusterInfo, 'version'>, since: number): boolean {
  const minor = minorOf(version)
  return minor !== undefined && minor < since
}

function unknownOf(input: VerdictInput): string | undefined {
  const { target, reference, referenceCluster } = input
  if (target === undefined) return 'did not run on the target'
  if (target.outcome !== 'passed' && target.outcome !== 'failed') {
    return `the run on the target broke: ${firstLine(target.message)}`
  }
  if (referenceCluster === undefined) {
    const failed =
      target.outcome === 'failed' ? `failed on the target: ${firstLine(target.message)}; ` : ''
    return `${failed}there is no reference to compare with`
  }
  if (reference === undefined) return input.referenceReason ?? 'did not run on the reference'
  if (reference.outcome !== 'passed' && reference.outcome !== 'failed') {
    return `the run on the reference broke: ${firstLine(reference.message)}`
  }
  return undefined
}

/** Whether a run neither passed nor failed: the harness, not the cluster, is to blame. */
export function isBroken(outcome: Outcome | undefined): boolean {
  return outcome === 'error' || outcome === 'undefined'
}

/** The first line of a message, which says what went wrong; the others say in which circumstances. */
export function firstLine(message: string | undefined): string {
  return (message ?? 'no message').split('\n', 1)[0] ?? ''
}
