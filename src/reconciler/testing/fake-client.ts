import { isDeepStrictEqual } from 'node:util'
import type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  SubresourceOptions,
  Watch,
  WatchEvent,
  Watcher,
  WatchOptions,
} from '../../kubernetes/client'
import { timestampOf } from '../../kubernetes/clock'
import { apiVersionOf, resources } from '../../kubernetes/resources'
import { StatusError } from '../../kubernetes/status-error'
import type { Draft, Kind, Kinds, OwnerReference } from '../../kubernetes/types'
import { RequestLimit } from './request-limit'

/** A write or read that a test may refuse. */
export interface FakeRequest {
  readonly verb: 'create' | 'delete' | 'get' | 'list' | 'patch' | 'update'
  readonly kind: Kind
  readonly name?: string
  readonly subresource?: string
  /** Of a delete, when it has any. */
  readonly options?: DeleteOptions
}

interface Meta {
  name: string
  namespace?: string
  uid: string
  resourceVersion: string
  labels?: Record<string, string>
  ownerReferences?: readonly OwnerReference[]
  finalizers?: readonly string[]
  generation?: number
  creationTimestamp: string
  deletionTimestamp?: string
}

type Stored = { metadata: Meta } & Record<string, unknown>

interface Listener {
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly watcher: Watcher<never>
  pending: WatchEvent<Stored>[]
  isHeld: boolean
}

/**
 * A cluster of objects in memory for tests of controllers: no defaults, no validation, no garbage collection.
 *
 * Watchers are called in a microtask after the write, unless a test holds their events back. An update or patch
 * that changes nothing is answered and not announced, as by a real server (API-150).
 */
export class FakeClient implements Client {
  /** What was asked, in order, refused or not. */
  readonly requests: FakeRequest[] = []
  /** Returns the error to answer a request with. */
  refuse: (request: FakeRequest) => Error | undefined = () => undefined
  readonly #now: () => number
  readonly #limit: RequestLimit
  readonly #objects = new Map<string, Stored>()
  readonly #listeners = new Set<Listener>()
  #version = 100
  #names = 0

  constructor(now: () => number, limit = new RequestLimit(now)) {
    this.#now = now
    this.#limit = limit
  }

  /** How often a verb was asked of a kind. */
  count(verb: FakeRequest['verb'], kind: Kind): number {
    return this.requests.filter((one) => one.verb === verb && one.kind === kind).length
  }

  /** The stored objects of a kind, without asking. */
  all<K extends Kind>(kind: K): Kinds[K][] {
    const entries = [...this.#objects].filter(([path]) => path.startsWith(`${kind}/`))
    return entries.map(([, object]) => object) as unknown as Kinds[K][]
  }

  /** Stores an object as it is, as another client would; fills in what every stored object has. */
  put<K extends Kind>(kind: K, draft: Draft): Kinds[K] {
    const object = structuredClone(draft) as unknown as {
      metadata: Partial<Meta> & { name: string }
    }
    const existing = this.#objects.get(pathOf(kind, object.metadata))
    const metadata: Omit<Meta, 'resourceVersion'> = {
      uid: existing?.metadata.uid ?? `uid-${kind}-${object.metadata.name}-${this.#names++}`,
      creationTimestamp: existing?.metadata.creationTimestamp ?? timestampOf(this.#now()),
      ...object.metadata,
    }
    return this.#store(kind, { ...object, metadata } as Stored) as unknown as Kinds[K]
  }

  /** Takes an object away at once, whatever holds it. */
  drop(kind: Kind, { namespace, name }: ObjectKey): void {
    this.#remove(kind, this.#find(kind, { name, ...(namespace ? { namespace } : {}) }))
  }

  /** Keeps the events of a kind from all watchers, until `release`. */
  hold(kind: Kind): void {
    for (const listener of this.#listeners) if (listener.kind === kind) listener.isHeld = true
  }

  release(kind: Kind): void {
    for (const listener of this.#listeners) {
      if (listener.kind !== kind) continue
      listener.isHeld = false
      this.#deliver(listener)
    }
  }

  /** Ends all watches of a kind, as a server may at any time. */
  endWatches(kind: Kind, error: Error | undefined): void {
    for (const listener of [...this.#listeners]) {
      if (listener.kind !== kind) continue
      this.#listeners.delete(listener)
      listener.watcher.ended(error)
    }
  }

  async get<K extends Kind>(kind: K, key: ObjectKey): Promise<Kinds[K]> {
    this.#ask({ verb: 'get', kind, name: key.name })
    return this.#find(kind, key) as unknown as Kinds[K]
  }

  async list<K extends Kind>(
    kind: K,
    { namespace }: ListOptions = {},
  ): Promise<ObjectList<Kinds[K]>> {
    this.#ask({ verb: 'list', kind })
    const items = this.all(kind).filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    )
    return { items, resourceVersion: String(this.#version) }
  }

  watch<K extends Kind>(kind: K, { namespace }: WatchOptions, watcher: Watcher<Kinds[K]>): Watch {
    const listener: Listener = {
      kind,
      namespace,
      watcher: watcher as unknown as Watcher<never>,
      pending: [],
      isHeld: false,
    }
    this.#listeners.add(listener)
    return { stop: () => this.#listeners.delete(listener) }
  }

  async create<K extends Kind>(kind: K, draft: Draft): Promise<Kinds[K]> {
    const { generateName, ...metadata } = draft.metadata ?? {}
    const name = metadata.name ?? `${generateName}${(this.#names++).toString(36).padStart(5, '0')}`
    this.#ask({ verb: 'create', kind, name })
    if (this.#objects.has(pathOf(kind, { ...metadata, name }))) {
      throw new StatusError('AlreadyExists', `${resources[kind].plural} "${name}" already exists`)
    }
    const status = kind === 'Pod' ? { status: { phase: 'Pending' } } : {}
    const full = { ...metadata, name, ...(generateName ? { generateName } : {}) }
    return this.put(kind, { ...status, ...draft, metadata: full })
  }

  async update<K extends Kind>(
    kind: K,
    draft: Draft,
    { subresource }: SubresourceOptions = {},
  ): Promise<Kinds[K]> {
    const { name = '', namespace, resourceVersion } = draft.metadata ?? {}
    this.#ask({ verb: 'update', kind, name, ...(subresource ? { subresource } : {}) })
    const existing = this.#find(kind, { name, ...(namespace ? { namespace } : {}) })
    if (resourceVersion !== undefined && resourceVersion !== existing.metadata.resourceVersion) {
      throw new StatusError('Conflict', `${name}: the object has been modified`)
    }
    const next = structuredClone(draft) as unknown as Stored
    if (subresource === 'status') {
      return this.#change(kind, existing, { ...existing, status: next['status'] }) as never
    }
    return this.#change(kind, existing, next) as never
  }

  async patch<K extends Kind>(kind: K, key: ObjectKey, patch: Patch): Promise<Kinds[K]> {
    this.#ask({ verb: 'patch', kind, name: key.name })
    const existing = this.#find(kind, key)
    if (patch.type !== 'merge' && patch.type !== 'strategic') throw new Error('not in this fake')
    const { metadata = {}, ...body } = patch.body as { metadata?: Partial<Meta> }
    if (metadata.uid !== undefined && metadata.uid !== existing.metadata.uid) {
      throw new StatusError('Conflict', `${key.name}: the UID in the precondition does not match`)
    }
    const { ownerReferences, labels, ...rest } = metadata
    return this.#change(kind, existing, {
      ...existing,
      ...body,
      metadata: {
        ...existing.metadata,
        ...rest,
        ...(labels ? { labels: { ...existing.metadata.labels, ...labels } } : {}),
        ...(ownerReferences
          ? { ownerReferences: mergedOwners(existing.metadata, ownerReferences) }
          : {}),
      },
    }) as never
  }

  async delete(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<void> {
    this.#ask({ verb: 'delete', kind, name: key.name, ...(options ? { options } : {}) })
    const existing = this.#find(kind, key)
    if ((existing.metadata.finalizers ?? []).length === 0) this.#remove(kind, existing)
    else if (existing.metadata.deletionTimestamp === undefined) {
      const deletionTimestamp = timestampOf(this.#now())
      this.#store(kind, { ...existing, metadata: { ...existing.metadata, deletionTimestamp } })
    }
  }

  async deleteCollection(): Promise<void> {
    throw new Error('not in this fake')
  }

  async createSubresource(): Promise<void> {
    throw new Error('not in this fake')
  }

  #ask(request: FakeRequest): void {
    this.#limit.count()
    this.requests.push(request)
    const refusal = this.refuse(request)
    if (refusal !== undefined) throw refusal
  }

  #find(kind: Kind, key: ObjectKey): Stored {
    const object = this.#objects.get(pathOf(kind, key))
    if (object !== undefined) return object
    throw new StatusError('NotFound', `${resources[kind].plural} "${key.name}" not found`)
  }

  /** Stores what an update or a patch makes of an object, if that is anything new. */
  #change(kind: Kind, existing: Stored, next: Stored): Stored {
    const { resourceVersion } = existing.metadata
    const same = { ...next, metadata: { ...next.metadata, resourceVersion } }
    return isDeepStrictEqual(same, existing) ? existing : this.#store(kind, next)
  }

  #store(kind: Kind, object: Stored): Stored {
    const path = pathOf(kind, object.metadata)
    const previous = this.#objects.get(path)
    const stored: Stored = {
      ...object,
      apiVersion: apiVersionOf(resources[kind]),
      kind,
      metadata: { ...object.metadata, resourceVersion: String(++this.#version) },
    }
    this.#objects.set(path, stored)
    this.#announce(kind, { type: previous === undefined ? 'ADDED' : 'MODIFIED', object: stored })
    return stored
  }

  #remove(kind: Kind, object: Stored): void {
    this.#objects.delete(pathOf(kind, object.metadata))
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) }
    this.#announce(kind, { type: 'DELETED', object: { ...object, metadata } })
  }

  #announce(kind: Kind, event: WatchEvent<Stored>): void {
    const { namespace } = event.object.metadata
    for (const listener of this.#listeners) {
      if (listener.kind !== kind) continue
      if (listener.namespace !== undefined && listener.namespace !== namespace) continue
      listener.pending.push(event)
      if (listener.pending.length === 1) queueMicrotask(() => this.#deliver(listener))
    }
  }

  #deliver(listener: Listener): void {
    if (listener.isHeld || !this.#listeners.has(listener)) return
    for (const event of listener.pending.splice(0)) listener.watcher.event(event as never)
  }
}

function pathOf(kind: Kind, { namespace, name }: { namespace?: string; name?: string }): string {
  return `${kind}/${namespace ?? ''}/${name}`
}

/** Owner references merge by uid. */
function mergedOwners(
  { ownerReferences = [] }: Meta,
  patch: readonly OwnerReference[],
): readonly OwnerReference[] {
  const owners = new Map(ownerReferences.map((owner) => [owner.uid, owner]))
  for (const owner of patch) {
    if ('$patch' in owner && owner.$patch === 'delete') owners.delete(owner.uid)
    else owners.set(owner.uid, owner)
  }
  return [...owners.values()]
}
