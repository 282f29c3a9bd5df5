import type { Client } from '../../kubernetes/client'
import type { Clock } from '../../kubernetes/clock'
import type { Random } from '../../kubernetes/random'
import { StatusError } from '../../kubernetes/status-error'
import type { Draft, Node, Pod } from '../../kubernetes/types'
import { Informer } from '../../reconciler/informer'
import { keyOf } from '../../reconciler/key-texts'
import { DueQueue } from '../due-queue'
import { EventBudget } from './event-budget'
import { Heartbeats } from './heartbeats'
import type { Fleet, Kubelet } from './kubelet'
import { nodeDraftOf } from './node-object'
import type { PodWorker } from './pod-worker'
import { SimulatedNode } from './simulated-node'
import { defaultTiming, type KubeletTiming } from './timing'

/** Nodes that are removed at the same time when a fleet is disposed of. */
const disposedAtOnce = 50

/**
 * Nodes that exist in the API only: each with a kubelet that registers it, renews its lease and runs
 * pods without containers.
 *
 * Works through `Client` alone, so that the same nodes join the in-process cluster and a real control
 * plane. One watch of pods and one of nodes serve the whole fleet; pods of one moment share one timer.
 *
 * @see KUBELET-01 to KUBELET-38
 */
export class SimulatedNodes implements Fleet {
  readonly client: Client
  readonly clock: Clock
  readonly timing: KubeletTiming
  readonly #random: Random
  readonly #labels: Readonly<Record<string, string>>
  readonly #members = new Map<string, SimulatedNode>()
  readonly #pods: Informer<'Pod'>
  readonly #nodes: Informer<'Node'>
  /** Pods bound to nodes that are not of this fleet, or not yet. */
  readonly #elsewhere = new Map<string, Map<string, Pod>>()
  readonly #due: DueQueue<PodWorker>
  readonly #heartbeats: Heartbeats
  readonly #eventBudget: EventBudget
  /** A machine that comes back has the addresses it had, and the pods that ran there show them. */
  readonly #indexes = new Map<string, number>()

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly random: Random
    readonly timing?: Partial<KubeletTiming>
    /** Put on every node that joins, and used to watch these nodes only. */
    readonly labels?: Readonly<Record<string, string>>
  }) {
    this.client = options.client
    this.clock = options.clock
    this.timing = { ...defaultTiming, ...options.timing }
    this.#random = options.random
    this.#labels = options.labels ?? {}
    this.#due = new DueQueue(options.clock, (worker, at) => worker.wake(at))
    this.#eventBudget = new EventBudget(options.clock)
    this.#heartbeats = new Heartbeats(options.client, options.clock)
    this.#pods = new Informer(options.client, options.clock, 'Pod')
    const labelSelector = Object.entries(this.#labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',')
    const selection = labelSelector === '' ? {} : { labelSelector }
    this.#nodes = new Informer(options.client, options.clock, 'Node', selection)
  }

  /** Begins to watch; resolves when the pods and nodes that are there are known. */
  async start(): Promise<void> {
    this.#pods.handle({
      added: (pod) => this.#observe(pod),
      updated: (pod) => this.#observe(pod),
      deleted: (pod) => this.#forget(pod),
    })
    this.#nodes.handle({ updated: (node) => this.#members.get(node.metadata.name)?.observe(node) })
    await Promise.all([this.#pods.start(), this.#nodes.start()])
  }

  /** The names of the nodes that have joined and not left, in the order of joining. */
  get names(): readonly string[] {
    return [...this.#members.keys()]
  }

  nodeOf(name: string): Node | undefined {
    return this.#nodes.get(name)
  }

  wakeAt(milliseconds: number, worker: PodWorker): void {
    this.#due.add(milliseconds, worker)
  }

  mayRecord(): boolean {
    return this.#eventBudget.take()
  }

  /** Registers a node with the API and starts its kubelet (KUBELET-01); what the draft leaves out is filled in. */
  async join(draft: Draft): Promise<Node> {
    const index = this.#indexOf(draft.metadata?.name)
    const making = {
      draft,
      index,
      labels: this.#labels,
      now: this.clock.now(),
      random: this.#random,
    }
    const node = await this.#register(nodeDraftOf(making))
    const { name } = node.metadata
    const member = new SimulatedNode(this, node, index)
    this.#members.set(name, member)
    this.#heartbeats.add(node, () => void member.report())
    member.recordStart()
    for (const pod of this.#elsewhere.get(name)?.values() ?? []) member.kubelet.observe(pod)
    this.#elsewhere.delete(name)
    return node
  }

  /** Removes the node from the API; its kubelet stops, its pods are left to the garbage collectors (NODE-21). */
  async leave(name: string): Promise<void> {
    this.#memberOf(name).kubelet.stop()
    this.#members.delete(name)
    this.#heartbeats.remove(name)
    // Should it join again before its pods are gone, it finds them still bound to it.
    for (const pod of this.#pods.objects.values()) {
      if (pod.spec?.nodeName === name) this.#observe(pod)
    }
    await this.#remove(name)
  }

  /** Makes the kubelet fall silent: no lease, no status, nothing that its pods do is told (KUBELET-30). */
  stop(name: string): void {
    this.#memberOf(name).kubelet.fallSilent()
    this.#heartbeats.silence(name)
  }

  /** Brings a silent kubelet back. */
  resume(name: string): void {
    const member = this.#memberOf(name)
    if (!member.kubelet.isSilent) return
    member.kubelet.speak()
    this.#heartbeats.speak(name)
    member.recordStart()
    void member.report()
  }

  /** Lets the kubelet find a condition of its node changed, and report it (KUBELET-02, KUBELET-05). */
  setCondition(
    name: string,
    type: string,
    status: 'True' | 'False' | 'Unknown',
    reason?: string,
  ): Promise<void> {
    return this.#memberOf(name).setCondition(type, status, reason)
  }

  /** Makes the readiness probes of a pod fail; without probes the pod becomes unready at once. */
  failReadiness(podKey: string): void {
    this.#kubeletOf(podKey, (kubelet, pod) => kubelet.setReadiness(pod, true))
  }

  restoreReadiness(podKey: string): void {
    this.#kubeletOf(podKey, (kubelet, pod) => kubelet.setReadiness(pod, false))
  }

  /** Lets a running container exit; it is restarted where the pod's policy says so (KUBELET-20). */
  exitContainer(podKey: string, container: string, exitCode: number): void {
    this.#kubeletOf(podKey, (kubelet, pod) => kubelet.exitContainer(pod, container, exitCode))
  }

  /** Ends a pod with the phase Succeeded, whatever its restart policy. */
  completePod(podKey: string): void {
    this.#kubeletOf(podKey, (kubelet, pod) => kubelet.end(pod, 0, { phase: 'Succeeded' }))
  }

  /** Ends a pod with the phase Failed, whatever its restart policy. */
  failPod(podKey: string, reason?: string): void {
    const result = { phase: 'Failed', ...(reason === undefined ? {} : { reason }) } as const
    this.#kubeletOf(podKey, (kubelet, pod) => kubelet.end(pod, 1, result))
  }

  /** Evicts a pod as a node does that is short of a resource, e.g. `memory` (KUBELET-37). */
  evict(podKey: string, resource: string): void {
    this.#kubeletOf(podKey, (kubelet, pod) => kubelet.evict(pod, resource))
  }

  /** Stops all watches and timers; the API is left as it is. */
  halt(): void {
    this.#pods.stop()
    this.#nodes.stop()
    this.#due.stop()
    this.#heartbeats.stop()
    for (const { kubelet } of this.#members.values()) kubelet.stop()
  }

  /** Removes every node that is still there from the API, and stops. */
  async dispose(): Promise<void> {
    const names = this.names
    this.halt()
    this.#members.clear()
    for (let first = 0; first < names.length; first += disposedAtOnce) {
      const some = names.slice(first, first + disposedAtOnce)
      await Promise.all(some.map((name) => this.#remove(name)))
    }
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.client.delete('Node', { name })
    } catch (error) {
      if (!StatusError.is(error, 'NotFound')) throw error
    }
  }

  /** A node that is there already is taken over: its labels and its status become those of the draft. */
  async #register(draft: Draft): Promise<Node> {
    try {
      return await this.client.create('Node', draft)
    } catch (error) {
      if (!StatusError.is(error, 'AlreadyExists')) throw error
      const key = { name: draft.metadata?.name ?? '' }
      const body = { metadata: { labels: draft.metadata?.labels }, status: draft['status'] }
      await this.client.patch('Node', key, { type: 'strategic', body })
      return await this.client.patch(
        'Node',
        key,
        { type: 'strategic', body },
        { subresource: 'status' },
      )
    }
  }

  #indexOf(name = ''): number {
    const index = this.#indexes.get(name) ?? this.#indexes.size
    this.#indexes.set(name, index)
    return index
  }

  #observe(pod: Pod): void {
    const name = pod.spec?.nodeName
    if (name === undefined || name === '') return
    const member = this.#members.get(name)
    if (member !== undefined) {
      member.kubelet.observe(pod)
      return
    }
    const pods = this.#elsewhere.get(name) ?? new Map<string, Pod>()
    pods.set(keyOf(pod), pod)
    this.#elsewhere.set(name, pods)
  }

  #forget(pod: Pod): void {
    const name = pod.spec?.nodeName ?? ''
    this.#members.get(name)?.kubelet.forget(pod)
    const pods = this.#elsewhere.get(name)
    if (pods?.delete(keyOf(pod)) && pods.size === 0) this.#elsewhere.delete(name)
  }

  #memberOf(name: string): SimulatedNode {
    const member = this.#members.get(name)
    if (member === undefined) throw new Error(`Node ${name} is not one of the simulated nodes`)
    return member
  }

  #kubeletOf(podKey: string, act: (kubelet: Kubelet, pod: Pod) => void): void {
    const pod = this.#pods.get(podKey)
    if (pod === undefined) throw new Error(`Pod ${podKey} does not exist`)
    act(this.#memberOf(pod.spec?.nodeName ?? '').kubelet, pod)
  }
}
