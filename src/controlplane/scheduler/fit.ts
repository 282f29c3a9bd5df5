import { namedNodesOf } from '../../kubernetes/node-affinity'
import type { Node, Pod } from '../../kubernetes/types'
import { NodeUsage } from '../node-usage'
import type { ClusterState, NodeView } from './cluster-state'
import { type NodeFilter, type NodeRefusal, nodeFiltersOf, type Plugin } from './filters'
import { interPodAffinityOf, type NamespaceLabels } from './inter-pod-affinity'
import { topologySpreadOf } from './topology-spread'

/** What the search for a node has found for one pod. */
export type Fit =
  | { readonly kind: 'fits'; readonly views: readonly NodeView[] }
  | { readonly kind: 'no-nodes' }
  | { readonly kind: 'refused'; readonly refusals: Refusals }

/** Why no node takes the pod. */
export interface Refusals {
  readonly nodeCount: number
  /** A reason that speaks for all nodes; they were not looked at one by one (SCHED-21). */
  readonly message?: string
  /** By the node's name, where nodes were looked at. */
  readonly byNode: ReadonlyMap<string, NodeRefusal>
  /** Only these nodes can ever take the pod (SCHED-10); absent: any. */
  readonly named?: ReadonlySet<string>
  /** Whose opinion must change before it is worth another try (SCHED-23). */
  readonly plugins: ReadonlySet<Plugin>
}

/** Everything that is asked of a node, in the order of SCHED-04, prepared for one pod. */
export function filtersOf(
  pod: Pod,
  state: ClusterState,
  labelsOf: NamespaceLabels,
): readonly NodeFilter[] {
  const filters = [...nodeFiltersOf(pod)]
  const spread = topologySpreadOf(pod, state)
  if (spread !== undefined) filters.push(spread)
  const affinity = interPodAffinityOf(pod, state, labelsOf)
  if (affinity !== undefined) filters.push(affinity)
  return filters
}

/** Looks for the nodes that can take the pod: only at those it names, if it names any (SCHED-10). */
export function fitOf(pod: Pod, state: ClusterState, labelsOf: NamespaceLabels): Fit {
  const { nodeCount } = state
  if (nodeCount === 0) return { kind: 'no-nodes' }
  const none = { nodeCount, byNode: new Map<string, NodeRefusal>() }
  const claim = pod.spec.volumes?.find((volume) => volume.persistentVolumeClaim !== undefined)
  if (claim !== undefined) {
    const message = `persistentvolumeclaim "${claim.persistentVolumeClaim?.claimName}" not found`
    return { kind: 'refused', refusals: { ...none, message, plugins: new Set(['VolumeBinding']) } }
  }
  const named = namedNodesOf(pod.spec)
  if (named?.size === 0) {
    const message = 'pod affinity terms conflict'
    return { kind: 'refused', refusals: { ...none, message, plugins: new Set(['NodeAffinity']) } }
  }
  return search(pod, state, filtersOf(pod, state, labelsOf), named)
}

function search(
  pod: Pod,
  state: ClusterState,
  filters: readonly NodeFilter[],
  named: ReadonlySet<string> | undefined,
): Fit {
  const views: NodeView[] = []
  const byNode = new Map<string, NodeRefusal>()
  for (const view of named === undefined ? state.views() : viewsNamed(named, state)) {
    if (view.node === undefined) continue
    const usage = usageFor(pod, view, state)
    const refusal = refusalOn(view, view.node, usage, filters)
    if (refusal === undefined) views.push(view)
    else byNode.set(view.name, refusal)
  }
  if (views.length > 0) return { kind: 'fits', views }
  const plugins = new Set([...byNode.values()].map(({ plugin }) => plugin))
  if (named !== undefined) plugins.add('NodeAffinity')
  const { nodeCount } = state
  const refusals = { nodeCount, byNode, plugins, ...(named === undefined ? {} : { named }) }
  return { kind: 'refused', refusals }
}

/** The first refusal of the node; absent: it takes the pod. */
export function refusalOn(
  view: NodeView,
  node: Node,
  usage: NodeUsage,
  filters: readonly NodeFilter[],
): NodeRefusal | undefined {
  for (const filter of filters) {
    const refusal = filter(view, node, usage)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function* viewsNamed(names: ReadonlySet<string>, state: ClusterState): Iterable<NodeView> {
  for (const name of names) {
    const view = state.view(name)
    if (view !== undefined) yield view
  }
}

/** What is used on the node, with what is kept for more important pods (SCHED-28). */
function usageFor(pod: Pod, view: NodeView, state: ClusterState): NodeUsage {
  const nominated = state.nominatedBefore(pod, view.name)
  if (nominated.length === 0) return view.usage
  const usage = new NodeUsage()
  for (const { pod: present } of view.pods.values()) usage.add(present)
  for (const waiting of nominated) usage.add(waiting)
  return usage
}
