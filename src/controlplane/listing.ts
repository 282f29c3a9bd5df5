import { resources } from '../kubernetes/resources'
import { type Status, StatusError } from '../kubernetes/status-error'
import type { Kind, KubernetesObject } from '../kubernetes/types'
import { badRequest, failure, tooLargeResourceVersion, unparsableVersion } from './refusals'
import { existing, type Registry, targetOf } from './registry'
import type { ApiRequest, ListResult, ObjectResult } from './request'
import { type Selection, selectionOf } from './selection'
import { compareText, type Store } from './store'

/** Reads one object (API-223). */
export function get(registry: Registry, request: ApiRequest): ObjectResult {
  const asked = request.options?.resourceVersion ?? ''
  // Seen on a real server: a read fails without a reason where a list is refused.
  if (!/^\d*$/.test(asked)) throw failure(unparsableVersion(asked))
  versionAskedFor(asked, registry.store.revision)
  const object = existing(registry, targetOf(request))
  return { type: 'object', code: 200, object, warnings: [] }
}

/**
 * Lists objects in the order of their keys: all, those of a namespace, those that selectors pick, or one page of them.
 *
 * @see API-216 to API-227
 */
export function listed({ store }: Pick<Registry, 'store'>, request: ApiRequest): ListResult {
  const { kind, options = {} } = request
  const namespace = resources[kind].namespaced ? request.namespace : undefined
  const selection = selectionOf(kind, { ...options, namespace })
  const { continue: token = '' } = options
  const from = token === '' ? startOf(store, request) : continuation(token, request)
  const revision = from.revision ?? store.revision
  const objects = objectsAt(store, { kind, namespace, revision, from: from.start })
  const wanted = limitOf(request)
  const page = pageOf(objects, selection, { start: from.start, limit: wanted })
  const resourceVersion = String(revision)
  if (page.next === undefined) {
    return { type: 'list', code: 200, items: page.items, resourceVersion, warnings: [] }
  }
  return {
    type: 'list',
    code: 200,
    items: page.items,
    resourceVersion,
    continue: tokenOf(revision, page.next),
    ...(selection.selective ? {} : { remainingItemCount: page.remaining }),
    warnings: [],
  }
}

interface Start {
  /** The state to show; absent: the newest. */
  readonly revision: number | undefined
  /** The first key to show. */
  readonly start: string
}

/** Which state a list without a token shows (API-220 to API-222). */
function startOf(store: Store, { options = {} }: ApiRequest): Start {
  const asked = versionAskedFor(options.resourceVersion, store.revision)
  const isExact = options.resourceVersionMatch === 'Exact'
  return { revision: isExact && asked !== 0 ? asked : undefined, start: '' }
}

/** The number of a resource version; 0 for none. It must not lie in the future (API-221). */
function versionAskedFor(text: string | undefined, current: number): number {
  if (text === undefined || text === '') return 0
  if (!/^\d+$/.test(text)) {
    throw badRequest(`invalid resource version: ${unparsableVersion(text)}`)
  }
  const version = Number(text)
  if (version > current) throw tooLargeResourceVersion(text, current)
  return version
}

/** Lists from "any" version come from a cache that knows no pages (API-220); negative limits are none (API-113). */
function limitOf({ options = {} }: ApiRequest): number {
  const { limit = 0, resourceVersion, continue: token = '' } = options
  const isAny = resourceVersion === '0' && token === ''
  return limit <= 0 || isAny ? Number.POSITIVE_INFINITY : limit
}

interface Page {
  readonly items: readonly KubernetesObject[]
  /** The key after which the next page begins; absent on the last page. */
  readonly next: string | undefined
  readonly remaining: number
}

function pageOf(
  objects: readonly KubernetesObject[],
  selection: Selection,
  { start, limit }: { readonly start: string; readonly limit: number },
): Page {
  if (start === '' && limit === Number.POSITIVE_INFINITY) {
    const items = selection.selective ? objects.filter(selection.matches) : objects
    return { items, next: undefined, remaining: 0 }
  }
  const items: KubernetesObject[] = []
  let remaining = 0
  const isWanted = (object: KubernetesObject) =>
    (start === '' || keyIn(object, selection) >= start) &&
    (!selection.selective || selection.matches(object))
  for (const object of objects) {
    if (!isWanted(object)) continue
    if (items.length < limit) items.push(object)
    else remaining++
  }
  const last = items.at(-1)
  const next = remaining > 0 && last !== undefined ? `${keyIn(last, selection)}\0` : undefined
  return { items, next, remaining }
}

/** The key of an object below the path that is listed. */
function keyIn(
  { metadata }: KubernetesObject,
  { namespace }: Pick<Selection, 'namespace'>,
): string {
  return namespace === undefined && metadata.namespace !== undefined
    ? `${metadata.namespace}/${metadata.name}`
    : metadata.name
}

/** Continue tokens are opaque to clients, but not of any form we like (API-218). */
const tokenVersion = 'meta.k8s.io/v1'
/** In a token: the newest state, because the one that the first page showed is gone. */
const newestState = -1

function tokenOf(revision: number, start: string): string {
  return Buffer.from(JSON.stringify({ v: tokenVersion, rv: revision, start })).toString('base64url')
}

function continuation(token: string, { options = {} }: ApiRequest): Start {
  const { resourceVersion = '' } = options
  const { rv, start } = parsedToken(token)
  if (resourceVersion !== '' && resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  return { revision: rv === newestState ? undefined : rv, start }
}

function parsedToken(token: string): { readonly rv: number; readonly start: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    throw badRequest('invalid continue token: it cannot be decoded')
  }
  const { v, rv, start } = (parsed ?? {}) as Record<string, unknown>
  if (v !== tokenVersion || !Number.isSafeInteger(rv) || typeof start !== 'string') {
    throw badRequest('invalid continue token: it is not of this server')
  }
  return { rv: rv as number, start }
}

/** The objects as they were at a revision, rebuilt from the changes since then. */
function objectsAt(
  store: Store,
  at: {
    readonly kind: Kind
    readonly namespace: string | undefined
    readonly revision: number
    readonly from: string
  },
): readonly KubernetesObject[] {
  const { kind, namespace, revision } = at
  const now = store.objects(kind, namespace)
  const history = store.history(kind)
  if (history.newest <= revision) return now
  if (history.newestDropped > revision) throw tooOldList(at.from)
  const selection = { namespace }
  const then = new Map(now.map((object) => [keyIn(object, selection), object] as const))
  for (let position = history.end - 1; position >= history.start; position--) {
    const change = history.at(position)
    if (change === undefined || change.revision <= revision) break
    const { object } = change.event
    if (namespace !== undefined && object.metadata.namespace !== namespace) continue
    if (change.previous === undefined) then.delete(keyIn(object, selection))
    else then.set(keyIn(object, selection), change.previous)
  }
  return [...then].sort(([a], [b]) => compareText(a, b)).map(([, object]) => object)
}

/** The state to list is no longer known; a page that was to follow may go on from the newest (API-219, API-222). */
function tooOldList(start: string): StatusError {
  if (start === '') {
    return new StatusError('Expired', 'The resourceVersion for the provided list is too old.')
  }
  return new ExpiredListError(tokenOf(newestState, start))
}

/** The 410 of a list in pages, with a token that goes on from the newest state (API-219). */
class ExpiredListError extends StatusError {
  readonly continue: string

  constructor(token: string) {
    super(
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
        'without the continue parameter, or use the continue token in this response to retrieve the remainder of the ' +
        'results. Continuing with the provided token results in an inconsistent list - objects that were created, ' +
        'modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    )
    this.continue = token
  }

  override toStatus(): Status {
    return { ...super.toStatus(), metadata: { continue: this.continue } }
  }
}
