import type { Labels, Node, Pod } from '../../kubernetes/types'
import type { Registry } from '../registry'

/** The labels of a node that its pods carry as well. */
const topologyLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'] as const

/**
 * The topology labels that a pod takes over from its node, replacing its own.
 *
 * Seen on Kubernetes 1.36.2 (not in older releases): at the binding, and at the creation of a pod that names its
 * node; zone and region only.
 */
export function topologyLabelsOf({ store }: Registry, nodeName: string): Labels {
  const node = store.get('Node', '', nodeName) as Node | undefined
  const labels = node?.metadata.labels ?? {}
  return Object.fromEntries(
    topologyLabels.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])),
  )
}

/** A new pod with the topology labels of the node it names, if it names one that exists. */
export function withTopologyLabels(registry: Registry, pod: Pod): Pod {
  const { nodeName = '' } = pod.spec
  if (nodeName === '') return pod
  const labels = topologyLabelsOf(registry, nodeName)
  if (Object.keys(labels).length === 0) return pod
  return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...labels } } }
}
