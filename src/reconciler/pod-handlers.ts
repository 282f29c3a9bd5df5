import { semanticallyEqual } from '../kubernetes/canonical-json'
import { isPodReady } from '../kubernetes/conditions'
import { controllerOf } from '../kubernetes/owner-references'
import type { DaemonSet, Pod } from '../kubernetes/types'
import type { ControllerContext } from './controller-context'
import { daemonSetKey, daemonSetsMatching, resolveControllerRef } from './daemonset-lookup'
import type { InformerHandlers } from './informer'
import { minReadySecondsOf } from './observation'
import { isTerminating } from './pod-map'

/**
 * Which DaemonSets a change of a pod concerns, and which expectations it fulfils.
 *
 * @see QUEUE-04 QUEUE-12
 */
export function podHandlers(context: ControllerContext): InformerHandlers<Pod> {
  return {
    added: (pod) => podAdded(pod, context),
    updated: (pod, previous) => podUpdated(pod, previous, context),
    deleted: (pod) => podDeleted(pod, context),
  }
}

function podAdded(pod: Pod, context: ControllerContext): void {
  if (isTerminating(pod)) {
    podDeleted(pod, context) // QUEUE-06: after a restart, pods may be seen first while they go.
    return
  }
  if (controllerOf(pod) === undefined) {
    requeueAll(daemonSetsMatching(pod, context), context)
    return
  }
  const daemonSet = ownerOf(pod, context)
  if (daemonSet === undefined) return
  context.expectations.creationObserved(keyOfDaemonSet(daemonSet))
  context.requeue(keyOfDaemonSet(daemonSet))
}

function podUpdated(pod: Pod, previous: Pod, context: ControllerContext): void {
  if (pod.metadata.resourceVersion === previous.metadata.resourceVersion) return // QUEUE-07
  if (isTerminating(pod)) {
    podDeleted(pod, context) // QUEUE-08
    return
  }
  const isReferenceChanged = hasOtherController(pod, previous)
  if (isReferenceChanged) {
    const formerOwner = ownerOf(previous, context)
    if (formerOwner !== undefined) context.requeue(keyOfDaemonSet(formerOwner)) // QUEUE-10
  }
  if (controllerOf(pod) === undefined) {
    const { labels } = pod.metadata
    const isConcerning = isReferenceChanged || !semanticallyEqual(labels, previous.metadata.labels)
    if (isConcerning) requeueAll(daemonSetsMatching(pod, context), context) // QUEUE-11
    return
  }
  const daemonSet = ownerOf(pod, context)
  if (daemonSet === undefined) return
  context.requeue(keyOfDaemonSet(daemonSet))
  const minReadySeconds = minReadySecondsOf(daemonSet)
  if (minReadySeconds > 0 && isPodReady(pod) && !isPodReady(previous)) {
    context.requeue(keyOfDaemonSet(daemonSet), (minReadySeconds + 1) * 1000) // QUEUE-09
  }
}

function podDeleted(pod: Pod, context: ControllerContext): void {
  const daemonSet = ownerOf(pod, context)
  if (daemonSet === undefined) return
  context.expectations.deletionObserved(keyOfDaemonSet(daemonSet))
  context.requeue(keyOfDaemonSet(daemonSet))
}

function keyOfDaemonSet({ metadata: { namespace, name } }: DaemonSet): string {
  return daemonSetKey(namespace, name)
}

function ownerOf(pod: Pod, context: ControllerContext): DaemonSet | undefined {
  return resolveControllerRef(pod.metadata.namespace, controllerOf(pod), context)
}

function hasOtherController(pod: Pod, previous: Pod): boolean {
  if (pod.metadata.ownerReferences === previous.metadata.ownerReferences) return false
  return !semanticallyEqual(controllerOf(pod), controllerOf(previous))
}

function requeueAll(daemonSets: readonly DaemonSet[], { requeue }: ControllerContext): void {
  for (const daemonSet of daemonSets) requeue(keyOfDaemonSet(daemonSet))
}
