import { isEmptySelector } from '../kubernetes/label-selector'
import type { ControllerRevision, DaemonSet } from '../kubernetes/types'
import { type ControllerContext, cachedVersionOf } from './controller-context'
import { execute } from './execute'
import { hashLabelOf } from './history'
import { keyOf } from './key-texts'
import { manage } from './manage'
import { observe } from './observe'
import { cleanupHistory, constructHistory } from './revision-history'
import { rollingUpdate } from './rolling-update'
import { isRolling } from './update-limits'
import { updateStatus } from './update-status'

/** A sync that must not be decided on caches that do not show the controller's own last writes (GATES-03). */
export class StaleCacheError extends Error {
  override readonly name = 'StaleCacheError'
}

/**
 * Brings the cluster one step closer to what the DaemonSet with this key asks for.
 *
 * Rejects when something went wrong and the key is to be tried again.
 *
 * @see QUEUE-30
 */
export async function syncDaemonSet(key: string, context: ControllerContext): Promise<void> {
  const { caches, clock, expectations, recorder } = context
  checkFreshness(key, context)
  const daemonSet = caches.daemonSets.get(key)
  if (daemonSet === undefined) {
    expectations.forget(key)
    return // The garbage collector owns what is left.
  }
  if (isEmptySelector(daemonSet.spec.selector)) {
    const message = 'This daemon set is selecting all pods. A non-empty selector is required.'
    recorder.event(daemonSet, 'Warning', 'SelectingAll', message)
    return // DELETE-13
  }
  if (daemonSet.metadata.deletionTimestamp) return // DELETE-05
  const { current, old } = await constructHistory(daemonSet, context)
  const hash = hashLabelOf(current) ?? ''
  if (!expectations.areSatisfied(key, clock.now())) {
    // The spec was not acted upon, so it must not be reported as observed (MANAGE-40).
    await updateStatus(daemonSet, hash, {}, context)
    return
  }
  await updateDaemonSetAndStatus(daemonSet, { hash, old }, context)
}

/** With its gate off there is no such check: expectations alone guard against stale caches (GATES-06). */
function checkFreshness(key: string, context: ControllerContext): void {
  const { caches, featureGates, writtenVersions } = context
  if (!featureGates.StaleControllerConsistencyDaemonSet) return
  const staleness = writtenVersions.staleness(key, (kind) => cachedVersionOf(caches, kind))
  if (staleness !== undefined) throw new StaleCacheError(staleness)
}

/** The status is written also after a failure; of two errors the first is the sync's (STATUS-20). */
async function updateDaemonSetAndStatus(
  daemonSet: DaemonSet,
  revisions: { readonly hash: string; readonly old: readonly ControllerRevision[] },
  context: ControllerContext,
): Promise<void> {
  const errors: unknown[] = []
  const note = (error: unknown) => errors.push(error)
  await updateDaemonSet(daemonSet, revisions, context).catch(note)
  const observedGeneration = daemonSet.metadata.generation ?? 0
  await updateStatus(daemonSet, revisions.hash, { observedGeneration }, context).catch(note)
  if (errors.length > 0) throw errors[0]
}

/** Manages, rolls the template out when manage left nothing outstanding, and trims the history (UPDATE-04). */
async function updateDaemonSet(
  daemonSet: DaemonSet,
  { hash, old }: { readonly hash: string; readonly old: readonly ControllerRevision[] },
  context: ControllerContext,
): Promise<void> {
  const subject = { daemonSet, hash }
  await execute(manage(await observe(daemonSet, hash, context)), subject, context)
  const isSettled = context.expectations.areSatisfied(keyOf(daemonSet), context.clock.now())
  if (isSettled && isRolling(daemonSet)) {
    await execute(rollingUpdate(await observe(daemonSet, hash, context)), subject, context)
  }
  await cleanupHistory(daemonSet, old, context)
}
