import { semanticallyEqual } from '../kubernetes/canonical-json'
import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import { matchesLabelSelector } from '../kubernetes/label-selector'
import { StatusError } from '../kubernetes/status-error'
import type { Pod, PodDisruptionBudget } from '../kubernetes/types'
import { EventRecorder } from '../reconciler/event-recorder'
import { keyOf } from '../reconciler/key-texts'
import { WorkQueue } from '../reconciler/work-queue'
import {
  type BudgetObservation,
  budgetStatusOf,
  expectationOf,
  failedStatusOf,
  nextRecheckAt,
  UnknownScaleError,
} from './disruption-status'
import type { SharedInformers } from './shared-informers'

/**
 * Keeps the status of pod disruption budgets, which evictions are granted by.
 *
 * @see API-232 API-233
 */
export class DisruptionController {
  readonly #client: Client
  readonly #clock: Clock
  readonly #informers: SharedInformers
  readonly #recorder: EventRecorder
  readonly #queue: WorkQueue

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly informers: SharedInformers
  }) {
    const { client, clock, informers } = options
    this.#client = client
    this.#clock = clock
    this.#informers = informers
    this.#recorder = new EventRecorder({ client, clock, component: 'controllermanager' })
    this.#queue = new WorkQueue({ clock, work: (key) => this.#sync(key) })
  }

  start(): void {
    const budgets = this.#informers.informer('PodDisruptionBudget')
    const sync = (budget: PodDisruptionBudget) => this.#queue.add(keyOf(budget))
    budgets.handle({ added: sync, updated: sync })
    const observe = (pod: Pod) => {
      for (const budget of budgets.objects.values()) if (isFor(budget, pod)) sync(budget)
    }
    this.#informers.informer('Pod').handle({
      added: observe,
      updated: (pod, previous) => {
        observe(pod)
        if (pod.metadata.labels !== previous.metadata.labels) observe(previous)
      },
      deleted: observe,
    })
  }

  stop(): void {
    this.#queue.stop()
  }

  async #sync(key: string): Promise<void> {
    const budget = this.#informers.informer('PodDisruptionBudget').get(key)
    if (budget === undefined) return
    const all = [...this.#informers.informer('Pod').objects.values()]
    const pods = all.filter((pod) => isFor(budget, pod))
    const status = this.#statusOf({ budget, pods, now: this.#clock.now() })
    const recheckAt = nextRecheckAt(status)
    if (recheckAt !== undefined) this.#queue.addAfter(key, recheckAt - this.#clock.now() + 1)
    if (semanticallyEqual(status, budget.status)) return
    try {
      const draft = { ...budget, status }
      await this.#client.update('PodDisruptionBudget', draft, { subresource: 'status' })
    } catch (error) {
      if (!StatusError.is(error, 'NotFound')) throw error
    }
  }

  #statusOf(observation: BudgetObservation) {
    const { budget, pods } = observation
    if (pods.length === 0) {
      this.#recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found')
    }
    try {
      const expectation = expectationOf(observation)
      if (expectation.unmanagedPods.length > 0) this.#recordUnmanaged(budget)
      return budgetStatusOf(observation, expectation)
    } catch (error) {
      if (!(error instanceof UnknownScaleError)) throw error
      const message = `Failed to calculate the number of expected pods: ${error.message}`
      this.#recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', message)
      return failedStatusOf(observation, error.message)
    }
  }

  #recordUnmanaged(budget: PodDisruptionBudget): void {
    const message =
      'Pods that no controller manages are selected; set .spec.minAvailable to an integer to account for them.'
    this.#recorder.event(budget, 'Warning', 'UnmanagedPods', message)
  }
}

function isFor(budget: PodDisruptionBudget, { metadata }: Pod): boolean {
  return (
    budget.metadata.namespace === metadata.namespace &&
    matchesLabelSelector(budget.spec?.selector, metadata.labels)
  )
}
