import type { Clock, Timer } from '../../kubernetes/clock'
import type { Pod } from '../../kubernetes/types'
import { DueQueue } from '../due-queue'
import { Heap } from '../heap'
import type { Plugin } from './filters'

/** How long a pod waits before it is tried again: doubles with each attempt, up to the last (SCHED-24). */
const backOffMilliseconds = { first: 1_000, last: 10_000 } as const

/** A pod that nothing has moved for this long is tried again all the same; looked at every half minute. */
const flush = { afterMilliseconds: 300_000, everyMilliseconds: 30_000 } as const

/** A pod that waits for a node. */
export interface QueuedPod {
  pod: Pod
  /** Breaks ties between pods of the same priority (SCHED-02). */
  readonly arrival: number
  attempts: number
  state: 'active' | 'trying' | 'refused' | 'backing-off' | 'gone'
  refusedAt: number
  plugins: ReadonlySet<Plugin>
  /** The only nodes that could ever take it; absent: any. */
  named: ReadonlySet<string> | undefined
  /** Something changed while it was being tried: a refusal no longer holds. */
  isMoved: boolean
}

/**
 * Pods without a node: those to be tried now, those that back off, and those that were refused and wait
 * for the cluster to change.
 *
 * Refused pods are found by the nodes they name, so that a change of one node costs nothing for the
 * daemon pods of all others.
 */
export class SchedulingQueue {
  readonly #clock: Clock
  readonly #wakeUp: () => void
  readonly #pods = new Map<string, QueuedPod>()
  readonly #active = new Heap<QueuedPod>(isBefore)
  readonly #refusedByNode = new Map<string, Set<QueuedPod>>()
  readonly #refusedAnywhere = new Set<QueuedPod>()
  readonly #backingOff: DueQueue<QueuedPod>
  #flushTimer: Timer | undefined
  #arrivals = 0

  /** `wakeUp` is called when there is a pod to try. */
  constructor(clock: Clock, wakeUp: () => void) {
    this.#clock = clock
    this.#wakeUp = wakeUp
    this.#backingOff = new DueQueue(clock, (queued) => {
      if (queued.state === 'backing-off') this.#activate(queued)
    })
  }

  /** Queues a pod, or takes note of a newer version of one that is queued. */
  add(pod: Pod): void {
    const present = this.#pods.get(pod.metadata.uid)
    if (present !== undefined) {
      present.pod = pod
      return
    }
    const queued: QueuedPod = {
      pod,
      arrival: this.#arrivals++,
      attempts: 0,
      state: 'active',
      refusedAt: 0,
      plugins: noPlugins,
      named: undefined,
      isMoved: false,
    }
    this.#pods.set(pod.metadata.uid, queued)
    this.#activate(queued)
  }

  /** Takes the pod out, because it has a node, or is gone. */
  remove(uid: string): void {
    const queued = this.#pods.get(uid)
    if (queued === undefined) return
    this.#pods.delete(uid)
    this.#unlist(queued)
    queued.state = 'gone'
  }

  has(uid: string): boolean {
    return this.#pods.has(uid)
  }

  /** The next pod to try (SCHED-02). */
  next(): QueuedPod | undefined {
    for (let queued = this.#active.pop(); queued !== undefined; queued = this.#active.pop()) {
      if (queued.state !== 'active') continue
      queued.state = 'trying'
      queued.attempts++
      queued.isMoved = false
      return queued
    }
    return undefined
  }

  /** Puts back a pod that no node takes; it waits until something changes that matters to it (SCHED-23). */
  refuse(queued: QueuedPod, why: Pick<QueuedPod, 'plugins' | 'named'>): void {
    if (queued.state !== 'trying') return
    queued.refusedAt = this.#clock.now()
    queued.plugins = why.plugins
    queued.named = why.named
    if (queued.isMoved) {
      this.#backOff(queued)
      return
    }
    queued.state = 'refused'
    if (queued.named === undefined) this.#refusedAnywhere.add(queued)
    for (const name of queued.named ?? []) {
      const refused = this.#refusedByNode.get(name)
      if (refused === undefined) this.#refusedByNode.set(name, new Set([queued]))
      else refused.add(queued)
    }
    this.#flushTimer ??= this.#clock.after(flush.everyMilliseconds, () => this.#flush())
  }

  /** Puts back a pod whose binding failed (SCHED-15). */
  retry(queued: QueuedPod): void {
    if (queued.state !== 'trying') return
    queued.refusedAt = this.#clock.now()
    this.#backOff(queued)
  }

  /** Something changed on a node: pods that one of the plugins refused are tried again (SCHED-23). */
  moveFor(
    nodeName: string,
    plugins: readonly Plugin[] | 'all',
    isHelpful: (plugin: Plugin, pod: Pod) => boolean = () => true,
  ): void {
    if (this.#refusedAnywhere.size === 0 && this.#refusedByNode.size === 0) return
    const move = (queued: QueuedPod) => {
      const isCured = (plugin: Plugin) =>
        queued.plugins.has(plugin) && isHelpful(plugin, queued.pod)
      if (plugins === 'all' || plugins.some(isCured)) {
        this.#unlist(queued)
        this.#backOff(queued)
      }
    }
    for (const queued of [...(this.#refusedByNode.get(nodeName) ?? [])]) move(queued)
    for (const queued of [...this.#refusedAnywhere]) move(queued)
  }

  /** The pod itself changed: it is tried again. */
  move(uid: string): void {
    const queued = this.#pods.get(uid)
    if (queued?.state === 'trying') queued.isMoved = true
    if (queued?.state !== 'refused') return
    this.#unlist(queued)
    this.#backOff(queued)
  }

  stop(): void {
    this.#backingOff.stop()
    this.#flushTimer?.cancel()
    this.#pods.clear()
    this.#active.retain(() => false)
  }

  #activate(queued: QueuedPod): void {
    queued.state = 'active'
    this.#active.push(queued)
    this.#wakeUp()
  }

  #backOff(queued: QueuedPod): void {
    const { first, last } = backOffMilliseconds
    const delay = Math.min(first * 2 ** (queued.attempts - 1), last)
    const readyAt = queued.refusedAt + delay
    if (readyAt <= this.#clock.now()) {
      this.#activate(queued)
      return
    }
    queued.state = 'backing-off'
    this.#backingOff.add(readyAt, queued)
  }

  #flush(): void {
    const before = this.#clock.now() - flush.afterMilliseconds
    let isAnyLeft = false
    for (const queued of this.#pods.values()) {
      if (queued.state !== 'refused') continue
      if (queued.refusedAt > before) isAnyLeft = true
      else {
        this.#unlist(queued)
        this.#backOff(queued)
      }
    }
    this.#flushTimer = isAnyLeft
      ? this.#clock.after(flush.everyMilliseconds, () => this.#flush())
      : undefined
  }

  #unlist(queued: QueuedPod): void {
    this.#refusedAnywhere.delete(queued)
    for (const name of queued.named ?? []) {
      const refused = this.#refusedByNode.get(name)
      if (refused?.delete(queued) && refused.size === 0) this.#refusedByNode.delete(name)
    }
  }
}

const noPlugins: ReadonlySet<Plugin> = new Set()

function isBefore(a: QueuedPod, b: QueuedPod): boolean {
  const difference = (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0)
  return difference === 0 ? a.arrival < b.arrival : difference < 0
}
