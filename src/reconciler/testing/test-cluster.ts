import { timestampOf } from '../../kubernetes/clock'
import { targetNodeNameOf } from '../../kubernetes/node-affinity'
import { StatusError } from '../../kubernetes/status-error'
import type { DaemonSet, Draft, Event, Node, Pod } from '../../kubernetes/types'
import { DaemonSetController, type DaemonSetControllerOptions } from '../daemonset-controller'
import { FakeClient } from './fake-client'
import { drained, ManualClock } from './manual-clock'
import { namespace, readyCondition } from './objects'

/** A DaemonSet controller at work on objects in memory. There are no kubelets: tests say what becomes of pods. */
export class TestCluster {
  readonly clock = new ManualClock()
  readonly client = new FakeClient(() => this.clock.now())
  readonly errors: unknown[] = []
  readonly controller: DaemonSetController

  constructor(options: Partial<DaemonSetControllerOptions> = {}) {
    this.controller = new DaemonSetController({
      client: this.client,
      clock: this.clock,
      failed: (_key, error) => this.errors.push(error),
      ...options,
    })
  }

  /** Stores objects as other clients would. */
  put(...objects: readonly { readonly kind: string }[]): this {
    for (const object of objects) {
      const { kind, ...draft } = object as unknown as Draft
      this.client.put(kind as 'Pod', { ...draft, kind: kind as string })
    }
    return this
  }

  /** Refuses new pods from now on, as in a namespace that is going. */
  refusePodsAsTerminating(): void {
    const details = { causes: [{ reason: 'NamespaceTerminating' }] }
    this.client.refuse = ({ verb, kind }) =>
      verb === 'create' && kind === 'Pod'
        ? new StatusError('Forbidden', 'being terminated', { details })
        : undefined
  }

  /** Starts the controller and lets it work until nothing moves. */
  async start(): Promise<this> {
    await this.controller.start()
    await drained()
    return this
  }

  /** Lets everything happen that needs no time to pass. */
  async settle(): Promise<void> {
    await drained()
  }

  pods(): Pod[] {
    return this.client.all('Pod')
  }

  /** The names of the nodes that pods are for, sorted. */
  podNodes(): (string | undefined)[] {
    return this.pods().map(targetNodeNameOf).sort()
  }

  events(reason?: string): Event[] {
    return this.client.all('Event').filter((one) => reason === undefined || one.reason === reason)
  }

  daemonSet(name = 'agent'): DaemonSet {
    const found = this.client.all('DaemonSet').find(({ metadata }) => metadata.name === name)
    if (found === undefined) throw new Error(`no DaemonSet ${name}`)
    return found
  }

  /** Changes a DaemonSet's spec; a changed template raises its generation as a server would. */
  updateSpec(change: (spec: DaemonSet['spec']) => DaemonSet['spec'], name = 'agent'): void {
    const daemonSet = this.daemonSet(name)
    const spec = change(daemonSet.spec)
    const key = 'deprecated.daemonset.template.generation'
    const templateGeneration = Number(daemonSet.metadata.annotations?.[key] ?? 0)
    const isSameTemplate = spec.template === daemonSet.spec.template
    this.client.put('DaemonSet', {
      ...daemonSet,
      metadata: {
        ...daemonSet.metadata,
        generation: (daemonSet.metadata.generation ?? 0) + 1,
        annotations: {
          [key]: String(isSameTemplate ? templateGeneration : templateGeneration + 1),
        },
      },
      spec,
    })
  }

  /** Makes the template ask for another image. */
  setImage(image: string): void {
    this.updateSpec((spec) => ({
      ...spec,
      template: {
        ...spec.template,
        spec: { ...spec.template.spec, containers: [{ name: 'app', image }] },
      },
    }))
  }

  /** Replaces a node's labels or taints. */
  updateNode(name: string, change: (node: Node) => Node): void {
    const node = this.client.all('Node').find(({ metadata }) => metadata.name === name)
    if (node !== undefined) this.client.put('Node', { ...change(node) })
  }

  /** Binds and starts pods, as a scheduler and a kubelet would. */
  run(pods: readonly Pod[] = this.pods()): void {
    for (const pod of pods) {
      this.client.put('Pod', {
        ...pod,
        spec: { ...pod.spec, nodeName: targetNodeNameOf(pod) },
        status: { phase: 'Running', conditions: [readyCondition(this.clock.now())] },
      })
    }
  }

  /** Gives a pod another status, e.g. `{ phase: 'Failed' }`. */
  setPodStatus({ metadata }: Pod, status: Pod['status']): void {
    const pod = this.pods().find((one) => one.metadata.name === metadata.name)
    if (pod !== undefined) this.client.put('Pod', { ...pod, status })
  }

  /** Marks a pod as being deleted while it still shuts down. */
  terminate({ metadata }: Pod): void {
    const pod = this.pods().find((one) => one.metadata.name === metadata.name)
    if (pod === undefined) return
    const deletionTimestamp = timestampOf(this.clock.now())
    this.client.put('Pod', { ...pod, metadata: { ...pod.metadata, deletionTimestamp } })
  }

  /** Takes a pod away, as a kubelet does in the end. */
  dropPod({ metadata: { name } }: Pod): void {
    this.client.drop('Pod', { namespace, name })
  }
}
