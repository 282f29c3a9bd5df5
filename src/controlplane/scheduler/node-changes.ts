import { semanticallyEqual } from '../../kubernetes/canonical-json'
import { compileNodeSelection } from '../../kubernetes/node-affinity'
import { toleratesAll } from '../../kubernetes/tolerations'
import type { Node, Pod } from '../../kubernetes/types'
import { noPlace, type Plugin } from './filters'

/** The plugins that a pod which left a node, or ended there, can satisfy (SCHED-23). */
export const pluginsOfPods: readonly Plugin[] = [
  'NodePorts',
  'NodeResourcesFit',
  'PodTopologySpread',
  'InterPodAffinity',
]

/** The plugins that may think differently of a node after its update; none for a mere heartbeat (SCHED-23). */
export function pluginsChangedBy(node: Node, previous: Node): readonly Plugin[] {
  const plugins: Plugin[] = []
  if (!semanticallyEqual(node.metadata.labels, previous.metadata.labels)) {
    plugins.push('NodeAffinity', 'PodTopologySpread', 'InterPodAffinity')
  }
  if (!semanticallyEqual(node.spec?.taints, previous.spec?.taints)) {
    plugins.push('TaintToleration', 'PodTopologySpread')
  }
  if ((node.spec?.unschedulable ?? false) !== (previous.spec?.unschedulable ?? false)) {
    plugins.push('NodeUnschedulable')
  }
  if (!semanticallyEqual(node.status?.allocatable, previous.status?.allocatable)) {
    plugins.push('NodeResourcesFit')
  }
  return plugins
}

/** An update of one node. */
export interface NodeChange {
  readonly node: Node
  readonly previous: Node
}

/**
 * Whether the update can have changed the mind of a plugin that refused the pod: by labels and taints only a node
 * that it takes now and did not take before (SCHED-23).
 */
export function isHelpful(plugin: Plugin, { spec }: Pod, { node, previous }: NodeChange): boolean {
  if (plugin === 'NodeAffinity') {
    const isSelected = compileNodeSelection(spec)
    return isSelected(node) && !isSelected(previous)
  }
  if (plugin === 'TaintToleration') {
    const isTolerated = (of: Node) => toleratesAll(spec.tolerations, of.spec?.taints, noPlace)
    return isTolerated(node) && !isTolerated(previous)
  }
  return true
}
