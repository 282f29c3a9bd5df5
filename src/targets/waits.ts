import type { Clock } from '../kubernetes/clock'
import { StatusError } from '../kubernetes/status-error'
import { ExpectationError } from './errors'
import type { Recorder } from './recorder'
import type { ScenarioClient } from './scenario-client'
import { defaultWithinSeconds } from './target'

/** How long nothing may have changed before a scenario counts as settled, and how long that is waited for. */
const settling = { quietMilliseconds: 1000, limitMilliseconds: 15_000 } as const

/** How time moves on in a cluster. */
export interface Pace {
  readonly clock: Clock
  /** Waits until something may have changed, at the longest until the given moment. */
  step(untilMilliseconds: number): Promise<void>
}

/** The waits of a scenario: the same code in virtual and in wall time. */
export class Waits {
  readonly #pace: Pace
  readonly #recorder: Recorder
  readonly #client: ScenarioClient

  constructor(options: {
    readonly pace: Pace
    readonly recorder: Recorder
    readonly client: ScenarioClient
  }) {
    this.#pace = options.pace
    this.#recorder = options.recorder
    this.#client = options.client
  }

  async eventually<T>(
    description: string,
    read: () => Promise<T> | T,
    isMet: (value: T) => boolean,
    { withinSeconds = defaultWithinSeconds }: { readonly withinSeconds?: number } = {},
  ): Promise<T> {
    const deadline = this.#now + withinSeconds * 1000
    await this.#pace.step(this.#now)
    for (;;) {
      const observed = await this.#read(read, isMet)
      if (observed.isMet) return observed.value
      if (this.#now >= deadline) {
        throw this.#failure(`not within ${withinSeconds} s: ${description}`, observed.seen)
      }
      await this.#pace.step(deadline)
    }
  }

  async consistently<T>(
    description: string,
    read: () => Promise<T> | T,
    isMet: (value: T) => boolean,
    { forSeconds }: { readonly forSeconds: number },
  ): Promise<T> {
    const startedAt = this.#now
    const deadline = startedAt + forSeconds * 1000
    await this.#pace.step(startedAt)
    for (;;) {
      const observed = await this.#read(read, isMet)
      if (!observed.isMet) {
        const seconds = ((this.#now - startedAt) / 1000).toFixed(1)
        throw this.#failure(
          `not for ${forSeconds} s, only for ${seconds} s: ${description}`,
          observed.seen,
        )
      }
      if (this.#now >= deadline) return observed.value
      await this.#pace.step(deadline)
    }
  }

  async elapse(seconds: number): Promise<void> {
    const deadline = this.#now + seconds * 1000
    do await this.#pace.step(deadline)
    while (this.#now < deadline)
  }

  async settle(): Promise<void> {
    const limit = this.#now + settling.limitMilliseconds
    await this.#pace.step(this.#now)
    for (;;) {
      // A change that was asked for just now may be on its way.
      const lastAt = Math.max(this.#recorder.lastEventAt, this.#client.lastAnswerAt)
      const quietAt = lastAt + settling.quietMilliseconds
      if (this.#now >= Math.min(quietAt, limit)) return
      await this.#pace.step(Math.min(quietAt, limit))
    }
  }

  get #now(): number {
    return this.#pace.clock.now()
  }

  async #read<T>(read: () => Promise<T> | T, isMet: (value: T) => boolean): Promise<Reading<T>> {
    try {
      const value = await this.#client.polling(read)
      return isMet(value) ? { isMet: true, value } : { isMet: false, seen: value }
    } catch (error) {
      if (error instanceof StatusError) return { isMet: false, seen: error }
      throw error
    }
  }

  #failure(problem: string, observed: unknown): ExpectationError {
    return new ExpectationError(problem, { observed, recentEvents: this.#recorder.recentEvents() })
  }
}

type Reading<T> =
  | { readonly isMet: true; readonly value: T }
  | { readonly isMet: false; readonly seen: unknown }

/** How often a live cluster is looked at when no watched event says that something has changed, in milliseconds. */
const pollMilliseconds = 250

/** How long events are gathered before a live cluster is looked at again, in milliseconds. */
const gatherMilliseconds = 20

/** Wall time: a step ends shortly after an event in the scenario's scope, or after the poll interval. */
export function livePace(clock: Clock, recorder: Recorder): Pace {
  let seen = recorder.changes
  return {
    clock,
    async step(untilMilliseconds) {
      const left = untilMilliseconds - clock.now()
      if (left <= 0) return
      if (recorder.changes === seen)
        await eventOrTime(clock, recorder, Math.min(left, pollMilliseconds))
      if (recorder.changes !== seen) {
        await eventOrTime(clock, undefined, Math.min(left, gatherMilliseconds))
      }
      seen = recorder.changes
    },
  }
}

function eventOrTime(clock: Clock, recorder: Recorder | undefined, milliseconds: number) {
  return new Promise<void>((resolve) => {
    const done = () => {
      timer.cancel()
      forget?.()
      resolve()
    }
    const timer = clock.after(milliseconds, done)
    const forget = recorder?.onEvent(done)
  })
}
