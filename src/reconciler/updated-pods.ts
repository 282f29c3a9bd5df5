import {
  controllerRevisionHashLabel,
  podTemplateGenerationLabel,
  templateGenerationOf,
} from '../kubernetes/pods'
import type { DaemonSet, Pod } from '../kubernetes/types'
import { isTerminating } from './pod-map'

/** What tells pods of the current template from older ones. */
export interface CurrentRevision {
  /** The label of the current ControllerRevision, which new pods get. */
  readonly hash: string
  /** The DaemonSet's template generation as a label value; absent when its annotation is no number (UPDATE-07). */
  readonly templateGeneration: string | undefined
}

/** The marks of the DaemonSet's current template, given the hash of its current revision. */
export function currentRevisionOf(daemonSet: DaemonSet, hash: string): CurrentRevision {
  const generation = templateGenerationOf(daemonSet)
  return { hash, templateGeneration: generation === undefined ? undefined : String(generation) }
}

/**
 * Whether the pod is of the current template: by its hash or, failing that, by its template generation.
 *
 * @see UPDATE-05 UPDATE-06
 */
export function isPodUpdated(pod: Pod, { hash, templateGeneration }: CurrentRevision): boolean {
  const labels = pod.metadata.labels
  if (labels === undefined || labels === null) return false
  if (hash !== '' && labels[controllerRevisionHashLabel] === hash) return true
  return (
    templateGeneration !== undefined && labels[podTemplateGenerationLabel] === templateGeneration
  )
}

/** The pods of a node as a rollout sees them: at most one of each sort, or too many to decide anything. */
export type NodeRevisions =
  | { readonly kind: 'crowded'; readonly updated?: undefined; readonly old?: undefined }
  | {
      readonly kind: 'at-most-one-each'
      readonly updated: Pod | undefined
      readonly old: Pod | undefined
    }

/**
 * Sorts the pods of a node into the updated and the old one; those being deleted are left out.
 *
 * @see UPDATE-16 UPDATE-17 UPDATE-40
 */
export function updatedPodsOnNode(
  pods: readonly Pod[] | undefined,
  revision: CurrentRevision,
): NodeRevisions {
  let updated: Pod | undefined
  let old: Pod | undefined
  for (const pod of pods ?? []) {
    if (isTerminating(pod)) continue
    if (isPodUpdated(pod, revision)) {
      if (updated !== undefined) return { kind: 'crowded' }
      updated = pod
    } else {
      if (old !== undefined) return { kind: 'crowded' }
      old = pod
    }
  }
  return { kind: 'at-most-one-each', updated, old }
}

/**
 * The one pod of the node on which a rollout without surge decides; being deleted, it has no say.
 *
 * Absent where there is none, or more than that: left to manage (UPDATE-17, UPDATE-18, UPDATE-19).
 */
export function decidingPodOf(pods: readonly Pod[], revision: CurrentRevision): Pod | undefined {
  const { updated, old } = updatedPodsOnNode(pods, revision)
  return updated !== undefined && old !== undefined ? undefined : (updated ?? old)
}
