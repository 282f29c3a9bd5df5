import type { Clock, Timer } from '../kubernetes/clock'
import type { KubernetesObject } from '../kubernetes/types'
import type { Change } from './history'
import type { Store } from './store'

/** How long events are kept after their last write (API-238). */
const keptMilliseconds = 3_600_000

/** Removes events an hour after their last write; one timer for all of them. */
export class EventExpiry {
  readonly #store: Store
  readonly #clock: Clock
  /** When each event goes, by uid, in the order of their last writes. */
  readonly #due = new Map<string, { readonly at: number; readonly object: KubernetesObject }>()
  #timer: Timer | undefined

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  changed({ event }: Change): void {
    const { object } = event
    const { uid } = object.metadata
    this.#due.delete(uid)
    if (event.type !== 'DELETED') {
      this.#due.set(uid, { at: this.#clock.now() + keptMilliseconds, object })
    }
    this.#timer ??= this.#arm()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#due.clear()
  }

  #arm(): Timer | undefined {
    for (const { at } of this.#due.values()) {
      return this.#clock.after(Math.max(0, at - this.#clock.now()), () => this.#expire())
    }
    return undefined
  }

  #expire(): void {
    const now = this.#clock.now()
    for (const { at, object } of [...this.#due.values()]) {
      if (at > now) break
      this.#store.remove('Event', object)
    }
    this.#timer = this.#arm()
  }
}
