import { isPodTerminal } from '../kubernetes/conditions'
import { targetNodeNameOf } from '../kubernetes/node-affinity'
import type { Pod } from '../kubernetes/types'

/**
 * The pods of one DaemonSet by the node they belong to, those of a node in the order of `byPreference`.
 *
 * No entry is empty: a node without pods has none.
 */
export type PodMap = ReadonlyMap<string, readonly Pod[]>

/**
 * Groups pods by target node.
 *
 * Pods without a target node are ignored (PLACE-45), and so are those that are terminal and also being
 * deleted: for every purpose but the liveness of revisions they have gone (MANAGE-11).
 */
export function podMapOf(pods: Iterable<Pod>): PodMap {
  const map = new Map<string, Pod[]>()
  for (const pod of pods) {
    const nodeName = isGone(pod) ? undefined : targetNodeNameOf(pod)
    if (nodeName === undefined) continue
    const present = map.get(nodeName)
    if (present === undefined) map.set(nodeName, [pod])
    else present.push(pod)
  }
  for (const present of map.values()) present.sort(byPreference)
  return map
}

/** Whether the pod counts as absent although its object is still there, e.g. held by a finalizer (MANAGE-11). */
export function isGone(pod: Pod): boolean {
  return isTerminating(pod) && isPodTerminal(pod)
}

/** Whether the pod is being deleted. */
export function isTerminating({ metadata: { deletionTimestamp } }: Pod): boolean {
  return deletionTimestamp !== undefined && deletionTimestamp !== null
}

/** Whether the pod neither is being deleted nor has ended. */
export function isRunning(pod: Pod): boolean {
  return !isTerminating(pod) && !isPodTerminal(pod)
}

/**
 * Orders the pods of a node: the first is the one to keep, and the one that stands for the node in the status.
 *
 * Bound before unbound, then older before younger, then by name; never by readiness or revision.
 *
 * @see MANAGE-05 STATUS-05
 */
export function byPreference(a: Pod, b: Pod): number {
  const bound = Number(isBound(b)) - Number(isBound(a))
  if (bound !== 0) return bound
  // RFC 3339 in UTC and whole seconds: the order of the texts is the order of the moments.
  return (
    compareTexts(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
    compareTexts(a.metadata.name, b.metadata.name)
  )
}

/** Whether the pod has been given to a node for good (`spec.nodeName`). */
export function isBound({ spec }: Pod): boolean {
  return spec.nodeName !== undefined && spec.nodeName !== null && spec.nodeName !== ''
}

function compareTexts(a: string, b: string): number {
  return Number(a > b) - Number(a < b)
}
