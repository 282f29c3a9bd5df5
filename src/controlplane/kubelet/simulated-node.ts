import { conditionOf } from '../../kubernetes/conditions'
import { StatusError } from '../../kubernetes/status-error'
import type { Node, NodeCondition } from '../../kubernetes/types'
import { type Fleet, Kubelet } from './kubelet'
import { conditionEventOf, nodeConditionOf } from './node-object'

/** Status reports of a node that fail are repeated after this pause, this many times. */
const reportRetry = { milliseconds: 1_000, tries: 10 } as const

/** One node of a fleet: its kubelet, and what that holds to be true of the node itself. */
export class SimulatedNode {
  readonly kubelet: Kubelet
  readonly #fleet: Fleet
  readonly #name: string
  #conditions: readonly NodeCondition[]
  #isUnschedulable: boolean

  constructor(fleet: Fleet, node: Node, index: number) {
    this.#fleet = fleet
    this.#name = node.metadata.name
    this.#conditions = node.status?.conditions ?? []
    this.#isUnschedulable = node.spec?.unschedulable ?? false
    this.kubelet = new Kubelet(fleet, node, index)
  }

  /** Records what a kubelet says when it starts. */
  recordStart(): void {
    this.#record('Starting', 'Starting kubelet.')
    for (const condition of this.#conditions) this.#recordCondition(condition)
  }

  /** Takes note of the node as the API shows it. */
  observe(node: Node): void {
    const isUnschedulable = node.spec?.unschedulable ?? false
    if (this.#isUnschedulable === isUnschedulable) return
    this.#isUnschedulable = isUnschedulable
    this.#recordStatus(isUnschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable')
  }

  /** Finds a condition changed and reports it (KUBELET-02, KUBELET-05). */
  async setCondition(type: string, status: string, reason: string | undefined): Promise<void> {
    const previous = conditionOf(this.#conditions, type)
    const since = previous?.status === status ? previous.lastTransitionTime : undefined
    const now = this.#fleet.clock.now()
    const condition = nodeConditionOf({ type, status, reason, now, since })
    this.#conditions =
      previous === undefined
        ? [...this.#conditions, condition]
        : this.#conditions.map((present) => (present === previous ? condition : present))
    if (previous?.status !== status) this.#recordCondition(condition)
    await this.report()
  }

  /** Reports the conditions, with new heartbeat times (KUBELET-02). */
  async report(): Promise<void> {
    const { client, clock } = this.#fleet
    for (let tries = 0; tries < reportRetry.tries && !this.kubelet.isSilent; tries++) {
      const now = clock.now()
      this.#conditions = this.#conditions.map((condition) =>
        nodeConditionOf({ ...condition, now, since: condition.lastTransitionTime }),
      )
      const body = { status: { conditions: this.#conditions } }
      try {
        const patch = { type: 'strategic', body } as const
        await client.patch('Node', { name: this.#name }, patch, { subresource: 'status' })
        return
      } catch (error) {
        if (StatusError.is(error, 'NotFound')) return
        await new Promise<void>((resolve) => clock.after(reportRetry.milliseconds, resolve))
      }
    }
  }

  #recordCondition(condition: NodeCondition): void {
    const reason = conditionEventOf(condition)
    if (reason !== undefined) this.#recordStatus(reason)
  }

  #recordStatus(reason: string): void {
    this.#record(reason, `Node ${this.#name} status is now: ${reason}`)
  }

  /** Node events name the node by its name where others give a uid (KUBELET-06). */
  #record(reason: string, message: string): void {
    if (this.kubelet.isSilent || !this.#fleet.mayRecord()) return
    const metadata = { name: this.#name, uid: this.#name }
    const node = { apiVersion: 'v1', kind: 'Node', metadata } as Node
    this.kubelet.recorder.event(node, 'Normal', reason, message)
  }
}
