import type { Clock, Timer } from '../../kubernetes/clock'

interface Entry {
  readonly at: number
  readonly callback: () => void
}

/** A clock for tests: it moves when told, by as much as told. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 0, 1)
  #timers: Entry[] = []

  now(): number {
    return this.#now
  }

  after(milliseconds: number, callback: () => void): Timer {
    const entry = { at: this.#now + milliseconds, callback }
    this.#timers.push(entry)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((one) => one !== entry)
      },
    }
  }

  /** Moves on and runs what has become due, promises settling after each moment. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    await drained()
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      const due = next
      this.#timers = this.#timers.filter((one) => one !== due)
      this.#now = due.at
      due.callback()
      await drained()
    }
    this.#now = end
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#timers.length
  }

  #nextUntil(end: number): Entry | undefined {
    let first: Entry | undefined
    for (const entry of this.#timers) {
      if (entry.at <= end && (first === undefined || entry.at < first.at)) first = entry
    }
    return first
  }
}

/** Resolves when all promises that can settle have settled. */
export function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
