import type { DaemonSet, Draft } from '../kubernetes/types'
import type { ControllerContext } from './controller-context'
import { keyOf } from './key-texts'
import { minReadySecondsOf } from './observation'
import { observe } from './observe'
import { isStatusCurrent, type StatusCounts, statusCountsOf, withStatusCounts } from './status'

/** Writes after a failed one, each based on a fresh read (constants table). */
const statusUpdateRetries = 1

/** What to write beside the counts. */
interface StatusOptions {
  /** Absent: the one in the status stays. */
  readonly observedGeneration?: number
}

/**
 * Counts the DaemonSet's pods anew and writes the numbers down if they have changed.
 *
 * @see STATUS-13 STATUS-22
 */
export async function updateStatus(
  daemonSet: DaemonSet,
  hash: string,
  options: StatusOptions,
  context: ControllerContext,
): Promise<void> {
  const counts = statusCountsOf((await observe(daemonSet, hash, context)).survey)
  if (!isStatusCurrent(daemonSet, counts)) {
    await storeDaemonSetStatus(daemonSet, counts, options, context)
  }
  const minReadySeconds = minReadySecondsOf(daemonSet)
  // Without the first condition, numbers that disagree for any other reason would keep the controller busy for ever.
  if (minReadySeconds > 0 && counts.numberReady !== counts.numberAvailable) {
    context.requeue(keyOf(daemonSet), minReadySeconds * 1000) // STATUS-23
  }
}

/**
 * Writes the numbers, at first on top of the cached object, after any failure on top of the live one.
 *
 * @see STATUS-17 STATUS-18
 */
async function storeDaemonSetStatus(
  daemonSet: DaemonSet,
  counts: StatusCounts,
  { observedGeneration }: StatusOptions,
  { client, writtenVersions }: ControllerContext,
): Promise<void> {
  const { namespace, name, uid } = daemonSet.metadata
  let base = daemonSet
  for (let attempt = 0; ; attempt++) {
    try {
      const draft: Draft = { ...withStatusCounts(base, counts, observedGeneration) }
      const { metadata } = await client.update('DaemonSet', draft, { subresource: 'status' })
      writtenVersions.wrote(keyOf(daemonSet), uid, 'DaemonSet', metadata.resourceVersion)
      return
    } catch (error) {
      if (attempt >= statusUpdateRetries) throw error
    }
    base = await client.get('DaemonSet', { namespace, name })
  }
}
