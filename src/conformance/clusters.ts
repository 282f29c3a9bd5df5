import { isDeepStrictEqual } from 'node:util'
import { EnvironmentError, messageOf } from '../targets/errors'
import { type SessionOptions, startTarget } from '../targets/session'
import type { ClusterAccess, StartedTarget, TargetSpec } from '../targets/target'

/** Clusters of one kind that are up; disposing of them leaves nothing behind. */
export interface Clusters extends AsyncDisposable {
  /** How threads work on them, the first one included. */
  readonly accesses: readonly ClusterAccess[]
}

/** How a cluster comes up; a test has another way. */
type Start = (
  spec: TargetSpec,
  options: Omit<SessionOptions, 'onFailure'>,
) => Promise<StartedTarget>

/**
 * Starts more clusters like one that is up, at the same time, for scenarios that cannot share one.
 *
 * All or none: where one does not start, those that did are removed.
 *
 * @throws EnvironmentError, or the signal's reason
 */
export async function startMore(
  first: ClusterAccess,
  count: number,
  spec: TargetSpec,
  options: Omit<SessionOptions, 'onFailure'>,
  start: Start = startTarget,
): Promise<Clusters> {
  const { signal } = options
  const failed = new AbortController()
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal])
  const starts = Array.from({ length: count - 1 }, async () => {
    try {
      return await start(spec, { ...options, signal: either })
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  const more = (await Promise.allSettled(starts)).flatMap((each) =>
    each.status === 'fulfilled' ? [each.value] : [],
  )
  const dispose = () => removeAll(more)
  const accesses = [first, ...more.flatMap(({ access }) => access ?? [])]
  const problem = failed.signal.aborted ? failed.signal.reason : problemOf(accesses, count)
  if (problem === undefined) return { accesses, [Symbol.asyncDispose]: dispose }
  await dispose().catch(() => {})
  signal?.throwIfAborted()
  throw new EnvironmentError(`one of ${count} clusters did not start`, {
    mend: `${messageOf(problem)}; with --parallel 1 one is enough`,
    cause: problem,
  })
}

/** One report speaks of one kind of cluster. */
function problemOf(accesses: readonly ClusterAccess[], count: number): Error | undefined {
  const kind = ({ version, provenance }: ClusterAccess) => [version.gitVersion, provenance]
  const [first, ...others] = accesses.map(kind)
  const alike = others.every((each) => isDeepStrictEqual(each, first))
  if (alike && accesses.length === count) return undefined
  return new Error('it is not like the first: its image has been replaced meanwhile')
}

async function removeAll(targets: readonly StartedTarget[]): Promise<void> {
  const removals = await Promise.allSettled(targets.map((each) => each[Symbol.asyncDispose]()))
  for (const removal of removals) if (removal.status === 'rejected') throw removal.reason
}
