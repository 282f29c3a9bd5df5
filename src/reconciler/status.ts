import type { DaemonSet } from '../kubernetes/types'
import type { Survey } from './observation'

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

/**
 * Counts nodes, not pods: each should-run node is represented by the preferred of all its pods, even if that
 * one is terminating or failed and a better one stands behind it (STATUS-05, STATUS-11).
 *
 * @see STATUS-01 STATUS-02 STATUS-03 STATUS-06 STATUS-07 STATUS-09 STATUS-10
 */
export function statusCountsOf({ totals }: Survey): StatusCounts {
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
