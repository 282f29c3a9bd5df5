import { controllerRevisionHashLabel } from '../kubernetes/pods'
import { StatusError } from '../kubernetes/status-error'
import type { ControllerRevision, DaemonSet, Draft } from '../kubernetes/types'
import { messageOf } from './aggregate'
import { claimedPodMap, claimedPods, claimedRevisions } from './claim'
import type { ControllerContext } from './controller-context'
import {
  hashLabelOf,
  historyOf,
  holdsTemplate,
  keptRevisionOf,
  revisionDraftOf,
  revisionHistoryLimitOf,
  surplusRevisionsOf,
} from './history'

/** The one revision of the present template, and the others that the DaemonSet controls. */
export interface RevisionHistory {
  readonly current: ControllerRevision
  readonly old: readonly ControllerRevision[]
}

/**
 * Makes sure that the DaemonSet's present template has exactly one revision, with the highest number.
 *
 * @see HISTORY-01 HISTORY-10 HISTORY-15
 */
export async function constructHistory(
  daemonSet: DaemonSet,
  context: ControllerContext,
): Promise<RevisionHistory> {
  const { client } = context
  const revisions: ControllerRevision[] = []
  for (const revision of await claimedRevisions(daemonSet, context)) {
    revisions.push(await withHashLabel(revision, context))
  }
  const { current, old, nextRevision } = historyOf(daemonSet, revisions)
  const kept = await dedupe(current, daemonSet, context)
  if (kept === undefined) return { current: await snapshot(daemonSet, nextRevision, context), old }
  if ((kept.revision ?? 0) < nextRevision) {
    await client.update('ControllerRevision', draftOf({ ...kept, revision: nextRevision }))
  }
  return { current: kept, old }
}

/** A revision without a hash gets one: its own name (HISTORY-15). */
async function withHashLabel(
  revision: ControllerRevision,
  { client }: ControllerContext,
): Promise<ControllerRevision> {
  if (hashLabelOf(revision) !== undefined) return revision
  const { name, labels } = revision.metadata
  const metadata = {
    ...revision.metadata,
    labels: { ...labels, [controllerRevisionHashLabel]: name },
  }
  return client.update('ControllerRevision', draftOf({ ...revision, metadata }))
}

/**
 * Keeps one of several revisions of the present template.
 *
 * All pods are relabelled to it first, those of really older templates too: upstream does not tell them apart.
 *
 * @see HISTORY-12 HISTORY-13 HISTORY-14
 */
async function dedupe(
  current: readonly ControllerRevision[],
  daemonSet: DaemonSet,
  context: ControllerContext,
): Promise<ControllerRevision | undefined> {
  const { client } = context
  const kept = keptRevisionOf(current)
  if (kept === undefined || current.length === 1) return kept
  const hash = hashLabelOf(kept)
  for (const duplicate of current) {
    if (duplicate.metadata.name === kept.metadata.name) continue
    for (const pod of await claimedPods(daemonSet, context)) {
      if (hashLabelOf(pod) === hash) continue
      const { namespace, name } = pod.metadata
      const body = { metadata: { labels: { [controllerRevisionHashLabel]: hash } } }
      await client.patch('Pod', { namespace, name }, { type: 'merge', body })
    }
    const { namespace, name } = duplicate.metadata
    await client.delete('ControllerRevision', { namespace, name })
  }
  return kept
}

/** Writes the revision of the present template down, unless it is there already (HISTORY-16). */
async function snapshot(
  daemonSet: DaemonSet,
  revision: number,
  context: ControllerContext,
): Promise<ControllerRevision> {
  const { client } = context
  const draft = revisionDraftOf(daemonSet, revision)
  try {
    return await client.create('ControllerRevision', draft)
  } catch (error) {
    if (!StatusError.is(error, 'AlreadyExists')) throw error
    const { name } = draft.metadata
    const { namespace } = daemonSet.metadata
    const existing = await client.get('ControllerRevision', { namespace, name })
    if (holdsTemplate(existing, daemonSet.spec.template)) return existing
    await raiseCollisionCount(daemonSet, context)
    throw error // The retry takes another name.
  }
}

/** The name is taken by other content: the count makes the hash another one (HISTORY-17). */
async function raiseCollisionCount(
  daemonSet: DaemonSet,
  { client }: ControllerContext,
): Promise<void> {
  const { namespace, name } = daemonSet.metadata
  const live = await client.get('DaemonSet', { namespace, name })
  const liveCount = live.status?.collisionCount ?? undefined
  const cachedCount = daemonSet.status?.collisionCount ?? undefined
  if (liveCount !== cachedCount) {
    throw new Error(
      `found a stale collision count (${cachedCount ?? 'none'}, expected ${liveCount ?? 'none'}) of DaemonSet ${namespace}/${name}; will retry once it is updated`,
    )
  }
  const status = { ...live.status, collisionCount: (liveCount ?? 0) + 1 }
  await client.update('DaemonSet', draftOf({ ...live, status }), { subresource: 'status' })
}

/**
 * Deletes old revisions beyond the limit that no pod is made from.
 *
 * @see HISTORY-21 HISTORY-24 HISTORY-26 HISTORY-27
 */
export async function cleanupHistory(
  daemonSet: DaemonSet,
  old: readonly ControllerRevision[],
  context: ControllerContext,
): Promise<void> {
  try {
    const podMap = await claimedPodMap(daemonSet, context)
    const limit = revisionHistoryLimitOf(daemonSet)
    if (old.length <= limit) return
    const liveHashes = context.podIndex.controlledBy(daemonSet).liveHashes(hashLabelOf)
    for (const pod of [...podMap.values()].flat()) {
      const hash = hashLabelOf(pod) // Adopted in this very sync, perhaps.
      if (hash !== undefined) liveHashes.add(hash)
    }
    for (const { metadata } of surplusRevisionsOf(old, { limit, liveHashes })) {
      const { namespace, name } = metadata
      await context.client.delete('ControllerRevision', { namespace, name })
    }
  } catch (error) {
    throw new Error(
      `failed to clean up revisions of DaemonSet ${daemonSet.metadata.namespace}/${daemonSet.metadata.name}: ${messageOf(error)}`,
      { cause: error },
    )
  }
}

/** A stored object as something to send. */
function draftOf(object: ControllerRevision | DaemonSet): Draft {
  return { ...object }
}
