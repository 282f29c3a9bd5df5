import type { Clock, Timer } from '../kubernetes/clock'

/** First retry delay of a failing key, and the longest (constants table of the specification). */
const retryMilliseconds = { first: 5, last: 1_000_000 } as const

/** The bucket all retries share: 10 per second with a burst of 100; the larger of the two delays wins. */
const bucket = { perSecond: 10, burst: 100 } as const

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
  readonly #timers = new Set<Timer>()
  #tokens: number = bucket.burst
  #tokensAt: number
  #running = true

  constructor(options: {
    readonly clock: Clock
    readonly work: (key: string) => Promise<void>
    /** How many keys are worked on at once; default 1. */
    readonly workers?: number
    /** Told of each failure, for logs and metrics; the retry is scheduled anyway. */
    readonly failed?: (key: string, error: unknown) => void
  }) {
    this.#clock = options.clock
    this.#work = options.work
    this.#workers = options.workers ?? 1
    this.#failed = options.failed ?? (() => {})
    this.#tokensAt = options.clock.now()
  }

  add(key: string): void {
    if (!this.#running) return
    if (this.#working.has(key)) this.#again.add(key)
    else {
      this.#waiting.add(key)
      // Deferred, so that adding from inside a watch call-back never runs work inside it.
      queueMicrotask(() => this.#next())
    }
  }

  addAfter(key: string, milliseconds: number): void {
    if (milliseconds <= 0) {
      this.add(key)
      return
    }
    const timer = this.#clock.after(milliseconds, () => {
      this.#timers.delete(timer)
      this.add(key)
    })
    this.#timers.add(timer)
  }

  /** Drops what waits; work that has begun ends by itself. */
  stop(): void {
    this.#running = false
    this.#waiting.clear()
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  #next(): void {
    while (this.#running && this.#working.size < this.#workers) {
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
      this.#next()
    }
  }

  #retryDelay(key: string): number {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    const own = Math.min(retryMilliseconds.first * 2 ** failures, retryMilliseconds.last)
    return Math.max(own, this.#reserve())
  }

  /** Takes one token and returns how long it must be waited for, in milliseconds. */
  #reserve(): number {
    const now = this.#clock.now()
    const refilled = this.#tokens + ((now - this.#tokensAt) * bucket.perSecond) / 1000
    this.#tokens = Math.min(bucket.burst, refilled) - 1
    this.#tokensAt = now
    return this.#tokens >= 0 ? 0 : (-this.#tokens * 1000) / bucket.perSecond
  }
}
