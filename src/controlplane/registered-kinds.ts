import { apiVersionOf, type Resource, resources } from '../kubernetes/resources'

/** Kinds that real servers know and this one does not keep, by version; people send them to the wrong path as well. */
const others: Readonly<Record<string, readonly string[]>> = {
  v1: [
    ...['Binding', 'Endpoints', 'LimitRange', 'PersistentVolume', 'PersistentVolumeClaim'],
    ...['PodTemplate', 'ReplicationController'],
  ],
  'apps/v1': ['Deployment', 'ReplicaSet', 'StatefulSet'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'batch/v1': ['CronJob', 'Job'],
  'events.k8s.io/v1': ['Event'],
  'networking.k8s.io/v1': ['Ingress', 'NetworkPolicy'],
  'policy/v1': ['Eviction'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'storage.k8s.io/v1': ['CSIDriver', 'StorageClass'],
}

/** Versions of a kind that are still known by name, though nobody serves them. */
const formerVersions: Readonly<Record<string, readonly string[]>> = {
  ControllerRevision: ['apps/v1beta1', 'apps/v1beta2'],
  DaemonSet: ['apps/v1beta2', 'extensions/v1beta1'],
  Event: ['events.k8s.io/v1', 'events.k8s.io/v1beta1'],
  Lease: ['coordination.k8s.io/v1beta1'],
  PodDisruptionBudget: ['policy/v1beta1'],
  PriorityClass: ['scheduling.k8s.io/v1alpha1', 'scheduling.k8s.io/v1beta1'],
}

/** Whether some version of Kubernetes has that kind under that version (API-125, API-126). */
export function isRegistered(apiVersion: string, kind: string): boolean {
  const own: Resource | undefined = Object.hasOwn(resources, kind)
    ? resources[kind as keyof typeof resources]
    : undefined
  return (
    (own !== undefined && apiVersionOf(own) === apiVersion) ||
    (others[apiVersion] ?? []).includes(kind) ||
    isFormer(apiVersion, kind)
  )
}

/** Whether the kind had that version once. */
function isFormer(apiVersion: string, kind: string): boolean {
  return Object.hasOwn(formerVersions, kind) && (formerVersions[kind] ?? []).includes(apiVersion)
}
