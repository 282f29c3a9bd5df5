import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import type { Kind, Pod } from '../kubernetes/types'
import { Informer } from '../reconciler/informer'
import { keyOf } from '../reconciler/key-texts'

function nodeNameOf({ spec }: Pod): string {
  return spec?.nodeName ?? ''
}

/** One informer per kind, and the pods by node, for all companions of one control plane. */
export class SharedInformers {
  readonly #client: Client
  readonly #clock: Clock
  readonly #informers = new Map<Kind, Informer<Kind>>()
  /** By node, the keys of the pods that are bound there. */
  #podsByNode: Map<string, Set<string>> | undefined

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

  /** The pods bound to the node; kept up to date from the first call of `indexPodsByNode` on. */
  podsOn(nodeName: string): readonly Pod[] {
    const { objects } = this.informer('Pod')
    const pods: Pod[] = []
    for (const key of this.#podsByNode?.get(nodeName) ?? []) {
      const pod = objects.get(key)
      if (pod !== undefined) pods.push(pod)
    }
    return pods
  }

  /** Begins to keep the index of `podsOn`. Call it before adding own handlers, so that they see it current. */
  indexPodsByNode(): void {
    if (this.#podsByNode !== undefined) return
    const index = new Map<string, Set<string>>()
    this.#podsByNode = index
    const add = (pod: Pod) => {
      const nodeName = nodeNameOf(pod)
      if (nodeName === '') return
      const present = index.get(nodeName)
      if (present === undefined) index.set(nodeName, new Set([keyOf(pod)]))
      else present.add(keyOf(pod))
    }
    const remove = (pod: Pod) => {
      const present = index.get(nodeNameOf(pod))
      if (present?.delete(keyOf(pod)) && present.size === 0) index.delete(nodeNameOf(pod))
    }
    this.informer('Pod').handle({
      added: add,
      updated: (pod, previous) => {
        if (nodeNameOf(pod) === nodeNameOf(previous)) return
        remove(previous)
        add(pod)
      },
      deleted: (_, previous) => remove(previous),
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
