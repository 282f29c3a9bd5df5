import { resources } from '../../kubernetes/resources'
import type { Kind } from '../../kubernetes/types'

/** A subresource of a served resource, as discovery tells of it (DISC-14, DISC-26). */
export interface ServedSubresource {
  readonly name: string
  readonly kind: string
  /** Only where the kind lives in another group than the resource. */
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly string[]
}

/** How the gateway answers requests for a resource. */
type Backing =
  /** Objects in the API server's store. */
  | { readonly type: 'stored'; readonly kind: Kind }
  /** The other view of core events (API-238). */
  | { readonly type: 'events' }
  /** A kind that nothing in the process makes: it can be read, and there is none. */
  | { readonly type: 'empty' }
  /** Questions that are answered and not stored (DISC-29). */
  | { readonly type: 'review' }
  /** The old form of `pods/binding` (API-229). */
  | { readonly type: 'binding' }

/** One resource of the HTTP API (DISC-27 to DISC-29). */
export interface ServedResource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: readonly ServedSubresource[]
  readonly backing: Backing
}

/** The groups in the order in which clients prefer them (DISC-24); all serve one version. */
export const groups: readonly string[] = [
  '',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'policy',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'resource.k8s.io',
]

/** The one version of every group. */
export const servedVersion = 'v1'

const allVerbs = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const
const readVerbs = ['get', 'list', 'watch'] as const

/** Everything that the gateway serves, in the order of discovery: by group, then by name. */
export const servedResources: readonly ServedResource[] = [
  other('Binding', { plural: 'bindings', verbs: ['create'], backing: { type: 'binding' } }),
  stored('ConfigMap', { shortNames: ['cm'] }),
  empty('Endpoints', { plural: 'endpoints', singular: 'endpoints', shortNames: ['ep'] }),
  stored('Event', { shortNames: ['ev'] }),
  empty('LimitRange', { shortNames: ['limits'] }),
  stored('Namespace', {
    shortNames: ['ns'],
    verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
    subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }, status('Namespace')],
  }),
  stored('Node', { shortNames: ['no'], subresources: [status('Node')] }),
  empty('PersistentVolumeClaim', { shortNames: ['pvc'] }),
  empty('PersistentVolume', { shortNames: ['pv'], namespaced: false }),
  stored('Pod', {
    shortNames: ['po'],
    categories: ['all'],
    subresources: [
      { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
      { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
      { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
      status('Pod'),
    ],
  }),
  empty('PodTemplate', {}),
  scaled('ReplicationController', { shortNames: ['rc'] }),
  stored('ResourceQuota', { shortNames: ['quota'], subresources: [status('ResourceQuota')] }),
  stored('Secret', {}),
  stored('ServiceAccount', { shortNames: ['sa'] }),
  stored('Service', {
    shortNames: ['svc'],
    categories: ['all'],
    subresources: [status('Service')],
  }),

  stored('ControllerRevision', {}),
  stored('DaemonSet', {
    shortNames: ['ds'],
    categories: ['all'],
    subresources: [status('DaemonSet')],
  }),
  scaled('Deployment', { group: 'apps', shortNames: ['deploy'] }),
  scaled('ReplicaSet', { group: 'apps', shortNames: ['rs'] }),
  scaled('StatefulSet', { group: 'apps', shortNames: ['sts'] }),

  other('Event', {
    group: 'events.k8s.io',
    shortNames: ['ev'],
    verbs: allVerbs,
    backing: { type: 'events' },
  }),
  review('SelfSubjectReview', 'authentication.k8s.io'),
  review('SelfSubjectAccessReview', 'authorization.k8s.io'),
  review('SelfSubjectRulesReview', 'authorization.k8s.io'),
  stored('PodDisruptionBudget', {
    shortNames: ['pdb'],
    subresources: [status('PodDisruptionBudget')],
  }),
  stored('PriorityClass', { plural: 'priorityclasses', shortNames: ['pc'] }),
  stored('Lease', {}),
  empty('ResourceSlice', { group: 'resource.k8s.io', namespaced: false }),
]

const byPath = new Map(
  servedResources.map((resource) => [`${resource.group}/${resource.plural}`, resource]),
)

/** The resource with that plural in that group. */
export function servedResource(group: string, plural: string): ServedResource | undefined {
  return byPath.get(`${group}/${plural}`)
}

/** Whether the gateway knows the group at all (DISC-07, DISC-08). */
export function isServedGroup(group: string): boolean {
  return groups.includes(group)
}

type Options = Partial<Omit<ServedResource, 'kind'>>

function stored(kind: Kind, options: Options): ServedResource {
  const { group, version, plural, singular, namespaced } = resources[kind]
  const where = { group, version, plural, singular, namespaced, verbs: allVerbs }
  return other(kind, { ...where, backing: { type: 'stored', kind }, ...options })
}

function empty(kind: string, options: Options): ServedResource {
  return other(kind, { verbs: readVerbs, backing: { type: 'empty' }, ...options })
}

/** A kind that can be scaled, if there were any of it (DISC-14, DISC-28). */
function scaled(kind: string, options: Options): ServedResource {
  const verbs = ['get', 'patch', 'update']
  const scale = { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs }
  return empty(kind, { categories: ['all'], subresources: [scale, status(kind)], ...options })
}

function review(kind: string, group: string): ServedResource {
  return other(kind, { group, namespaced: false, verbs: ['create'], backing: { type: 'review' } })
}

function other(kind: string, options: Options): ServedResource {
  const singular = kind.toLowerCase()
  return {
    kind,
    group: '',
    version: servedVersion,
    plural: `${singular}s`,
    singular,
    namespaced: true,
    verbs: allVerbs,
    shortNames: [],
    categories: [],
    subresources: [],
    backing: { type: 'empty' },
    ...options,
  }
}

function status(kind: string): ServedSubresource {
  return { name: 'status', kind, verbs: ['get', 'patch', 'update'] }
}
