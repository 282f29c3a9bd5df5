import { StatusError } from '../../kubernetes/status-error'

/** How many requests are worked on at a time; watches do not count. */
const inFlightLimits = { reads: 400, writes: 200 } as const

/** Counts the requests that are being worked on and turns away those that are too many. */
export class InFlight {
  #reads = 0
  #writes = 0
  readonly #limits: { readonly reads: number; readonly writes: number }

  constructor(limits: { readonly reads: number; readonly writes: number } = inFlightLimits) {
    this.#limits = limits
  }

  /**
   * Takes in a request; the returned function lets it go, once.
   *
   * @throws StatusError `TooManyRequests`, with the seconds to wait (API-122)
   */
  enter(isRead: boolean): () => void {
    const isFull = isRead ? this.#reads >= this.#limits.reads : this.#writes >= this.#limits.writes
    if (isFull) {
      throw new StatusError('TooManyRequests', 'Too many requests, please try again later.', {
        details: { retryAfterSeconds: 1 },
      })
    }
    this.#add(isRead, 1)
    let isIn = true
    return () => {
      if (isIn) this.#add(isRead, -1)
      isIn = false
    }
  }

  #add(isRead: boolean, difference: number): void {
    if (isRead) this.#reads += difference
    else this.#writes += difference
  }
}
