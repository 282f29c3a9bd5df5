import type { Clock } from '../../kubernetes/clock'

/** The longest delay that a timer of Node.js takes; longer ones would fire at once. */
const longestTimerMilliseconds = 2 ** 31 - 1

/** The clock on the wall: what the gateway's time-outs, its real speed and targets that are real clusters go by. */
export const wallClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(milliseconds, longestTimerMilliseconds))
    return { cancel: () => clearTimeout(timer) }
  },
}
