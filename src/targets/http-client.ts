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
import { apiVersionOf, type Resource, resources } from '../kubernetes/resources'
import { StatusError } from '../kubernetes/status-error'
import type { Draft, Kind, Kinds } from '../kubernetes/types'
import type { HttpConnection, HttpRequest } from './http-connection'
import { HttpWatch } from './http-watch'

/** How many objects one request asks for when a caller wants them all. */
const pageSize = 500

/** The first minor version that takes `policy/v1` evictions; before it, the body is the same in `v1beta1`. */
const firstMinorWithEvictionV1 = 22

/** The `Client` port over HTTPS, in JSON; works with Kubernetes 1.21 and newer. */
export class HttpClient implements Client {
  readonly #connection: HttpConnection
  readonly #userAgent: string
  readonly #minorVersion: number

  constructor(
    connection: HttpConnection,
    options: {
      /** The user agent; its part before a `/` becomes the field manager. */
      readonly name: string
      /** `major.minor` as `/version` tells it; absent: a recent one. */
      readonly version?: { readonly minor: string }
    },
  ) {
    this.#connection = connection
    this.#userAgent = options.name
    this.#minorVersion = Number.parseInt(options.version?.minor ?? '36', 10)
  }

  async get<K extends Kind>(
    kind: K,
    key: ObjectKey,
    options: SubresourceOptions = {},
  ): Promise<Kinds[K]> {
    const path = objectPath(kind, key, options.subresource)
    return (await this.#request({ method: 'GET', path })) as Kinds[K]
  }

  async list<K extends Kind>(kind: K, options: ListOptions = {}): Promise<ObjectList<Kinds[K]>> {
    if (options.limit !== undefined || options.continue !== undefined) {
      return await this.#page(kind, options)
    }
    try {
      return await this.#allPages(kind, options)
    } catch (error) {
      if (!StatusError.is(error, 'Expired')) throw error
      // The first page has become too old for its continuation: one request for all never is.
      return await this.#page(kind, options)
    }
  }

  watch<K extends Kind>(kind: K, options: WatchOptions, watcher: Watcher<Kinds[K]>): Watch {
    const { resourceVersion, namespace, ...selectors } = options
    const path = collectionPath(kind, namespace)
    return new HttpWatch<Kinds[K]>({
      watcher,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      list: () => this.list(kind, { ...(namespace && { namespace }), ...selectors }),
      open: (parameters, idleMilliseconds) =>
        this.#connection.open(
          this.#requestOf({
            method: 'GET',
            path: path + queryOf({ ...selectors, ...parameters }),
          }),
          idleMilliseconds,
        ),
    })
  }

  async create<K extends Kind>(
    kind: K,
    object: Draft,
    options: WriteOptions = {},
  ): Promise<Kinds[K]> {
    const path = collectionPath(kind, object.metadata?.namespace) + queryOf(writeQuery(options))
    return (await this.#request({ method: 'POST', path, body: typed(kind, object) })) as Kinds[K]
  }

  async update<K extends Kind>(
    kind: K,
    object: Draft,
    options: WriteOptions & SubresourceOptions = {},
  ): Promise<Kinds[K]> {
    const { name, namespace } = object.metadata ?? {}
    if (name === undefined) throw new TypeError(`an update of a ${kind} needs metadata.name`)
    const key = { name, ...(namespace === undefined ? {} : { namespace }) }
    const path = objectPath(kind, key, options.subresource) + queryOf(writeQuery(options))
    return (await this.#request({ method: 'PUT', path, body: typed(kind, object) })) as Kinds[K]
  }

  async patch<K extends Kind>(
    kind: K,
    key: ObjectKey,
    patch: Patch,
    options: WriteOptions & SubresourceOptions = {},
  ): Promise<Kinds[K]> {
    const query = {
      ...writeQuery(options),
      ...(patch.type === 'apply' && patch.force !== undefined ? { force: patch.force } : {}),
    }
    return (await this.#request({
      method: 'PATCH',
      path: objectPath(kind, key, options.subresource) + queryOf(query),
      body: patch.type === 'json' ? patch.operations : patch.body,
      contentType: patchTypes[patch.type],
    })) as Kinds[K]
  }

  async delete(kind: Kind, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const path = objectPath(kind, key)
    await this.#request({ method: 'DELETE', path, body: deleteBody(options) })
  }

  async deleteCollection(kind: Kind, options: ListOptions & DeleteOptions): Promise<void> {
    const { namespace, labelSelector, fieldSelector, limit } = options
    const query = queryOf({ labelSelector, fieldSelector, limit })
    const path = collectionPath(kind, namespace) + query
    await this.#request({ method: 'DELETE', path, body: deleteBody(options) })
  }

  async createSubresource(
    kind: Kind,
    key: ObjectKey,
    subresource: string,
    body: Draft,
  ): Promise<void> {
    const old = subresource === 'eviction' && this.#minorVersion < firstMinorWithEvictionV1
    await this.#request({
      method: 'POST',
      path: objectPath(kind, key, subresource),
      body: old ? { ...body, apiVersion: 'policy/v1beta1' } : body,
    })
  }

  async #allPages<K extends Kind>(kind: K, options: ListOptions): Promise<ObjectList<Kinds[K]>> {
    const items: Kinds[K][] = []
    let page = await this.#page(kind, { ...options, limit: pageSize })
    items.push(...page.items)
    while (page.continue !== undefined) {
      page = await this.#page(kind, { ...options, limit: pageSize, continue: page.continue })
      items.push(...page.items)
    }
    return { items, resourceVersion: page.resourceVersion }
  }

  async #page<K extends Kind>(kind: K, options: ListOptions): Promise<ObjectList<Kinds[K]>> {
    const { namespace, ...query } = options
    const path = collectionPath(kind, namespace) + queryOf({ ...query })
    const list = (await this.#request({ method: 'GET', path })) as ListBody
    const apiVersion = apiVersionOf(resources[kind])
    const next = list.metadata.continue ?? ''
    return {
      // The items of a list do not say what they are, unlike everything else a server sends.
      items: (list.items ?? []).map((item) => ({ apiVersion, kind, ...item }) as Kinds[K]),
      resourceVersion: list.metadata.resourceVersion,
      ...(next === '' ? {} : { continue: next }),
    }
  }

  #request(request: Omit<HttpRequest, 'userAgent'>): Promise<unknown> {
    return this.#connection.request(this.#requestOf(request))
  }

  #requestOf(request: Omit<HttpRequest, 'userAgent'>): HttpRequest {
    return { ...request, userAgent: this.#userAgent }
  }
}

interface ListBody {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items?: readonly object[] | null
}

/** The media types of patches (API-154). */
const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

function collectionPath(kind: Kind, namespace?: string): string {
  const resource: Resource = resources[kind]
  const root = resource.group === '' ? '/api' : `/apis/${resource.group}`
  const scope =
    resource.namespaced && namespace !== undefined && namespace !== ''
      ? `/namespaces/${encodeURIComponent(namespace)}`
      : ''
  return `${root}/${resource.version}${scope}/${resource.plural}`
}

function objectPath(kind: Kind, { name, namespace }: ObjectKey, subresource?: string): string {
  const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`
  return subresource === undefined ? path : `${path}/${subresource}`
}

function queryOf(parameters: {
  readonly [name: string]: string | number | boolean | undefined
}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value))
  }
  return query.size === 0 ? '' : `?${query}`
}

function writeQuery({ dryRun, fieldManager, fieldValidation }: WriteOptions) {
  return { ...(dryRun ? { dryRun: 'All' } : {}), fieldManager, fieldValidation }
}

function typed(kind: Kind, object: Draft): Draft {
  return { apiVersion: apiVersionOf(resources[kind]), kind, ...object }
}

/** DeleteOptions travel in the body (API-195). */
function deleteBody(options: DeleteOptions): object {
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun } = options
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds,
    propagationPolicy,
    preconditions,
    ...(dryRun ? { dryRun: ['All'] } : {}),
  }
}
