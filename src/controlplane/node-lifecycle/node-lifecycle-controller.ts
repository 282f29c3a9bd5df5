import type { Client } from '../../kubernetes/client'
import { type Clock, type Timer, timestampOf } from '../../kubernetes/clock'
import { conditionOf, isPodReady } from '../../kubernetes/conditions'
import { StatusError } from '../../kubernetes/status-error'
import type { Lease, Node, Pod, Taint } from '../../kubernetes/types'
import { EventRecorder } from '../../reconciler/event-recorder'
import { WorkQueue } from '../../reconciler/work-queue'
import type { SharedInformers } from '../shared-informers'
import {
  conditionTaintsOf,
  hasNoExecute,
  noExecuteKeyOf,
  notReadyKey,
  readinessTaintsOf,
  unreachableKey,
} from './condition-taints'
import { healthOf, isHeard, lostConditionsOf, type NodeHealth } from './node-health'
import { systemLabelsToWrite } from './system-labels'
import { TaintQueue } from './taint-queue'
import { taintRateOf, zoneCountsOf, zoneOf, zoneStateOf } from './zones'

/** How often every node is looked at (NODE-01). */
const monitorMilliseconds = 5_000

/** Nodes whose taints are written at the same time. */
const taintWorkers = 8

/** How often the taints for one change of readiness are tried, when others write the node as well. */
const taintTries = 5

const leaseNamespace = 'kube-node-lease'

/** What the controller knows of one node. */
interface Watched {
  readonly uid: string
  /** As they were at the last look. */
  node: Node | undefined
  lease: Lease | undefined
  health: NodeHealth
  /** The status of Ready at the last look. */
  ready: string | undefined
}

/**
 * Notices when nodes fall silent, turns conditions into taints, and marks the pods of lost nodes not ready.
 *
 * @see NODE-01 to NODE-14
 */
export class NodeLifecycleController {
  readonly #client: Client
  readonly #clock: Clock
  readonly #informers: SharedInformers
  readonly #recorder: EventRecorder
  readonly #watched = new Map<string, Watched>()
  readonly #taintQueues = new Map<string, TaintQueue>()
  readonly #noSchedule: WorkQueue
  #areAllDisrupted = false
  /** Whether any node has changed since the zones were last counted. */
  #isChanged = false
  #timer: Timer | undefined

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly informers: SharedInformers
  }) {
    this.#client = options.client
    this.#clock = options.clock
    this.#informers = options.informers
    const { client, clock } = options
    this.#recorder = new EventRecorder({ client, clock, component: 'node-controller' })
    this.#noSchedule = new WorkQueue({
      clock,
      workers: taintWorkers,
      work: (name) => this.#taintByConditions(name),
    })
  }

  /** Begins to watch over the nodes that the informers show. */
  start(): void {
    this.#informers.indexPodsByNode()
    this.#informers.informer('Lease')
    this.#informers.informer('Node').handle({
      added: (node) => this.#noSchedule.add(node.metadata.name),
      updated: (node, previous) => {
        if (concernsTaints(node, previous)) this.#noSchedule.add(node.metadata.name)
      },
    })
    this.#timer = this.#clock.after(monitorMilliseconds, () => this.#monitor())
  }

  stop(): void {
    this.#timer?.cancel()
    this.#noSchedule.stop()
    for (const queue of this.#taintQueues.values()) queue.stop()
  }

  #monitor(): void {
    const nodes = this.#informers.informer('Node').objects
    for (const node of nodes.values()) this.#look(node)
    for (const [name, { uid }] of this.#watched) {
      if (nodes.get(name)?.metadata.uid !== uid) this.#unregister(name, uid)
    }
    if (this.#isChanged) this.#handleDisruption([...nodes.values()])
    this.#isChanged = false
    this.#timer = this.#clock.after(monitorMilliseconds, () => this.#monitor())
  }

  #look(node: Node): void {
    const { name, uid } = node.metadata
    const now = this.#clock.now()
    const watched = this.#watchedOf(node)
    const lease = this.#informers.informer('Lease').get(`${leaseNamespace}/${name}`)
    const isUnchanged = watched.node === node
    if (!isUnchanged || watched.lease !== lease) {
      watched.health = healthOf(watched.health, node, lease, now)
      watched.node = node
      watched.lease = lease
    }
    if (!isUnchanged) this.#isChanged = true
    // Most nodes have done nothing but renew their lease, and there may be thousands.
    else if (watched.ready === 'True' && isUntainted(node) && isHeard(watched.health, now)) return
    const lost = lostConditionsOf(node, watched.health, now)
    if (lost !== undefined) {
      const body = { metadata: { uid }, status: { conditions: lost } }
      const patch = { type: 'strategic', body } as const
      void this.#client.patch('Node', { name }, patch, { subresource: 'status' }).catch(() => {}) // The next look tries again.
    }
    const readyNow = lost === undefined ? readyStatusOf(node) : 'Unknown'
    if (watched.ready === 'True' && readyNow !== 'True') this.#markNotReady(node)
    watched.ready = readyNow
    this.#planNoExecute(node, readyNow)
  }

  #watchedOf(node: Node): Watched {
    const { name, uid } = node.metadata
    const present = this.#watched.get(name)
    if (present?.uid === uid) return present
    if (present !== undefined) this.#unregister(name, present.uid)
    const watched: Watched = {
      uid,
      node: undefined,
      lease: undefined,
      health: healthOf(undefined, node, undefined, this.#clock.now()),
      ready: readyStatusOf(node),
    }
    this.#watched.set(name, watched)
    const message = `Node ${name} event: Registered Node ${name} in Controller`
    this.#recorder.event(node, 'Normal', 'RegisteredNode', message)
    return watched
  }

  #unregister(name: string, uid: string): void {
    this.#watched.delete(name)
    this.#isChanged = true
    for (const queue of this.#taintQueues.values()) queue.remove(name)
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid } } as Node
    const message = `Node ${name} event: Removing Node ${name} from Controller`
    this.#recorder.event(node, 'Normal', 'RemovingNode', message)
  }

  /** The pods of a node that is no longer ready are not ready either (NODE-04, NODE-05). */
  #markNotReady(node: Node): void {
    const { name } = node.metadata
    this.#recorder.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
    for (const pod of this.#informers.podsOn(name)) {
      if (isPodReady(pod)) void this.#markPodNotReady(pod)
    }
  }

  async #markPodNotReady(pod: Pod): Promise<void> {
    const { name, namespace, uid } = pod.metadata
    const lastTransitionTime = timestampOf(this.#clock.now())
    const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime }]
    const patch = {
      type: 'strategic',
      body: { metadata: { uid }, status: { conditions } },
    } as const
    this.#recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
    try {
      await this.#client.patch('Pod', { name, namespace }, patch, { subresource: 'status' })
    } catch {
      // Gone meanwhile: there is nothing left to mark.
    }
  }

  /** Queues the NoExecute taint, swaps it at once, or takes it away (NODE-11). */
  #planNoExecute(node: Node, ready: string | undefined): void {
    const { name } = node.metadata
    const queue = this.#taintQueueOf(node)
    if (ready === 'True') {
      queue.remove(name)
      if (hasNoExecute(node, notReadyKey) || hasNoExecute(node, unreachableKey)) {
        void this.#taintByReadiness(name)
      }
      return
    }
    if (ready === undefined || this.#areAllDisrupted) return
    const key = ready === 'False' ? notReadyKey : unreachableKey
    const other = key === notReadyKey ? unreachableKey : notReadyKey
    if (hasNoExecute(node, key)) return
    if (hasNoExecute(node, other)) void this.#taintByReadiness(name)
    else queue.add(name)
  }

  #taintQueueOf(node: Node): TaintQueue {
    const zone = zoneOf(node)
    const present = this.#taintQueues.get(zone)
    if (present !== undefined) return present
    const queue = new TaintQueue(this.#clock, (name) => void this.#taintByReadiness(name))
    queue.setRate(taintRateOf('normal', 0))
    this.#taintQueues.set(zone, queue)
    return queue
  }

  /** Slows tainting down where much of a zone fails, and stops it when all zones do (NODE-12, NODE-13). */
  #handleDisruption(nodes: readonly Node[]): void {
    const counts = zoneCountsOf(nodes)
    const states = [...counts].map(([zone, count]) => ({ zone, count, state: zoneStateOf(count) }))
    const areAll = states.length > 0 && states.every(({ state }) => state === 'full')
    if (areAll && !this.#areAllDisrupted) {
      for (const node of nodes) {
        this.#taintQueueOf(node).remove(node.metadata.name)
        void this.#taintByReadiness(node.metadata.name, { isLifted: true })
      }
    }
    if (!areAll && this.#areAllDisrupted) {
      // It was the control plane that could not hear: everybody gets the full time again.
      const aliveAt = this.#clock.now()
      for (const watched of this.#watched.values()) {
        watched.health = { ...watched.health, aliveAt }
      }
    }
    this.#areAllDisrupted = areAll
    for (const { zone, count, state } of states) {
      const rate = areAll ? 0 : taintRateOf(state, count.ready + count.notReady)
      this.#taintQueues.get(zone)?.setRate(rate)
    }
  }

  async #taintByConditions(name: string): Promise<void> {
    const node = this.#informers.informer('Node').get(name)
    if (node === undefined) return
    const taints = conditionTaintsOf(node, this.#clock.now())
    if (taints !== undefined) await this.#write(node, taints)
    const labels = systemLabelsToWrite(node)
    if (labels === undefined) return
    await this.#client.patch('Node', { name }, { type: 'merge', body: { metadata: { labels } } })
  }

  async #taintByReadiness(name: string, { isLifted = false } = {}): Promise<void> {
    for (let tries = 0; tries < taintTries; tries++) {
      try {
        const node = await this.#client.get('Node', { name })
        const key = isLifted ? undefined : noExecuteKeyOf(node)
        const taints = readinessTaintsOf(node, key, this.#clock.now())
        if (taints !== undefined) await this.#write(node, taints)
        return
      } catch (error) {
        if (!StatusError.is(error, 'Conflict')) return
      }
    }
  }

  /** Taints are one list: the version keeps two writers from losing each other's. */
  async #write(node: Node, taints: readonly Taint[]): Promise<void> {
    const { name, resourceVersion } = node.metadata
    const body = {
      metadata: { resourceVersion },
      spec: { taints: taints.length > 0 ? taints : null },
    }
    await this.#client.patch('Node', { name }, { type: 'strategic', body })
  }
}

function isUntainted({ spec }: Node): boolean {
  return (spec?.taints ?? []).length === 0
}

function readyStatusOf({ status }: Node): string | undefined {
  return conditionOf(status?.conditions, 'Ready')?.status
}

function concernsTaints(node: Node, previous: Node): boolean {
  return (
    node.spec !== previous.spec ||
    node.status?.conditions !== previous.status?.conditions ||
    node.metadata.labels !== previous.metadata.labels
  )
}
