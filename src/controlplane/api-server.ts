import type { Client, Watch } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import type { Random } from '../kubernetes/random'
import { resources } from '../kubernetes/resources'
import type { StatusError } from '../kubernetes/status-error'
import type { Kind } from '../kubernetes/types'
import { inProcessClient } from './api-client'
import { bind } from './binding'
import { create } from './creation'
import { deleteCollection, deleteObject } from './deletion'
import { EventExpiry } from './event-expiry'
import { evict } from './eviction'
import { furniture } from './furniture'
import { defaultHistoryLimit } from './history'
import { get, listed } from './listing'
import { patch } from './patching'
import { QuotaUsage } from './quota-usage'
import { failure, methodNotAllowed, notServed, unparsableVersion } from './refusals'
import type { Registry } from './registry'
import { type ApiRequest, type ApiResult, checkOptions } from './request'
import { RunawayGuard } from './runaway-guard'
import { selectionOf } from './selection'
import { Store } from './store'
import { update } from './update'
import { WatchHub, type WatchSink } from './watch-hub'

/** Sees every request before the server does; an error that it returns is the answer. */
// biome-ignore lint/suspicious/noConfusingVoidType: an interceptor may simply end without a word
export type Interceptor = (request: ApiRequest) => StatusError | undefined | void

/** How long a watch without a time-out of its own lasts, in seconds (WATCH-18). */
const watchSeconds = { shortest: 1800, spread: 1800 } as const

/**
 * An API server: objects, verbs, admission and watches.
 *
 * The core is synchronous: `handle` answers or throws at once, so every request is atomic. The in-process `Client` and
 * the HTTP gateway are made from it.
 */
export class ApiServer {
  /** The version that the server says it has, e.g. `v1.36.2` (DISC-02). */
  readonly version: string
  readonly #registry: Registry
  readonly #hubs = new Map<Kind, WatchHub>()
  readonly #interceptors = new Set<Interceptor>()
  readonly #expiry: EventExpiry
  readonly #quotas: QuotaUsage
  readonly #guard: RunawayGuard

  constructor(options: {
    readonly clock: Clock
    readonly random: Random
    readonly version?: string
    /** How many changes of one kind are kept for watchers at most. */
    readonly historyLimit?: number
  }) {
    const { clock, random } = options
    this.#guard = new RunawayGuard(clock)
    this.version = options.version ?? 'v1.36.2'
    const store = new Store({
      clock,
      historyLimit: options.historyLimit ?? defaultHistoryLimit,
      changed: (kind, change) => {
        this.#hubs.get(kind)?.wake()
        if (kind === 'Event') this.#expiry.changed(change)
        else this.#quotas.changed(kind, change.event.object)
      },
    })
    this.#expiry = new EventExpiry(store, clock)
    this.#quotas = new QuotaUsage(store)
    this.#registry = { store, clock, random, remembered: new WeakMap() }
    for (const { kind, draft } of furniture) {
      create(this.#registry, {
        verb: 'create',
        kind,
        namespace: draft.metadata?.namespace,
        body: draft,
        userAgent: 'kube-apiserver',
      })
    }
  }

  /** The revision of the newest write (API-153). */
  get resourceVersion(): string {
    return String(this.#registry.store.revision)
  }

  /** A client in this process; the name is its user agent and field manager. */
  client(name: string): Client {
    return inProcessClient(this, name)
  }

  /**
   * Carries out one request.
   *
   * @throws StatusError when it is refused
   */
  handle(request: ApiRequest): ApiResult {
    this.#guard.admit()
    this.#intercept(request)
    checkOptions(request)
    if (request.subresource !== undefined) return this.#handleSubresource(request)
    const registry = this.#registry
    switch (request.verb) {
      case 'create':
        return create(registry, request)
      case 'delete':
        return deleteObject(registry, request)
      case 'deletecollection':
        return deleteCollection(registry, request)
      case 'get':
        return get(registry, request)
      case 'list':
        return listed(registry, request)
      case 'patch':
        return patch(registry, request)
      case 'update':
        return update(registry, request)
      case 'watch':
        throw methodNotAllowed()
    }
  }

  /**
   * Opens a stream of the changes that a list would show; the sink is called in microtasks only.
   *
   * @throws StatusError when the request is refused; a version that is too old ends the stream instead (WATCH-07)
   */
  watch(request: ApiRequest, sink: WatchSink): Watch {
    this.#intercept(request)
    checkOptions(request)
    const { kind, options = {} } = request
    const namespace = resources[kind].namespaced ? request.namespace : undefined
    const selection = selectionOf(kind, { ...options, namespace })
    const { store } = this.#registry
    const version = options.resourceVersion ?? ''
    if (version !== '' && !/^\d+$/.test(version)) throw failure(unparsableVersion(version))
    const showsPresent = options.sendInitialEvents ?? (version === '' || version === '0')
    const after = showsPresent || version === '' ? store.revision : Number(version)
    const present = showsPresent
      ? { initial: store.objects(kind, namespace).filter(selection.matches) }
      : {}
    const hub = this.#hubOf(kind)
    return this.#withTimeout(options.timeoutSeconds, sink, (open) =>
      hub.open(selection, { after, ...present }, open),
    )
  }

  /** Lets a function see every request first; the returned function takes it away again. */
  intercept(interceptor: Interceptor): () => void {
    this.#interceptors.add(interceptor)
    return () => {
      this.#interceptors.delete(interceptor)
    }
  }

  /** Ends all watches cleanly (WATCH-20) and stops the timers. */
  close(): void {
    this.#expiry.stop()
    for (const hub of this.#hubs.values()) hub.close()
  }

  #handleSubresource(request: ApiRequest): ApiResult {
    const { kind, subresource = '', verb } = request
    if (!resources[kind].subresources.includes(subresource)) throw notServed()
    const registry = this.#registry
    if (verb === 'create') {
      if (subresource === 'binding') return bind(registry, request)
      if (subresource === 'eviction') return evict(registry, request)
      throw methodNotAllowed()
    }
    if (verb === 'update' && subresource === 'finalize') return update(registry, request)
    if (subresource !== 'status') throw methodNotAllowed()
    switch (verb) {
      case 'get':
        return get(registry, request)
      case 'patch':
        return patch(registry, request)
      case 'update':
        return update(registry, request)
      default:
        throw methodNotAllowed()
    }
  }

  /** Ends the watch after its time; the watcher comes back with the last version that it saw. */
  #withTimeout(
    seconds: number | undefined,
    sink: WatchSink,
    open: (sink: WatchSink) => Watch,
  ): Watch {
    const { clock, random } = this.#registry
    const lasts =
      seconds === undefined || seconds <= 0
        ? watchSeconds.shortest + random.next() * watchSeconds.spread
        : seconds
    const timer = clock.after(lasts * 1000, () => {
      watch.stop()
      sink.ended(undefined)
    })
    const watch = open({
      event: (event) => sink.event(event),
      initialEventsEnd: (version) => sink.initialEventsEnd?.(version),
      ended: (error) => {
        timer.cancel()
        sink.ended(error)
      },
    })
    return {
      stop: () => {
        timer.cancel()
        watch.stop()
      },
    }
  }

  #hubOf(kind: Kind): WatchHub {
    let hub = this.#hubs.get(kind)
    if (hub === undefined) {
      hub = new WatchHub(this.#registry.store.history(kind))
      this.#hubs.set(kind, hub)
    }
    return hub
  }

  #intercept(request: ApiRequest): void {
    for (const interceptor of this.#interceptors) {
      const refusal = interceptor(request)
      if (refusal !== undefined) throw refusal
    }
  }
}
