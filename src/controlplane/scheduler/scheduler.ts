import type { Client } from '../../kubernetes/client'
import { type Clock, timestampOf } from '../../kubernetes/clock'
import { conditionOf, isPodTerminal } from '../../kubernetes/conditions'
import type { Random } from '../../kubernetes/random'
import type { Pod } from '../../kubernetes/types'
import { isSame } from '../kinds/structure'
import type { SharedInformers } from '../shared-informers'
import { ClusterState, type NodeView } from './cluster-state'
import { type Fit, filtersOf, fitOf } from './fit'
import { fitMessageOf, noNodesMessage, type PreemptionVerdict } from './fit-message'
import type { NamespaceLabels } from './inter-pod-affinity'
import { isHelpful, pluginsChangedBy, pluginsOfPods } from './node-changes'
import { candidateOf, ineligibilityOf, nominationOf } from './preemption'
import { SchedulingEvents } from './scheduling-events'
import { type QueuedPod, SchedulingQueue } from './scheduling-queue'

/** The profile whose pods this scheduler takes (SCHED-01). */
const schedulerName = 'default-scheduler'

type Refused = Exclude<Fit, { kind: 'fits' }>

/**
 * The default scheduler: finds a node for every pod that has none, and binds it there.
 *
 * One pod at a time, most important first; binding runs beside it. A daemon pod names its node, so that
 * only this one is looked at.
 *
 * @see SCHED-01 to SCHED-29
 */
export class Scheduler {
  readonly #client: Client
  readonly #clock: Clock
  readonly #random: Random
  readonly #informers: SharedInformers
  readonly #state = new ClusterState()
  readonly #queue: SchedulingQueue
  readonly #events: SchedulingEvents
  readonly #labelsOf: NamespaceLabels
  #isAwake = false

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly random: Random
    readonly informers: SharedInformers
  }) {
    this.#client = options.client
    this.#clock = options.clock
    this.#random = options.random
    this.#informers = options.informers
    this.#queue = new SchedulingQueue(options.clock, () => this.#wakeUp())
    this.#events = new SchedulingEvents(options.client, options.clock)
    const namespaces = options.informers.informer('Namespace')
    this.#labelsOf = (name) => namespaces.get(name)?.metadata.labels
  }

  /** Begins to schedule what the informers show. */
  start(): void {
    const state = this.#state
    this.#informers.informer('PodDisruptionBudget')
    this.#informers.informer('Node').handle({
      added: (node) => {
        state.setNode(node)
        this.#queue.moveFor(node.metadata.name, 'all')
      },
      updated: (node, previous) => {
        state.setNode(node)
        const plugins = pluginsChangedBy(node, previous)
        if (plugins.length === 0) return
        this.#queue.moveFor(node.metadata.name, plugins, (plugin, pod) =>
          isHelpful(plugin, pod, { node, previous }),
        )
      },
      deleted: ({ metadata: { name } }) => {
        state.removeNode(name)
        this.#queue.moveFor(name, ['PodTopologySpread'])
      },
    })
    this.#informers.informer('Pod').handle({
      added: (pod) => this.#observe(pod, undefined),
      updated: (pod, previous) => this.#observe(pod, previous),
      deleted: ({ metadata: { uid } }) => this.#forget(uid),
    })
  }

  stop(): void {
    this.#queue.stop()
  }

  #observe(pod: Pod, previous: Pod | undefined): void {
    const { uid } = pod.metadata
    if (isPodTerminal(pod)) {
      this.#forget(uid)
      return
    }
    const nodeName = pod.spec.nodeName ?? ''
    if (nodeName !== '') {
      this.#state.place(pod, nodeName)
      if (previous === undefined || (previous.spec.nodeName ?? '') === '') {
        this.#queue.remove(uid)
        this.#state.withdraw(uid)
        this.#queue.moveFor(nodeName, ['PodTopologySpread', 'InterPodAffinity'])
      }
      return
    }
    if (!isWaiting(pod)) {
      this.#queue.remove(uid)
      return
    }
    this.#queue.add(pod)
    if (previous !== undefined && isChanged(pod, previous)) this.#queue.move(uid)
  }

  #forget(uid: string): void {
    this.#queue.remove(uid)
    this.#state.withdraw(uid)
    const nodeName = this.#state.remove(uid)
    if (nodeName !== undefined) this.#queue.moveFor(nodeName, pluginsOfPods)
  }

  #wakeUp(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    queueMicrotask(() => {
      this.#isAwake = false
      for (let queued = this.#queue.next(); queued !== undefined; queued = this.#queue.next()) {
        this.#schedule(queued)
      }
    })
  }

  #schedule(queued: QueuedPod): void {
    const { pod } = queued
    const fit = fitOf(pod, this.#state, this.#labelsOf)
    if (fit.kind !== 'fits') {
      this.#fail(queued, fit)
      return
    }
    const { name } = this.#leastUsed(fit.views)
    // Counted at once, so that the next pod sees it before the watch does (SCHED-25).
    this.#state.place(pod, name)
    void this.#bind(queued, name)
  }

  /** Any node that fits will do; the one with the fewest pods spreads them, ties are broken by chance (SCHED-29). */
  #leastUsed(views: readonly NodeView[]): NodeView {
    const [first] = views as readonly [NodeView]
    if (views.length === 1) return first
    const fewest = Math.min(...views.map(({ usage }) => usage.pods))
    const best = views.filter(({ usage }) => usage.pods === fewest)
    return best[Math.floor(this.#random.next() * best.length)] ?? first
  }

  async #bind(queued: QueuedPod, nodeName: string): Promise<void> {
    const { pod } = queued
    const { name, namespace, uid } = pod.metadata
    try {
      await this.#client.createSubresource('Pod', { name, namespace }, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: nodeName },
      })
    } catch {
      // The watch may have told meanwhile that it is there after all, or gone.
      if (!this.#queue.has(uid)) return
      this.#state.remove(uid)
      this.#queue.retry(queued)
      return
    }
    this.#state.withdraw(uid)
    this.#events.record(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      action: 'Binding',
      note: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
    })
  }

  /** Tells why the pod has no node, and makes room for it where that is allowed (SCHED-17, SCHED-18, SCHED-28). */
  #fail(queued: QueuedPod, fit: Refused): void {
    const { pod } = queued
    const { candidate, verdict, message } = this.#diagnose(pod, fit)
    if (candidate !== undefined) {
      this.#state.nominate(pod, candidate.nodeName)
      for (const victim of candidate.victims) void this.#evict(victim, pod, candidate.nodeName)
    }
    this.#queue.refuse(
      queued,
      fit.kind === 'no-nodes'
        ? { plugins: new Set(), named: undefined }
        : { plugins: fit.refusals.plugins, named: fit.refusals.named },
    )
    this.#events.record(pod, {
      type: 'Warning',
      reason: 'FailedScheduling',
      action: 'Scheduling',
      note: message,
    })
    void this.#tell(pod, message, nominationOf(pod, candidate, verdict)).catch(() => {})
  }

  #diagnose(pod: Pod, fit: Refused) {
    if (fit.kind === 'no-nodes') {
      return { candidate: undefined, verdict: undefined, message: noNodesMessage }
    }
    const { refusals } = fit
    const why = ineligibilityOf(pod, this.#state)
    const candidate = why === undefined ? this.#candidate(pod, refusals) : undefined
    const verdict: PreemptionVerdict =
      why !== undefined
        ? { kind: 'not-eligible', why }
        : { kind: candidate === undefined ? 'no-victims' : 'nominated' }
    return { candidate, verdict, message: fitMessageOf(refusals, verdict) }
  }

  #candidate(pod: Pod, refusals: Extract<Fit, { kind: 'refused' }>['refusals']) {
    if (![...refusals.byNode.values()].some(({ isCurable }) => isCurable)) return undefined
    const state = this.#state
    const filters = filtersOf(pod, state, this.#labelsOf)
    const budgets = [...this.#informers.informer('PodDisruptionBudget').objects.values()]
    return candidateOf({ pod, refusals, state, filters, budgets })
  }

  /** Writes the condition, only if it says something new (SCHED-17). */
  async #tell(pod: Pod, message: string, nomination: object): Promise<void> {
    const present = conditionOf(pod.status?.conditions, 'PodScheduled')
    const isNew =
      present?.status !== 'False' ||
      present.reason !== 'Unschedulable' ||
      present.message !== message
    if (!isNew && Object.keys(nomination).length === 0) return
    const { name, namespace, uid, generation } = pod.metadata
    const observed = generation === undefined ? {} : { observedGeneration: generation }
    const since = present?.status === 'False' ? present.lastTransitionTime : undefined
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: since ?? timestampOf(this.#clock.now()),
      ...observed,
    }
    const status = { ...observed, conditions: [condition], ...nomination }
    const patch = { type: 'strategic', body: { metadata: { uid }, status } } as const
    await this.#client.patch('Pod', { name, namespace }, patch, { subresource: 'status' })
  }

  /** Removes a pod in favour of a more important one (SCHED-27). */
  async #evict(victim: Pod, preemptor: Pod, nodeName: string): Promise<void> {
    const { name, namespace, uid, deletionTimestamp } = victim.metadata
    if (deletionTimestamp !== undefined) return
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${schedulerName}: preempting to accommodate a higher priority pod`,
      lastTransitionTime: timestampOf(this.#clock.now()),
    }
    const body = { metadata: { uid }, status: { conditions: [condition] } }
    try {
      const key = { name, namespace }
      await this.#client.patch('Pod', key, { type: 'strategic', body }, { subresource: 'status' })
      await this.#client.delete('Pod', key, { preconditions: { uid } })
      const note = `Preempted by pod ${preemptor.metadata.uid} on node ${nodeName}`
      this.#events.record(victim, {
        type: 'Normal',
        reason: 'Preempted',
        action: 'Preempting',
        note,
      })
    } catch {
      // Gone by itself, or refused: the preemptor is tried again when the watch shows what became of it.
    }
  }
}

/** Whether the pod is this scheduler's to place (SCHED-01, SCHED-03). */
function isWaiting({ metadata, spec }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    (spec.schedulerName ?? schedulerName) === schedulerName &&
    (spec.schedulingGates ?? []).length === 0
  )
}

function isChanged(pod: Pod, previous: Pod): boolean {
  return !isSame(pod.spec, previous.spec) || !isSame(pod.metadata.labels, previous.metadata.labels)
}
