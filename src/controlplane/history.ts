import type { WatchEvent } from '../kubernetes/client'
import type { KubernetesObject } from '../kubernetes/types'

/** One write to the store, as watchers of its kind are told of it. */
export interface Change {
  readonly event: WatchEvent<KubernetesObject>
  /** The object as it was before; absent for a new one. */
  readonly previous: KubernetesObject | undefined
  readonly revision: number
  /** When it happened, in milliseconds. */
  readonly at: number
}

/** How much is always kept, and how long the rest is (WATCH-31). */
const kept = { atLeast: 100, milliseconds: 75_000 } as const

/** How many changes of one kind are kept at most (WATCH-31). */
export const defaultHistoryLimit = 102_400

/** How many dropped changes may lie at the front before the array is cut. */
const slack = 1024

/**
 * The latest changes of one kind, in order: young ones, at least a hundred, and never more than the limit.
 *
 * Positions count all changes there ever were, so a reader's position stays good while old changes are dropped.
 */
export class History {
  readonly #limit: number
  #changes: Change[] = []
  /** The position of `#changes[0]`. */
  #base = 0
  #start = 0
  #newestDropped = 0

  constructor(limit: number) {
    this.#limit = Math.max(1, limit)
  }

  /** The position of the oldest change that is kept. */
  get start(): number {
    return this.#start
  }

  /** The position of the next change to come. */
  get end(): number {
    return this.#base + this.#changes.length
  }

  /** The revision of the newest change that is no longer kept; 0 when none has been dropped. */
  get newestDropped(): number {
    return this.#newestDropped
  }

  /** The revision of the newest change. */
  get newest(): number {
    return this.#changes.at(-1)?.revision ?? this.#newestDropped
  }

  /** The change at a position between `start` and `end`. */
  at(position: number): Change | undefined {
    return position < this.#start ? undefined : this.#changes[position - this.#base]
  }

  append(change: Change): void {
    this.#changes.push(change)
    const oldest = change.at - kept.milliseconds
    while (this.#mayDrop(oldest)) {
      this.#newestDropped = this.#changes[this.#start - this.#base]?.revision ?? 0
      this.#start++
    }
    const dropped = this.#start - this.#base
    if (dropped > slack && dropped * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(dropped)
      this.#base = this.#start
    }
  }

  /** The position of the first kept change that is newer than the revision. */
  after(revision: number): number {
    let low = this.#start
    let high = this.end
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.at(middle)?.revision ?? 0) > revision) high = middle
      else low = middle + 1
    }
    return low
  }

  #mayDrop(oldest: number): boolean {
    const size = this.end - this.#start
    if (size > this.#limit) return true
    if (size <= kept.atLeast) return false
    const first = this.#changes[this.#start - this.#base]
    return first !== undefined && first.at < oldest
  }
}
