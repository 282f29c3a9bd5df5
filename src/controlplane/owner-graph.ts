import type { KubernetesObject } from '../kubernetes/types'

/**
 * Which objects exist, and which depend on which, by uid.
 *
 * An owner may be referred to before, and after, it is known to exist (GC-17).
 */
export class OwnerGraph {
  readonly #objects = new Map<string, KubernetesObject>()
  readonly #dependents = new Map<string, Set<string>>()

  get(uid: string): KubernetesObject | undefined {
    return this.#objects.get(uid)
  }

  /** Takes note of an object, and of the owners that it names. */
  set(object: KubernetesObject): void {
    const { uid, ownerReferences } = object.metadata
    const previous = this.#objects.get(uid)
    this.#objects.set(uid, object)
    if (previous?.metadata.ownerReferences === ownerReferences) return
    if (previous !== undefined) this.#unlink(previous)
    for (const owner of ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid)
      if (dependents === undefined) this.#dependents.set(owner.uid, new Set([uid]))
      else dependents.add(uid)
    }
  }

  remove(object: KubernetesObject): void {
    const present = this.#objects.get(object.metadata.uid)
    if (present === undefined) return
    this.#objects.delete(object.metadata.uid)
    this.#unlink(present)
  }

  hasDependents(uid: string): boolean {
    return this.#dependents.has(uid)
  }

  /** The objects that name the owner, in the order in which they appeared. */
  dependentsOf(uid: string): readonly KubernetesObject[] {
    const found: KubernetesObject[] = []
    for (const dependent of this.#dependents.get(uid) ?? []) {
      const object = this.#objects.get(dependent)
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
