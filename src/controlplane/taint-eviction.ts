import type { Client } from '../kubernetes/client'
import { type Clock, type Timer, timestampOf } from '../kubernetes/clock'
import { isPodTerminal } from '../kubernetes/conditions'
import { StatusError } from '../kubernetes/status-error'
import { tolerates } from '../kubernetes/tolerations'
import type { Pod, Taint, Toleration } from '../kubernetes/types'
import { EventRecorder } from '../reconciler/event-recorder'
import type { SharedInformers } from './shared-informers'

/** How often one eviction is tried (NODE-17), and the pause in between. */
const eviction = { tries: 5, pauseMilliseconds: 10 } as const

/** When a pod has to leave a node because of its NoExecute taints. */
export type EvictionDecision =
  | { readonly kind: 'stay' }
  | { readonly kind: 'leave'; readonly afterSeconds: number }

/**
 * Whether the pod has to leave a node with these taints, and after how long.
 *
 * Every taint must be tolerated; of the tolerations that are used, the shortest `tolerationSeconds`
 * counts; one without a limit leaves the limits of the others in place.
 *
 * @see NODE-16
 */
export function evictionOf(
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[] | undefined,
): EvictionDecision {
  const noExecute = (taints ?? []).filter(({ effect }) => effect === 'NoExecute')
  if (noExecute.length === 0) return { kind: 'stay' }
  let shortest: number | undefined
  for (const taint of noExecute) {
    const used = (tolerations ?? []).filter((toleration) => tolerates(toleration, taint))
    if (used.length === 0) return { kind: 'leave', afterSeconds: 0 }
    for (const { tolerationSeconds } of used) {
      if (tolerationSeconds === undefined || tolerationSeconds === null) continue
      shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, Math.max(0, tolerationSeconds))
    }
  }
  return shortest === undefined ? { kind: 'stay' } : { kind: 'leave', afterSeconds: shortest }
}

interface Planned {
  readonly pod: Pod
  readonly isAtOnce: boolean
  readonly timer: Timer
}

/**
 * Deletes pods that do not tolerate the NoExecute taints of their node, now or when their time is over.
 *
 * @see NODE-16 to NODE-20
 */
export class TaintEviction {
  readonly #client: Client
  readonly #clock: Clock
  readonly #informers: SharedInformers
  readonly #recorder: EventRecorder
  /** By the pod's uid. */
  readonly #planned = new Map<string, Planned>()
  /** The NoExecute taints of the nodes that have any. */
  readonly #tainted = new Map<string, readonly Taint[]>()

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly informers: SharedInformers
  }) {
    const { client, clock, informers } = options
    this.#client = client
    this.#clock = clock
    this.#informers = informers
    this.#recorder = new EventRecorder({ client, clock, component: 'taint-eviction-controller' })
  }

  /** Begins to follow the taints that the informers show. */
  start(): void {
    this.#informers.indexPodsByNode()
    const observe = (node: { metadata: { name: string }; spec?: { taints?: readonly Taint[] } }) =>
      this.#observeNode(node.metadata.name, node.spec?.taints)
    this.#informers.informer('Node').handle({
      added: observe,
      updated: (node, previous) => {
        if (node.spec !== previous.spec) observe(node)
      },
      deleted: ({ metadata: { name } }) => this.#observeNode(name, undefined),
    })
    this.#informers.informer('Pod').handle({
      added: (pod) => this.#observePod(pod),
      updated: (pod, previous) => {
        if (pod.spec !== previous.spec || pod.status?.phase !== previous.status?.phase) {
          this.#observePod(pod)
        }
      },
      deleted: ({ metadata: { uid } }) => this.#drop(uid),
    })
  }

  stop(): void {
    for (const { timer } of this.#planned.values()) timer.cancel()
    this.#planned.clear()
  }

  #observeNode(name: string, taints: readonly Taint[] | undefined): void {
    const noExecute = (taints ?? []).filter(({ effect }) => effect === 'NoExecute')
    if (noExecute.length === 0) {
      if (!this.#tainted.delete(name)) return
    } else {
      this.#tainted.set(name, noExecute)
    }
    for (const pod of [...this.#informers.podsOn(name)]) this.#observePod(pod)
  }

  #observePod(pod: Pod): void {
    const { uid } = pod.metadata
    if (this.#tainted.size === 0 && this.#planned.size === 0) return
    const taints = this.#tainted.get(pod.spec.nodeName ?? '')
    const isLeaving = pod.metadata.deletionTimestamp !== undefined || isPodTerminal(pod)
    if (taints === undefined || isLeaving) {
      this.#cancel(uid)
      return
    }
    const decision = evictionOf(pod.spec.tolerations, taints)
    if (decision.kind === 'stay') {
      this.#cancel(uid)
      return
    }
    const present = this.#planned.get(uid)
    // Time runs from the first taint on: more taints, or other tolerations, give no new time.
    if (present !== undefined && (decision.afterSeconds > 0 || present.isAtOnce)) return
    present?.timer.cancel()
    const timer = this.#clock.after(decision.afterSeconds * 1000, () => {
      this.#planned.delete(uid)
      void this.#evict(pod)
    })
    this.#planned.set(uid, { pod, isAtOnce: decision.afterSeconds === 0, timer })
  }

  /** The reason for a planned deletion is gone (NODE-18). */
  #cancel(uid: string): void {
    const planned = this.#planned.get(uid)
    if (planned === undefined) return
    this.#drop(uid)
    const { name, namespace, deletionTimestamp } = planned.pod.metadata
    if (deletionTimestamp !== undefined) return
    const message = `Cancelling deletion of Pod ${namespace}/${name}`
    this.#recorder.event(planned.pod, 'Normal', 'TaintManagerEviction', message)
  }

  #drop(uid: string): void {
    this.#planned.get(uid)?.timer.cancel()
    this.#planned.delete(uid)
  }

  async #evict(pod: Pod): Promise<void> {
    const { name, namespace, uid } = pod.metadata
    const message = `Marking for deletion Pod ${namespace}/${name}`
    this.#recorder.event(pod, 'Normal', 'TaintManagerEviction', message)
    for (let tries = 0; tries < eviction.tries; tries++) {
      try {
        await this.#mark(pod)
        await this.#client.delete('Pod', { name, namespace }, { preconditions: { uid } })
        return
      } catch (error) {
        if (StatusError.is(error, 'NotFound')) return
        const pause = eviction.pauseMilliseconds
        await new Promise<void>((resolve) => this.#clock.after(pause, resolve))
      }
    }
  }

  async #mark({ metadata: { name, namespace, uid } }: Pod): Promise<void> {
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: timestampOf(this.#clock.now()),
    }
    const body = { metadata: { uid }, status: { conditions: [condition] } }
    const patch = { type: 'strategic', body } as const
    await this.#client.patch('Pod', { name, namespace }, patch, { subresource: 'status' })
  }
}
