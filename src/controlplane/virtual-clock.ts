import type { Clock, Timer } from '../kubernetes/clock'
import { Heap } from './heap'

/** Midnight before the first day of 2026: where virtual time begins unless told otherwise. */
const defaultStart = Date.UTC(2026, 0, 1)

/** With fewer cancelled timers than this, it is not worth while to throw them out early. */
const cancelledAtLeast = 1_000

interface Entry {
  readonly at: number
  /** Breaks ties, so that timers of one moment run in the order in which they were set. */
  readonly sequence: number
  /** Absent once it has run or was cancelled. */
  callback: (() => void) | undefined
}

/**
 * A clock that moves only when it is told to, and runs what falls due on the way.
 *
 * Whole milliseconds. Timers of one moment run in the order in which they were set; one that is set
 * while they run, for the same moment, waits for the next step, so that promises settle in between.
 */
export class VirtualClock implements Clock {
  #now: number
  #sequence = 0
  #cancelled = 0
  readonly #timers = new Heap<Entry>(
    (a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence),
  )

  constructor(startMilliseconds = defaultStart) {
    this.#now = startMilliseconds
  }

  now(): number {
    return this.#now
  }

  after(milliseconds: number, callback: () => void): Timer {
    const at = this.#now + Math.max(0, Math.ceil(milliseconds))
    const entry: Entry = { at, sequence: this.#sequence++, callback }
    this.#timers.push(entry)
    return {
      cancel: () => {
        if (entry.callback === undefined) return
        entry.callback = undefined
        this.#cancelled++
        this.#throwOutCancelled()
      },
    }
  }

  /** When the next timer is due; absent when nothing is waited for. */
  nextAt(): number | undefined {
    return this.#first()?.at
  }

  /** Moves to the next timer and runs all that are due at that moment; false when there are none. */
  advanceToNext(): boolean {
    const at = this.nextAt()
    if (at === undefined) return false
    this.#now = at
    this.#runDue()
    return true
  }

  /** Moves to the given moment, running everything due until then in its order; never moves back. */
  advanceTo(milliseconds: number): void {
    for (let at = this.nextAt(); at !== undefined && at <= milliseconds; at = this.nextAt()) {
      this.#now = at
      this.#runDue()
    }
    this.#now = Math.max(this.#now, milliseconds)
  }

  /** Runs what is due now and was set before this call. */
  #runDue(): void {
    const until = this.#sequence
    for (;;) {
      const first = this.#first()
      if (first === undefined || first.at > this.#now || first.sequence >= until) return
      this.#timers.pop()
      const callback = first.callback
      first.callback = undefined
      callback?.()
    }
  }

  #first(): Entry | undefined {
    let first = this.#timers.peek()
    while (first !== undefined && first.callback === undefined) {
      this.#timers.pop()
      this.#cancelled--
      first = this.#timers.peek()
    }
    return first
  }

  /** Keeps timers that are far away and cancelled from piling up. */
  #throwOutCancelled(): void {
    if (this.#cancelled < cancelledAtLeast || this.#cancelled * 2 < this.#timers.size) return
    this.#timers.retain(({ callback }) => callback !== undefined)
    this.#cancelled = 0
  }
}
