import type { Kind, Kinds } from './types'

/** Where a kind lives in the API, as discovery would tell it (DISC-27 to DISC-29). */
export interface Resource {
  readonly kind: Kind
  /** `''` for the core group. */
  readonly group: string
  readonly version: string
  /** The plural of the URL, e.g. `daemonsets`. */
  readonly plural: string
  readonly singular: string
  readonly namespaced: boolean
  readonly subresources: readonly string[]
}

/** The `apiVersion` of objects of this resource, e.g. `apps/v1` or `v1`. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`
}

/** How error messages name the resource: `daemonsets.apps`, or `pods` for the core group (API-116). */
export function qualifiedNameOf({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`
}

/** Every resource of the `Client` port, by kind. */
export const resources: { readonly [K in keyof Kinds]: Resource & { readonly kind: K } } = {
  ConfigMap: core('ConfigMap', 'configmaps'),
  ControllerRevision: grouped('ControllerRevision', 'controllerrevisions', 'apps'),
  DaemonSet: grouped('DaemonSet', 'daemonsets', 'apps', ['status']),
  Event: core('Event', 'events'),
  Lease: grouped('Lease', 'leases', 'coordination.k8s.io'),
  Namespace: clusterWide(core('Namespace', 'namespaces', ['status', 'finalize'])),
  Node: clusterWide(core('Node', 'nodes', ['status'])),
  Pod: core('Pod', 'pods', ['status', 'binding', 'eviction']),
  PodDisruptionBudget: grouped('PodDisruptionBudget', 'poddisruptionbudgets', 'policy', ['status']),
  PriorityClass: clusterWide(grouped('PriorityClass', 'priorityclasses', 'scheduling.k8s.io')),
  ResourceQuota: core('ResourceQuota', 'resourcequotas', ['status']),
  Secret: core('Secret', 'secrets'),
  Service: core('Service', 'services', ['status']),
  ServiceAccount: core('ServiceAccount', 'serviceaccounts'),
}

type Of<K extends Kind> = Resource & { readonly kind: K }

function core<K extends Kind>(kind: K, plural: string, subresources: string[] = []): Of<K> {
  return grouped(kind, plural, '', subresources)
}

function grouped<K extends Kind>(
  kind: K,
  plural: string,
  group: string,
  subresources: string[] = [],
): Of<K> {
  const singular = kind.toLowerCase()
  return { kind, group, version: 'v1', plural, singular, namespaced: true, subresources }
}

function clusterWide<K extends Kind>(resource: Of<K>): Of<K> {
  return { ...resource, namespaced: false }
}
