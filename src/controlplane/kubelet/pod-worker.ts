import type { Client } from '../../kubernetes/client'
import type { Clock } from '../../kubernetes/clock'
import { isPodTerminal } from '../../kubernetes/conditions'
import { StatusError } from '../../kubernetes/status-error'
import type { Pod } from '../../kubernetes/types'
import type { PodEvent } from './container-state'
import {
  advanced,
  dueAt,
  endedRun,
  ending,
  type PodContext,
  type PodRun,
  withSpecOf,
} from './pod-run'
import { type Address, addressOf, type PodAddresses, podStatusOf } from './pod-status'
import { saysSo, statusPatchOf } from './status-patch'
import { type KubeletTiming, reconcileMilliseconds } from './timing'

/** Pause before a refused write is tried again; doubles up to the last. */
const writeRetryMilliseconds = { first: 1_000, last: 10_000 } as const

/** What a pod worker needs of the kubelet it belongs to. */
export interface PodHost {
  readonly client: Client
  readonly clock: Clock
  readonly timing: KubeletTiming
  readonly hostAddress: Address
  readonly isSilent: boolean
  /** Calls `wake` of the worker at the given moment. */
  wakeAt(milliseconds: number, worker: PodWorker): void
  record(pod: Pod, events: readonly PodEvent[]): void
  /** Told once, when the pod's containers have stopped for good. */
  ended(worker: PodWorker): void
}

/**
 * One pod on a simulated node: follows what the API asks for, and tells it what has become of it.
 *
 * What happens is decided by the pure functions of `pod-run.ts`; this class carries it out, with one
 * write at a time, so that an answer is always known before the next status is compared with it.
 */
export class PodWorker {
  /** As the API shows it. */
  pod: Pod
  readonly #host: PodHost
  readonly #addresses: PodAddresses
  /** Absent until the pod has been admitted or refused. */
  #run: PodRun | undefined
  /** When to look at the pod again without being asked. */
  #dueAt: number | undefined
  /** Whether the pod was over before this kubelet saw it: its status is none of its business. */
  #isForeign = false
  #isWriting = false
  #isStale = false
  #failures = 0

  constructor(host: PodHost, pod: Pod, podIP: string) {
    this.#host = host
    this.pod = pod
    this.#addresses = { host: host.hostAddress, pod: addressOf(podIP) }
  }

  get hasBegun(): boolean {
    return this.#run !== undefined
  }

  /** Begins with the given state: admitted, refused, or lost. */
  begin(run: PodRun): void {
    this.#run = run
    this.#schedule()
    this.#write()
  }

  /** Begins with a pod that was over before it got here: only its deletion is left to do (KUBELET-29). */
  beginEnded(): void {
    this.#isForeign = true
    this.#run = endedRun(this.#host.clock.now(), {})
    this.#settle()
  }

  /** Takes note of a newer version of the pod. */
  observe(pod: Pod): void {
    if (!isNewer(pod, this.pod)) return
    const previous = this.pod
    this.pod = pod
    if (!this.#host.isSilent) this.#react(previous)
  }

  /** Looks at everything anew, after a time without contact to the API (KUBELET-30). */
  catchUp(): void {
    this.#dueAt = undefined // What was due meanwhile has been let pass.
    this.#advance()
    this.#react(this.pod)
    this.#write()
  }

  /** Does what is due. */
  wake(at: number): void {
    if (this.#host.isSilent || this.#dueAt === undefined || this.#dueAt > at) return
    this.#dueAt = undefined
    this.#advance()
    this.#write()
  }

  /** Lets something happen to the pod, unless it is over. */
  change(change: (run: PodRun, context: PodContext) => PodRun): void {
    if (this.#run === undefined || this.#run.result !== undefined) return
    const context = this.#context()
    const run = change(this.#run, context)
    this.#record(context)
    if (run === this.#run) return
    this.#run = run
    if (run.result !== undefined) this.#host.ended(this)
    this.#advance()
    this.#write()
  }

  /** Follows a change in the API that somebody else, or this kubelet, has made. */
  #react(previous: Pod): void {
    const { pod } = this
    const run = this.#run
    if (run === undefined) return
    if (run.result !== undefined) this.#settle()
    else if (pod.metadata.deletionTimestamp !== undefined || isPodTerminal(pod)) {
      this.change((present, context) => ending(present, {}, context))
    } else if (pod.metadata.generation !== previous.metadata.generation) {
      this.change(withSpecOf)
    } else if (!this.#isWriting && !saysSo(pod, this.#status(run))) {
      this.#contradict(pod)
    }
  }

  /** Somebody else wrote into the status: it is put right at the next look (NODE-06), a gate's verdict at once. */
  #contradict({ spec }: Pod): void {
    const isGated = (spec.readinessGates ?? []).length > 0
    if (isGated) this.#write()
    else this.#lookAgainAt(this.#host.clock.now() + reconcileMilliseconds)
  }

  #advance(): void {
    if (this.#run === undefined) return
    const wasOver = this.#run.result !== undefined
    const context = this.#context()
    this.#run = advanced(this.#run, context)
    this.#record(context)
    if (!wasOver && this.#run.result !== undefined) this.#host.ended(this)
    this.#schedule()
  }

  #context(): PodContext {
    const { clock, timing } = this.#host
    return { pod: this.pod, now: clock.now(), timing, events: [] }
  }

  #record({ events }: PodContext): void {
    if (events.length > 0) this.#host.record(this.pod, events)
  }

  #schedule(): void {
    if (this.#run === undefined) return
    const at = dueAt(this.#run, this.pod)
    if (at !== undefined) this.#lookAgainAt(at)
  }

  #lookAgainAt(at: number): void {
    if (this.#dueAt !== undefined && this.#dueAt <= at) return
    this.#dueAt = at
    this.#host.wakeAt(at, this)
  }

  #status(run: PodRun) {
    return podStatusOf(this.pod, run, this.#addresses, this.#host.clock.now())
  }

  /** Tells the API how the pod is; what happens while a write is under way is told by the next. */
  #write(): void {
    if (this.#host.isSilent || this.#run === undefined) return
    if (this.#isWriting) {
      this.#isStale = true
      return
    }
    const body = this.#isForeign ? undefined : statusPatchOf(this.pod, this.#status(this.#run))
    if (body === undefined) {
      this.#settle()
      return
    }
    this.#isWriting = true
    this.#isStale = false
    const { name, namespace } = this.pod.metadata
    this.#host.client
      .patch('Pod', { name, namespace }, { type: 'strategic', body }, { subresource: 'status' })
      .then(
        (pod) => this.#written(pod),
        (error: unknown) => this.#failed(error),
      )
  }

  #written(pod: Pod): void {
    this.#isWriting = false
    this.#failures = 0
    if (isNewer(pod, this.pod)) this.pod = pod
    if (this.#isStale) this.#write()
    else this.#settle()
  }

  #failed(error: unknown): void {
    this.#isWriting = false
    if (this.#host.isSilent) return
    // Gone, or another pod of that name: the watch will tell.
    if (StatusError.is(error, 'NotFound') || StatusError.is(error, 'Conflict')) return
    const { first, last } = writeRetryMilliseconds
    const delay = Math.min(first * 2 ** this.#failures, last)
    this.#failures++
    this.#lookAgainAt(this.#host.clock.now() + delay)
  }

  /** Removes a pod that has ended, as soon as the API shows that it has (KUBELET-27). */
  #settle(): void {
    const { pod } = this
    if (this.#run?.result === undefined || this.#host.isSilent || this.#isWriting) return
    if (pod.metadata.deletionTimestamp === undefined || !isPodTerminal(pod)) return
    const { name, namespace, uid } = pod.metadata
    this.#isWriting = true
    this.#host.client
      .delete('Pod', { name, namespace }, { gracePeriodSeconds: 0, preconditions: { uid } })
      .catch((error: unknown) => this.#failed(error))
  }
}

function isNewer(pod: Pod, than: Pod): boolean {
  return Number(pod.metadata.resourceVersion) > Number(than.metadata.resourceVersion)
}
