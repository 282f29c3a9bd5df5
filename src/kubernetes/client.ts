import type { StatusError } from './status-error'
import type { Draft, Kind, Kinds } from './types'

/**
 * What every part of this project knows of a cluster: the verbs of the Kubernetes API, and nothing else.
 *
 * The in-process API server and a real one over HTTPS are both behind it. Every method rejects with a
 * `StatusError` when the server refuses, and with another error when it could not be asked at all.
 */
export interface Client {
  /** Reads one object; `subresource` reads e.g. `status` (the whole object) instead. */
  get<K extends Kind>(kind: K, key: ObjectKey, options?: SubresourceOptions): Promise<Kinds[K]>
  list<K extends Kind>(kind: K, options?: ListOptions): Promise<ObjectList<Kinds[K]>>
  /** Streams changes to the watcher, in order, until it is stopped or has ended. Never calls back synchronously. */
  watch<K extends Kind>(kind: K, options: WatchOptions, watcher: Watcher<Kinds[K]>): Watch
  /** Creates the object in the namespace that its metadata names. */
  create<K extends Kind>(kind: K, object: Draft, options?: WriteOptions): Promise<Kinds[K]>
  update<K extends Kind>(
    kind: K,
    object: Draft,
    options?: WriteOptions & SubresourceOptions,
  ): Promise<Kinds[K]>
  patch<K extends Kind>(
    kind: K,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions & SubresourceOptions,
  ): Promise<Kinds[K]>
  delete(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<void>
  deleteCollection(kind: Kind, options: ListOptions & DeleteOptions): Promise<void>
  /** Posts to a subresource that takes another kind: `binding` and `eviction` of pods (API-229, API-231). */
  createSubresource(kind: Kind, key: ObjectKey, subresource: string, body: Draft): Promise<void>
}

/** The name of an object, with the namespace where its kind lives in one. */
export interface ObjectKey {
  readonly name: string
  readonly namespace?: string
}

export interface SubresourceOptions {
  readonly subresource?: string
}

export interface WriteOptions {
  readonly dryRun?: boolean
  readonly fieldManager?: string
  /** Default `Warn`: unknown fields are dropped; `Strict` refuses them (API-137 to API-139). */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
}

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
}

export interface ObjectList<T> {
  readonly items: readonly T[]
  /** The state of the store that the items show; a watch from here misses and repeats nothing. */
  readonly resourceVersion: string
  readonly continue?: string
}

export interface WatchOptions {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Only later changes are sent. Absent: the present objects come first, as `ADDED`. */
  readonly resourceVersion?: string
}

/** One change of an object, as a watch shows it. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: T
}

export interface Watcher<T> {
  /** Called once per change, in the order of resource versions. Must not throw. */
  event(event: WatchEvent<T>): void
  /**
   * Called once, when no more events will come although nobody stopped the watch: the server's time-out
   * (`undefined`), a refusal such as 410 `Expired`, or a lost connection. List and watch again.
   */
  ended(error: StatusError | Error | undefined): void
}

export interface Watch {
  stop(): void
}

export type Patch =
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly type: 'merge'; readonly body: object }
  | { readonly type: 'strategic'; readonly body: object }
  | { readonly type: 'apply'; readonly body: object; readonly force?: boolean }

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: boolean
}
