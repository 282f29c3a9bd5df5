import type { Node, Pod } from '../../kubernetes/types'
import { NodeUsage } from '../node-usage'

/** A node as the scheduler sees it, with the pods that it counts there. */
export interface NodeView {
  readonly name: string
  /** Absent while pods are known of a node that is not. */
  node: Node | undefined
  readonly usage: NodeUsage
  /** By uid. */
  readonly pods: Map<string, PlacedPod>
}

/** A pod on a node; it changes in place, as it does so often. */
export interface PlacedPod {
  pod: Pod
  readonly view: NodeView
}

/**
 * What the scheduler knows of nodes and of the pods on them: what the watch has shown, and what it has
 * decided itself but not yet seen (SCHED-25). Kept up to date step by step; nothing is ever recounted.
 */
export class ClusterState {
  readonly #nodes = new Map<string, NodeView>()
  readonly #placed = new Map<string, PlacedPod>()
  /** Pods whose required anti-affinity other pods have to respect, by uid. */
  readonly #repelling = new Map<string, Pod>()
  /** Pods that wait for their victims to go, by the node that was nominated for them, then by uid. */
  readonly #nominated = new Map<string, Map<string, Pod>>()
  /** How many nodes exist. */
  nodeCount = 0

  setNode(node: Node): void {
    const view = this.#viewOf(node.metadata.name)
    if (view.node === undefined) this.nodeCount++
    view.node = node
  }

  removeNode(name: string): void {
    const view = this.#nodes.get(name)
    if (view?.node === undefined) return
    view.node = undefined
    this.nodeCount--
    this.#dropIfEmpty(view)
  }

  view(name: string): NodeView | undefined {
    return this.#nodes.get(name)
  }

  /** Every known node, in the order in which they appeared. */
  views(): Iterable<NodeView> {
    return this.#nodes.values()
  }

  get repelling(): ReadonlyMap<string, Pod> {
    return this.#repelling
  }

  isPlaced(uid: string): boolean {
    return this.#placed.has(uid)
  }

  nodeOf(uid: string): string | undefined {
    return this.#placed.get(uid)?.view.name
  }

  /** Counts the pod on the node, or replaces what was known of it there. */
  place(pod: Pod, nodeName: string): void {
    const { uid } = pod.metadata
    const present = this.#placed.get(uid)
    if (present !== undefined) {
      if (present.view.name === nodeName && present.pod.spec === pod.spec) {
        present.pod = pod
        return
      }
      this.remove(uid)
    }
    const view = this.#viewOf(nodeName)
    const placed: PlacedPod = { pod, view }
    view.pods.set(uid, placed)
    view.usage.add(pod)
    this.#placed.set(uid, placed)
    const antiAffinity = pod.spec.affinity?.podAntiAffinity
    if (antiAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined) {
      this.#repelling.set(uid, pod)
    }
  }

  /** Forgets the pod, because it is gone, over, or could not be bound; names the node it was on. */
  remove(uid: string): string | undefined {
    const present = this.#placed.get(uid)
    if (present === undefined) return undefined
    this.#placed.delete(uid)
    this.#repelling.delete(uid)
    present.view.pods.delete(uid)
    present.view.usage.remove(present.pod)
    this.#dropIfEmpty(present.view)
    return present.view.name
  }

  nominate(pod: Pod, nodeName: string): void {
    this.withdraw(pod.metadata.uid)
    const pods = this.#nominated.get(nodeName) ?? new Map<string, Pod>()
    pods.set(pod.metadata.uid, pod)
    this.#nominated.set(nodeName, pods)
  }

  /** Gives up the place that was kept for the pod, if one was. */
  withdraw(uid: string): void {
    if (this.#nominated.size === 0) return
    for (const [nodeName, pods] of this.#nominated) {
      if (pods.delete(uid) && pods.size === 0) this.#nominated.delete(nodeName)
    }
  }

  /** Pods at least as important as the given one for which the node's resources are kept (SCHED-28). */
  nominatedBefore(pod: Pod, nodeName: string): readonly Pod[] {
    const pods = this.#nominated.get(nodeName)
    if (pods === undefined) return []
    const { uid } = pod.metadata
    const priority = pod.spec.priority ?? 0
    return [...pods.values()].filter(
      (other) => other.metadata.uid !== uid && (other.spec.priority ?? 0) >= priority,
    )
  }

  #viewOf(name: string): NodeView {
    const present = this.#nodes.get(name)
    if (present !== undefined) return present
    const view: NodeView = { name, node: undefined, usage: new NodeUsage(), pods: new Map() }
    this.#nodes.set(name, view)
    return view
  }

  #dropIfEmpty(view: NodeView): void {
    if (view.node === undefined && view.pods.size === 0) this.#nodes.delete(view.name)
  }
}
