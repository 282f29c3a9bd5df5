import { semanticallyEqual } from '../kubernetes/canonical-json'
import type { DaemonSet, Node } from '../kubernetes/types'
import type { Placement } from './placement'

/**
 * Whether an update of a node leaves everything as it is for DaemonSets: only labels and taints count.
 *
 * @see QUEUE-16 QUEUE-17
 */
export function shouldIgnoreNodeUpdate(node: Node, previous: Node): boolean {
  return (
    semanticallyEqual(node.metadata.labels, previous.metadata.labels) &&
    semanticallyEqual(node.spec?.taints, previous.spec?.taints)
  )
}

/**
 * Whether a DaemonSet has to be synced after a change of a node, judged by what it wants there now.
 *
 * Not when a node merely stops to be eligible: its pod may stay, and the numbers follow later (QUEUE-22).
 *
 * @see QUEUE-19
 */
export function isConcernedByNode(
  { status }: DaemonSet,
  { placement, hasBoundPod }: { readonly placement: Placement; readonly hasBoundPod: boolean },
): boolean {
  if (!hasBoundPod) return placement.kind === 'run'
  return placement.kind === 'remove' || (status?.numberMisscheduled ?? 0) > 0
}
