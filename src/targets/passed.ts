import { wallClock } from '../controlplane/gateway/wall-clock'

/** Resolves when the given time has passed on the clock on the wall. */
export function passed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => wallClock.after(milliseconds, resolve))
}
