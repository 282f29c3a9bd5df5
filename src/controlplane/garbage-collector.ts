import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import { type Resource, resources } from '../kubernetes/resources'
import { StatusError } from '../kubernetes/status-error'
import type { Kind, KubernetesObject, OwnerReference } from '../kubernetes/types'
import { EventRecorder } from '../reconciler/event-recorder'
import { WorkQueue } from '../reconciler/work-queue'
import {
  blocks,
  classify,
  foregroundFinalizer,
  isWaitingForDependents,
  type OwnerState,
  orphanFinalizer,
  ownerStateOf,
  planFor,
  resourceOfOwner,
} from './garbage-collection'
import { OwnerGraph } from './owner-graph'
import type { SharedInformers } from './shared-informers'

/** Objects that are worked on at the same time (GC-16). */
const workers = 20

/** Owners known to be absent that are remembered, so that they are asked for once (GC-04). */
const rememberedAbsences = 500

/** Kinds that are never collected (GC-01). */
const ignoredKinds: readonly Kind[] = ['Event']

/** How an owner is looked up from a dependent. */
type Lookup = OwnerState | 'unknown-kind'

/**
 * Deletes objects whose owners are gone, and finishes foreground and orphaning deletions.
 *
 * @see GC-01 to GC-18
 */
export class GarbageCollector {
  readonly #client: Client
  readonly #informers: SharedInformers
  readonly #recorder: EventRecorder
  readonly #graph = new OwnerGraph()
  /** Keyed by uid: dependents whose owners are to be examined. */
  readonly #dependents: WorkQueue
  /** Keyed by uid: owners that are being deleted with one of the collector's finalizers. */
  readonly #owners: WorkQueue
  readonly #absent = new Set<string>()

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly informers: SharedInformers
  }) {
    const { client, clock, informers } = options
    this.#client = client
    this.#informers = informers
    this.#recorder = new EventRecorder({ client, clock, component: 'garbage-collector-controller' })
    this.#dependents = new WorkQueue({ clock, workers, work: (uid) => this.#examine(uid) })
    this.#owners = new WorkQueue({ clock, workers, work: (uid) => this.#finish(uid) })
  }

  /** Begins to follow all objects that can be collected or own others. */
  start(): void {
    for (const kind of Object.keys(resources) as Kind[]) {
      if (ignoredKinds.includes(kind)) continue
      this.#informers.informer(kind).handle({
        added: (object) => this.#observe(object, undefined),
        updated: (object, previous) => this.#observe(object, previous),
        deleted: (object) => this.#forget(object),
      })
    }
  }

  stop(): void {
    this.#dependents.stop()
    this.#owners.stop()
  }

  #observe(object: KubernetesObject, previous: KubernetesObject | undefined): void {
    const { uid, ownerReferences, deletionTimestamp, finalizers } = object.metadata
    this.#graph.set(object)
    if (ownerReferences !== undefined && ownerReferences !== previous?.metadata.ownerReferences) {
      // With all owners at hand and alive, there is nothing to examine.
      const isSolid = ownerReferences.every((owner) => this.#isKnownSolid(object, owner))
      if (!isSolid) this.#dependents.add(uid)
    }
    const isOwn = finalizers?.some(
      (name) => name === foregroundFinalizer || name === orphanFinalizer,
    )
    if (deletionTimestamp !== undefined && isOwn === true) this.#owners.add(uid)
  }

  #isKnownSolid(dependent: KubernetesObject, owner: OwnerReference): boolean {
    const known = this.#graph.get(owner.uid)
    return (
      known !== undefined &&
      known.kind === owner.kind &&
      known.metadata.name === owner.name &&
      (known.metadata.namespace ?? dependent.metadata.namespace) === dependent.metadata.namespace &&
      !isWaitingForDependents(known)
    )
  }

  #forget(object: KubernetesObject): void {
    const { uid, ownerReferences } = object.metadata
    this.#graph.remove(object)
    for (const dependent of this.#graph.dependentsOf(uid))
      this.#dependents.add(dependent.metadata.uid)
    for (const owner of ownerReferences ?? []) {
      const known = this.#graph.get(owner.uid)
      if (known !== undefined && isWaitingForDependents(known)) this.#owners.add(owner.uid)
    }
  }

  /** Decides about one dependent (GC-03 to GC-07). */
  async #examine(uid: string): Promise<void> {
    const dependent = this.#graph.get(uid)
    const owners = dependent?.metadata.ownerReferences ?? []
    if (dependent === undefined || owners.length === 0) return
    const { deletionTimestamp } = dependent.metadata
    if (deletionTimestamp !== undefined && !isWaitingForDependents(dependent)) return
    const states = new Map<OwnerReference, OwnerState>()
    for (const owner of owners) {
      const state = await this.#lookUp(dependent, owner)
      if (state === 'unknown-kind') {
        throw new Error(`${owner.apiVersion} ${owner.kind} is not a kind of this cluster`)
      }
      states.set(owner, state)
    }
    const classified = classify(owners, (owner) => states.get(owner) ?? 'solid')
    const plan = planFor(dependent, classified, this.#graph.hasDependents(uid))
    switch (plan.kind) {
      case 'keep':
        return
      case 'release':
        await this.#release(dependent, new Set(plan.from.map((owner) => owner.uid)))
        return
      case 'delete':
        if (plan.unblocks) await this.#unblockDependents(uid)
        await this.#delete(dependent, plan.propagationPolicy)
    }
  }

  async #lookUp(dependent: KubernetesObject, owner: OwnerReference): Promise<Lookup> {
    const resource = resourceOfOwner(owner)
    if (resource === undefined) return 'unknown-kind'
    const { namespace } = dependent.metadata
    const known = this.#graph.get(owner.uid)
    if (resource.namespaced && namespace === undefined) {
      this.#recordForeignOwner(dependent, owner, '')
      return 'solid' // A cluster-scoped object of a namespaced owner is never collected (GC-14).
    }
    if (known !== undefined && resource.namespaced && known.metadata.namespace !== namespace) {
      this.#recordForeignOwner(dependent, owner, namespace ?? '')
      return 'absent'
    }
    // Under another kind or name the uid proves nothing: the owner is asked for as it is named.
    if (known?.kind === owner.kind && known.metadata.name === owner.name) {
      return ownerStateOf(known, owner.uid)
    }
    const key = `${namespace ?? ''}/${owner.kind}/${owner.name}/${owner.uid}`
    if (this.#absent.has(key)) return 'absent'
    const state = ownerStateOf(await this.#live(resource, owner.name, namespace), owner.uid)
    if (state === 'absent') this.#rememberAbsence(key)
    return state
  }

  async #live(resource: Resource, name: string, namespace: string | undefined) {
    const isNamespaced = resource.namespaced && namespace !== undefined
    try {
      return await this.#client.get(resource.kind, isNamespaced ? { name, namespace } : { name })
    } catch (error) {
      if (StatusError.is(error, 'NotFound')) return undefined
      throw error
    }
  }

  #rememberAbsence(key: string): void {
    this.#absent.add(key)
    const [oldest] = this.#absent
    if (this.#absent.size > rememberedAbsences && oldest !== undefined) this.#absent.delete(oldest)
  }

  #recordForeignOwner(dependent: KubernetesObject, owner: OwnerReference, namespace: string): void {
    const { apiVersion, kind, name, uid } = owner
    const which = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`
    const message = `ownerRef ${which} does not exist in namespace "${namespace}"`
    this.#recorder.event(dependent, 'Warning', 'OwnerRefInvalidNamespace', message)
  }

  /** Carries on with an owner that is being deleted in the foreground, or orphaning (GC-09, GC-11). */
  async #finish(uid: string): Promise<void> {
    const owner = this.#graph.get(uid)
    if (owner?.metadata.deletionTimestamp === undefined) return
    const { finalizers = [] } = owner.metadata
    const dependents = this.#graph.dependentsOf(uid)
    if (finalizers.includes(orphanFinalizer)) {
      const owners = new Set([uid])
      await Promise.all(dependents.map((dependent) => this.#release(dependent, owners)))
      await this.#removeFinalizer(owner, orphanFinalizer)
    } else if (finalizers.includes(foregroundFinalizer)) {
      if (!dependents.some((dependent) => blocks(dependent, uid))) {
        await this.#removeFinalizer(owner, foregroundFinalizer)
        return
      }
      for (const dependent of dependents) this.#dependents.add(dependent.metadata.uid)
    }
  }

  async #release(dependent: KubernetesObject, owners: ReadonlySet<string>): Promise<void> {
    const { uid } = dependent.metadata
    const ownerReferences = [...owners].map((owner) => ({ $patch: 'delete', uid: owner }))
    await this.#patch(dependent, { metadata: { uid, ownerReferences } })
  }

  /** Lets a circle of owners that block one another go (GC-07). */
  async #unblockDependents(uid: string): Promise<void> {
    for (const dependent of this.#graph.dependentsOf(uid)) {
      if (!blocks(dependent, uid)) continue
      const { uid: own } = dependent.metadata
      const ownerReferences = [{ uid, blockOwnerDeletion: false }]
      await this.#patch(dependent, { metadata: { uid: own, ownerReferences } })
    }
  }

  async #removeFinalizer(owner: KubernetesObject, name: string): Promise<void> {
    const { uid, resourceVersion, finalizers = [] } = owner.metadata
    const kept = finalizers.filter((finalizer) => finalizer !== name)
    // The whole list, tied to the version it was read in: nobody's new finalizer gets lost.
    const body = { metadata: { uid, resourceVersion, finalizers: kept.length > 0 ? kept : null } }
    await this.#ignoringAbsence(
      this.#client.patch(owner.kind, keyOf(owner), { type: 'merge', body }),
    )
  }

  async #patch(object: KubernetesObject, body: object): Promise<void> {
    const patch = { type: 'strategic', body } as const
    await this.#ignoringAbsence(this.#client.patch(object.kind, keyOf(object), patch))
  }

  async #delete(
    dependent: KubernetesObject,
    propagationPolicy: 'Background' | 'Foreground' | 'Orphan',
  ): Promise<void> {
    const { uid, resourceVersion } = dependent.metadata
    const options = { propagationPolicy, preconditions: { uid, resourceVersion } }
    try {
      await this.#client.delete(dependent.kind, keyOf(dependent), options)
    } catch (error) {
      if (StatusError.is(error, 'NotFound')) return
      // Decided on an old version: the newer one is examined when it has arrived.
      if (!StatusError.is(error, 'Conflict')) throw error
      if (this.#graph.get(uid) !== undefined) throw error
    }
  }

  async #ignoringAbsence(request: Promise<unknown>): Promise<void> {
    try {
      await request
    } catch (error) {
      if (!StatusError.is(error, 'NotFound')) throw error
    }
  }
}

function keyOf({ metadata: { name, namespace } }: KubernetesObject) {
  return namespace === undefined ? { name } : { name, namespace }
}
