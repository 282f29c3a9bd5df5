import { isPodAvailable, isPodReady, isPodTerminal } from '../../kubernetes/conditions'
import { type IntOrPercent, scaledUp } from '../../kubernetes/int-or-percent'
import { matchesNodeSelectorAndAffinity, targetNodeNameOf } from '../../kubernetes/node-affinity'
import {
  controllerRevisionHashLabel,
  podTemplateGenerationLabel,
  templateGenerationOf,
} from '../../kubernetes/pods'
import { toleratesAll } from '../../kubernetes/tolerations'
import type { DaemonSet, DaemonSetStatus, Node, Pod, Toleration } from '../../kubernetes/types'
import type { ClusterState } from './cluster-state'

/*
 * What a DaemonSet's controller has to come to, told a second time from the specification and without its code:
 * what it did is held against this.
 */

/** Whether a node should run a daemon pod, only keep the one it has, or have it removed (PLACE-03). */
export function standingOf(node: Node, daemonSet: DaemonSet): 'run' | 'keep' | 'remove' {
  const { spec } = daemonSet.spec.template
  if (spec === undefined || !matchesNodeSelectorAndAffinity(spec, node)) return 'remove'
  const tolerations = [...(spec.tolerations ?? []), ...everyDaemonPodTolerates]
  const taints = node.spec?.taints ?? []
  if (!toleratesAll(tolerations, taints, ['NoExecute'])) return 'remove'
  return toleratesAll(tolerations, taints, ['NoSchedule']) ? 'run' : 'keep'
}

/** PLACE-29. */
const everyDaemonPodTolerates: readonly Toleration[] = [
  ...['not-ready', 'unreachable'].map((key) => ({ key, effect: 'NoExecute' })),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((key) => ({
    key,
    effect: 'NoSchedule',
  })),
].map(({ key, effect }) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect }))

export function isTerminating({ metadata }: Pick<Pod, 'metadata'>): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null
}

/** Whether the pod neither has ended nor was asked to go. */
export function isLive(pod: Pod): boolean {
  return !isTerminating(pod) && !isPodTerminal(pod)
}

/** The DaemonSet's pods by the node they are meant for, in the order of MANAGE-05; without those of MANAGE-11. */
export function podsByNode(
  state: ClusterState,
  daemonSet: DaemonSet,
): ReadonlyMap<string, readonly Pod[]> {
  const pods = state
    .podsOf(daemonSet)
    .filter((pod) => !(isTerminating(pod) && isPodTerminal(pod)))
    .sort(byRank)
  return Map.groupBy(pods, (pod) => targetNodeNameOf(pod) ?? '')
}

function byRank(a: Pod, b: Pod): number {
  return rankOf(a) < rankOf(b) ? -1 : 1
}

function rankOf({ metadata, spec }: Pod): string {
  return `${spec.nodeName ? 0 : 1} ${metadata.creationTimestamp} ${metadata.name}`
}

/**
 * The numbers that the DaemonSet's status has to show (STATUS-01 to STATUS-10).
 *
 * They may be those of nodes as they were a little earlier (STATUS-26).
 */
export function recount(
  state: ClusterState,
  daemonSet: DaemonSet,
  { now, nodes: present = state.nodes }: { now: number; nodes?: ReadonlyMap<string, Node> },
): Partial<DaemonSetStatus> {
  const pods = podsByNode(state, daemonSet)
  const nodes = [...present.values()].map((node) => ({
    runs: standingOf(node, daemonSet) === 'run',
    pod: pods.get(node.metadata.name)?.[0],
  }))
  const due = nodes.filter(({ runs }) => runs)
  const count = (holds: (pod: Pod) => boolean): number =>
    due.filter(({ pod }) => pod !== undefined && holds(pod)).length
  const available = count((pod) => isPodAvailable(pod, minReadySecondsOf(daemonSet), now))
  const hash = currentHashOf(state, daemonSet)
  return {
    desiredNumberScheduled: due.length,
    currentNumberScheduled: count(() => true),
    numberMisscheduled: nodes.filter(({ runs, pod }) => !runs && pod !== undefined).length,
    numberReady: count(isPodReady),
    numberAvailable: available,
    numberUnavailable: due.length - available,
    updatedNumberScheduled: count((pod) => isUpdated(pod, daemonSet, hash)),
  }
}

export function minReadySecondsOf({ spec }: DaemonSet): number {
  return spec.minReadySeconds ?? 0
}

/** Whether the pod is made from the current template (UPDATE-05). */
function isUpdated(pod: Pod, daemonSet: DaemonSet, hash: string | undefined): boolean {
  const { labels = {} } = pod.metadata
  if (hash !== undefined && labels[controllerRevisionHashLabel] === hash) return true
  const generation = templateGenerationOf(daemonSet)
  return generation !== undefined && labels[podTemplateGenerationLabel] === String(generation)
}

/** The hash of the DaemonSet's newest revision. */
export function currentHashOf(state: ClusterState, daemonSet: DaemonSet): string | undefined {
  return state.revisionsOf(daemonSet).at(-1)?.metadata.labels?.[controllerRevisionHashLabel]
}

/** How many nodes a rollout may leave without an available pod (UPDATE-09, UPDATE-11); 0 where nothing is rolled out. */
export function maxUnavailableOf(state: ClusterState, daemonSet: DaemonSet): number {
  if (daemonSet.spec.updateStrategy?.type !== 'RollingUpdate') return 0
  const desired = [...state.nodes.values()].filter(
    (node) => standingOf(node, daemonSet) === 'run',
  ).length
  const limit = limitOf(daemonSet, 'maxUnavailable', desired)
  const isOneAllowed = desired > 0 && limitOf(daemonSet, 'maxSurge', desired) === 0
  return limit === 0 && isOneAllowed ? 1 : limit
}

/** Whether two daemon pods may run on a node (UPDATE-12). */
export function surges(daemonSet: DaemonSet): boolean {
  const { type } = daemonSet.spec.updateStrategy ?? {}
  return type === 'RollingUpdate' && limitOf(daemonSet, 'maxSurge', 1) > 0
}

function limitOf({ spec }: DaemonSet, name: 'maxSurge' | 'maxUnavailable', total: number): number {
  const limit: IntOrPercent | undefined = spec.updateStrategy?.rollingUpdate?.[name]
  return scaledUp(limit, total)
}

/** The should-run nodes on which no live pod of the DaemonSet is available. */
export function unservedNodes(
  state: ClusterState,
  daemonSet: DaemonSet,
  now: number,
): readonly string[] {
  const pods = podsByNode(state, daemonSet)
  const isServed = (name: string): boolean =>
    (pods.get(name) ?? []).some(
      (pod) => isLive(pod) && isPodAvailable(pod, minReadySecondsOf(daemonSet), now),
    )
  return [...state.nodes.values()]
    .filter((node) => standingOf(node, daemonSet) === 'run')
    .map(({ metadata }) => metadata.name)
    .filter((name) => !isServed(name))
}
