import { isPodAvailable, isPodTerminal } from '../../src/kubernetes/conditions'
import { targetNodeNameOf } from '../../src/kubernetes/node-affinity'
import type { Pod } from '../../src/kubernetes/types'
import type { Observation } from '../../src/targets/observation'
import { daemonPodsAmong } from './world'

/** One state of the daemon pods of a DaemonSet, and the change that led to it. */
export interface Moment {
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly pods: readonly Pod[]
  readonly change: {
    readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
    readonly pod: Pod
    /** The pod as it was before; `undefined` for a new one. */
    readonly previous: Pod | undefined
  }
}

/** What of a history is looked at. */
export interface HistoryOf {
  readonly daemonSet: string
  /** Changes up to this one only lead to the first state. */
  readonly from: number
}

/** Every state that the daemon pods went through, in order. */
export function momentsOf(observation: Observation, { daemonSet, from }: HistoryOf): Moment[] {
  const pods = new Map<string, Pod>()
  const moments: Moment[] = []
  for (const [index, { at, type, kind, object }] of observation.events.entries()) {
    if (kind !== 'Pod') continue
    const pod = object as Pod
    const previous = pods.get(pod.metadata.uid)
    if (type === 'DELETED') pods.delete(pod.metadata.uid)
    else pods.set(pod.metadata.uid, pod)
    if (index < from || daemonPodsAmong([pod], daemonSet).length === 0) continue
    moments.push({
      now: observation.startedAt + at,
      pods: daemonPodsAmong([...pods.values()], daemonSet),
      change: { type, pod, previous },
    })
  }
  return moments
}

/** Whether nothing of the pod is left that could hold back a successor (MANAGE-11). */
export function isGone(pod: Pod): boolean {
  return isTerminating(pod) && isPodTerminal(pod)
}

/** Whether the pod has been asked to go. */
export function isTerminating({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null
}

/** Whether the pod can be counted on: available, and not on its way out. */
export function isServing(pod: Pod, minReadySeconds: number, now: number): boolean {
  return !isTerminating(pod) && isPodAvailable(pod, minReadySeconds, now)
}

/** The pods by the node they are meant for. */
export function podsByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  return Map.groupBy(pods, (pod) => targetNodeNameOf(pod) ?? '')
}
