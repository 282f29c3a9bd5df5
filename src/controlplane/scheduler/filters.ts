import { compileNodeSelection } from '../../kubernetes/node-affinity'
import { tolerates, toleratesAll } from '../../kubernetes/tolerations'
import type { Node, Pod } from '../../kubernetes/types'
import { allocatableOf, type NodeUsage, type Shortage } from '../node-usage'
import type { NodeView } from './cluster-state'

/** The filter plugins that can refuse a node (SCHED-04). */
export type Plugin =
  | 'NodeUnschedulable'
  | 'NodeName'
  | 'TaintToleration'
  | 'NodeAffinity'
  | 'NodePorts'
  | 'NodeResourcesFit'
  | 'PodTopologySpread'
  | 'InterPodAffinity'
  | 'VolumeBinding'

/** Why one node does not take a pod. */
export interface NodeRefusal {
  readonly plugin: Plugin
  readonly reasons: readonly string[]
  /** Whether removing other pods could help (SCHED-20, SCHED-26). */
  readonly isCurable: boolean
}

/** A question about nodes, prepared for one pod. */
export type NodeFilter = (view: NodeView, node: Node, usage: NodeUsage) => NodeRefusal | undefined

const unschedulableTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** The effects of taints that keep pods away from a node. */
export const noPlace = ['NoSchedule', 'NoExecute'] as const

/** The filters that look at one node alone, in their order (SCHED-05 to SCHED-13). */
export function nodeFiltersOf(pod: Pod): readonly NodeFilter[] {
  const { spec } = pod
  const isSelected = compileNodeSelection(spec)
  return [
    (_view, node) =>
      node.spec?.unschedulable === true && !toleratesUnschedulable(pod)
        ? incurable('NodeUnschedulable', 'node(s) were unschedulable')
        : undefined,
    (view) =>
      (spec.nodeName ?? '') !== '' && spec.nodeName !== view.name
        ? incurable('NodeName', "node(s) didn't match the requested node name")
        : undefined,
    (_view, node) =>
      toleratesAll(spec.tolerations, node.spec?.taints, noPlace)
        ? undefined
        : incurable('TaintToleration', 'node(s) had untolerated taint(s)'),
    (_view, node) =>
      isSelected(node)
        ? undefined
        : incurable('NodeAffinity', "node(s) didn't match Pod's node affinity/selector"),
    (_view, _node, usage) => (usage.hasPortConflict(spec) ? portsTaken : undefined),
    (_view, node, usage) => shortageRefusal(usage.shortages(spec, allocatableOf(node))),
  ]
}

const portsTaken: NodeRefusal = {
  plugin: 'NodePorts',
  reasons: ["node(s) didn't have free ports for the requested pod ports"],
  isCurable: true,
}

function shortageRefusal(shortages: readonly Shortage[]): NodeRefusal | undefined {
  if (shortages.length === 0) return undefined
  return {
    plugin: 'NodeResourcesFit',
    reasons: shortages.map(({ resource }) =>
      resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`,
    ),
    // What exceeds the whole node stays too much, whoever is removed.
    isCurable: shortages.every(({ requested, capacity }) => requested <= capacity),
  }
}

function incurable(plugin: Plugin, reason: string): NodeRefusal {
  return { plugin, reasons: [reason], isCurable: false }
}

function toleratesUnschedulable({ spec }: Pod): boolean {
  return (spec.tolerations ?? []).some((toleration) => tolerates(toleration, unschedulableTaint))
}
