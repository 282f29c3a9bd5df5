import type { DaemonSet, Node } from '../kubernetes/types'
import type { BackOffEntry } from './back-off'
import type { Placement } from './placement'
import type { PodMap } from './pod-map'

/** A node with the judgement of the DaemonSet's template on it. */
export interface PlacedNode {
  readonly node: Node
  readonly placement: Placement
}

/** Everything that one step of a sync is allowed to know. */
export interface Observation {
  readonly daemonSet: DaemonSet
  /** Every node there is, by name. */
  readonly nodes: ReadonlyMap<string, PlacedNode>
  /** The pods that the DaemonSet controls. */
  readonly pods: PodMap
  /** The hash label of the current ControllerRevision (HISTORY-20). */
  readonly hash: string
  readonly now: number
  /** The latest kill of a failed pod on the node, if it is remembered (MANAGE-15). */
  backOffOn(nodeName: string): BackOffEntry | undefined
}

/** How long a pod has to be ready before it counts as available; 0 when the spec does not say. */
export function minReadySecondsOf({ spec }: DaemonSet): number {
  return spec.minReadySeconds ?? 0
}
