import { isPodAvailable } from '../../kubernetes/conditions'
import { targetNodeNameOf } from '../../kubernetes/node-affinity'
import { controllerOf } from '../../kubernetes/owner-references'
import { controllerRevisionHashLabel } from '../../kubernetes/pods'
import type { DaemonSet, Pod } from '../../kubernetes/types'
import type { ObservedEvent } from '../../targets/observation'
import type { ClusterState } from './cluster-state'
import {
  isLive,
  isTerminating,
  maxUnavailableOf,
  minReadySecondsOf,
  podsByNode,
  standingOf,
  surges,
  unservedNodes,
} from './recount'

/** What a check of one change is given. */
export interface Change {
  /** What was there before. */
  readonly state: ClusterState
  readonly event: ObservedEvent
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  /** The names of the pods that the DaemonSet controller, and nobody else, has deleted. */
  readonly deletedByController: ReadonlySet<string>
}

/** The invariants that the change breaks, in words. */
export function brokenBy(change: Change): readonly string[] {
  const { event, state } = change
  if (event.kind !== 'Pod') return []
  const pod = event.object as Pod
  const daemonSet = state.daemonSets.get(controllerOf(pod)?.uid ?? '')
  if (daemonSet === undefined || isTerminating(daemonSet)) return []
  if (event.type === 'ADDED') return crowding(pod, daemonSet, change)
  const former = state.pods.get(pod.metadata.uid)
  const isLeaving = event.type === 'DELETED' || isTerminating(pod)
  if (former === undefined || isTerminating(former) || !isLeaving) return []
  return overdraft(former, daemonSet, change)
}

/**
 * Outside surge a daemon pod is made where none is, not even one on its way out (MANAGE-09); with surge two live ones
 * are allowed, one of them of the current revision.
 */
function crowding(pod: Pod, daemonSet: DaemonSet, { state }: Change): readonly string[] {
  const nodeName = targetNodeNameOf(pod) ?? ''
  const present = podsByNode(state, daemonSet).get(nodeName) ?? []
  const others = surges(daemonSet) ? present.filter(isLive) : present
  const limit = surges(daemonSet) ? 1 : 0
  const names = others.map(({ metadata }) => metadata.name).join(', ')
  if (others.length > limit) {
    return [`pod ${pod.metadata.name} was created on ${nodeName} beside ${names}`]
  }
  const revision = hashOf(pod)
  return others.some((other) => hashOf(other) === revision)
    ? [`pod ${pod.metadata.name} was created on ${nodeName} beside ${names} of the same revision`]
    : []
}

function hashOf({ metadata }: Pod): string | undefined {
  return metadata.labels?.[controllerRevisionHashLabel]
}

/** No rollout makes more nodes unavailable than maxUnavailable allows; with surge, none. */
function overdraft(pod: Pod, daemonSet: DaemonSet, change: Change): readonly string[] {
  const { state, now, deletedByController } = change
  const { name, uid } = pod.metadata
  const nodeName = targetNodeNameOf(pod) ?? ''
  const node = state.nodes.get(nodeName)
  if (!deletedByController.has(name) || node === undefined) return []
  const isLoss =
    isLive(pod) &&
    isPodAvailable(pod, minReadySecondsOf(daemonSet), now) &&
    standingOf(node, daemonSet) === 'run'
  if (!isLoss) return []
  const others = (podsByNode(state, daemonSet).get(nodeName) ?? []).filter(
    (other) => isLive(other) && other.metadata.uid !== uid,
  )
  // The older of two pods stays, available or not, where surge has been switched off (MANAGE-04).
  if (others.length > 0 && !surges(daemonSet)) return []
  // Which of two pods of one second is the older is left to their names (MANAGE-05).
  if (
    others.some(({ metadata }) => metadata.creationTimestamp === pod.metadata.creationTimestamp)
  ) {
    return []
  }
  const isStillServed = others.some((other) =>
    isPodAvailable(other, minReadySecondsOf(daemonSet), now),
  )
  if (isStillServed) return []
  const unserved = new Set([...unservedNodes(state, daemonSet, now), nodeName])
  const limit = maxUnavailableOf(state, daemonSet)
  return unserved.size <= limit
    ? []
    : [
        `the rollout deleted the available pod ${name}, so that ${[...unserved].join(', ')} had none; ` +
          `allowed are ${limit}`,
      ]
}
