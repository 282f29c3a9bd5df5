import type { Client } from '../kubernetes/client'
import { type Clock, type Timer, timestampOf } from '../kubernetes/clock'
import { isNodeReady, isPodTerminal } from '../kubernetes/conditions'
import { StatusError } from '../kubernetes/status-error'
import type { Pod } from '../kubernetes/types'
import { keyOf } from '../reconciler/key-texts'
import type { SharedInformers } from './shared-informers'

/** How often the pods are looked through, and how long a missing node is waited for (NODE-22). */
const times = { periodMilliseconds: 20_000, quarantineMilliseconds: 40_000 } as const

/** This many finished pods are kept (NODE-25). */
const terminatedPodsKept = 12_500

const outOfServiceKey = 'node.kubernetes.io/out-of-service'

const unfinishedPhases = ['Pending', 'Running', 'Unknown']

/** The finished pods that are too many: evicted ones first, then the oldest (NODE-25). */
export function surplusOf(pods: Iterable<Pod>, kept = terminatedPodsKept): readonly Pod[] {
  const finished = [...pods].filter(
    ({ status, metadata }) =>
      metadata.deletionTimestamp === undefined &&
      !unfinishedPhases.includes(status?.phase ?? 'Pending'),
  )
  if (finished.length <= kept) return []
  return finished.sort(byExpendability).slice(0, finished.length - kept)
}

/**
 * Removes pods that nobody else would: of nodes that are gone, terminating without a node or on a node
 * out of service, and finished ones in great number.
 *
 * @see NODE-22 to NODE-26
 */
export class PodGarbageCollector {
  readonly #client: Client
  readonly #clock: Clock
  readonly #informers: SharedInformers
  /** Until when each missing node is waited for. */
  readonly #quarantine = new Map<string, number>()
  #timer: Timer | undefined

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly informers: SharedInformers
  }) {
    this.#client = options.client
    this.#clock = options.clock
    this.#informers = options.informers
  }

  start(): void {
    this.#informers.informer('Pod')
    this.#informers.informer('Node')
    this.#timer = this.#clock.after(times.periodMilliseconds, () => this.#collect())
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #collect(): void {
    this.#timer = this.#clock.after(times.periodMilliseconds, () => this.#collect())
    const pods = this.#informers.informer('Pod').objects
    for (const pod of surplusOf(pods.values())) void this.#delete(pod)
    const orphans = new Map<string, Pod[]>()
    for (const pod of pods.values()) {
      const { nodeName = '' } = pod.spec
      const isOrphan =
        nodeName !== '' && this.#informers.informer('Node').get(nodeName) === undefined
      if (isOrphan) orphans.set(nodeName, [...(orphans.get(nodeName) ?? []), pod])
      else if (pod.metadata.deletionTimestamp !== undefined) this.#collectTerminating(pod)
    }
    this.#collectOrphans(orphans)
  }

  #collectTerminating(pod: Pod): void {
    const { nodeName = '' } = pod.spec
    if (nodeName === '') void this.#fail(pod)
    else if (this.#isOutOfService(nodeName)) void this.#fail(pod, 'PodGC: node is out of service')
  }

  #collectOrphans(orphans: ReadonlyMap<string, readonly Pod[]>): void {
    const now = this.#clock.now()
    for (const name of this.#quarantine.keys()) {
      if (!orphans.has(name)) this.#quarantine.delete(name)
    }
    for (const [nodeName, pods] of orphans) {
      const until = this.#quarantine.get(nodeName)
      if (until === undefined) {
        this.#quarantine.set(nodeName, now + times.quarantineMilliseconds)
      } else if (until <= now) void this.#collectOf(nodeName, pods)
    }
  }

  /** The cache may be late: the node is asked for before its pods go. */
  async #collectOf(nodeName: string, pods: readonly Pod[]): Promise<void> {
    try {
      await this.#client.get('Node', { name: nodeName })
      this.#quarantine.delete(nodeName)
    } catch (error) {
      if (!StatusError.is(error, 'NotFound')) return
      for (const pod of pods) void this.#fail(pod, 'PodGC: node no longer exists')
    }
  }

  #isOutOfService(nodeName: string): boolean {
    const node = this.#informers.informer('Node').get(nodeName)
    if (node === undefined || isNodeReady(node)) return false
    return (node.spec?.taints ?? []).some(({ key }) => key === outOfServiceKey)
  }

  /** Says that the pod is lost, and why where it was disrupted, then removes it (NODE-23, NODE-24). */
  async #fail(pod: Pod, message?: string): Promise<void> {
    const { name, namespace, uid } = pod.metadata
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByPodGC',
      message,
      lastTransitionTime: timestampOf(this.#clock.now()),
    }
    if (!isPodTerminal(pod)) {
      const conditions = message === undefined ? {} : { conditions: [condition] }
      const body = { metadata: { uid }, status: { phase: 'Failed', ...conditions } }
      try {
        const patch = { type: 'strategic', body } as const
        await this.#client.patch('Pod', { name, namespace }, patch, { subresource: 'status' })
      } catch {
        return // Gone meanwhile, or another pod of that name.
      }
    }
    await this.#delete(pod)
  }

  async #delete({ metadata: { name, namespace, uid } }: Pod): Promise<void> {
    const options = { gracePeriodSeconds: 0, preconditions: { uid } }
    try {
      await this.#client.delete('Pod', { name, namespace }, options)
    } catch {
      // The next turn tries again what is still there.
    }
  }
}

function byExpendability(a: Pod, b: Pod): number {
  const evicted = (pod: Pod) => (pod.status?.reason === 'Evicted' ? 0 : 1)
  const difference = evicted(a) - evicted(b)
  if (difference !== 0) return difference
  const ages = [a, b].map(({ metadata }) => metadata.creationTimestamp)
  if (ages[0] !== ages[1]) return (ages[0] ?? '') < (ages[1] ?? '') ? -1 : 1
  return keyOf(a) < keyOf(b) ? -1 : 1
}
