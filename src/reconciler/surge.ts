import { isPodAvailable, isPodReady } from '../kubernetes/conditions'
import { controllerRevisionHashLabel } from '../kubernetes/pods'
import type { Pod } from '../kubernetes/types'
import type { Action, DeleteAction } from './action'
import { minReadySecondsOf, type Observation } from './observation'
import { currentRevisionOf, updatedPodsOnNode } from './updated-pods'

/**
 * The running pods of a node that are too many although surge allows two.
 *
 * The preferred pod of the current revision and the preferred one of any other may stay; the old one goes
 * when it is not ready, or when the new one is available. Told apart by the hash alone, without a budget.
 *
 * @see UPDATE-34 UPDATE-35 UPDATE-36 UPDATE-37 UPDATE-38
 */
export function surplusBesideSurge(
  nodeName: string,
  running: readonly Pod[],
  { daemonSet, hash, now }: Observation,
): readonly DeleteAction[] {
  const isCurrent = (pod: Pod) => pod.metadata.labels?.[controllerRevisionHashLabel] === hash
  const current = running.find(isCurrent)
  const old = running.find((pod) => !isCurrent(pod))
  const deletions: DeleteAction[] = running
    .filter((pod) => pod !== current && pod !== old)
    .map((pod) => ({
      verb: 'delete',
      nodeName,
      pod,
      cause: 'duplicate',
      reason: 'the node already runs a preferred daemon pod of the same sort',
    }))
  if (current === undefined || old === undefined) return deletions
  const deleteOld = (reason: string) =>
    deletions.push({ verb: 'delete', nodeName, pod: old, cause: 'outdated', reason })
  if (!isPodReady(old)) {
    deleteOld('it is not ready, and a daemon pod of the current revision runs beside it')
  } else if (isPodAvailable(current, minReadySecondsOf(daemonSet), now)) {
    deleteOld('the daemon pod of the current revision beside it is available')
  }
  return deletions
}

/** What a pass over all nodes finds out, and where it stands. */
interface SurgeTally {
  surging: number
  available: number
  /** Nodes whose old pod is available: a new one beside it costs budget (UPDATE-45). */
  readonly candidates: string[]
  /** Available old pods on nodes that should not run them: they go out of surplus alone (UPDATE-46). */
  readonly misplaced: { readonly nodeName: string; readonly pod: Pod }[]
  readonly actions: Action[]
}

/**
 * Rolls the current template out by starting new pods beside old ones.
 *
 * @throws Error when an old pod belongs to a node that is gone: nothing moves until the pod has gone too (UPDATE-49)
 * @see UPDATE-39
 */
export function surge(
  observation: Observation,
  { maxSurge, desired }: { readonly maxSurge: number; readonly desired: number },
): readonly Action[] {
  const tally: SurgeTally = { surging: 0, available: 0, candidates: [], misplaced: [], actions: [] }
  const classify = classifierOf(observation, tally)
  // Nodes without pods have no say in a surge rollout: manage serves them.
  for (const [nodeName, pods] of observation.pods) classify(nodeName, pods)
  const { surging, available, candidates, misplaced, actions } = tally
  for (const nodeName of candidates.slice(0, Math.max(0, maxSurge - surging))) {
    const reason = 'the available daemon pod on the node is outdated, and maxSurge allows a new one'
    actions.push({ verb: 'create', nodeName, reason }) // UPDATE-48
  }
  for (const { nodeName, pod } of misplaced.slice(0, Math.max(0, available - desired))) {
    const reason =
      'it is outdated, should not run there, and enough other daemon pods are available'
    actions.push({ verb: 'delete', nodeName, pod, cause: 'outdated', reason })
  }
  return actions
}

function classifierOf(observation: Observation, tally: SurgeTally) {
  const { daemonSet, nodes, hash, now } = observation
  const revision = currentRevisionOf(daemonSet, hash)
  const minReadySeconds = minReadySecondsOf(daemonSet)
  const isAvailable = (pod: Pod) => isPodAvailable(pod, minReadySeconds, now)
  const deleteOld = (nodeName: string, pod: Pod, reason: string) =>
    tally.actions.push({ verb: 'delete', nodeName, pod, cause: 'outdated', reason })

  const classifyOldAlone = (nodeName: string, old: Pod) => {
    const placed = nodes.get(nodeName)
    if (placed === undefined) {
      throw new Error(`couldn't get node for nodeName "${nodeName}": node "${nodeName}" not found`)
    }
    const shouldRun = placed.placement.kind === 'run'
    if (isAvailable(old)) {
      if (shouldRun) tally.candidates.push(nodeName)
      else tally.misplaced.push({ nodeName, pod: old })
    } else if (shouldRun) {
      const reason = 'the outdated daemon pod on the node is not available'
      tally.actions.push({ verb: 'create', nodeName, reason }) // UPDATE-43: without a limit.
    } else {
      deleteOld(nodeName, old, 'it is outdated, not available, and should not run there') // UPDATE-44
    }
  }

  return (nodeName: string, pods: readonly Pod[]) => {
    const found = updatedPodsOnNode(pods, revision)
    if (found.kind === 'crowded') {
      tally.surging++ // UPDATE-40
      return
    }
    const { updated, old } = found
    const deciding = old ?? updated
    if (deciding !== undefined && isAvailable(deciding)) tally.available++ // UPDATE-41
    if (old === undefined) return // UPDATE-42
    if (updated === undefined) classifyOldAlone(nodeName, old)
    else if (isAvailable(updated)) {
      deleteOld(nodeName, old, 'the updated daemon pod beside it is available')
    } else tally.surging++ // UPDATE-47
  }
}
