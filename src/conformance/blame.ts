import { type Difference, differencesOf } from './compare'
import { isSameMinor } from './kubernetes-version'
import type { ClusterInfo, ScenarioRun } from './scenario-run'

/** What a differing scenario showed when it was run again, to find out where the difference sits. */
export interface SecondLook {
  /** On the reference's own API server, with our reconciler in the place of the built-in one. */
  readonly ours?: ScenarioRun
  /** Once more on the reference as it is. */
  readonly again?: ScenarioRun
}

/** Where a difference sits, and what says so. */
export interface Blame {
  readonly where:
    | 'our reconciler'
    | 'our API server and companions'
    | 'the scenario'
    | 'the reference is unstable'
    | 'not known'
  readonly why: string
}

export interface BlameInput {
  readonly target: ScenarioRun | undefined
  readonly reference: ScenarioRun | undefined
  readonly second: SecondLook
  readonly targetCluster: ClusterInfo
  readonly referenceCluster: ClusterInfo
}

/**
 * Says where a difference sits.
 *
 * The reference must first be the same twice. Then our reconciler is put on the reference's API server: if that
 * behaves as the reference does, the reconciler is right, and what it stood on was wrong.
 */
export function blameOf(input: BlameInput): Blame {
  const { target, reference, second } = input
  const { again, ours } = second
  if (target === undefined || reference === undefined || !isKnown(target) || !isKnown(reference)) {
    return { where: 'not known', why: 'the scenario did not end on both clusters' }
  }
  if (again === undefined || !isKnown(again)) {
    return { where: 'not known', why: 'the scenario could not be repeated on the reference' }
  }
  const change = changeBetween(reference, again, true)
  if (change !== undefined) {
    return {
      where: 'the reference is unstable',
      why: `repeated, it shows something else: ${change}`,
    }
  }
  if (target.outcome === 'failed' && reference.outcome === 'failed') {
    return { where: 'the scenario', why: 'it fails on both clusters, and on the reference twice' }
  }
  if (ours === undefined || !isKnown(ours)) {
    return {
      where: 'not known',
      why: 'the reference is stable, but there was no run of our reconciler on its API server',
    }
  }
  return blameBetween(input, ours, reference)
}

function blameBetween(
  { target, targetCluster, referenceCluster }: BlameInput,
  ours: ScenarioRun,
  reference: ScenarioRun,
): Blame {
  const left = changeBetween(ours, reference, true)
  if (left === undefined) {
    return {
      where: 'our API server and companions',
      why: 'our reconciler behaves as the reference does when it runs on its API server',
    }
  }
  const wording = isSameMinor(targetCluster.version, referenceCluster.version)
  const same = target !== undefined && changeBetween(ours, target, wording) === undefined
  return {
    where: 'our reconciler',
    why: same
      ? `on the reference's API server it shows the same difference: ${left}`
      : `on the reference's API server it differs as well, though in another way: ${left}`,
  }
}

function changeBetween(a: ScenarioRun, b: ScenarioRun, wording: boolean): string | undefined {
  if (a.outcome !== b.outcome) return `${a.outcome} instead of ${b.outcome}`
  if (a.observation === undefined || b.observation === undefined) return undefined
  const [first]: readonly Difference[] = differencesOf(a.observation, b.observation, { wording })
  return first?.path
}

function isKnown({ outcome }: ScenarioRun): boolean {
  return outcome === 'passed' || outcome === 'failed'
}
