import type { Event } from '../../src/kubernetes/types'
import type { ObservedEvent } from '../../src/targets/observation'

/** Attempts that came one right after the other. */
export interface Burst {
  /** How long nothing was tried before, in milliseconds. */
  readonly pauseMilliseconds: number
  readonly attempts: number
}

/** Attempts that are at most this far apart, in milliseconds, belong together. */
const burstMilliseconds = 300

/**
 * When somebody tried to create a pod for the DaemonSet and was refused, in milliseconds.
 *
 * Each refusal is told by an event; one that is like an earlier one raises its count.
 */
export function refusedAttemptsOf(
  events: readonly ObservedEvent[],
  daemonSet: string,
): readonly number[] {
  return events
    .filter(({ kind, type, object }) => {
      const { reason, involvedObject } = object as Event
      return kind === 'Event' && type !== 'DELETED' && reason === 'FailedCreate'
        ? involvedObject.kind === 'DaemonSet' && involvedObject.name === daemonSet
        : false
    })
    .map(({ at }) => at)
}

/** The attempts in bursts, without the first, before which there is no pause. */
export function burstsOf(attempts: readonly number[]): readonly Burst[] {
  const bursts: { pauseMilliseconds: number; attempts: number }[] = []
  let last: number | undefined
  for (const at of attempts) {
    const pauseMilliseconds = at - (last ?? at)
    const burst = bursts.at(-1)
    if (burst === undefined || pauseMilliseconds > burstMilliseconds) {
      bursts.push({ pauseMilliseconds, attempts: 1 })
    } else burst.attempts++
    last = at
  }
  return bursts.slice(1)
}
