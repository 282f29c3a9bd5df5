import type { DaemonSet, Node } from '../kubernetes/types'
import type { BackOffEntry } from './back-off'
import type { Placement } from './placement'
import type { PodMap } from './pod-map'

/** A node with the judgement of the DaemonSet's template on it. */
export interface PlacedNode {
  readonly node: Node
  readonly placement: Placement
}

/** What the caches show of a DaemonSet at one moment. */
export interface Sight {
  readonly daemonSet: DaemonSet
  /** Every node there is, by name. */
  readonly nodes: ReadonlyMap<string, PlacedNode>
  /** The pods that the DaemonSet controls. */
  readonly pods: PodMap
  /** The hash label of the current ControllerRevision (HISTORY-20). */
  readonly hash: string
  readonly now: number
}

/** Everything that one step of a sync is allowed to know. */
export interface Observation extends Sight {
  /** What follows from the above of all nodes together, so that few of them have to be looked at one by one. */
  readonly survey: Survey
  /** The latest kill of a failed pod on the node, if it is remembered (MANAGE-15). */
  backOffOn(nodeName: string): BackOffEntry | undefined
}

/** All nodes at a glance. */
export interface Survey {
  readonly totals: SurveyTotals
  /**
   * The nodes at which manage may find something to do: those that exist in their order, then those that only pods name
   * in the order of the pods. At no other node does it.
   */
  unsettledNodes(): readonly string[]
}

/** How many nodes there are of each sort. */
export interface SurveyTotals {
  /** Should run a pod. */
  readonly desired: number
  /** Should run a pod, and have one. */
  readonly current: number
  /** Should not run a pod, and have one. */
  readonly misscheduled: number
  /** Of `current`: the preferred pod is ready. */
  readonly ready: number
  /** Of `current`: the preferred pod is available. */
  readonly available: number
  /** Of `current`: the preferred pod is of the present template. */
  readonly updated: number
  /** Have a pod of another template, whether the node exists or not. */
  readonly outdated: number
  /** Have pods, but for a rollout without surge no available one (UPDATE-17 to UPDATE-21). */
  readonly down: number
  /** Have one pod, and that is of another template and not available. */
  readonly lagging: number
  /** Have one pod, and that is of another template and available. */
  readonly candidate: number
}

/** How long a pod has to be ready before it counts as available; 0 when the spec does not say. */
export function minReadySecondsOf({ spec }: DaemonSet): number {
  return spec.minReadySeconds ?? 0
}
