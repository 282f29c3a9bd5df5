import type { Clock } from '../kubernetes/clock'

/** The longest delay that a timer of Node.js takes; longer ones would fire at once. */
const longestTimerMilliseconds = 2 ** 31 - 1

/** The time of the machine, for targets that are real clusters. */
export const wallClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(milliseconds, longestTimerMilliseconds))
    return { cancel: () => clearTimeout(timer) }
  },
}

/** Resolves when the given time has passed. */
export function passed(milliseconds: number, clock: Clock = wallClock): Promise<void> {
  return new Promise((resolve) => clock.after(milliseconds, resolve))
}
