import type { Clock } from '../../kubernetes/clock'

/** The clock on the wall: what the gateway's time-outs and its real speed go by. */
export const wallClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds)
    return { cancel: () => clearTimeout(timer) }
  },
}
