import type { FieldError } from './field-error'

/**
 * What an API server knows of one kind: its defaults, what a write may change, and what is valid.
 *
 * Everything here is pure and idempotent, and returns the very same reference when nothing changes. The order of
 * a create is `defaults`, `prepareForCreate`, `validateCreate`; that of an update `defaults`, `prepareForUpdate`,
 * `validateUpdate` (API-124).
 */
export interface Strategy<T> {
  /** Fills in what the client left out; the parts of a stored object (`previous`) have their defaults. */
  defaults(object: T, previous?: T): T
  /**
   * Resets what a client may not choose on create: status, generation, deletion.
   *
   * Name, uid and creationTimestamp are the server's to set, before or after.
   */
  prepareForCreate(object: T): T
  /**
   * Takes from the stored object what this write may not change, and raises generations.
   *
   * `subresource` is `undefined` for the main resource, else `status`, `binding`, `eviction` or `finalize`.
   */
  prepareForUpdate(object: T, previous: T, subresource: string | undefined): T
  /** All problems of a new object, metadata included. */
  validateCreate(object: T): readonly FieldError[]
  /** All problems of a changed object, metadata included. */
  validateUpdate(object: T, previous: T, subresource: string | undefined): readonly FieldError[]
  /** The values that field selectors compare (API-225 to API-227); unset fields are ''. */
  fieldsOf(object: T): Readonly<Record<string, string>>
  /** The fields that field selectors of this kind may name. */
  readonly selectableFields: readonly string[]
  /** Whether an update without resource version is taken (API-146, API-147). */
  readonly unconditionalUpdate: boolean
  /** Whether PUT creates what is not there (API-148). */
  readonly createOnUpdate: boolean
  /** Texts of warning headers for a successful write (API-26, API-192). */
  warnings?(object: T, previous: T | undefined): readonly string[]
}
