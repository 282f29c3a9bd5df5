import type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  SubresourceOptions,
  Watch,
  Watcher,
  WatchOptions,
  WriteOptions,
} from '../kubernetes/client'
import { apiVersionOf, resources } from '../kubernetes/resources'
import { StatusError } from '../kubernetes/status-error'
import type { Draft, Kind, Kinds } from '../kubernetes/types'
import type { ApiRequest, ApiResult, RequestOptions } from './request'
import type { WatchSink } from './watch-hub'

/** What the client needs of an API server. */
export interface RequestHandler {
  handle(request: ApiRequest): ApiResult
  watch(request: ApiRequest, sink: WatchSink): Watch
}

/**
 * A `Client` whose requests are function calls: carried out at once, answered in a microtask.
 *
 * Through it, nothing can be told apart from a client that speaks HTTPS, except by speed.
 */
export function inProcessClient(server: RequestHandler, userAgent: string): Client {
  return new InProcessClient(server, userAgent)
}

/** A request without the one who asks. */
type Question = Omit<ApiRequest, 'userAgent'>

class InProcessClient implements Client {
  readonly #server: RequestHandler
  readonly #userAgent: string

  constructor(server: RequestHandler, userAgent: string) {
    this.#server = server
    this.#userAgent = userAgent
  }

  async get<K extends Kind>(
    kind: K,
    key: ObjectKey,
    options: SubresourceOptions = {},
  ): Promise<Kinds[K]> {
    return this.#object({ verb: 'get', kind, ...pathOf(key), subresource: options.subresource })
  }

  async list<K extends Kind>(kind: K, options: ListOptions = {}): Promise<ObjectList<Kinds[K]>> {
    const { namespace, ...selection } = options
    const result = this.#ask({ verb: 'list', kind, namespace, options: selection })
    if (result.type !== 'list') throw unexpected(result)
    const { items, resourceVersion, continue: token } = result
    return {
      items: items as readonly Kinds[K][],
      resourceVersion,
      ...(token === undefined ? {} : { continue: token }),
    }
  }

  watch<K extends Kind>(kind: K, options: WatchOptions, watcher: Watcher<Kinds[K]>): Watch {
    const { namespace, ...rest } = options
    try {
      return this.#server.watch(
        { verb: 'watch', kind, namespace, options: rest, userAgent: this.#userAgent },
        watcher as unknown as WatchSink,
      )
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      return refusedWatch(error, watcher)
    }
  }

  async create<K extends Kind>(
    kind: K,
    object: Draft,
    options: WriteOptions = {},
  ): Promise<Kinds[K]> {
    return this.#object({
      verb: 'create',
      kind,
      namespace: object.metadata?.namespace,
      body: typed(kind, object),
      options: writing(options),
    })
  }

  async update<K extends Kind>(
    kind: K,
    object: Draft,
    options: WriteOptions & SubresourceOptions = {},
  ): Promise<Kinds[K]> {
    return this.#object({
      verb: 'update',
      kind,
      namespace: object.metadata?.namespace,
      name: object.metadata?.name,
      subresource: options.subresource,
      body: typed(kind, object),
      options: writing(options),
    })
  }

  async patch<K extends Kind>(
    kind: K,
    key: ObjectKey,
    patch: Patch,
    options: WriteOptions & SubresourceOptions = {},
  ): Promise<Kinds[K]> {
    const force = patch.type === 'apply' ? patch.force : undefined
    return this.#object({
      verb: 'patch',
      kind,
      ...pathOf(key),
      subresource: options.subresource,
      patch,
      options: force === undefined ? writing(options) : { ...writing(options), force },
    })
  }

  async delete(kind: Kind, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    this.#ask({ verb: 'delete', kind, ...pathOf(key), options: deletion(options) })
  }

  async deleteCollection(kind: Kind, options: ListOptions & DeleteOptions): Promise<void> {
    const { namespace } = options
    this.#ask({ verb: 'deletecollection', kind, namespace, options: deletion(options) })
  }

  async createSubresource(
    kind: Kind,
    key: ObjectKey,
    subresource: string,
    body: Draft,
  ): Promise<void> {
    this.#ask({ verb: 'create', kind, ...pathOf(key), subresource, body })
  }

  #ask(question: Question): ApiResult {
    return this.#server.handle({ ...question, userAgent: this.#userAgent })
  }

  #object<K extends Kind>(question: Question & { readonly kind: K }): Kinds[K] {
    const result = this.#ask(question)
    if (result.type !== 'object') throw unexpected(result)
    return result.object as Kinds[K]
  }
}

function pathOf({ name, namespace }: ObjectKey): { name: string; namespace: string | undefined } {
  return { name, namespace }
}

/** The type that every body over HTTP carries. */
function typed(kind: Kind, object: Draft): Draft {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object
  return { apiVersion: apiVersionOf(resources[kind]), kind, ...object }
}

/** What a request carries of the options of a write: usually nothing. */
function writing({ dryRun, fieldManager, fieldValidation }: WriteOptions) {
  if (dryRun === undefined && fieldManager === undefined && fieldValidation === undefined) {
    return undefined
  }
  return { dryRun: dryRun === true ? ['All'] : undefined, fieldManager, fieldValidation }
}

function deletion(options: DeleteOptions & ListOptions): RequestOptions {
  const { dryRun, namespace: _, ...rest } = options
  return { ...rest, dryRun: dryRun === true ? ['All'] : undefined }
}

/** A refusal comes the way of all ends of a watch: later, and once. */
function refusedWatch(error: StatusError, watcher: Watcher<never>): Watch {
  let open = true
  queueMicrotask(() => {
    if (open) watcher.ended(error)
  })
  return {
    stop: () => {
      open = false
    },
  }
}

function unexpected({ type }: ApiResult): Error {
  return new Error(`the API server answered with a ${type} where something else was expected`)
}
