import { labelSelectorMatcher } from '../kubernetes/label-selector'
import { controllerOf, controllerReferenceTo } from '../kubernetes/owner-references'
import { StatusError } from '../kubernetes/status-error'
import type { ControllerRevision, DaemonSet, Kinds, Pod } from '../kubernetes/types'
import { messageOf, throwAll } from './aggregate'
import type { ControllerContext } from './controller-context'
import { isTerminating, type PodMap, podMapOf } from './pod-map'

type ClaimableKind = 'ControllerRevision' | 'Pod'

/** Objects whose relation to a DaemonSet may have to change. */
interface Candidates<T> {
  /** Objects of its namespace without a controller. */
  readonly orphans: Iterable<T>
  /** Objects it controls whose labels do not match its selector. */
  readonly mismatched: Iterable<T>
}

/**
 * The pods of the DaemonSet by node, after adopting orphans that match its selector and releasing pods of its
 * own that do not. Adopted pods are there at once.
 *
 * @see MANAGE-48 MANAGE-49 MANAGE-55
 */
export async function claimedPodMap(
  daemonSet: DaemonSet,
  context: ControllerContext,
): Promise<PodMap> {
  const { pods, adopted } = await claimPods(daemonSet, context)
  if (adopted.length === 0) return pods.podMap
  const all = new Map([...pods.podMap.values()].flat().map((pod) => [pod.metadata.name, pod]))
  for (const pod of adopted) all.set(pod.metadata.name, pod)
  return podMapOf(all.values())
}

/** Every pod of the DaemonSet, wherever it belongs, claimed as by `claimedPodMap`. */
export async function claimedPods(
  daemonSet: DaemonSet,
  context: ControllerContext,
): Promise<readonly Pod[]> {
  const { pods, adopted } = await claimPods(daemonSet, context)
  const all = new Map<string, Pod>()
  for (const pod of pods.matching()) all.set(pod.metadata.name, pod)
  for (const pod of adopted) all.set(pod.metadata.name, pod)
  return [...all.values()]
}

async function claimPods(daemonSet: DaemonSet, context: ControllerContext) {
  const { podIndex } = context
  const orphans = podIndex.orphansIn(daemonSet.metadata.namespace)
  const { mismatched } = podIndex.controlledBy(daemonSet)
  const adopted = await claim('Pod', { orphans, mismatched }, daemonSet, context)
  return { pods: podIndex.controlledBy(daemonSet), adopted }
}

/**
 * The revisions that the DaemonSet controls, claimed like its pods.
 *
 * @see HISTORY-18
 */
export async function claimedRevisions(
  daemonSet: DaemonSet,
  context: ControllerContext,
): Promise<readonly ControllerRevision[]> {
  const matches = labelSelectorMatcher(daemonSet.spec.selector)
  const owned: ControllerRevision[] = []
  const mismatched: ControllerRevision[] = []
  const orphans: ControllerRevision[] = []
  for (const revision of context.revisionsByNamespace.in(daemonSet.metadata.namespace)) {
    const controller = controllerOf(revision)
    if (controller === undefined) orphans.push(revision)
    else if (controller.uid !== daemonSet.metadata.uid) continue
    else if (matches(revision.metadata.labels)) owned.push(revision)
    else mismatched.push(revision)
  }
  const adopted = await claim('ControllerRevision', { orphans, mismatched }, daemonSet, context)
  return [...owned, ...adopted]
}

/** Adopts and releases one object after the other; returns the adopted ones and fails at the end if any failed. */
async function claim<K extends ClaimableKind>(
  kind: K,
  { orphans, mismatched }: Candidates<Kinds[K]>,
  daemonSet: DaemonSet,
  context: ControllerContext,
): Promise<readonly Kinds[K][]> {
  const matches = labelSelectorMatcher(daemonSet.spec.selector)
  const toAdopt = [...orphans].filter(
    (orphan) => !isBeingDeleted(orphan) && matches(orphan.metadata.labels), // MANAGE-51
  )
  const adopted: Kinds[K][] = []
  const errors: unknown[] = []
  if (toAdopt.length > 0) {
    try {
      await checkStillThere(daemonSet, context)
    } catch (error) {
      errors.push(new Error(`can't adopt ${kind}s: ${messageOf(error)}`, { cause: error }))
    }
  }
  for (const orphan of errors.length > 0 ? [] : toAdopt) {
    try {
      adopted.push(await adopt(kind, orphan, daemonSet, context))
    } catch (error) {
      if (!StatusError.is(error, 'NotFound')) errors.push(error) // MANAGE-54
    }
  }
  for (const object of [...mismatched]) {
    await release(kind, object, daemonSet, context).catch((error) => {
      // Gone, or another object by now: it is released either way (MANAGE-54).
      const isVoid = StatusError.is(error, 'NotFound') || StatusError.is(error, 'Invalid')
      if (!isVoid) errors.push(error)
    })
  }
  throwAll(errors)
  return adopted
}

function isBeingDeleted(object: Pod | ControllerRevision): boolean {
  return isTerminating(object as Pod)
}

/** The cache may not know yet that the DaemonSet is being deleted; whoever adopts then would undo an orphaning. */
async function checkStillThere(daemonSet: DaemonSet, { client }: ControllerContext): Promise<void> {
  const { namespace, name, uid } = daemonSet.metadata
  const live = await client.get('DaemonSet', { namespace, name })
  if (live.metadata.uid !== uid) {
    throw new Error(
      `original DaemonSet ${namespace}/${name} is gone: got uid ${live.metadata.uid}, wanted ${uid}`,
    )
  }
  const { deletionTimestamp } = live.metadata
  if (deletionTimestamp) {
    throw new Error(`DaemonSet ${namespace}/${name} has just been deleted at ${deletionTimestamp}`)
  }
}

/** The uid in the patches keeps them from another object of the same name (MANAGE-53). */
async function adopt<K extends ClaimableKind>(
  kind: K,
  { metadata: { namespace, name, uid } }: Kinds[K],
  daemonSet: DaemonSet,
  { client, writtenVersions }: ControllerContext,
): Promise<Kinds[K]> {
  const body = { metadata: { ownerReferences: [controllerReferenceTo(daemonSet)], uid } }
  const adopted = await client.patch(kind, { namespace, name }, { type: 'strategic', body })
  if (kind === 'Pod') {
    const key = `${daemonSet.metadata.namespace}/${daemonSet.metadata.name}`
    const { resourceVersion } = adopted.metadata
    writtenVersions.wrote(key, daemonSet.metadata.uid, 'Pod', resourceVersion)
  }
  return adopted
}

async function release<K extends ClaimableKind>(
  kind: K,
  { metadata: { namespace, name, uid } }: Kinds[K],
  daemonSet: DaemonSet,
  { client }: ControllerContext,
): Promise<void> {
  const reference = { $patch: 'delete', uid: daemonSet.metadata.uid }
  const body = { metadata: { ownerReferences: [reference], uid } }
  await client.patch(kind, { namespace, name }, { type: 'strategic', body })
}
