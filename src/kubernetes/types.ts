import type {
  CoreV1Event,
  V1Affinity,
  V1ConfigMap,
  V1Container,
  V1ControllerRevision,
  V1DaemonSet,
  V1DaemonSetSpec,
  V1DaemonSetStatus,
  V1LabelSelector,
  V1Lease,
  V1Namespace,
  V1Node,
  V1NodeCondition,
  V1NodeSelector,
  V1NodeSelectorRequirement,
  V1NodeSelectorTerm,
  V1NodeSpec,
  V1NodeStatus,
  V1ObjectMeta,
  V1OwnerReference,
  V1Pod,
  V1PodCondition,
  V1PodDisruptionBudget,
  V1PodSpec,
  V1PodStatus,
  V1PodTemplateSpec,
  V1PriorityClass,
  V1ResourceQuota,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1Taint,
  V1Toleration,
} from '@kubernetes/client-node'

/** The JSON form of a client-node model: deeply read-only, timestamps as RFC 3339 strings. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Wire<T[Key]> }
      : T

export type ObjectMeta = Wire<V1ObjectMeta>
export type OwnerReference = Wire<V1OwnerReference>
export type LabelSelector = Wire<V1LabelSelector>
/** The labels (or annotations) of an object. */
export type Labels = Readonly<Record<string, string>>
export type Taint = Wire<V1Taint>
export type Toleration = Wire<V1Toleration>
export type Affinity = Wire<V1Affinity>
export type NodeSelector = Wire<V1NodeSelector>
export type NodeSelectorTerm = Wire<V1NodeSelectorTerm>
export type NodeSelectorRequirement = Wire<V1NodeSelectorRequirement>
export type Container = Wire<V1Container>
export type PodSpec = Wire<V1PodSpec>
export type PodStatus = Wire<V1PodStatus>
export type PodCondition = Wire<V1PodCondition>
export type PodTemplateSpec = Wire<V1PodTemplateSpec>
export type NodeSpec = Wire<V1NodeSpec>
export type NodeStatus = Wire<V1NodeStatus>
export type NodeCondition = Wire<V1NodeCondition>
export type DaemonSetSpec = Wire<V1DaemonSetSpec>
export type DaemonSetStatus = Wire<V1DaemonSetStatus>

/** Metadata of an object that an API server has accepted: what is optional in a draft is present here. */
export interface StoredMeta extends ObjectMeta {
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
}

/** Metadata of a stored object that lives in a namespace. */
export interface NamespacedMeta extends StoredMeta {
  readonly namespace: string
}

interface Typed<ApiVersion extends string, Kind extends string, Meta extends StoredMeta> {
  readonly apiVersion: ApiVersion
  readonly kind: Kind
  readonly metadata: Meta
}

type Stored<
  Model,
  ApiVersion extends string,
  Kind extends string,
  Meta extends StoredMeta = NamespacedMeta,
  Extra = unknown,
> = Wire<Model> & Typed<ApiVersion, Kind, Meta> & Extra

/** A DaemonSet as an API server returns it. */
export type DaemonSet = Stored<
  V1DaemonSet,
  'apps/v1',
  'DaemonSet',
  NamespacedMeta,
  { readonly spec: DaemonSetSpec; readonly status: DaemonSetStatus }
>

/** A ControllerRevision; `data` is an arbitrary JSON object (HISTORY-02 for those of DaemonSets). */
export type ControllerRevision = Stored<
  Omit<V1ControllerRevision, 'data'>,
  'apps/v1',
  'ControllerRevision',
  NamespacedMeta,
  { readonly data?: { readonly [key: string]: unknown } }
>

export type Pod = Stored<
  V1Pod,
  'v1',
  'Pod',
  NamespacedMeta,
  { readonly spec: PodSpec; readonly status: PodStatus }
>

export type Node = Stored<
  V1Node,
  'v1',
  'Node',
  StoredMeta,
  { readonly spec: NodeSpec; readonly status: NodeStatus }
>

export type Namespace = Stored<V1Namespace, 'v1', 'Namespace', StoredMeta>
export type Event = Stored<CoreV1Event, 'v1', 'Event'>
export type ServiceAccount = Stored<V1ServiceAccount, 'v1', 'ServiceAccount'>
export type ConfigMap = Stored<V1ConfigMap, 'v1', 'ConfigMap'>
export type Secret = Stored<V1Secret, 'v1', 'Secret'>
export type Service = Stored<V1Service, 'v1', 'Service'>
export type ResourceQuota = Stored<V1ResourceQuota, 'v1', 'ResourceQuota'>
export type Lease = Stored<V1Lease, 'coordination.k8s.io/v1', 'Lease'>
export type PriorityClass = Stored<
  V1PriorityClass,
  'scheduling.k8s.io/v1',
  'PriorityClass',
  StoredMeta
>
export type PodDisruptionBudget = Stored<V1PodDisruptionBudget, 'policy/v1', 'PodDisruptionBudget'>

/** Every kind that the `Client` port speaks of, by its Kubernetes name. */
export interface Kinds {
  readonly ConfigMap: ConfigMap
  readonly ControllerRevision: ControllerRevision
  readonly DaemonSet: DaemonSet
  readonly Event: Event
  readonly Lease: Lease
  readonly Namespace: Namespace
  readonly Node: Node
  readonly Pod: Pod
  readonly PodDisruptionBudget: PodDisruptionBudget
  readonly PriorityClass: PriorityClass
  readonly ResourceQuota: ResourceQuota
  readonly Secret: Secret
  readonly Service: Service
  readonly ServiceAccount: ServiceAccount
}

export type Kind = keyof Kinds

/** Any stored object, whatever its kind. */
export type KubernetesObject = Kinds[Kind]

/** What a client sends: the wire form, with everything optional that the API server can fill in. */
export interface Draft {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: Partial<ObjectMeta>
  readonly [field: string]: unknown
}
