/** Types that are values in JSON and have names of their own all the same, with where they live. */
export const valueTypes: Readonly<Record<string, string>> = {
  FieldsV1: 'io.k8s.apimachinery.pkg.apis.meta.v1',
  IntOrString: 'io.k8s.apimachinery.pkg.util.intstr',
  MicroTime: 'io.k8s.apimachinery.pkg.apis.meta.v1',
  Quantity: 'io.k8s.apimachinery.pkg.api.resource',
  RawExtension: 'io.k8s.apimachinery.pkg.runtime',
  Time: 'io.k8s.apimachinery.pkg.apis.meta.v1',
}

/** The Go package of a type, as full names of schemas begin with it. */
export function packageOf(type: string): string {
  const home = valueTypes[type]
  if (home !== undefined) return home
  if (metaTypes.has(type)) return 'io.k8s.apimachinery.pkg.apis.meta.v1'
  const group = groupPrefixes.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'core'
  return `io.k8s.api.${group}.v1`
}

const metaTypes: ReadonlySet<string> = new Set([
  'Condition',
  'LabelSelector',
  'LabelSelectorRequirement',
  'ListMeta',
  'ManagedFieldsEntry',
  'ObjectMeta',
  'OwnerReference',
])

/** Everything that does not begin like one of these is in the core group. */
const groupPrefixes: readonly (readonly [prefix: string, group: string])[] = [
  ['ControllerRevision', 'apps'],
  ['DaemonSet', 'apps'],
  ['RollingUpdateDaemonSet', 'apps'],
  ['Lease', 'coordination'],
  ['PodDisruptionBudget', 'policy'],
  ['PriorityClass', 'scheduling'],
]
