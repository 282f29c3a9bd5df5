import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import type { Kind, Pod } from '../kubernetes/types'
import { Informer, keyOf } from '../reconciler/informer'

/** One informer per kind, and the pods by node, for all companions of one control plane. */
export class SharedInformers {
  readonly #client: Client
  readonly #clock: Clock
  readonly #informers = new Map<Kind, Informer<Kind>>()
  #podsByNode: Map<string, Map<string, Pod>> | undefined

  constructor(client: Client, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  /** The informer of a kind; it begins to watch at `start`. */
  informer<K extends Kind>(kind: K): Informer<K> {
    const present = this.#informers.get(kind)
    if (present !== undefined) return present as unknown as Informer<K>
    const informer = new Informer(this.#client, this.#clock, kind)
    this.#informers.set(kind, informer as unknown as Informer<Kind>)
    return informer
  }

  /** The pods bound to the node, by key; kept up to date from the first call of `indexPodsByNode` on. */
  podsOn(nodeName: string): Iterable<Pod> {
    return this.#podsByNode?.get(nodeName)?.values() ?? []
  }

  /** Begins to keep the index of `podsOn`. Call it before adding own handlers, so that they see it current. */
  indexPodsByNode(): void {
    if (this.#podsByNode !== undefined) return
    const index = new Map<string, Map<string, Pod>>()
    this.#podsByNode = index
    const store = (pod: Pod) => {
      const nodeName = pod.spec?.nodeName
      if (nodeName === undefined || nodeName === '') return
      const present = index.get(nodeName)
      if (present === undefined) index.set(nodeName, new Map([[keyOf(pod), pod]]))
      else present.set(keyOf(pod), pod)
    }
    this.informer('Pod').handle({
      added: store,
      updated: store,
      deleted(pod) {
        const nodeName = pod.spec?.nodeName ?? ''
        const present = index.get(nodeName)
        if (present?.delete(keyOf(pod)) && present.size === 0) index.delete(nodeName)
      },
    })
  }

  /** Starts every informer that was asked for; resolves when all have synced. */
  async start(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.start()))
  }

  stop(): void {
    for (const informer of this.#informers.values()) informer.stop()
  }
}
