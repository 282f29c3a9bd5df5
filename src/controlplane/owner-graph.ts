import type { KubernetesObject } from '../kubernetes/types'

/** An object in the graph; it changes in place, as most objects change often and their owners never do. */
interface GraphNode {
  object: KubernetesObject
}

/**
 * Which objects exist, and which depend on which, by uid.
 *
 * An owner may be referred to before, and after, it is known to exist (GC-17).
 */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>()
  readonly #dependents = new Map<string, Set<string>>()

  get(uid: string): KubernetesObject | undefined {
    return this.#nodes.get(uid)?.object
  }

  /** Takes note of an object, and of the owners that it names. */
  set(object: KubernetesObject): void {
    const { uid, ownerReferences } = object.metadata
    const node = this.#nodes.get(uid)
    if (node === undefined) this.#nodes.set(uid, { object })
    else {
      const previous = node.object
      node.object = object
      if (previous.metadata.ownerReferences === ownerReferences) return
      this.#unlink(previous)
    }
    for (const owner of ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid)
      if (dependents === undefined) this.#dependents.set(owner.uid, new Set([uid]))
      else dependents.add(uid)
    }
  }

  remove(object: KubernetesObject): void {
    const present = this.get(object.metadata.uid)
    if (present === undefined) return
    this.#nodes.delete(object.metadata.uid)
    this.#unlink(present)
  }

  hasDependents(uid: string): boolean {
    return this.#dependents.has(uid)
  }

  /** The objects that name the owner, in the order in which they appeared. */
  dependentsOf(uid: string): readonly KubernetesObject[] {
    const found: KubernetesObject[] = []
    for (const dependent of this.#dependents.get(uid) ?? []) {
      const object = this.get(dependent)
      if (object !== undefined) found.push(object)
    }
    return found
  }

  #unlink({ metadata }: KubernetesObject): void {
    for (const owner of metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid)
      if (dependents?.delete(metadata.uid) && dependents.size === 0) {
        this.#dependents.delete(owner.uid)
      }
    }
  }
}
