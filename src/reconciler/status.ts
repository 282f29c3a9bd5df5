import { isPodAvailable, isPodReady } from '../kubernetes/conditions'
import type { DaemonSet } from '../kubernetes/types'
import { minReadySecondsOf, type Observation } from './observation'
import { type CurrentRevision, currentRevisionOf, isPodUpdated } from './updated-pods'

/** The seven numbers of a DaemonSet's status that its controller counts. */
export interface StatusCounts {
  readonly currentNumberScheduled: number
  readonly desiredNumberScheduled: number
  readonly numberAvailable: number
  readonly numberMisscheduled: number
  readonly numberReady: number
  readonly numberUnavailable: number
  readonly updatedNumberScheduled: number
}

/** What one node counts for: a flag for each number that it raises by one. */
const counted = {
  desired: 1,
  current: 2,
  misscheduled: 4,
  ready: 8,
  available: 16,
  updated: 32,
} as const

type Counted = keyof typeof counted

/**
 * Counts nodes, not pods: each should-run node is represented by the preferred of all its pods, even if that
 * one is terminating or failed and a better one stands behind it (STATUS-05, STATUS-11).
 *
 * @see STATUS-01 STATUS-02 STATUS-03 STATUS-06 STATUS-07 STATUS-09 STATUS-10
 */
export function statusCountsOf(observation: Observation): StatusCounts {
  return new StatusTally().countsOf(observation, [])
}

/**
 * The numbers of one DaemonSet's status, kept from one sync to the next: only what has changed is counted anew.
 *
 * A large rollout syncs after every few pods, and each count of all would read every pod again.
 */
export class StatusTally {
  #basis: Basis | undefined
  #totals = noTotals()
  /** By node, the flags of what it counts for. */
  readonly #shares = new Map<string, number>()
  /** Nodes whose pod is ready, but not for long enough yet: time alone changes them. */
  readonly #unripe = new Set<string>()

  /** The numbers now, given the nodes whose pods may have changed since they were asked for the last time. */
  countsOf(observation: Observation, changed: Iterable<string>): StatusCounts {
    const basis = basisOf(observation)
    if (this.#basis === undefined || !isSameBasis(this.#basis, basis)) {
      this.#startOver()
      for (const name of observation.nodes.keys()) this.#count(name, observation, basis)
    } else {
      for (const name of this.#unripe) this.#count(name, observation, basis)
      for (const name of changed) this.#count(name, observation, basis)
    }
    this.#basis = basis
    return statusCountsFrom(this.#totals)
  }

  #startOver(): void {
    this.#totals = noTotals()
    this.#shares.clear()
    this.#unripe.clear()
  }

  #count(nodeName: string, observation: Observation, basis: Basis): void {
    const before = this.#shares.get(nodeName) ?? 0
    const share = shareOf(nodeName, observation, basis)
    if (share === before) return
    this.#shares.set(nodeName, share)
    for (const name of Object.keys(counted) as Counted[]) {
      const flag = counted[name]
      if ((share & flag) !== (before & flag)) this.#totals[name] += (share & flag) === 0 ? -1 : 1
    }
    const isUnripe = (share & (counted.ready | counted.available)) === counted.ready
    if (isUnripe) this.#unripe.add(nodeName)
    else this.#unripe.delete(nodeName)
  }
}

/** What the numbers depend on beside the pods; when it changes, everything is counted anew. */
interface Basis extends CurrentRevision {
  readonly nodes: Observation['nodes']
  readonly minReadySeconds: number
}

function basisOf({ daemonSet, nodes, hash }: Observation): Basis {
  const minReadySeconds = minReadySecondsOf(daemonSet)
  return { ...currentRevisionOf(daemonSet, hash), nodes, minReadySeconds }
}

function isSameBasis(a: Basis, b: Basis): boolean {
  return (
    a.nodes === b.nodes &&
    a.hash === b.hash &&
    a.templateGeneration === b.templateGeneration &&
    a.minReadySeconds === b.minReadySeconds
  )
}

/** What the node counts for, as flags. */
function shareOf(nodeName: string, { nodes, pods, now }: Observation, basis: Basis): number {
  const placed = nodes.get(nodeName)
  const pod = pods.get(nodeName)?.[0]
  if (placed === undefined) return 0
  if (placed.placement.kind !== 'run') return pod === undefined ? 0 : counted.misscheduled
  if (pod === undefined) return counted.desired
  let share: number = counted.desired | counted.current
  if (isPodReady(pod)) {
    share |= counted.ready
    // Asked of ready pods alone: when no time has to pass, that spares a second look at each.
    const { minReadySeconds } = basis
    const isAvailable = minReadySeconds === 0 || isPodAvailable(pod, minReadySeconds, now)
    if (isAvailable) share |= counted.available
  }
  return isPodUpdated(pod, basis) ? share | counted.updated : share
}

function noTotals(): Record<Counted, number> {
  return { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 }
}

function statusCountsFrom(totals: Readonly<Record<Counted, number>>): StatusCounts {
  return {
    currentNumberScheduled: totals.current,
    desiredNumberScheduled: totals.desired,
    numberAvailable: totals.available,
    numberMisscheduled: totals.misscheduled,
    numberReady: totals.ready,
    numberUnavailable: totals.desired - totals.available,
    updatedNumberScheduled: totals.updated,
  }
}

/** Whether the DaemonSet already says all this, so that nothing is to be written (STATUS-16). */
export function isStatusCurrent({ metadata, status }: DaemonSet, counts: StatusCounts): boolean {
  return (
    (status?.currentNumberScheduled ?? 0) === counts.currentNumberScheduled &&
    (status?.desiredNumberScheduled ?? 0) === counts.desiredNumberScheduled &&
    (status?.numberAvailable ?? 0) === counts.numberAvailable &&
    (status?.numberMisscheduled ?? 0) === counts.numberMisscheduled &&
    (status?.numberReady ?? 0) === counts.numberReady &&
    (status?.numberUnavailable ?? 0) === counts.numberUnavailable &&
    (status?.updatedNumberScheduled ?? 0) === counts.updatedNumberScheduled &&
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  )
}

/**
 * The DaemonSet with the new numbers; everything else in its status, such as conditions and the collision
 * count, stays (STATUS-14, STATUS-15). Without `observedGeneration` the one that is there stays too.
 */
export function withStatusCounts(
  daemonSet: DaemonSet,
  counts: StatusCounts,
  observedGeneration: number | undefined,
): DaemonSet {
  const status = { ...daemonSet.status, ...counts }
  return {
    ...daemonSet,
    status: observedGeneration === undefined ? status : { ...status, observedGeneration },
  }
}
