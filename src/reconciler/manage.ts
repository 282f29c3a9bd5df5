import type { Pod } from '../kubernetes/types'
import type { Action, DeleteAction } from './action'
import { afterKill, isInBackOff } from './back-off'
import type { Observation, PlacedNode } from './observation'
import { isBound, isRunning, isTerminating } from './pod-map'
import { surplusBesideSurge } from './surge'
import { allowsSurge } from './update-limits'

/**
 * Decides, node by node, which daemon pods are missing and which are too many.
 *
 * Pure and level-based: the same observation gives the same plan, and a plan that has been carried out, the
 * deleted pods gone, is followed by one that creates their replacements and then by an empty one.
 *
 * @see MANAGE-01 MANAGE-04 MANAGE-06 MANAGE-22
 */
export function manage(observation: Observation): readonly Action[] {
  const actions: Action[] = []
  const pass: Pass = { observation, surges: allowsSurge(observation.daemonSet), actions }
  const { nodes, pods, survey } = observation
  for (const nodeName of survey.unsettledNodes()) {
    const placed = nodes.get(nodeName)
    if (placed !== undefined) podsShouldBeOnNode(nodeName, placed, pass)
    else actions.push(...podsOfMissingNode(nodeName, pods.get(nodeName) ?? []))
  }
  return actions
}

/** What the decisions on all nodes share. */
interface Pass {
  readonly observation: Observation
  /** Whether a pod may be started beside another one. */
  readonly surges: boolean
  readonly actions: Action[]
}

/** Adds the actions for one node. */
function podsShouldBeOnNode(nodeName: string, { placement }: PlacedNode, pass: Pass): void {
  const { observation, actions } = pass
  const pods = observation.pods.get(nodeName)
  if (pods === undefined) {
    if (placement.kind === 'run') {
      actions.push({ verb: 'create', nodeName, reason: 'the node has no daemon pod' })
    }
    return
  }
  if (placement.kind === 'remove') {
    for (const pod of pods) {
      if (isTerminating(pod)) continue // MANAGE-08
      const { reason } = placement
      actions.push({ verb: 'delete', nodeName, pod, cause: 'misplaced', reason })
    }
    return
  }
  const running = withoutTerminal(nodeName, pods, pass)
  if (!pass.surges) {
    actions.push(...surplusOf(nodeName, running))
  } else if (running.length > 0) {
    actions.push(...surplusBesideSurge(nodeName, running, observation))
  } else if (placement.kind === 'run') {
    const reason = 'no daemon pod runs on the node, and surge does not wait for the old one to go'
    actions.push({ verb: 'create', nodeName, reason }) // MANAGE-10, MANAGE-21
  }
}

/** The running pods of a node. Adds what is to become of the failed and the succeeded ones. */
function withoutTerminal(
  nodeName: string,
  pods: readonly Pod[],
  { observation, actions }: Pass,
): readonly Pod[] {
  const running: Pod[] = []
  let backOff = observation.backOffOn(nodeName)
  for (const pod of pods) {
    if (isRunning(pod)) running.push(pod)
    // A terminal pod that is being deleted is not in the pod map (MANAGE-11).
    switch (pod.status?.phase) {
      case 'Failed':
        if (isInBackOff(backOff, observation.now)) {
          // The whole back-off, not what is left of it (MANAGE-17).
          const milliseconds = backOff?.milliseconds ?? 0
          const reason = `the failed daemon pod ${pod.metadata.name} is in back-off`
          actions.push({ verb: 'wait', nodeName, milliseconds, reason })
        } else {
          // Protects further failed pods of this node within this very pass (MANAGE-18).
          backOff = afterKill(backOff, observation.now)
          actions.push(deletionOf(pod, nodeName, 'failed'))
        }
        break
      case 'Succeeded':
        actions.push(deletionOf(pod, nodeName, 'succeeded'))
        break
    }
  }
  return running
}

function deletionOf(pod: Pod, nodeName: string, cause: 'failed' | 'succeeded'): DeleteAction {
  return { verb: 'delete', nodeName, pod, cause, reason: `the daemon pod has ${cause}` }
}

/** All running pods of a node but the preferred one (MANAGE-04). */
function surplusOf(nodeName: string, running: readonly Pod[]): readonly DeleteAction[] {
  const [kept, ...surplus] = running
  const reason = `the node already runs the daemon pod ${kept?.metadata.name}`
  return surplus.map((pod) => ({ verb: 'delete', nodeName, pod, cause: 'duplicate', reason }))
}

/**
 * Pods that wait for a node that does not exist: nobody else would remove them, unlike bound ones.
 *
 * Those already being deleted are named again in every pass.
 *
 * @see MANAGE-22 MANAGE-23 MANAGE-24
 */
function podsOfMissingNode(nodeName: string, pods: readonly Pod[]) {
  return pods
    .filter((pod) => !isBound(pod))
    .map(
      (pod): DeleteAction => ({
        verb: 'delete',
        nodeName,
        pod,
        cause: 'node-missing',
        reason: `the node ${nodeName} does not exist`,
      }),
    )
}
