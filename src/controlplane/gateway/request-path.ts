import {
  isServedGroup,
  type ServedResource,
  type ServedSubresource,
  servedResource,
  servedVersion,
} from './served-resources'

/** What a path of the HTTP API names. */
export type Route =
  /** No such path, and no group to which it could belong: plain text (DISC-07). */
  | { readonly type: 'nothing' }
  /** The group is known, the rest is not: a Status (DISC-08). */
  | { readonly type: 'not-served' }
  | { readonly type: 'groups' | 'versions' }
  | { readonly type: 'group' | 'resources'; readonly group: string }
  | ResourceRoute

/** A collection, an object or a subresource of it. */
export interface ResourceRoute {
  readonly type: 'resource'
  readonly resource: ServedResource
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: ServedSubresource | undefined
  /** Whether the path is one of the old `/watch/` paths (WATCH-01). */
  readonly isWatch: boolean
}

const notServed: Route = { type: 'not-served' }

/** What the path below `/api` or `/apis` names; the path comes without its query. */
export function routeOf(path: string): Route {
  const segments = decodedSegments(path)
  if (segments === undefined) return { type: 'nothing' }
  const [prefix, ...rest] = segments
  if (prefix === 'api') {
    if (rest.length === 0) return { type: 'versions' }
    return groupRoute('', rest)
  }
  if (prefix !== 'apis') return { type: 'nothing' }
  const [group, ...below] = rest
  if (group === undefined) return { type: 'groups' }
  if (!isServedGroup(group) || group === '') return { type: 'nothing' }
  if (below.length === 0) return { type: 'group', group }
  return groupRoute(group, below)
}

/** The segments of a path without its slashes at the end; absent when one cannot be decoded. */
function decodedSegments(path: string): readonly string[] | undefined {
  const end = path.endsWith('/') && path.length > 1 ? path.length - 1 : path.length
  const segments = path.slice(path.startsWith('/') ? 1 : 0, end).split('/')
  if (!path.includes('%')) return segments
  try {
    return segments.map(decodeURIComponent)
  } catch {
    return undefined
  }
}

function groupRoute(group: string, [version, ...rest]: readonly string[]): Route {
  if (version !== servedVersion) return notServed
  if (rest.length === 0) return { type: 'resources', group }
  if (rest[0] === 'watch') return resourceRoute(group, rest.slice(1), true)
  return resourceRoute(group, rest, false)
}

function resourceRoute(group: string, segments: readonly string[], isWatch: boolean): Route {
  const [first, second, third] = segments
  // `namespaces/x`, `namespaces/x/status` and `namespaces/x/finalize` are the namespace itself.
  const isInside =
    first === 'namespaces' &&
    second !== undefined &&
    third !== undefined &&
    !(group === '' && (third === 'status' || third === 'finalize'))
  const namespace = isInside ? second : undefined
  const [plural = '', name, subresource, ...more] = isInside ? segments.slice(2) : segments
  const resource = servedResource(group, plural)
  if (resource === undefined || more.length > 0) return notServed
  if (namespace !== undefined && !resource.namespaced) return notServed
  if (namespace === undefined && resource.namespaced && name !== undefined) return notServed
  const route = { type: 'resource', resource, namespace, name, isWatch } as const
  if (subresource === undefined) return { ...route, subresource: undefined }
  const found = resource.subresources.find((candidate) => candidate.name === subresource)
  return found === undefined ? notServed : { ...route, subresource: found }
}
