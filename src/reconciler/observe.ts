import type { DaemonSet } from '../kubernetes/types'
import { claimedPodMap } from './claim'
import type { ControllerContext } from './controller-context'
import type { Observation } from './observation'

/**
 * What the caches show of the DaemonSet now, after claiming its pods.
 *
 * The maps are the caches' own: a plan has to be made of them before anything is awaited.
 */
export async function observe(
  daemonSet: DaemonSet,
  hash: string,
  context: ControllerContext,
): Promise<Observation> {
  const { placements, failedPodBackOff, podIndex, clock } = context
  const pods = await claimedPodMap(daemonSet, context)
  const nodes = placements.placedNodesOf(daemonSet)
  const sight = { daemonSet, nodes, pods, hash, now: clock.now() }
  return {
    ...sight,
    survey: podIndex.controlledBy(daemonSet).surveyOf(sight),
    backOffOn: (nodeName) => failedPodBackOff.get(failedPodBackOffKey(daemonSet, nodeName)),
  }
}

/** The observed generation makes the back-off start afresh once a spec change was seen (MANAGE-15). */
export function failedPodBackOffKey({ metadata, status }: DaemonSet, nodeName: string): string {
  return `${metadata.uid}/${status?.observedGeneration ?? 0}/${nodeName}`
}
