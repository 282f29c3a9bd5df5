/** How many requests a controller may send in one moment before it counts as one that never rests. */
const requestsPerMoment = 20_000

/** Ends a controller that never rests: as no promise of it comes to an end, its test could not go on either. */
export class RequestLimit {
  readonly #now: () => number
  readonly #exceeded: (error: Error) => void
  #moment = { at: Number.NaN, requests: 0 }

  constructor(now: () => number, exceeded: (error: Error) => void = failTest) {
    this.#now = now
    this.#exceeded = exceeded
  }

  /** @throws Error when there were too many since the clock has moved. */
  count(): void {
    const at = this.#now()
    if (at !== this.#moment.at) this.#moment = { at, requests: 0 }
    this.#moment.requests += 1
    if (this.#moment.requests <= requestsPerMoment) return
    const error = new Error(`more than ${requestsPerMoment} requests in one moment`)
    this.#exceeded(error)
    throw error
  }
}

/** Whoever asked may take the error for a refusal and try again later: outside of any promise it fails the test. */
function failTest(error: Error): void {
  queueMicrotask(() => {
    throw error
  })
}
