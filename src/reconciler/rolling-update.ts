import { isPodAvailable } from '../kubernetes/conditions'
import type { Action, DeleteAction } from './action'
import { minReadySecondsOf, type Observation, type Survey } from './observation'
import { surge } from './surge'
import { updateLimitsOf } from './update-limits'
import { currentRevisionOf, decidingPodOf, isPodUpdated } from './updated-pods'

/**
 * Decides which outdated pods are replaced now, within the limits of the DaemonSet's strategy.
 *
 * @see UPDATE-08 UPDATE-13
 */
export function rollingUpdate(observation: Observation): readonly Action[] {
  const { outdated, desired } = observation.survey.totals
  // The cheap question first: most syncs of a large DaemonSet happen outside rollouts.
  if (outdated === 0) return []
  const { maxSurge, maxUnavailable } = updateLimitsOf(observation.daemonSet, desired)
  return maxSurge === 0
    ? replace(observation, maxUnavailable)
    : surge(observation, { maxSurge, desired })
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
  const { daemonSet, hash, now, survey } = observation
  const { lagging, candidate } = survey.totals
  const spared = Math.max(0, maxUnavailable - unavailableNodes(survey))
  const wanted = { unavailable: lagging, available: Math.min(candidate, spared) }
  const revision = currentRevisionOf(daemonSet, hash)
  const minReadySeconds = minReadySecondsOf(daemonSet)
  const unavailable: DeleteAction[] = []
  const available: DeleteAction[] = []
  for (const [nodeName, pods] of observation.pods) {
    // Most syncs of a rollout find nothing to do, and those that do find it at the front, where the oldest pods are.
    if (unavailable.length >= wanted.unavailable && available.length >= wanted.available) break
    const pod = decidingPodOf(pods, revision)
    if (pod === undefined || isPodUpdated(pod, revision)) continue
    if (!isPodAvailable(pod, minReadySeconds, now)) {
      const reason = 'it is outdated and not available'
      unavailable.push({ verb: 'delete', nodeName, pod, cause: 'outdated', reason })
    } else if (available.length < wanted.available) {
      const reason = 'it is outdated, and maxUnavailable allows to do without it'
      available.push({ verb: 'delete', nodeName, pod, cause: 'outdated', reason })
    }
  }
  return [...unavailable, ...available]
}

/** The nodes that use budget up: also those that should run a pod and have none (UPDATE-19, UPDATE-20, UPDATE-21). */
function unavailableNodes({ totals: { desired, current, down } }: Survey): number {
  return down + (desired - current)
}
