import { createHash } from 'node:crypto'
import {
  groups,
  type ServedResource,
  type ServedSubresource,
  servedResources,
  servedVersion,
} from './served-resources'

/** `GET /api` in the old form (DISC-10). */
export function apiVersions(): object {
  return { kind: 'APIVersions', versions: [servedVersion], serverAddressByClientCIDRs: [] }
}

/** `GET /apis` in the old form (DISC-11). */
export function apiGroupList(): object {
  const named = groups.filter((group) => group !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupEntry) }
}

/** `GET /apis/{group}` (DISC-12). */
export function apiGroup(group: string): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) }
}

/** `GET /api/v1` and `GET /apis/{group}/{version}` (DISC-13, DISC-14). */
export function apiResourceList(group: string): object {
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: groupVersionOf(group),
    resources: servedResources
      .filter((resource) => resource.group === group)
      .flatMap((resource) => [
        resourceEntry(resource),
        ...resource.subresources.map((subresource) => subresourceEntry(resource, subresource)),
      ])
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

/** `GET /api` or `GET /apis` in one document with everything below it (DISC-17, DISC-18). */
export function aggregatedDiscovery(path: '/api' | '/apis'): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.filter((group) => (group === '') === (path === '/api')).map(aggregatedGroup),
  }
}

/** The ETag of a discovery document: a digest of its content (DISC-21). */
export function etagOf(content: string): string {
  return `"${createHash('sha512').update(content).digest('hex').toUpperCase()}"`
}

/** `v1` or `{group}/v1`. */
export function groupVersionOf(group: string): string {
  return group === '' ? servedVersion : `${group}/${servedVersion}`
}

function groupEntry(group: string): object {
  const version = { groupVersion: groupVersionOf(group), version: servedVersion }
  return { name: group, versions: [version], preferredVersion: version }
}

function resourceEntry(resource: ServedResource): { readonly name: string } {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource
  return {
    name: plural,
    ...{ singularName: singular, namespaced, kind, verbs },
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(verbs.includes('list') ? { storageVersionHash: storageVersionHashOf(resource) } : {}),
  }
}

function subresourceEntry(
  { plural, namespaced }: ServedResource,
  { name, group, version, kind, verbs }: ServedSubresource,
): { readonly name: string } {
  return {
    name: `${plural}/${name}`,
    ...{ singularName: '', namespaced },
    ...(group === undefined ? {} : { group, version }),
    ...{ kind, verbs },
  }
}

/** Says nothing to clients but whether the stored form is the same as before. */
function storageVersionHashOf({ group, version, kind }: ServedResource): string {
  const text = `${group}/${version}/${kind}`
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64')
}

function aggregatedGroup(group: string): object {
  const resources = servedResources
    .filter((resource) => resource.group === group)
    .sort((a, b) => (a.plural < b.plural ? -1 : 1))
    .map(aggregatedResource)
  return {
    metadata: group === '' ? {} : { name: group },
    versions: [{ version: servedVersion, resources, freshness: 'Current' }],
  }
}

function aggregatedResource(resource: ServedResource): object {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource
  return {
    resource: plural,
    responseKind: { group: '', version: '', kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(resource.subresources.length === 0
      ? {}
      : { subresources: resource.subresources.map(aggregatedSubresource) }),
  }
}

function aggregatedSubresource(subresource: ServedSubresource): object {
  const { name, group = '', version = '', kind, verbs } = subresource
  return { subresource: name, responseKind: { group, version, kind }, verbs }
}
