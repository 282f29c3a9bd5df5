import type { Client } from '../../kubernetes/client'
import type { Clock } from '../../kubernetes/clock'
import { isPodTerminal } from '../../kubernetes/conditions'
import type { Node, Pod } from '../../kubernetes/types'
import { EventRecorder } from '../../reconciler/event-recorder'
import { NodeUsage } from '../node-usage'
import { evictionMessageOf, isCritical, type Refusal, refusalOf } from './admission'
import type { PodEvent } from './container-state'
import { podAddress } from './node-object'
import { ended, endedRun, ending, type PodResult, withExit, withReadiness } from './pod-run'
import { type Address, addressOf } from './pod-status'
import { type PodHost, PodWorker } from './pod-worker'
import { restoredRun } from './restored-run'
import type { KubeletTiming } from './timing'

/** What the kubelets of one fleet share. */
export interface Fleet {
  readonly client: Client
  readonly clock: Clock
  readonly timing: KubeletTiming
  /** Calls `wake` of the worker at the given moment. */
  wakeAt(milliseconds: number, worker: PodWorker): void
  /** Whether one more ordinary event may be recorded. */
  mayRecord(): boolean
  /** The node as the API shows it. */
  nodeOf(name: string): Node | undefined
}

/**
 * The kubelet of one simulated node: admits the pods bound to it and runs each in a worker.
 *
 * @see KUBELET-09 to KUBELET-38
 */
export class Kubelet implements PodHost {
  readonly nodeName: string
  readonly client: Client
  readonly clock: Clock
  readonly timing: KubeletTiming
  readonly hostAddress: Address
  isSilent = false
  readonly #fleet: Fleet
  readonly #index: number
  readonly #workers = new Map<string, PodWorker>()
  readonly #usage = new NodeUsage()
  /** The pods whose resources are in use, by uid, as they were when they were admitted. */
  readonly #admitted = new Map<string, Pod>()
  #recorder: EventRecorder | undefined
  #podsSeen = 0
  #isGone = false

  constructor(fleet: Fleet, node: Node, index: number) {
    this.#fleet = fleet
    this.client = fleet.client
    this.clock = fleet.clock
    this.timing = fleet.timing
    this.nodeName = node.metadata.name
    this.#index = index
    const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')
    this.hostAddress = addressOf(address?.address ?? '')
  }

  get recorder(): EventRecorder {
    const { client, clock, nodeName } = this
    this.#recorder ??= new EventRecorder({ client, clock, component: 'kubelet', host: nodeName })
    return this.#recorder
  }

  /** Takes note of a pod bound to this node that appeared or changed. */
  observe(pod: Pod): void {
    const present = this.#workers.get(pod.metadata.uid)
    if (present !== undefined) {
      present.observe(pod)
      return
    }
    const worker = new PodWorker(
      this,
      pod,
      pod.status?.podIP ?? podAddress(this.#index, this.#podsSeen++),
    )
    this.#workers.set(pod.metadata.uid, worker)
    if (!this.isSilent) this.#begin(worker)
  }

  /** Ends what belonged to a pod that is gone from the API (KUBELET-28). */
  forget(pod: Pod): void {
    this.#release(pod)
    this.#workers.delete(pod.metadata.uid)
  }

  /** Stops telling the API anything, as a kubelet does whose machine is cut off (KUBELET-30). */
  fallSilent(): void {
    this.isSilent = true
  }

  /** Comes back: everything that happened meanwhile is told, and every pod looked at again. */
  speak(): void {
    if (!this.isSilent || this.#isGone) return
    this.isSilent = false
    for (const worker of [...this.#workers.values()]) {
      if (worker.hasBegun) worker.catchUp()
      else this.#begin(worker)
    }
  }

  /** Stops for good; nothing is written any more. */
  stop(): void {
    this.isSilent = true
    this.#isGone = true
    this.#workers.clear()
  }

  /** Makes readiness probes of the pod fail, or succeed again. */
  setReadiness(pod: Pod, readinessFails: boolean): void {
    this.#workerOf(pod)?.change((run, context) => withReadiness(run, readinessFails, context))
  }

  /** Lets a container of the pod exit by itself. */
  exitContainer(pod: Pod, container: string, exitCode: number): void {
    this.#workerOf(pod)?.change((run, context) => withExit(run, container, exitCode, context))
  }

  /** Ends the pod at once, with the given exit code of all containers. */
  end(pod: Pod, exitCode: number, result: PodResult): void {
    this.#workerOf(pod)?.change((run, { now }) => ended(run, exitCode, result, now))
  }

  /** Evicts the pod as a node does that is short of the resource (KUBELET-37); critical pods stay. */
  evict(pod: Pod, resource: string): void {
    if (isCritical(pod)) return
    const message = evictionMessageOf(pod, resource)
    this.recorder.event(pod, 'Warning', 'Evicted', message)
    const result = { phase: 'Failed', reason: 'Evicted', message, disruption: message } as const
    this.#workerOf(pod)?.change((run, context) => ending(run, result, context))
  }

  wakeAt(milliseconds: number, worker: PodWorker): void {
    this.#fleet.wakeAt(milliseconds, worker)
  }

  record(pod: Pod, events: readonly PodEvent[]): void {
    for (const { type, reason, message, container } of events) {
      if (type === 'Normal' && !this.#fleet.mayRecord()) continue
      const options = container === undefined ? {} : { fieldPath: `spec.containers{${container}}` }
      this.recorder.event(pod, type, reason, message, options)
    }
  }

  ended({ pod }: PodWorker): void {
    this.#release(pod)
  }

  #workerOf({ metadata: { uid } }: Pod): PodWorker | undefined {
    return this.#workers.get(uid)
  }

  /** Admits or refuses a pod (KUBELET-09). */
  #begin(worker: PodWorker): void {
    const { pod } = worker
    if (isPodTerminal(pod)) {
      worker.beginEnded()
      return
    }
    const node = this.#fleet.nodeOf(this.nodeName)
    const refusal = node === undefined ? undefined : this.#refusalOf(pod, node)
    if (refusal === undefined) this.#admit(worker)
    else if (refusal.isOfNode) void this.#lookAgain(worker, refusal)
    else this.#reject(worker, refusal)
  }

  /** Refuses a pod for what its node is like only if the API says the same: a pod may come before the news of its node. */
  async #lookAgain(worker: PodWorker, former: Refusal): Promise<void> {
    const key = { name: this.nodeName }
    const node = await this.client.get('Node', key).catch(() => undefined)
    const isWanted = this.#workers.get(worker.pod.metadata.uid) === worker
    if (!isWanted || this.isSilent || worker.hasBegun) return
    const refusal = node === undefined ? former : this.#refusalOf(worker.pod, node)
    if (refusal === undefined) this.#admit(worker)
    else this.#reject(worker, refusal)
  }

  #reject(worker: PodWorker, { reason, detail }: Refusal): void {
    this.recorder.event(worker.pod, 'Warning', reason, detail)
    const message = `Pod was rejected: ${detail}`
    worker.begin(endedRun(this.clock.now(), { phase: 'Failed', reason, message }))
  }

  #admit(worker: PodWorker): void {
    const { pod } = worker
    const now = this.clock.now()
    const run = restoredRun(pod, now, this.timing)
    if (pod.metadata.deletionTimestamp !== undefined) {
      // Deleted before it got here: there is nothing to stop.
      worker.begin(ended(run, 137, {}, now))
      return
    }
    this.#usage.add(pod)
    this.#admitted.set(pod.metadata.uid, pod)
    worker.begin(run)
  }

  #refusalOf(pod: Pod, node: Node): Refusal | undefined {
    const refusal = refusalOf(pod, node, this.#usage)
    if (refusal?.shortage === undefined || !isCritical(pod)) return refusal
    // A critical pod takes the place of others, the least important first (KUBELET-35).
    const victims = [...this.#admitted.values()]
      .filter((other) => priorityOf(other) < priorityOf(pod))
      .sort((a, b) => priorityOf(a) - priorityOf(b))
    for (const victim of victims) {
      this.#preempt(victim)
      const remaining = refusalOf(pod, node, this.#usage)
      if (remaining?.shortage === undefined) return remaining
    }
    return refusal
  }

  #preempt(victim: Pod): void {
    const message = 'Preempted in order to admit critical pod'
    this.recorder.event(victim, 'Warning', 'Preempting', message)
    this.end(victim, 137, { phase: 'Failed', reason: 'Preempting', message, disruption: message })
    this.#release(victim)
  }

  #release({ metadata: { uid } }: Pod): void {
    const admitted = this.#admitted.get(uid)
    if (admitted === undefined) return
    this.#admitted.delete(uid)
    this.#usage.remove(admitted)
  }
}

function priorityOf({ spec }: Pod): number {
  return spec.priority ?? 0
}
