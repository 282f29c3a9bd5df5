/** How long the steps of a simulated container take, in milliseconds. */
export interface KubeletTiming {
  /** From admission, or from a restart, until the container runs; covers sandbox, pull and start. */
  readonly containerStartMilliseconds: number
  /** From SIGTERM until a container has stopped by itself. */
  readonly stopMilliseconds: number
  /** From the start of a container until its first probe without `initialDelaySeconds` has answered. */
  readonly probeMilliseconds: number
  /** How long a container of an image that crashes runs. */
  readonly crashMilliseconds: number
}

/** What simulated kubelets do unless told otherwise. */
export const defaultTiming: KubeletTiming = {
  containerStartMilliseconds: 200,
  stopMilliseconds: 200,
  probeMilliseconds: 100,
  crashMilliseconds: 1_000,
}

/** Pause before a container is restarted or an image pulled again; doubles up to the last (KUBELET-21, KUBELET-22). */
const backOffMilliseconds = { first: 10_000, last: 300_000 } as const

/** A run of this length makes the kubelet forget earlier restarts of a container (KUBELET-21). */
export const backOffResetMilliseconds = 600_000

/** How long a failure is shown before the waiting that follows it: one turn of the kubelet's own loop. */
export const syncMilliseconds = 1_000

/** How often a kubelet compares the statuses in the API with its own (NODE-06). */
export const reconcileMilliseconds = 10_000

/** The delay after the given number of failures in a row (from 1). */
export function backOffAfter(failures: number): number {
  return Math.min(backOffMilliseconds.first * 2 ** (failures - 1), backOffMilliseconds.last)
}
