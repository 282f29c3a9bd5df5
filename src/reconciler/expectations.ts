/** Expectations older than this no longer hold anything up (MANAGE-37). */
const timeoutMilliseconds = 300_000

interface Expected {
  creates: number
  deletes: number
  readonly since: number
}

/**
 * The creates and deletes that a controller has asked for and not seen in its caches yet.
 *
 * While they are outstanding the caches must not be acted upon, or the same pods would be created twice.
 * The counters are lowered by watch events and by calls that failed; they may fall below 0 (MANAGE-39).
 *
 * @see MANAGE-36
 */
export class Expectations {
  readonly #expected = new Map<string, Expected>()

  /** Replaces what was expected for the key. */
  set(key: string, { creates, deletes, now }: { creates: number; deletes: number; now: number }) {
    this.#expected.set(key, { creates, deletes, since: now })
  }

  /** Whether nothing is outstanding, or it has been for so long that it will never come. */
  areSatisfied(key: string, now: number): boolean {
    const expected = this.#expected.get(key)
    if (expected === undefined) return true
    if (expected.creates <= 0 && expected.deletes <= 0) return true
    return now - expected.since > timeoutMilliseconds
  }

  /** A create was seen, or is known never to come; `count` of them at once when calls were skipped. */
  creationObserved(key: string, count = 1): void {
    const expected = this.#expected.get(key)
    if (expected !== undefined) expected.creates -= count
  }

  /** A delete was seen, or is known never to come. */
  deletionObserved(key: string): void {
    const expected = this.#expected.get(key)
    if (expected !== undefined) expected.deletes--
  }

  /** Forgets the key, so that a namesake starts clean (MANAGE-41). */
  forget(key: string): void {
    this.#expected.delete(key)
  }
}
