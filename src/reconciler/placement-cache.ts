import type { TolerationOptions } from '../kubernetes/tolerations'
import type { DaemonSet, Node, PodTemplateSpec } from '../kubernetes/types'
import type { PlacedNode } from './observation'
import { compilePlacement, type Placer } from './placement'

interface Entry {
  template: PodTemplateSpec
  place: Placer
  /** The state of the node cache that `nodes` shows; below 0: none yet. */
  version: number
  nodes: ReadonlyMap<string, PlacedNode>
}

/**
 * The judgement of each DaemonSet on each node, worked out anew only for nodes that have changed.
 *
 * A judgement depends on nothing but the template and the node (PLACE-04), and both are immutable objects.
 */
export class PlacementCache {
  readonly #nodes: ReadonlyMap<string, Node>
  readonly #options: TolerationOptions
  readonly #entries = new Map<string, Entry>()
  #version = 0

  constructor(nodes: ReadonlyMap<string, Node>, options: TolerationOptions = {}) {
    this.#nodes = nodes
    this.#options = options
  }

  /** To be called after every change of the nodes. */
  nodesChanged(): void {
    this.#version++
  }

  /** Every node with its judgement, in the order of the node cache. */
  placedNodesOf(daemonSet: DaemonSet): ReadonlyMap<string, PlacedNode> {
    const entry = this.#entryOf(daemonSet)
    if (entry.version !== this.#version) {
      entry.nodes = this.#placedAnew(entry)
      entry.version = this.#version
    }
    return entry.nodes
  }

  /** The judgement on one node alone. */
  placerOf(daemonSet: DaemonSet): Placer {
    return this.#entryOf(daemonSet).place
  }

  forget({ metadata: { uid } }: DaemonSet): void {
    this.#entries.delete(uid)
  }

  #placedAnew({ place, nodes: before }: Entry): ReadonlyMap<string, PlacedNode> {
    const nodes = new Map<string, PlacedNode>()
    for (const [name, node] of this.#nodes) {
      const known = before.get(name)
      nodes.set(name, known?.node === node ? known : { node, placement: place(node) })
    }
    return nodes
  }

  #entryOf({ metadata: { uid }, spec: { template } }: DaemonSet): Entry {
    const known = this.#entries.get(uid)
    if (known?.template === template) return known
    const place = compilePlacement(template, this.#options)
    const entry = { template, place, version: -1, nodes: new Map() }
    this.#entries.set(uid, entry)
    return entry
  }
}
