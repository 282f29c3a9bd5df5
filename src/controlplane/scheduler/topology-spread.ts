import { labelSelectorMatcher } from '../../kubernetes/label-selector'
import { matchesNodeSelectorAndAffinity } from '../../kubernetes/node-affinity'
import { toleratesAll } from '../../kubernetes/tolerations'
import type { Node, Pod } from '../../kubernetes/types'
import type { ClusterState } from './cluster-state'
import type { NodeFilter, NodeRefusal } from './filters'

type Constraint = NonNullable<Pod['spec']['topologySpreadConstraints']>[number]

const reason = "node(s) didn't match pod topology spread constraints"

/**
 * The filter for topology spread constraints that must hold; absent when the pod has none.
 *
 * @see SCHED-14
 */
export function topologySpreadOf(pod: Pod, state: ClusterState): NodeFilter | undefined {
  const constraints = (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  )
  if (constraints.length === 0) return undefined
  const counts = constraints.map((constraint) => countsOf(constraint, pod, state))
  return (_view, { metadata: { labels } }) => {
    for (const [index, constraint] of constraints.entries()) {
      const value = labels?.[constraint.topologyKey]
      if (value === undefined) return refusal(`${reason} (missing required label)`, false)
      if (isSkewed(constraint, value, pod, counts[index] ?? new Map())) return refusal(reason, true)
    }
    return undefined
  }
}

/** How many pods that the constraint speaks of are in each domain where the pod could go. */
function countsOf(
  { topologyKey, labelSelector, nodeAffinityPolicy, nodeTaintsPolicy }: Constraint,
  pod: Pod,
  state: ClusterState,
): ReadonlyMap<string, number> {
  const matches = labelSelectorMatcher(labelSelector)
  const isEligible = (node: Node) =>
    (nodeAffinityPolicy === 'Ignore' || matchesNodeSelectorAndAffinity(pod.spec, node)) &&
    (nodeTaintsPolicy !== 'Honor' ||
      toleratesAll(pod.spec.tolerations, node.spec?.taints, ['NoSchedule', 'NoExecute']))
  const counts = new Map<string, number>()
  for (const { node, pods } of state.views()) {
    const value = node?.metadata.labels?.[topologyKey]
    if (node === undefined || value === undefined || !isEligible(node)) continue
    let count = counts.get(value) ?? 0
    for (const {
      pod: { metadata },
    } of pods.values()) {
      const isOf = metadata.namespace === pod.metadata.namespace && matches(metadata.labels)
      if (isOf && metadata.deletionTimestamp === undefined) count++
    }
    counts.set(value, count)
  }
  return counts
}

function isSkewed(
  { maxSkew, minDomains, labelSelector }: Constraint,
  value: string,
  pod: Pod,
  counts: ReadonlyMap<string, number>,
): boolean {
  const isFewDomains = minDomains !== undefined && counts.size < minDomains
  const least = isFewDomains || counts.size === 0 ? 0 : Math.min(...counts.values())
  const self = labelSelectorMatcher(labelSelector)(pod.metadata.labels) ? 1 : 0
  return (counts.get(value) ?? 0) + self - least > maxSkew
}

function refusal(text: string, isCurable: boolean): NodeRefusal {
  return { plugin: 'PodTopologySpread', reasons: [text], isCurable }
}
