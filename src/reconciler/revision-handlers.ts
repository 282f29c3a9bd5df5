import { semanticallyEqual } from '../kubernetes/canonical-json'
import { controllerOf } from '../kubernetes/owner-references'
import type { ControllerRevision } from '../kubernetes/types'
import type { ControllerContext } from './controller-context'
import { daemonSetsMatching, resolveControllerRef } from './daemonset-lookup'
import type { InformerHandlers } from './informer'
import { keyOf } from './key-texts'

/**
 * Which DaemonSets a change of a ControllerRevision concerns.
 *
 * @see QUEUE-13 QUEUE-14
 */
export function revisionHandlers(context: ControllerContext): InformerHandlers<ControllerRevision> {
  return {
    added: (revision) => revisionAdded(revision, context),
    updated: (revision, previous) => revisionUpdated(revision, previous, context),
    deleted: (revision) => requeueOwner(revision, context),
  }
}

function revisionAdded(revision: ControllerRevision, context: ControllerContext): void {
  if (revision.metadata.deletionTimestamp) requeueOwner(revision, context)
  else if (controllerOf(revision) === undefined) requeueMatching(revision, context)
}

function revisionUpdated(
  revision: ControllerRevision,
  previous: ControllerRevision,
  context: ControllerContext,
): void {
  if (revision.metadata.resourceVersion === previous.metadata.resourceVersion) return
  const reference = controllerOf(revision)
  const isReferenceChanged = !semanticallyEqual(reference, controllerOf(previous))
  if (isReferenceChanged) requeueOwner(previous, context)
  if (reference !== undefined) {
    requeueOwner(revision, context)
    return
  }
  const { labels } = revision.metadata
  if (isReferenceChanged || !semanticallyEqual(labels, previous.metadata.labels)) {
    requeueMatching(revision, context)
  }
}

function requeueOwner(revision: ControllerRevision, context: ControllerContext): void {
  const { namespace } = revision.metadata
  const daemonSet = resolveControllerRef(namespace, controllerOf(revision), context)
  if (daemonSet !== undefined) context.requeue(keyOf(daemonSet))
}

function requeueMatching(revision: ControllerRevision, context: ControllerContext): void {
  for (const daemonSet of daemonSetsMatching(revision, context)) context.requeue(keyOf(daemonSet))
}
