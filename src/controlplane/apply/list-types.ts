/** How the items of a list, or the entries of a map, are told apart when managers share them (API-179). */
export type ListType =
  | { readonly type: 'map'; readonly keys: readonly string[] }
  | { readonly type: 'set' }

/** Lists with keys and sets, by type and field; every other list is one value. */
const listTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ConditionedStatus: { conditions: 'type' },
  Container: {
    env: 'name',
    ports: 'containerPort protocol',
    volumeDevices: 'devicePath',
    volumeMounts: 'mountPath',
  },
  ContainerRestartRuleOnExitCodes: { values: 'set' },
  ContainerStatus: { allocatedResourcesStatus: 'name', volumeMounts: 'mountPath' },
  NodeAllocatableResourceClaimStatus: { containers: 'set' },
  NodeSpec: { podCIDRs: 'set' },
  NodeStatus: { addresses: 'type', conditions: 'type' },
  ObjectMeta: { finalizers: 'set', ownerReferences: 'uid' },
  PodSpec: {
    containers: 'name',
    ephemeralContainers: 'name',
    hostAliases: 'ip',
    imagePullSecrets: 'name',
    initContainers: 'name',
    resourceClaims: 'name',
    schedulingGates: 'name',
    topologySpreadConstraints: 'topologyKey whenUnsatisfiable',
    volumes: 'name',
  },
  PodStatus: { conditions: 'type', podIPs: 'ip', resourceClaimStatuses: 'name' },
  ResourceRequirements: { claims: 'name' },
  ResourceStatus: { resources: 'resourceID' },
  ServiceAccount: { secrets: 'name' },
  ServiceSpec: { ports: 'port protocol' },
}

/** Values that a key of a list has when an item does not give it. */
const keyDefaults: Readonly<Record<string, string>> = { protocol: 'TCP' }

/** Types whose objects are one value. */
const atomicTypes: ReadonlySet<string> = new Set([
  'ConfigMapKeySelector',
  'FileKeySelector',
  'LabelSelector',
  'LocalObjectReference',
  'NodeSelector',
  'NodeSelectorTerm',
  'ObjectFieldSelector',
  'ObjectReference',
  'OwnerReference',
  'ResourceFieldSelector',
  'ScopeSelector',
  'SecretKeySelector',
  'SecretReference',
  'TypedLocalObjectReference',
])

/** Maps that are one value, as `{type}.{field}`. */
const atomicMaps: ReadonlySet<string> = new Set(['PodSpec.nodeSelector', 'ServiceSpec.selector'])

/** Types that are treated like another one. */
const alike: Readonly<Record<string, string>> = {
  DaemonSetStatus: 'ConditionedStatus',
  EphemeralContainer: 'Container',
  NamespaceStatus: 'ConditionedStatus',
  PodDisruptionBudgetStatus: 'ConditionedStatus',
  ServiceStatus: 'ConditionedStatus',
}

/** The type whose tables hold what there is to know of a type. */
export function tableTypeOf(type: string): string {
  return alike[type] ?? type
}

/** How the list in a field is shared; absent when it is one value. */
export function listTypeOf(type: string, field: string): ListType | undefined {
  const table = listTypes[tableTypeOf(type)]
  const text = table !== undefined && Object.hasOwn(table, field) ? table[field] : undefined
  if (text === undefined) return undefined
  return text === 'set' ? { type: 'set' } : { type: 'map', keys: text.split(' ') }
}

/** Whether objects of the type have one owner as a whole. */
export function isAtomicType(type: string): boolean {
  return atomicTypes.has(type)
}

/** Whether the map in a field has one owner as a whole. */
export function isAtomicMap(type: string, field: string): boolean {
  return atomicMaps.has(`${type}.${field}`)
}

/** The value of a key that an item leaves out. */
export function defaultOfKey(key: string): string | undefined {
  return keyDefaults[key]
}
