import { semanticallyEqual } from '../../kubernetes/canonical-json'
import type { Pod, PodCondition, PodStatus } from '../../kubernetes/types'
import { deepFrozen } from '../json-body'
import { keepingLatest } from '../latest-result'

/**
 * The strategic merge patch that turns the pod's status into what the kubelet wants it to say; absent
 * when it says so already. The uid keeps it from touching a pod re-created under the same name (KUBELET-10).
 */
export function statusPatchOf(pod: Pod, desired: PodStatus): object | undefined {
  const present = pod.status
  const status: Record<string, unknown> = {}
  let isChanged = false
  for (const key of Object.keys(desired) as (keyof PodStatus)[]) {
    if (key === 'conditions' || semanticallyEqual(present[key], desired[key])) continue
    status[key] = desired[key]
    isChanged = true
  }
  const conditions = changedConditions(
    present.conditions ?? noConditions,
    desired.conditions ?? noConditions,
  )
  if (conditions.length > 0) {
    status['conditions'] = conditions
    isChanged = true
  }
  if (!isChanged) return undefined
  // Frozen, and so taken over by an API server in this process as it is.
  return deepFrozen({ metadata: { uid: pod.metadata.uid }, status })
}

/** Whether the API tells what the kubelet wants it to tell, where others may have written (NODE-06). */
export function saysSo(pod: Pod, desired: PodStatus): boolean {
  if (pod.status.phase !== desired.phase) return false
  return (desired.conditions ?? []).every(({ type, status }) =>
    pod.status.conditions?.some((present) => present.type === type && present.status === status),
  )
}

const noConditions: readonly PodCondition[] = Object.freeze([])

/** What a patch of the conditions has to say; often the same for one pod after another. */
const changedConditions = keepingLatest(conditionChanges)

function conditionChanges(
  present: readonly PodCondition[],
  desired: readonly PodCondition[],
): readonly object[] {
  const changes: object[] = []
  for (const condition of desired) {
    const previous = present.find(({ type }) => type === condition.type)
    if (previous === undefined) {
      changes.push(condition)
    } else if (!isSameCondition(previous, condition)) {
      // A merge keeps what is left out, so what is to go is named.
      const gone: Record<string, null> = {}
      if (previous.reason !== undefined && condition.reason === undefined) gone['reason'] = null
      if (previous.message !== undefined && condition.message === undefined) gone['message'] = null
      changes.push({ ...condition, ...gone })
    }
  }
  return changes
}

function isSameCondition(a: PodCondition, b: PodCondition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.lastTransitionTime === b.lastTransitionTime &&
    a.observedGeneration === b.observedGeneration
  )
}
