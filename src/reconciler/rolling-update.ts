import { isPodAvailable } from '../kubernetes/conditions'
import type { Pod } from '../kubernetes/types'
import type { Action, DeleteAction } from './action'
import { minReadySecondsOf, type Observation } from './observation'
import { surge } from './surge'
import { updateLimitsOf } from './update-limits'
import { currentRevisionOf, isPodUpdated, updatedPodsOnNode } from './updated-pods'

/**
 * Decides which outdated pods are replaced now, within the limits of the DaemonSet's strategy.
 *
 * @see UPDATE-08 UPDATE-13
 */
export function rollingUpdate(observation: Observation): readonly Action[] {
  if (!hasOutdatedPods(observation)) return []
  const desired = desiredNumberScheduledOf(observation)
  const { maxSurge, maxUnavailable } = updateLimitsOf(observation.daemonSet, desired)
  return maxSurge === 0
    ? replace(observation, maxUnavailable)
    : surge(observation, { maxSurge, desired })
}

/** The cheap question first: most syncs of a large DaemonSet happen outside rollouts. */
function hasOutdatedPods({ daemonSet, pods: podMap, hash }: Observation): boolean {
  const revision = currentRevisionOf(daemonSet, hash)
  for (const pods of podMap.values()) {
    for (const pod of pods) if (!isPodUpdated(pod, revision)) return true
  }
  return false
}

/** How many of the existing nodes should run a pod (STATUS-01). */
function desiredNumberScheduledOf({ nodes }: Pick<Observation, 'nodes'>): number {
  let desired = 0
  for (const { placement } of nodes.values()) if (placement.kind === 'run') desired++
  return desired
}

/**
 * Deletes outdated pods and leaves it to manage to create their successors.
 *
 * Unavailable ones always go, as nothing is lost with them; available ones as far as the budget reaches that
 * all unavailable nodes together leave over.
 *
 * @see UPDATE-14 UPDATE-15 UPDATE-23
 */
function replace(observation: Observation, maxUnavailable: number): readonly DeleteAction[] {
  const { daemonSet, hash, now } = observation
  const revision = currentRevisionOf(daemonSet, hash)
  const minReadySeconds = minReadySecondsOf(daemonSet)
  const unavailable: DeleteAction[] = []
  const candidates: DeleteAction[] = []
  let numUnavailable = 0
  for (const [nodeName, pods] of observation.pods) {
    const found = updatedPodsOnNode(pods, revision)
    const pod = found.kind === 'crowded' ? undefined : onlyOneOf(found.updated, found.old)
    if (pod === undefined) {
      numUnavailable++ // UPDATE-17, UPDATE-18, UPDATE-19: left to manage.
      continue
    }
    const isAvailable = isPodAvailable(pod, minReadySeconds, now)
    if (!isAvailable) numUnavailable++ // UPDATE-20, UPDATE-21
    if (isPodUpdated(pod, revision)) continue
    if (!isAvailable) {
      const reason = 'it is outdated and not available'
      unavailable.push({ verb: 'delete', nodeName, pod, cause: 'outdated', reason })
    } else if (candidates.length < maxUnavailable) {
      const reason = 'it is outdated, and maxUnavailable allows to do without it'
      candidates.push({ verb: 'delete', nodeName, pod, cause: 'outdated', reason })
    }
  }
  // Without candidates there is nothing to spend.
  if (candidates.length === 0) return unavailable
  const budget = Math.max(0, maxUnavailable - numUnavailable - nodesWithoutPods(observation))
  return [...unavailable, ...candidates.slice(0, budget)]
}

/** Nodes that should run a pod and have none: they use budget up like any that is unavailable (UPDATE-19). */
function nodesWithoutPods({ nodes, pods }: Observation): number {
  let count = 0
  for (const [nodeName, { placement }] of nodes) {
    if (placement.kind === 'run' && !pods.has(nodeName)) count++
  }
  return count
}

/** The pod that is there, unless both are. */
function onlyOneOf(a: Pod | undefined, b: Pod | undefined): Pod | undefined {
  if (a !== undefined && b !== undefined) return undefined
  return a ?? b
}
