import { conditionOf } from '../../kubernetes/conditions'
import { matchesNodeSelectorAndAffinity } from '../../kubernetes/node-affinity'
import { qosClassOf } from '../../kubernetes/quantity'
import { tolerates, toleratesAll } from '../../kubernetes/tolerations'
import type { Node, Pod } from '../../kubernetes/types'
import { allocatableOf, type NodeUsage, type Shortage } from '../node-usage'

/** Why a kubelet does not run a pod that was bound to its node (KUBELET-31). */
export interface Refusal {
  readonly reason: string
  readonly detail: string
  /** The resource that is missing, where that is the reason: a critical pod may make room (KUBELET-35). */
  readonly shortage?: Shortage
  /** Whether it is labels or taints that the pod does not fit: others change them, so that a kubelet may not know yet. */
  readonly isOfNode?: boolean
}

/** From here on a pod's priority makes it critical. */
const criticalPriority = 2_000_000_000

const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/** Whether nodes make room for the pod, and never evict it (KUBELET-35, KUBELET-37). */
export function isCritical({ spec }: Pod): boolean {
  return (spec.priority ?? 0) >= criticalPriority
}

/** Why the kubelet of the node refuses the pod; absent: it is admitted (KUBELET-32, KUBELET-33, KUBELET-38). */
export function refusalOf(pod: Pod, node: Node, usage: NodeUsage): Refusal | undefined {
  const pressure = pressureRefusal(pod, node)
  if (pressure !== undefined) return pressure
  const shortage = usage
    .shortages(pod.spec, allocatableOf(node))
    // An extended resource that the node has never heard of is not the kubelet's business.
    .find(({ resource }) => !resource.includes('/') || allocatableOf(node).has(resource))
  if (shortage !== undefined) return shortageRefusal(shortage)
  if (!matchesNodeSelectorAndAffinity(pod.spec, node)) {
    const text = "node(s) didn't match Pod's node affinity/selector"
    return { ...predicateRefusal('NodeAffinity', text), isOfNode: true }
  }
  if (usage.hasPortConflict(pod.spec)) {
    return predicateRefusal(
      'NodePorts',
      "node(s) didn't have free ports for the requested pod ports",
    )
  }
  if (!toleratesAll(pod.spec.tolerations, node.spec?.taints, ['NoExecute'])) {
    const text = "node(s) had taints that the pod didn't tolerate"
    return { ...predicateRefusal('TaintToleration', text), isOfNode: true }
  }
  return undefined
}

/** What the status of an evicted pod says; the amounts are made up (KUBELET-37). */
export function evictionMessageOf({ spec }: Pod, resource: string): string {
  const usages = spec.containers.map(({ name, resources }) => {
    const request = resources?.requests?.[resource] ?? '0'
    return `Container ${name} was using 1Gi, request is ${request}, has larger consumption of ${resource}. `
  })
  const threshold = `The node was low on resource: ${resource}. Threshold quantity: 100Mi, available: 50Mi. `
  return threshold + usages.join('')
}

function shortageRefusal(shortage: Shortage): Refusal {
  const { resource, requested, used, capacity } = shortage
  const amounts = `requested: ${requested}, used: ${used}, capacity: ${capacity}`
  const detail = `Node didn't have enough resource: ${resource}, ${amounts}`
  return { reason: `OutOf${resource}`, detail, shortage }
}

function predicateRefusal(predicate: string, text: string): Refusal {
  return { reason: predicate, detail: `Predicate ${predicate} failed: ${text}` }
}

function pressureRefusal(pod: Pod, { status }: Node): Refusal | undefined {
  const present = pressures.filter(
    (type) => conditionOf(status?.conditions, type)?.status === 'True',
  )
  if (present.length === 0 || isCritical(pod)) return undefined
  const isOnlyMemory = present.length === 1 && present[0] === 'MemoryPressure'
  if (isOnlyMemory && (qosClassOf(pod.spec) !== 'BestEffort' || toleratesMemoryPressure(pod))) {
    return undefined
  }
  return { reason: 'Evicted', detail: `The node had condition: [${present.join(' ')}]. ` }
}

function toleratesMemoryPressure({ spec }: Pod): boolean {
  const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }
  return (spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint))
}
