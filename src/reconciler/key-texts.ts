import type { KubernetesObject } from '../kubernetes/types'

/** The cache and work key of an object: `namespace/name`, or `name` where the kind is cluster-scoped. */
export function keyOf({ metadata }: KubernetesObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`
}

/**
 * Keys of objects, for each object the very same text every time.
 *
 * A text that is put together anew has to be read from end to end before it can be looked up; the name of an object is
 * the same text in all of its states.
 */
export class KeyTexts {
  readonly #byNamespace = new Map<string, Map<string, string>>()

  keyOf(object: KubernetesObject): string {
    const { namespace, name } = object.metadata
    if (namespace === undefined) return name
    let keys = this.#byNamespace.get(namespace)
    if (keys === undefined) {
      keys = new Map()
      this.#byNamespace.set(namespace, keys)
    }
    let key = keys.get(name)
    if (key === undefined) {
      key = keyOf(object)
      keys.set(name, key)
    }
    return key
  }

  /** To be called when the object is gone. */
  forget({ metadata: { namespace = '', name } }: KubernetesObject): void {
    const keys = this.#byNamespace.get(namespace)
    if (keys?.delete(name) && keys.size === 0) this.#byNamespace.delete(namespace)
  }
}
