import type { Client } from '../kubernetes/client'
import type { Clock, Timer } from '../kubernetes/clock'
import type { Random } from '../kubernetes/random'
import type { ControllerRevision, DaemonSet, Kind, Node } from '../kubernetes/types'
import { FailedPodBackOff } from './back-off'
import type { Caches, ControllerContext } from './controller-context'
import { EventRecorder } from './event-recorder'
import { Expectations } from './expectations'
import { defaultFeatureGates, type FeatureGates } from './feature-gates'
import { Informer } from './informer'
import { keyOf } from './key-texts'
import { NamespaceIndex } from './namespace-index'
import { isConcernedByNode, shouldIgnoreNodeUpdate } from './node-updates'
import { PlacementCache } from './placement-cache'
import { podHandlers } from './pod-handlers'
import { PodIndex } from './pod-index'
import { revisionHandlers } from './revision-handlers'
import { StaleCacheError, syncDaemonSet } from './sync'
import { WorkQueue } from './work-queue'
import { WrittenVersions } from './written-versions'

/** Syncs that run at once, and as many for nodes (QUEUE-29). */
const defaultWorkers = 2

/** Every DaemonSet is synced at least this often, at a moment chosen by chance in [this, twice this). */
const resyncMilliseconds = 12 * 3_600_000

/** What a DaemonSet controller needs. */
export interface DaemonSetControllerOptions {
  readonly client: Client
  readonly clock: Clock
  /** Concurrent syncs; at least 1. */
  readonly workers?: number
  /** Differences from `defaultFeatureGates`. */
  readonly featureGates?: Partial<FeatureGates>
  /** Default: one with the component `daemonset-controller`. */
  readonly recorder?: EventRecorder
  /** Spreads the periodic resync of DaemonSets; without it, that is every 12 hours. */
  readonly random?: Random
  /** Caches to use instead of own ones; they are started, but never stopped. */
  readonly informers?: { informer<K extends Kind>(kind: K): Informer<K> }
  /** Told of each failed sync; it is retried anyway. */
  readonly failed?: (key: string, error: unknown) => void
}

/**
 * The DaemonSet controller: runs a copy of a pod on every node that should have one.
 *
 * Level-based: events only tell which DaemonSets to look at, never what to do. It knows the cluster through
 * its `Client` alone, be that the in-process API server or a real one.
 */
export class DaemonSetController {
  /** Syncs refused because the caches were behind the controller's own writes (GATES-04). */
  staleSyncSkips = 0
  readonly #context: ControllerContext
  readonly #ownCaches: Caches | undefined
  readonly #failed: (key: string, error: unknown) => void
  readonly #random: Random | undefined
  #resyncTimer: Timer | undefined
  #isStopped = false
  /** DaemonSets by `namespace/name`. */
  readonly #queue: WorkQueue
  /** Nodes by name. */
  readonly #nodeQueue: WorkQueue

  constructor(options: DaemonSetControllerOptions) {
    const { client, clock, informers, workers = defaultWorkers } = options
    if (workers < 1) throw new RangeError(`a DaemonSet controller needs a worker, not ${workers}`)
    this.#failed = options.failed ?? (() => {})
    this.#random = options.random
    this.#queue = new WorkQueue({
      clock,
      workers,
      paused: true,
      work: (key) => this.#sync(key),
      failed: this.#failed,
    })
    this.#nodeQueue = new WorkQueue({
      clock,
      workers,
      paused: true,
      work: async (name) => this.#syncNode(name),
      failed: this.#failed,
    })
    const informerOf = <K extends Kind>(kind: K) =>
      informers?.informer(kind) ?? new Informer(client, clock, kind)
    const caches: Caches = {
      daemonSets: informerOf('DaemonSet'),
      nodes: informerOf('Node'),
      pods: informerOf('Pod'),
      revisions: informerOf('ControllerRevision'),
    }
    this.#ownCaches = informers === undefined ? caches : undefined
    const component = 'daemonset-controller'
    const featureGates = { ...defaultFeatureGates, ...options.featureGates }
    const comparing = featureGates.TaintTolerationComparisonOperators
    this.#context = {
      client,
      clock,
      recorder: options.recorder ?? new EventRecorder({ client, clock, component }),
      caches,
      daemonSetsByNamespace: new NamespaceIndex<DaemonSet>(),
      revisionsByNamespace: new NamespaceIndex<ControllerRevision>(),
      podIndex: new PodIndex(),
      placements: new PlacementCache(caches.nodes.objects, { comparing }),
      expectations: new Expectations(),
      failedPodBackOff: new FailedPodBackOff(),
      writtenVersions: new WrittenVersions(),
      featureGates,
      requeue: (key, afterMilliseconds = 0) => this.#queue.addAfter(key, afterMilliseconds),
    }
    this.#index()
    this.#listen()
  }

  /** Begins to work; resolves when the caches have synced, before which nothing is decided (QUEUE-28). */
  async start(): Promise<void> {
    const { daemonSets, nodes, pods, revisions } = this.#context.caches
    await Promise.all([daemonSets.start(), nodes.start(), pods.start(), revisions.start()])
    if (this.#isStopped) return
    this.#queue.start()
    this.#nodeQueue.start()
    this.#resyncLater()
  }

  /** Begins no more work. What has begun ends by itself (see `whenStopped`). */
  stop(): void {
    this.#isStopped = true
    this.#queue.stop()
    this.#nodeQueue.stop()
    this.#resyncTimer?.cancel()
    for (const informer of Object.values(this.#ownCaches ?? {})) informer.stop()
  }

  /** Resolves when nothing of a stopped controller runs any more (QUEUE-31). */
  async whenStopped(): Promise<void> {
    await Promise.all([this.#queue.whenStopped(), this.#nodeQueue.whenStopped()])
  }

  /** A safety net against whatever went unnoticed (QUEUE-26). */
  #resyncLater(): void {
    const after = resyncMilliseconds * (1 + (this.#random?.next() ?? 0))
    this.#resyncTimer = this.#context.clock.after(after, () => {
      for (const key of this.#context.caches.daemonSets.objects.keys()) this.#queue.add(key)
      this.#resyncLater()
    })
  }

  async #sync(key: string): Promise<void> {
    try {
      await syncDaemonSet(key, this.#context)
    } catch (error) {
      if (error instanceof StaleCacheError) this.staleSyncSkips++
      throw error
    }
  }

  /** Queues the DaemonSets to which a node that came or changed makes a difference. */
  #syncNode(name: string): void {
    const { caches, placements, podIndex } = this.#context
    const node = caches.nodes.get(name)
    if (node === undefined) return
    for (const [key, daemonSet] of caches.daemonSets.objects) {
      const placement = placements.placerOf(daemonSet)(node)
      const hasBoundPod = podIndex.isBound(name, key)
      if (isConcernedByNode(daemonSet, { placement, hasBoundPod })) this.#queue.add(key)
    }
  }

  /** Follows the caches with the indexes, before anybody is told of a change. */
  #index(): void {
    const { caches, daemonSetsByNamespace, revisionsByNamespace, placements, podIndex } =
      this.#context
    daemonSetsByNamespace.follow(caches.daemonSets)
    revisionsByNamespace.follow(caches.revisions)
    const nodesChanged = () => placements.nodesChanged()
    caches.nodes.handle({ added: nodesChanged, updated: nodesChanged, deleted: nodesChanged })
    caches.pods.handle({
      added: (pod) => podIndex.set(pod, undefined),
      updated: (pod, previous) => podIndex.set(pod, previous),
      deleted: (_, previous) => podIndex.delete(previous),
    })
  }

  #listen(): void {
    const { caches } = this.#context
    caches.daemonSets.handle({
      added: (daemonSet) => this.#queue.add(keyOf(daemonSet)),
      updated: (daemonSet, previous) => {
        // A namesake: seen as an update when both writes fell between two lists (DELETE-09).
        if (daemonSet.metadata.uid !== previous.metadata.uid) this.#daemonSetDeleted(previous)
        this.#queue.add(keyOf(daemonSet))
      },
      deleted: (_, previous) => this.#daemonSetDeleted(previous),
    })
    caches.nodes.handle({
      added: ({ metadata: { name } }: Node) => this.#nodeQueue.add(name),
      updated: (node, previous) => {
        if (!shouldIgnoreNodeUpdate(node, previous)) this.#nodeQueue.add(node.metadata.name)
      },
      // QUEUE-18: a node that goes queues nothing.
    })
    caches.pods.handle(podHandlers(this.#context))
    caches.revisions.handle(revisionHandlers(this.#context))
  }

  /** A later namesake must not be held up by what was expected of this one (DELETE-08). */
  #daemonSetDeleted(daemonSet: DaemonSet): void {
    const { expectations, writtenVersions, placements } = this.#context
    const key = keyOf(daemonSet)
    expectations.forget(key)
    writtenVersions.forget(key)
    placements.forget(daemonSet)
    this.#queue.add(key)
  }
}
