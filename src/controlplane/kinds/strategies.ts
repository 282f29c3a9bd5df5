import type { Kind, Kinds } from '../../kubernetes/types'
import { configMapStrategy } from './config-map'
import { controllerRevisionStrategy } from './controller-revision'
import { daemonSetStrategy } from './daemonset'
import { eventStrategy } from './event'
import { leaseStrategy } from './lease'
import { namespaceStrategy } from './namespace'
import { nodeStrategy } from './node'
import { podStrategy } from './pod'
import { podDisruptionBudgetStrategy } from './pod-disruption-budget'
import { priorityClassStrategy } from './priority-class'
import { resourceQuotaStrategy } from './resource-quota'
import { secretStrategy } from './secret'
import { serviceStrategy } from './service'
import { serviceAccountStrategy } from './service-account'
import type { Strategy } from './strategy'

/** How the API server treats objects of each kind. */
export const strategies: { readonly [K in Kind]: Strategy<Kinds[K]> } = {
  ConfigMap: configMapStrategy,
  ControllerRevision: controllerRevisionStrategy,
  DaemonSet: daemonSetStrategy,
  Event: eventStrategy,
  Lease: leaseStrategy,
  Namespace: namespaceStrategy,
  Node: nodeStrategy,
  Pod: podStrategy,
  PodDisruptionBudget: podDisruptionBudgetStrategy,
  PriorityClass: priorityClassStrategy,
  ResourceQuota: resourceQuotaStrategy,
  Secret: secretStrategy,
  Service: serviceStrategy,
  ServiceAccount: serviceAccountStrategy,
}
