import type { Client, ListOptions } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import type { Kind, Kinds } from '../kubernetes/types'
import { Informer } from '../reconciler/informer'

/**
 * Watches the objects of a kind until they meet the condition.
 *
 * Resolves to what was there last, and whether that was in time.
 */
export async function watchUntil<K extends Kind>(options: {
  readonly client: Client
  readonly clock: Clock
  readonly kind: K
  readonly selection?: ListOptions
  readonly isMet: (objects: readonly Kinds[K][]) => boolean
  readonly limitMilliseconds: number
}): Promise<{ readonly isMet: boolean; readonly objects: readonly Kinds[K][] }> {
  const { client, clock, kind, selection = {}, isMet, limitMilliseconds } = options
  const informer = new Informer(client, clock, kind, selection)
  const objects = () => [...informer.objects.values()]
  try {
    return await new Promise((resolve) => {
      const timer = clock.after(limitMilliseconds, () => {
        resolve({ isMet: false, objects: objects() })
      })
      const check = () => {
        if (!informer.synced || !isMet(objects())) return
        timer.cancel()
        resolve({ isMet: true, objects: objects() })
      }
      informer.handle({ added: check, updated: check, deleted: check })
      void informer.start().then(check)
    })
  } finally {
    informer.stop()
  }
}
