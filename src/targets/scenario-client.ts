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
import { resources } from '../kubernetes/resources'
import { StatusError } from '../kubernetes/status-error'
import type { Draft, Kind, Kinds } from '../kubernetes/types'
import type { Refusal } from './observation'

/** A cluster-scoped object that a scenario has made. */
export interface ClusterScopedObject {
  readonly kind: Kind
  readonly name: string
}

/**
 * The client that the steps of a scenario use: it passes everything on, and remembers what was refused,
 * and which cluster-scoped objects have to be removed afterwards.
 */
export class ScenarioClient implements Client {
  /** When the last request was answered, by the given clock. */
  lastAnswerAt: number
  readonly #client: Client
  readonly #now: () => number
  readonly #refused: (refusal: Omit<Refusal, 'at'>) => void
  readonly #labels: Readonly<Record<string, string>>
  readonly #created = new Map<string, ClusterScopedObject>()
  #polls = 0

  constructor(options: {
    readonly client: Client
    readonly now: () => number
    readonly refused: (refusal: Omit<Refusal, 'at'>) => void
    /** Put on every cluster-scoped object that is created, so that it can be found after a crash. */
    readonly labels: Readonly<Record<string, string>>
  }) {
    this.#client = options.client
    this.#now = options.now
    this.#refused = options.refused
    this.#labels = options.labels
    this.lastAnswerAt = options.now()
  }

  /** Every cluster-scoped object created so far, whether it is still there or not. */
  get clusterScopedObjects(): readonly ClusterScopedObject[] {
    return [...this.#created.values()]
  }

  /** Runs a read whose refusals only mean "not yet": how often it is asked depends on the cluster's speed. */
  async polling<T>(read: () => Promise<T> | T): Promise<T> {
    this.#polls++
    try {
      return await read()
    } finally {
      this.#polls--
    }
  }

  get<K extends Kind>(kind: K, key: ObjectKey, options?: SubresourceOptions): Promise<Kinds[K]> {
    const request = { verb: 'get', kind, ...key, ...options }
    return this.#observed(request, this.#client.get(kind, key, options))
  }

  list<K extends Kind>(kind: K, options?: ListOptions): Promise<ObjectList<Kinds[K]>> {
    return this.#observed({ verb: 'list', kind }, this.#client.list(kind, options))
  }

  watch<K extends Kind>(kind: K, options: WatchOptions, watcher: Watcher<Kinds[K]>): Watch {
    return this.#client.watch(kind, options, {
      event: (event) => watcher.event(event),
      ended: (error) => {
        if (error instanceof StatusError) this.#note({ verb: 'watch', kind }, error)
        watcher.ended(error)
      },
    })
  }

  async create<K extends Kind>(kind: K, object: Draft, options?: WriteOptions): Promise<Kinds[K]> {
    const request = { verb: 'create', kind, name: object.metadata?.name }
    if (resources[kind].namespaced) {
      return await this.#observed(request, this.#client.create(kind, object, options))
    }
    const draft = this.#labelled(object)
    const created = await this.#observed(request, this.#client.create(kind, draft, options))
    const { name } = created.metadata
    if (options?.dryRun !== true) this.#created.set(`${kind}/${name}`, { kind, name })
    return created
  }

  update<K extends Kind>(
    kind: K,
    object: Draft,
    options?: WriteOptions & SubresourceOptions,
  ): Promise<Kinds[K]> {
    const request = { verb: 'update', kind, name: object.metadata?.name, ...options }
    return this.#observed(request, this.#client.update(kind, object, options))
  }

  patch<K extends Kind>(
    kind: K,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions & SubresourceOptions,
  ): Promise<Kinds[K]> {
    const request = { verb: 'patch', kind, ...key, ...options }
    return this.#observed(request, this.#client.patch(kind, key, patch, options))
  }

  delete(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<void> {
    return this.#observed({ verb: 'delete', kind, ...key }, this.#client.delete(kind, key, options))
  }

  deleteCollection(kind: Kind, options: ListOptions & DeleteOptions): Promise<void> {
    return this.#observed(
      { verb: 'deletecollection', kind },
      this.#client.deleteCollection(kind, options),
    )
  }

  createSubresource(kind: Kind, key: ObjectKey, subresource: string, body: Draft): Promise<void> {
    return this.#observed(
      { verb: 'create', kind, ...key, subresource },
      this.#client.createSubresource(kind, key, subresource, body),
    )
  }

  async #observed<T>(request: Request, answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      if (error instanceof StatusError) this.#note(request, error)
      throw error
    } finally {
      this.lastAnswerAt = this.#now()
    }
  }

  #note({ verb, kind, name, subresource }: Request, error: StatusError): void {
    if (this.#polls > 0) return
    const { code, reason, message, details } = error
    this.#refused({
      verb,
      kind,
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
      code,
      reason,
      message,
      causes: details.causes ?? [],
    })
  }

  #labelled(object: Draft): Draft {
    const labels = { ...object.metadata?.labels, ...this.#labels }
    if (Object.keys(this.#labels).length === 0) return object
    return { ...object, metadata: { ...object.metadata, labels } }
  }
}

interface Request {
  readonly verb: string
  readonly kind: Kind
  readonly name?: string | undefined
  readonly subresource?: string | undefined
}
