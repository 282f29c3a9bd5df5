import type { Client, ListOptions, Watch, WatchEvent } from '../kubernetes/client'
import type { Clock, Timer } from '../kubernetes/clock'
import { apiVersionOf, resources } from '../kubernetes/resources'
import type { Kind, Kinds } from '../kubernetes/types'
import { KeyTexts } from './key-texts'

/** What a controller is told about the objects of one kind. Handlers run after the cache was changed. */
export interface InformerHandlers<T> {
  added?(object: T): void
  updated?(object: T, previous: T): void
  /** `object` is the last state, `previous` the one that was in the cache; usually they are the same. */
  deleted?(object: T, previous: T): void
}

/** Pause before listing again after a failure, in milliseconds; doubles up to the last. */
const retryMilliseconds = { first: 800, last: 30_000 } as const

/** A watch that ends sooner than this without an event is taken for a failure (WATCH-24). */
const shortWatchMilliseconds = 1_000

/**
 * A cache of all objects of one kind, kept up to date by list and watch.
 *
 * Keys are `namespace/name`, or `name` for cluster-scoped kinds. Reads are synchronous and may be stale;
 * nothing in it may be changed. Handlers run in the order in which they were added.
 */
export class Informer<K extends Kind> {
  readonly objects: Map<string, Kinds[K]> = new Map()
  /** Whether the first list has arrived. */
  synced = false
  /** The newest version this cache has seen (GATES-03); '' before the first list. */
  resourceVersion = ''
  readonly #client: Client
  readonly #clock: Clock
  readonly #kind: K
  readonly #options: ListOptions
  readonly #handlers: InformerHandlers<Kinds[K]>[] = []
  readonly #keys = new KeyTexts()
  readonly #whenSynced: (() => void)[] = []
  #watch: Watch | undefined
  #timer: Timer | undefined
  #retry: number = retryMilliseconds.first
  /** Counts the lists; answers and events that belong to an earlier one are ignored. Below 0: stopped. */
  #generation = 0

  constructor(client: Client, clock: Clock, kind: K, options: ListOptions = {}) {
    this.#client = client
    this.#clock = clock
    this.#kind = kind
    this.#options = options
  }

  /** Adds handlers; objects already in the cache are reported as added at once. */
  handle(handlers: InformerHandlers<Kinds[K]>): void {
    this.#handlers.push(handlers)
    for (const object of this.objects.values()) handlers.added?.(object)
  }

  /** Begins to list and watch; resolves when the cache has synced for the first time, or was stopped. */
  start(): Promise<void> {
    if (this.#generation === 0) void this.#listAndWatch()
    if (this.synced) return Promise.resolve()
    return new Promise((resolve) => this.#whenSynced.push(resolve))
  }

  stop(): void {
    this.#generation = -1
    this.#watch?.stop()
    this.#timer?.cancel()
    this.#tellSynced() // Nobody is to wait for ever.
  }

  get(key: string): Kinds[K] | undefined {
    return this.objects.get(key)
  }

  async #listAndWatch(): Promise<void> {
    const generation = ++this.#generation
    const list = await this.#client.list(this.#kind, this.#options).catch(() => undefined)
    if (generation !== this.#generation) return
    if (list === undefined) {
      this.#later()
      return
    }
    this.#replace(list.items, list.resourceVersion)
    this.#open(list.resourceVersion, generation)
  }

  #open(resourceVersion: string, generation: number): void {
    const openedAt = this.#clock.now()
    let isFruitful = false
    this.#watch = this.#client.watch(
      this.#kind,
      { ...this.#options, resourceVersion },
      {
        event: (event) => {
          if (generation !== this.#generation) return
          isFruitful = true
          this.#retry = retryMilliseconds.first
          this.#apply(event)
        },
        ended: (error) => {
          if (generation !== this.#generation) return
          const lasted = this.#clock.now() - openedAt
          const isSound = error === undefined && (isFruitful || lasted >= shortWatchMilliseconds)
          if (isSound) this.#open(this.resourceVersion, generation)
          else this.#later()
        },
      },
    )
  }

  /** Lists anew after a pause, so that a server that is down or refuses is not stormed. */
  #later(): void {
    this.#timer = this.#clock.after(this.#retry, () => void this.#listAndWatch())
    this.#retry = Math.min(this.#retry * 2, retryMilliseconds.last)
  }

  #replace(items: readonly Kinds[K][], resourceVersion: string): void {
    this.resourceVersion = resourceVersion
    const vanished = new Set(this.objects.keys())
    for (const item of items) {
      vanished.delete(this.#keys.keyOf(item))
      this.#store(this.#typed(item))
    }
    for (const key of vanished) this.#remove(key)
    this.synced = true
    this.#tellSynced()
  }

  #tellSynced(): void {
    for (const resolve of this.#whenSynced.splice(0)) resolve()
  }

  /** Items of a list carry neither kind nor version on the wire (API-193). */
  #typed(item: Kinds[K]): Kinds[K] {
    if (item.kind !== undefined) return item
    const apiVersion = apiVersionOf(resources[this.#kind])
    return { ...item, apiVersion, kind: this.#kind } as Kinds[K]
  }

  #apply({ type, object }: WatchEvent<Kinds[K]>): void {
    this.resourceVersion = object.metadata.resourceVersion
    if (type === 'DELETED') this.#remove(this.#keys.keyOf(object), object)
    else this.#store(object)
  }

  #store(object: Kinds[K]): void {
    const key = this.#keys.keyOf(object)
    const previous = this.objects.get(key)
    if (previous?.metadata.resourceVersion === object.metadata.resourceVersion) return
    this.objects.set(key, object)
    for (const handlers of this.#handlers) {
      if (previous === undefined) handlers.added?.(object)
      else handlers.updated?.(object, previous)
    }
  }

  #remove(key: string, last?: Kinds[K]): void {
    const previous = this.objects.get(key)
    const known = previous ?? last
    if (known !== undefined) this.#keys.forget(known)
    if (previous === undefined) return
    this.objects.delete(key)
    for (const handlers of this.#handlers) handlers.deleted?.(last ?? previous, previous)
  }
}
