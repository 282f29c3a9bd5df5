import type { Clock, Timer } from '../../kubernetes/clock'

/** How often the queues are looked at. */
const lookMilliseconds = 100

/**
 * The nodes of one zone that wait for their NoExecute taint: one at a time, at a limited rate, burst 1.
 *
 * @see NODE-11
 */
export class TaintQueue {
  readonly #clock: Clock
  readonly #taint: (nodeName: string) => void
  readonly #waiting = new Set<string>()
  #ratePerSecond = 0
  #tokens = 1
  #tokensAt: number
  #timer: Timer | undefined

  constructor(clock: Clock, taint: (nodeName: string) => void) {
    this.#clock = clock
    this.#taint = taint
    this.#tokensAt = clock.now()
  }

  setRate(perSecond: number): void {
    if (perSecond === this.#ratePerSecond) return
    this.#refill()
    this.#ratePerSecond = perSecond
    this.#timer?.cancel()
    this.#timer = undefined
    this.#plan()
  }

  add(nodeName: string): void {
    this.#waiting.add(nodeName)
    this.#plan()
  }

  remove(nodeName: string): void {
    this.#waiting.delete(nodeName)
  }

  stop(): void {
    this.#waiting.clear()
    this.#timer?.cancel()
  }

  #plan(): void {
    if (this.#timer !== undefined || this.#waiting.size === 0 || this.#ratePerSecond === 0) return
    this.#refill()
    const missing = Math.max(0, 1 - this.#tokens) / this.#ratePerSecond
    const delay = Math.ceil((missing * 1000) / lookMilliseconds) * lookMilliseconds
    this.#timer = this.#clock.after(Math.max(delay, lookMilliseconds), () => {
      this.#timer = undefined
      this.#next()
    })
  }

  #next(): void {
    const [nodeName] = this.#waiting
    this.#refill()
    if (nodeName !== undefined && this.#tokens >= 1 - 1e-9) {
      this.#tokens -= 1
      this.#waiting.delete(nodeName)
      this.#taint(nodeName)
    }
    this.#plan()
  }

  #refill(): void {
    const now = this.#clock.now()
    const gained = ((now - this.#tokensAt) * this.#ratePerSecond) / 1000
    this.#tokens = Math.min(1, this.#tokens + gained)
    this.#tokensAt = now
  }
}
