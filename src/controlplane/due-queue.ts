import type { Clock, Timer } from '../kubernetes/clock'

/** Items that wait for moments; all of one moment share one timer of the clock. */
export class DueQueue<T> {
  readonly #clock: Clock
  readonly #run: (item: T, at: number) => void
  readonly #waiting = new Map<number, { readonly items: T[]; readonly timer: Timer }>()

  constructor(clock: Clock, run: (item: T, at: number) => void) {
    this.#clock = clock
    this.#run = run
  }

  /** Runs the item at the given moment (milliseconds since the epoch), or soon when that has passed. */
  add(at: number, item: T): void {
    const waiting = this.#waiting.get(at)
    if (waiting !== undefined) {
      waiting.items.push(item)
      return
    }
    const items = [item]
    const timer = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#waiting.delete(at)
      for (const due of items) this.#run(due, at)
    })
    this.#waiting.set(at, { items, timer })
  }

  stop(): void {
    for (const { timer } of this.#waiting.values()) timer.cancel()
    this.#waiting.clear()
  }
}
