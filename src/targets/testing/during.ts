import type { InProcessCluster } from '../../controlplane/in-process-cluster'

/** How far the clock moves at once, in milliseconds. */
const stepMilliseconds = 50

/** Steps after which work that does not end counts as hanging. */
const stepLimit = 20_000

/** Lets virtual time pass until the work, which waits for it, is done. */
export async function during<T>(cluster: InProcessCluster, work: PromiseLike<T>): Promise<T> {
  let isDone = false
  const settled = Promise.resolve(work).finally(() => {
    isDone = true
  })
  // Awaited below; until then a rejection must not count as unhandled.
  settled.catch(() => {})
  for (let step = 0; step < stepLimit; step++) {
    await cluster.drain()
    if (isDone) return await settled
    await cluster.advance(stepMilliseconds)
  }
  throw new Error('the work does not end')
}
