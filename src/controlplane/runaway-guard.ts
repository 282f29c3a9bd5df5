import type { Clock } from '../kubernetes/clock'
import { StatusError } from '../kubernetes/status-error'

/**
 * The most requests that are answered at one moment of the clock.
 *
 * A rollout over 5,000 nodes makes fewer than 100,000 at a time. A controller that never comes to rest makes any
 * number: virtual time stands still while there is work, so nothing else would ever stop it.
 */
const maxRequestsPerMoment = 250_000

/** Refuses what comes from clients that run in circles, so that they back off and time can go on. */
export class RunawayGuard {
  readonly #clock: Clock
  readonly #limit: number
  #moment = Number.NaN
  #count = 0

  constructor(clock: Clock, limit = maxRequestsPerMoment) {
    this.#clock = clock
    this.#limit = limit
  }

  /** @throws StatusError `TooManyRequests` beyond the limit, until the clock moves */
  admit(): void {
    const now = this.#clock.now()
    if (now !== this.#moment) {
      this.#moment = now
      this.#count = 0
    }
    this.#count += 1
    if (this.#count <= this.#limit) return
    throw new StatusError(
      'TooManyRequests',
      `more than ${this.#limit} requests at one moment: a client runs in circles`,
      { details: { retryAfterSeconds: 1 } },
    )
  }
}
