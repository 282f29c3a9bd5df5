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
} from '../../kubernetes/client'
import type { Draft, Kind, Kinds, KubernetesObject } from '../../kubernetes/types'

/** What the DaemonSet controller has written, as far as invariants speak of it. */
export interface Audit {
  /** The names of the pods that it has asked to go. */
  readonly deletedPods: Set<string>
  /** Its writes after which everything was as before, in words. */
  readonly idleWrites: string[]
}

/** A client that keeps account of what is written through it, and passes everything on. */
export class AuditedClient implements Client {
  readonly #client: Client
  readonly #audit: Audit
  readonly #version: () => number

  constructor(client: Client, audit: Audit, version: () => number) {
    this.#client = client
    this.#audit = audit
    this.#version = version
  }

  get<K extends Kind>(kind: K, key: ObjectKey, options?: SubresourceOptions): Promise<Kinds[K]> {
    return this.#client.get(kind, key, options)
  }

  list<K extends Kind>(kind: K, options?: ListOptions): Promise<ObjectList<Kinds[K]>> {
    return this.#client.list(kind, options)
  }

  watch<K extends Kind>(kind: K, options: WatchOptions, watcher: Watcher<Kinds[K]>): Watch {
    return this.#client.watch(kind, options, watcher)
  }

  create<K extends Kind>(kind: K, object: Draft, options?: WriteOptions): Promise<Kinds[K]> {
    return this.#client.create(kind, object, options)
  }

  update<K extends Kind>(
    kind: K,
    object: Draft,
    options?: WriteOptions & SubresourceOptions,
  ): Promise<Kinds[K]> {
    return this.#changing('update', kind, () => this.#client.update(kind, object, options))
  }

  patch<K extends Kind>(
    kind: K,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions & SubresourceOptions,
  ): Promise<Kinds[K]> {
    return this.#changing('patch', kind, () => this.#client.patch(kind, key, patch, options))
  }

  delete(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<void> {
    if (kind === 'Pod') this.#audit.deletedPods.add(key.name)
    return this.#client.delete(kind, key, options)
  }

  deleteCollection(kind: Kind, options: ListOptions & DeleteOptions): Promise<void> {
    return this.#client.deleteCollection(kind, options)
  }

  createSubresource(kind: Kind, key: ObjectKey, subresource: string, body: Draft): Promise<void> {
    return this.#client.createSubresource(kind, key, subresource, body)
  }

  /** A write that changes nothing leaves the resource version as it was (API-150). */
  async #changing<T extends KubernetesObject>(
    verb: string,
    kind: Kind,
    request: () => Promise<T>,
  ): Promise<T> {
    const before = this.#version()
    const answer = await request()
    if (Number(answer.metadata.resourceVersion) <= before) {
      this.#audit.idleWrites.push(`${verb} ${kind} ${answer.metadata.name} changed nothing`)
    }
    return answer
  }
}
