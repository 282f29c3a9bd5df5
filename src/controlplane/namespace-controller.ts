import { semanticallyEqual } from '../kubernetes/canonical-json'
import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import { resources } from '../kubernetes/resources'
import { StatusError } from '../kubernetes/status-error'
import type { Kind, KubernetesObject, Namespace } from '../kubernetes/types'
import { WorkQueue } from '../reconciler/work-queue'
import { deletionConditionsOf, estimateOf, type Remaining } from './namespace-content'
import type { SharedInformers } from './shared-informers'

/** Time for other controllers to see the deletion before the work begins (GC-19). */
const delayMilliseconds = 5_000

/** Namespaces that are emptied at the same time. */
const workers = 10

const finalizer = 'kubernetes'

/** Pods go first, and must be gone before the rest is touched (GC-20). */
const otherKinds = Object.values(resources)
  .filter(({ namespaced, kind }) => namespaced && kind !== 'Pod')
  .map(({ kind }) => kind)

/**
 * Empties namespaces that are being deleted, and then lets them go.
 *
 * @see GC-19 to GC-26
 */
export class NamespaceController {
  readonly #client: Client
  readonly #clock: Clock
  readonly #informers: SharedInformers
  readonly #queue: WorkQueue
  /** Namespaces whose deletion has been seen, by uid. */
  readonly #seen = new Set<string>()

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly informers: SharedInformers
  }) {
    this.#client = options.client
    this.#clock = options.clock
    this.#informers = options.informers
    const work = (name: string) => this.#empty(name)
    this.#queue = new WorkQueue({ clock: options.clock, workers, work })
  }

  start(): void {
    const observe = ({ metadata: { name, uid, deletionTimestamp } }: Namespace) => {
      if (deletionTimestamp === undefined || this.#seen.has(uid)) return
      this.#seen.add(uid)
      this.#queue.addAfter(name, delayMilliseconds)
    }
    this.#informers.informer('Namespace').handle({
      added: observe,
      updated: observe,
      deleted: ({ metadata: { uid } }) => this.#seen.delete(uid),
    })
  }

  stop(): void {
    this.#queue.stop()
  }

  async #empty(name: string): Promise<void> {
    const namespace = await this.#live(name)
    if (namespace?.metadata.deletionTimestamp === undefined) return
    if (!(namespace.spec?.finalizers ?? []).includes(finalizer)) return
    const remaining = await this.#deleteContent(name)
    const isEmpty = [...remaining.values()].every((objects) => objects.length === 0)
    const current = await this.#tell(namespace, remaining)
    if (isEmpty) {
      await this.#finalize(current)
      return
    }
    // Half of the time that is left, so that a namespace does not outlive its content for long (GC-22).
    const seconds = Math.floor(estimateOf(remaining) / 2) + 1
    this.#queue.addAfter(name, seconds * 1000)
  }

  async #live(name: string): Promise<Namespace | undefined> {
    try {
      return await this.#client.get('Namespace', { name })
    } catch (error) {
      if (StatusError.is(error, 'NotFound')) return undefined
      throw error
    }
  }

  async #deleteContent(namespace: string): Promise<Remaining> {
    const remaining = new Map<string, readonly KubernetesObject[]>()
    const pods = await this.#deleteAll('Pod', namespace)
    remaining.set('pods.', pods)
    if (pods.length > 0) return remaining
    for (const kind of otherKinds) {
      const { plural, group } = resources[kind]
      remaining.set(`${plural}.${group}`, await this.#deleteAll(kind, namespace))
    }
    return remaining
  }

  /** Deletes everything of a kind and says what is left (GC-21). */
  async #deleteAll(kind: Kind, namespace: string): Promise<readonly KubernetesObject[]> {
    const { items } = await this.#client.list(kind, { namespace })
    if (items.length === 0) return items
    await this.#client.deleteCollection(kind, { namespace, propagationPolicy: 'Background' })
    return (await this.#client.list(kind, { namespace })).items
  }

  /** Writes what is left into the status of the namespace (GC-23, GC-24). */
  async #tell(namespace: Namespace, remaining: Remaining): Promise<Namespace> {
    const conditions = deletionConditionsOf(namespace, remaining, this.#clock.now())
    if (semanticallyEqual(conditions, namespace.status?.conditions)) return namespace
    const status = { ...namespace.status, conditions }
    return await this.#client.update(
      'Namespace',
      { ...namespace, status },
      { subresource: 'status' },
    )
  }

  /** Gives up the hold on the namespace; with that it is gone (GC-25). */
  async #finalize(namespace: Namespace): Promise<void> {
    const finalizers = (namespace.spec?.finalizers ?? []).filter((name) => name !== finalizer)
    const draft = { ...namespace, spec: { ...namespace.spec, finalizers } }
    try {
      await this.#client.update('Namespace', draft, { subresource: 'finalize' })
    } catch (error) {
      if (!StatusError.is(error, 'NotFound')) throw error
    }
  }
}
