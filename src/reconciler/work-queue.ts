import type { Clock, Timer } from '../kubernetes/clock'

/** First retry delay of a failing key, and the longest (constants table of the specification). */
const retryMilliseconds = { first: 5, last: 1_000_000 } as const

/** The bucket all retries share: 10 per second with a burst of 100; the larger of the two delays wins. */
const bucket = { perSecond: 10, burst: 100 } as const

/** How a work queue does its work. */
export interface WorkQueueOptions {
  readonly clock: Clock
  readonly work: (key: string) => Promise<void>
  /** How many keys are worked on at once; default 1. */
  readonly workers?: number
  /** Keys are only collected until `start` is called. */
  readonly paused?: true
  /** Told of each failure, for logs and metrics; the retry is scheduled anyway. */
  readonly failed?: (key: string, error: unknown) => void
}

/**
 * A queue of keys: waiting duplicates collapse, and a key is never worked on twice at once (QUEUE-01).
 *
 * `work` is called for one key at a time per worker. When it rejects, the key comes back after a
 * per-key delay that doubles (QUEUE-03); when it resolves, the key's count of failures is forgotten.
 */
export class WorkQueue {
  readonly #clock: Clock
  readonly #work: (key: string) => Promise<void>
  readonly #workers: number
  readonly #failed: (key: string, error: unknown) => void
  /** In order of arrival; a Set keeps the order and refuses duplicates. */
  readonly #waiting = new Set<string>()
  readonly #working = new Set<string>()
  readonly #again = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #delayed = new Map<string, { readonly at: number; readonly timer: Timer }>()
  readonly #whenStopped: (() => void)[] = []
  #tokens: number = bucket.burst
  #tokensAt: number
  #state: 'paused' | 'running' | 'stopped'
  #isScheduled = false

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock
    this.#work = options.work
    this.#workers = options.workers ?? 1
    this.#failed = options.failed ?? (() => {})
    this.#tokensAt = options.clock.now()
    this.#state = options.paused ? 'paused' : 'running'
  }

  /** Begins to work when the queue was made paused. */
  start(): void {
    if (this.#state === 'paused') this.#state = 'running'
    this.#schedule()
  }

  add(key: string): void {
    if (this.#state === 'stopped') return
    if (this.#working.has(key)) this.#again.add(key)
    else {
      this.#waiting.add(key)
      this.#schedule()
    }
  }

  /** Adds the key later. A key is awaited once: of several moments the earliest counts. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#state === 'stopped') return
    if (milliseconds <= 0) {
      this.add(key)
      return
    }
    const at = this.#clock.now() + milliseconds
    const pending = this.#delayed.get(key)
    if (pending !== undefined && pending.at <= at) return
    pending?.timer.cancel()
    const timer = this.#clock.after(milliseconds, () => {
      this.#delayed.delete(key)
      this.add(key)
    })
    this.#delayed.set(key, { at, timer })
  }

  /** Drops what waits; work that has begun ends by itself (QUEUE-31, see `whenStopped`). */
  stop(): void {
    this.#state = 'stopped'
    this.#waiting.clear()
    this.#again.clear()
    for (const { timer } of this.#delayed.values()) timer.cancel()
    this.#delayed.clear()
    this.#tellStopped()
  }

  /** Resolves when the queue was stopped and nothing is being worked on any more. */
  whenStopped(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenStopped.push(resolve)
      this.#tellStopped()
    })
  }

  #tellStopped(): void {
    if (this.#state !== 'stopped' || this.#working.size > 0) return
    for (const resolve of this.#whenStopped.splice(0)) resolve()
  }

  /** Deferred, so that adding from inside a watch call-back never runs work inside it. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.#next()
    })
  }

  #next(): void {
    while (this.#state === 'running' && this.#working.size < this.#workers) {
      const [key] = this.#waiting
      if (key === undefined) return
      this.#waiting.delete(key)
      this.#working.add(key)
      void this.#process(key)
    }
  }

  async #process(key: string): Promise<void> {
    try {
      await this.#work(key)
      this.#failures.delete(key)
    } catch (error) {
      this.#failed(key, error)
      this.addAfter(key, this.#retryDelay(key))
    } finally {
      this.#working.delete(key)
      if (this.#again.delete(key)) this.add(key)
      this.#tellStopped()
      this.#next()
    }
  }

  #retryDelay(key: string): number {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    const own = Math.min(retryMilliseconds.first * 2 ** failures, retryMilliseconds.last)
    return Math.max(own, this.#reserve())
  }

  /** Takes one token and returns how long it must be waited for, in milliseconds; not above 0 when it is there. */
  #reserve(): number {
    const now = this.#clock.now()
    const refilled = this.#tokens + ((now - this.#tokensAt) * bucket.perSecond) / 1000
    this.#tokens = Math.min(bucket.burst, refilled) - 1
    this.#tokensAt = now
    return (-this.#tokens * 1000) / bucket.perSecond
  }
}
