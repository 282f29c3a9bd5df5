import type { Clock } from '../kubernetes/clock'
import type { Kind, KubernetesObject } from '../kubernetes/types'
import { type Change, History } from './history'
import { deepFrozen } from './json-body'

/** An object without resource version, about to be stored. */
export type Unsaved = KubernetesObject

/**
 * All objects of the cluster, with one counter of revisions for all of them (API-153) and the latest changes per kind.
 *
 * Objects are deeply frozen and share structure. Every method is synchronous, so every write is atomic.
 */
export class Store {
  readonly #clock: Clock
  readonly #historyLimit: number
  readonly #tables = new Map<Kind, Table>()
  readonly #changed: (kind: Kind, change: Change) => void
  #revision = 1

  constructor(options: {
    readonly clock: Clock
    readonly historyLimit: number
    /** Told of each change right after it was made. */
    readonly changed: (kind: Kind, change: Change) => void
  }) {
    this.#clock = options.clock
    this.#historyLimit = options.historyLimit
    this.#changed = options.changed
  }

  /** The revision of the newest write. */
  get revision(): number {
    return this.#revision
  }

  /** One object; the namespace of cluster-scoped kinds is `''`. */
  get(kind: Kind, namespace: string, name: string): KubernetesObject | undefined {
    return this.#table(kind).shelves.get(namespace)?.objects.get(name)
  }

  /** All objects of a kind, or those of one namespace, in the order of their keys (API-216). */
  objects(kind: Kind, namespace: string | undefined): readonly KubernetesObject[] {
    const table = this.#table(kind)
    if (namespace !== undefined) return table.shelves.get(namespace)?.sorted() ?? []
    if (table.shelves.size === 1) for (const shelf of table.shelves.values()) return shelf.sorted()
    return [...table.shelves.keys()]
      .sort((a, b) => compareText(`${a}/`, `${b}/`))
      .flatMap((key) => table.shelves.get(key)?.sorted() ?? [])
  }

  /** Whether there is any object of a kind in a namespace. */
  has(kind: Kind, namespace: string): boolean {
    return this.#table(kind).shelves.has(namespace)
  }

  /** The latest changes of a kind. */
  history(kind: Kind): History {
    return this.#table(kind).history
  }

  /** Writes an object, new or changed, under the next revision and returns it as it is stored now. */
  put(kind: Kind, object: Unsaved): KubernetesObject {
    const { namespace = '', name } = object.metadata
    const table = this.#table(kind)
    let shelf = table.shelves.get(namespace)
    if (shelf === undefined) {
      shelf = new Shelf()
      table.shelves.set(namespace, shelf)
    }
    const previous = shelf.objects.get(name)
    // Objects of one kind often share parts, which are frozen then: those of one template do.
    const stored = withRevision(object, ++this.#revision, previous ?? table.latest)
    table.latest = stored
    shelf.put(name, stored)
    this.#record(kind, table, previous === undefined ? 'ADDED' : 'MODIFIED', stored, previous)
    return stored
  }

  /** Removes a stored object; its last state is announced under the revision of the removal (WATCH-16). */
  remove(kind: Kind, previous: KubernetesObject): KubernetesObject {
    const { namespace = '', name } = previous.metadata
    const table = this.#table(kind)
    const shelf = table.shelves.get(namespace)
    if (shelf?.remove(name) === 0) table.shelves.delete(namespace)
    const last = withRevision(previous, ++this.#revision)
    this.#record(kind, table, 'DELETED', last, previous)
    return last
  }

  #record(
    kind: Kind,
    table: Table,
    type: Change['event']['type'],
    object: KubernetesObject,
    previous: KubernetesObject | undefined,
  ): void {
    const event = Object.freeze({ type, object })
    const change = { event, previous, revision: this.#revision, at: this.#clock.now() }
    table.history.append(change)
    this.#changed(kind, change)
  }

  #table(kind: Kind): Table {
    let table = this.#tables.get(kind)
    if (table === undefined) {
      table = {
        shelves: new Map(),
        history: new History(this.#historyLimit),
        latest: undefined,
      }
      this.#tables.set(kind, table)
    }
    return table
  }
}

/**
 * The object under another resource version, frozen; what it shares with one that is stored is frozen already.
 *
 * An object that is not frozen was made by this very request, and is not copied once more.
 */
export function withRevision(
  object: KubernetesObject,
  revision: number,
  stored?: KubernetesObject,
): KubernetesObject {
  const metadata = { ...object.metadata, resourceVersion: String(revision) }
  deepFrozen(metadata, stored?.metadata)
  const result: KubernetesObject = Object.isFrozen(object)
    ? ({ ...object, metadata } as KubernetesObject)
    : Object.assign(object, { metadata })
  return deepFrozen(result, stored)
}

/** The order of keys in the store: that of their code units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

interface Table {
  /** By namespace; `''` for cluster-scoped kinds. */
  readonly shelves: Map<string, Shelf>
  readonly history: History
  /** The object that was written last. */
  latest: KubernetesObject | undefined
}

/** The objects of one kind in one namespace. */
class Shelf {
  readonly objects = new Map<string, KubernetesObject>()
  /** In the order of names; undefined once names have come or gone. */
  #names: string[] | undefined

  put(name: string, object: KubernetesObject): void {
    const size = this.objects.size
    this.objects.set(name, object)
    if (this.objects.size !== size) this.#names = undefined
  }

  /** Removes the object and returns how many are left. */
  remove(name: string): number {
    this.objects.delete(name)
    this.#names = undefined
    return this.objects.size
  }

  sorted(): readonly KubernetesObject[] {
    this.#names ??= [...this.objects.keys()].sort()
    const sorted: KubernetesObject[] = []
    for (const name of this.#names) {
      const object = this.objects.get(name)
      if (object !== undefined) sorted.push(object)
    }
    return sorted
  }
}
