import type { Kind } from '../../kubernetes/types'

/**
 * How strategic merge patches treat a field: as an object of a type of this table, as a list whose items are known by
 * a key, as a list that is a set of values, or as an object that is replaced. All other lists are replaced, all other
 * objects merged.
 */
export type FieldStrategy =
  | { readonly merge: 'object'; readonly type: string }
  | { readonly merge: 'list'; readonly key: string; readonly type?: string }
  | { readonly merge: 'set' }
  | { readonly merge: 'replace' }

/** The fields of a type that are not treated in the ordinary way. */
export type TypeStrategy = Readonly<Record<string, FieldStrategy>>

/** What strategic merge patches know of the types of the API, by the name of the type (API-160). */
export const typeStrategies: Readonly<Record<string, TypeStrategy>> = {
  ObjectMeta: { finalizers: set(), ownerReferences: list('uid') },
  PodTemplateSpec: { metadata: object('ObjectMeta'), spec: object('PodSpec') },
  PodSpec: {
    containers: list('name', 'Container'),
    ephemeralContainers: list('name', 'Container'),
    hostAliases: list('ip'),
    imagePullSecrets: list('name'),
    initContainers: list('name', 'Container'),
    resourceClaims: list('name'),
    schedulingGates: list('name'),
    topologySpreadConstraints: list('topologyKey'),
    volumes: list('name'),
  },
  Container: {
    env: list('name'),
    ports: list('containerPort'),
    volumeDevices: list('devicePath'),
    volumeMounts: list('mountPath'),
  },
  ContainerStatus: { allocatedResourcesStatus: list('name'), volumeMounts: list('mountPath') },
  PodStatus: {
    conditions: list('type'),
    hostIPs: list('ip'),
    podIPs: list('ip'),
    resourceClaimStatuses: list('name'),
  },
  NodeSpec: { podCIDRs: set() },
  NodeStatus: { addresses: list('type'), conditions: list('type') },
  DaemonSetSpec: { template: object('PodTemplateSpec') },
  PodDisruptionBudgetSpec: { selector: { merge: 'replace' } },
  ServiceSpec: { ports: list('port') },
  /** The status of every kind that has nothing but conditions to merge. */
  ConditionedStatus: { conditions: list('type') },

  ConfigMap: { metadata: object('ObjectMeta') },
  ControllerRevision: { metadata: object('ObjectMeta') },
  DaemonSet: {
    metadata: object('ObjectMeta'),
    spec: object('DaemonSetSpec'),
    status: object('ConditionedStatus'),
  },
  Event: { metadata: object('ObjectMeta') },
  Lease: { metadata: object('ObjectMeta') },
  Namespace: { metadata: object('ObjectMeta'), status: object('ConditionedStatus') },
  Node: {
    metadata: object('ObjectMeta'),
    spec: object('NodeSpec'),
    status: object('NodeStatus'),
  },
  Pod: { metadata: object('ObjectMeta'), spec: object('PodSpec'), status: object('PodStatus') },
  PodDisruptionBudget: {
    metadata: object('ObjectMeta'),
    spec: object('PodDisruptionBudgetSpec'),
    status: object('ConditionedStatus'),
  },
  PriorityClass: { metadata: object('ObjectMeta') },
  ResourceQuota: { metadata: object('ObjectMeta') },
  Secret: { metadata: object('ObjectMeta') },
  Service: {
    metadata: object('ObjectMeta'),
    spec: object('ServiceSpec'),
    status: object('ConditionedStatus'),
  },
  ServiceAccount: {
    metadata: object('ObjectMeta'),
    secrets: list('name'),
  },
} satisfies Record<Kind, TypeStrategy> & Record<string, TypeStrategy>

function object(type: string): FieldStrategy {
  return { merge: 'object', type }
}

function list(key: string, type?: string): FieldStrategy {
  return type === undefined ? { merge: 'list', key } : { merge: 'list', key, type }
}

function set(): FieldStrategy {
  return { merge: 'set' }
}
