import { semanticallyEqual } from '../../kubernetes/canonical-json'
import type { Node } from '../../kubernetes/types'
import type { Plugin } from './filters'

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
