import type { Clock } from '../../kubernetes/clock'

/** Ordinary events that a fleet may record at once, and how fast it gains the right to more. */
const budget = { burst: 1_000, perSecond: 50 } as const

/**
 * How many ordinary events a fleet of kubelets may still record.
 *
 * A kubelet limits its events too; a whole fleet that starts at once would otherwise write more events
 * than anything else. Warnings are always recorded.
 */
export class EventBudget {
  readonly #clock: Clock
  #left: number = budget.burst
  #countedAt: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#countedAt = clock.now()
  }

  /** Takes the right to record one event, if there is one left. */
  take(): boolean {
    const now = this.#clock.now()
    const gained = ((now - this.#countedAt) * budget.perSecond) / 1000
    this.#left = Math.min(budget.burst, this.#left + gained)
    this.#countedAt = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
