import { conditionOf, isNodeReady, isPodAvailable, isPodReady } from '../../kubernetes/conditions'
import { targetNodeNameOf } from '../../kubernetes/node-affinity'
import { controllerOf } from '../../kubernetes/owner-references'
import { controllerRevisionHashLabel } from '../../kubernetes/pods'
import type { DaemonSet, Node, Pod } from '../../kubernetes/types'
import type { ClusterState } from './cluster-state'
import {
  currentHashOf,
  isLive,
  isTerminating,
  minReadySecondsOf,
  podsByNode,
  recount,
  standingOf,
  surges,
} from './recount'
import { readinessAnnotation } from './settings'

/** What else matters of a cluster besides what exists in it. */
export interface Surroundings {
  /** Milliseconds since the Unix epoch, by the clock of the cluster. */
  readonly now: number
  /** The nodes whose kubelet is silent. */
  readonly stopped: ReadonlySet<string>
}

/**
 * Everything that a cluster has still to do before it may rest, in words; nothing, when it may.
 *
 * A cluster that rests shows these invariants: one live daemon pod on each node that should run one, none where none
 * may continue, a status that equals a recount, and nothing left of what was deleted.
 */
export function unrestOf(state: ClusterState, surroundings: Surroundings): readonly string[] {
  const { daemonSet } = state
  return [
    ...[...state.nodes.values()].flatMap((node) => unrestOfNode(node, state, surroundings)),
    ...[...state.pods.values()].flatMap((pod) => unrestOfPod(pod, state, surroundings)),
    ...unrestOfRevisions(state),
    ...(daemonSet === undefined ? [] : unrestOfDaemonSet(daemonSet, state, surroundings)),
  ]
}

/** The control plane has noticed whether the kubelet speaks. */
function unrestOfNode(
  node: Node,
  { nodes }: ClusterState,
  { stopped }: Surroundings,
): readonly string[] {
  const { name } = node.metadata
  const taints = (node.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`)
  const isTainted = (taint: string): boolean => taints.includes(`node.kubernetes.io/${taint}`)
  if (isTainted('unschedulable:NoSchedule') !== (node.spec?.unschedulable === true)) {
    return [`the taint of node ${name} does not follow its cordon`]
  }
  if (!stopped.has(name)) {
    const isUp =
      isNodeReady(node) && !taints.some((taint) => /\/(?:not-ready|unreachable):/.test(taint))
    return isUp ? [] : [`node ${name} is up, and the control plane has not noticed`]
  }
  const isNoticed =
    conditionOf(node.status?.conditions, 'Ready')?.status === 'Unknown' &&
    isTainted('unreachable:NoSchedule')
  if (!isNoticed) return [`node ${name} has fallen silent, and the control plane has not noticed`]
  const wanted = evictsFrom(stopped.size, nodes.size)
  return wanted === undefined || isTainted('unreachable:NoExecute') === wanted
    ? []
    : [`node ${name} has ${wanted ? 'not yet' : 'still'} the taint that evicts its pods`]
}

/** Whether silent nodes are tainted NoExecute (NODE-11 to NODE-13); `undefined` where it depends on what was before. */
function evictsFrom(silent: number, all: number): boolean | undefined {
  if (silent === all) return false
  return silent >= 3 && silent / all >= 0.55 ? undefined : true
}

function unrestOfPod(
  pod: Pod,
  state: ClusterState,
  { stopped, now }: Surroundings,
): readonly string[] {
  const { name } = pod.metadata
  const nodeName = targetNodeNameOf(pod) ?? ''
  if (!state.nodes.has(nodeName)) {
    // One that is not bound goes at the next sync, whenever that is (QUEUE-18).
    return pod.spec.nodeName ? [`pod ${name} is left over from node ${nodeName}`] : []
  }
  // Nobody ends a pod on a node that does not answer.
  const isStuck = stopped.has(nodeName) && isTerminating(pod)
  if (isStuck) return []
  if (isTerminating(pod)) return [`pod ${name} is terminating`]
  if (stopped.has(nodeName) && isPodReady(pod))
    return [`pod ${name} counts as ready on a silent node`]
  const owner = controllerOf(pod)
  if (owner === undefined) return []
  const daemonSet = state.daemonSets.get(owner.uid)
  if (daemonSet === undefined) return [`pod ${name} is left over from DaemonSet ${owner.name}`]
  if (!isLive(pod)) return [`pod ${name} has ended and is still there`]
  if (!isSeenByScheduler(pod)) return [`pod ${name} waits for the scheduler`]
  return stopped.has(nodeName) ? [] : unrestOfKubelet(pod, now)
}

/** What the kubelet of a live pod has still to do. */
function unrestOfKubelet(pod: Pod, now: number): readonly string[] {
  const { name } = pod.metadata
  if (isStarting(pod)) return [`pod ${name} is about to start`]
  return isBecomingReady(pod, now) ? [`pod ${name} is about to become ready`] : []
}

function isSeenByScheduler({ spec, status }: Pod): boolean {
  if ((spec.nodeName ?? '') !== '') return true
  return conditionOf(status.conditions, 'PodScheduled') !== undefined
}

/** Whether the kubelet has taken the pod on and said nothing yet of an image that it cannot pull. */
function isStarting({ status }: Pod): boolean {
  const [container] = status?.containerStatuses ?? []
  return status?.phase === 'Pending' && container?.state?.waiting?.reason === 'ContainerCreating'
}

/** Whether a simulated kubelet has been told to let the pod become ready later. */
function isBecomingReady(pod: Pod, now: number): boolean {
  const seconds = Number(pod.metadata.annotations?.[readinessAnnotation] ?? 0)
  const startedAt = pod.status?.containerStatuses?.[0]?.state?.running?.startedAt
  if (!(seconds > 0) || startedAt === undefined || isPodReady(pod)) return false
  return now < Date.parse(startedAt) + (seconds + 1) * 1000
}

function unrestOfRevisions(state: ClusterState): readonly string[] {
  return [...state.revisions.values()].flatMap((revision) => {
    const owner = controllerOf(revision)
    return owner === undefined || state.daemonSets.has(owner.uid)
      ? []
      : [`revision ${revision.metadata.name} is left over from DaemonSet ${owner.name}`]
  })
}

function unrestOfDaemonSet(
  daemonSet: DaemonSet,
  state: ClusterState,
  { now, stopped }: Surroundings,
): readonly string[] {
  const pods = podsByNode(state, daemonSet)
  if (isTerminating(daemonSet)) {
    const isHeld = [...pods].some(
      ([nodeName, onNode]) => stopped.has(nodeName) && onNode.length > 0,
    )
    return isHeld ? [] : ['the DaemonSet is being deleted']
  }
  return [
    ...[...state.nodes.values()].flatMap((node) =>
      unrestOnNode(node, daemonSet, pods.get(node.metadata.name) ?? []),
    ),
    ...[...pods].flatMap(([nodeName, onNode]) =>
      isSucceeded(onNode, state, daemonSet, now) ? [`node ${nodeName} has still its old pod`] : [],
    ),
    ...[...pods.values()].flat().flatMap((pod) => unavailable(pod, daemonSet, now)),
    ...unrestOfStatus(daemonSet, state, now),
  ]
}

function unrestOnNode(node: Node, daemonSet: DaemonSet, pods: readonly Pod[]): readonly string[] {
  const { name } = node.metadata
  const live = pods.filter(isLive)
  const standing = standingOf(node, daemonSet)
  if (standing === 'remove') {
    // One that is not bound goes at the next sync, whenever that is (QUEUE-23).
    return live.some(({ spec }) => spec.nodeName)
      ? [`node ${name} may not have a daemon pod, and has one`]
      : []
  }
  // A terminating pod holds up its successor, unless pods may surge (MANAGE-09).
  if (standing === 'run' && live.length === 0 && (pods.length === 0 || surges(daemonSet))) {
    return [`node ${name} should run a daemon pod, and has none`]
  }
  const limit = surges(daemonSet) ? 2 : 1
  return live.length <= limit ? [] : [`node ${name} has ${live.length} daemon pods`]
}

/**
 * Whether a surge may have come to a halt for good: the controller keeps only the earliest of the moments at which it
 * wants to look again, so that none may be left when the new pod becomes available, and the old one is what the
 * status speaks of (STATUS-11, STATUS-23). Whether it comes to that depends on when pods became ready.
 */
export function mayHaveStalled(state: ClusterState, { now }: Pick<Surroundings, 'now'>): boolean {
  const { daemonSet } = state
  if (daemonSet === undefined || isTerminating(daemonSet)) return false
  if (!surges(daemonSet) || minReadySecondsOf(daemonSet) === 0) return false
  return [...podsByNode(state, daemonSet).values()].some((onNode) =>
    isSucceeded(onNode, state, daemonSet, now),
  )
}

/** Whether an available pod of the current revision stands beside another one, which has then to go (UPDATE-36). */
function isSucceeded(
  pods: readonly Pod[],
  state: ClusterState,
  daemonSet: DaemonSet,
  now: number,
): boolean {
  const live = pods.filter(isLive)
  const hash = currentHashOf(state, daemonSet)
  const isNew = ({ metadata }: Pod) => metadata.labels?.[controllerRevisionHashLabel] === hash
  return (
    live.some((pod) => isNew(pod) && isPodAvailable(pod, minReadySecondsOf(daemonSet), now)) &&
    live.some((pod) => !isNew(pod))
  )
}

function unavailable(pod: Pod, daemonSet: DaemonSet, now: number): readonly string[] {
  const minReadySeconds = minReadySecondsOf(daemonSet)
  return isLive(pod) && isPodReady(pod) && !isPodAvailable(pod, minReadySeconds, now)
    ? [`pod ${pod.metadata.name} is ready and not yet available`]
    : []
}

function unrestOfStatus(daemonSet: DaemonSet, state: ClusterState, now: number): readonly string[] {
  const { metadata, status } = daemonSet
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    return ['the status speaks of an earlier generation']
  }
  let wrong: readonly string[] = []
  for (const nodes of state.nodesSinceLastSync) {
    wrong = Object.entries(recount(state, daemonSet, { now, nodes })).flatMap(([field, value]) => {
      const shown = (status as unknown as Record<string, unknown>)?.[field] ?? 0
      return shown === value ? [] : [`the status shows ${field} ${shown}, and a recount ${value}`]
    })
    if (wrong.length === 0) break
  }
  return wrong
}
