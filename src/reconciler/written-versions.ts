import type { Kind } from '../kubernetes/types'

interface Written {
  readonly uid: string
  readonly versions: Map<Kind, string>
}

/**
 * The newest resource version of each kind that a controller has written for its own objects.
 *
 * A cache that has not come that far does not show the controller's own work, so nothing is to be decided
 * on it.
 *
 * @see GATES-03 GATES-05
 */
export class WrittenVersions {
  readonly #written = new Map<string, Written>()

  /** Notes the version that a write for the object with this key and uid came back with. */
  wrote(key: string, uid: string, kind: Kind, resourceVersion: string): void {
    let written = this.#written.get(key)
    if (written === undefined || written.uid !== uid) {
      written = { uid, versions: new Map() }
      this.#written.set(key, written)
    }
    const highest = written.versions.get(kind)
    if (highest === undefined || isOlder(highest, resourceVersion)) {
      written.versions.set(kind, resourceVersion)
    }
  }

  /** Why the caches are too old to sync the key, or `undefined` when they are not; then the record is dropped. */
  staleness(key: string, cachedVersionOf: (kind: Kind) => string): string | undefined {
    const written = this.#written.get(key)
    if (written === undefined) return undefined
    for (const [kind, version] of written.versions) {
      const cached = cachedVersionOf(kind)
      if (isOlder(cached, version)) {
        return `read version "${cached}" is not as new as written version "${version}" for ${kind}`
      }
    }
    this.#written.delete(key)
    return undefined
  }

  forget(key: string): void {
    this.#written.delete(key)
  }
}

const decimal = /^[1-9]\d*$/

/** Whether `a` precedes `b`; versions that are no numbers cannot be compared and count as fresh. */
function isOlder(a: string, b: string): boolean {
  if (!decimal.test(a) || !decimal.test(b)) return false
  return a.length === b.length ? a < b : a.length < b.length
}
