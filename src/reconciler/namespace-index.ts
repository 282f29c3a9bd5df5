import type { NamespacedMeta } from '../kubernetes/types'
import type { InformerHandlers } from './informer'

/** The objects of an informer by namespace, for questions that are asked too often to scan all of them. */
export class NamespaceIndex<T extends { readonly metadata: NamespacedMeta }> {
  readonly #objects = new Map<string, Map<string, T>>()

  /** Follows the informer from now on. Handlers added later find the index up to date. */
  follow(informer: { handle(handlers: InformerHandlers<T>): void }): void {
    informer.handle({
      added: (object) => this.#set(object),
      updated: (object) => this.#set(object),
      deleted: ({ metadata: { namespace, name } }) => this.#objects.get(namespace)?.delete(name),
    })
  }

  in(namespace: string): Iterable<T> {
    return this.#objects.get(namespace)?.values() ?? []
  }

  #set(object: T): void {
    const { namespace, name } = object.metadata
    const objects = this.#objects.get(namespace)
    if (objects === undefined) this.#objects.set(namespace, new Map([[name, object]]))
    else objects.set(name, object)
  }
}
