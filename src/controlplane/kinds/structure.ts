/** The object with some members changed; a member that is `undefined` goes. The same object when nothing changes. */
export function changed<T extends object>(
  object: T,
  changes: { readonly [K in keyof T]?: T[K] | undefined },
): T {
  let copy: Record<string, unknown> | undefined
  let isShorter = false
  const present = object as Readonly<Record<string, unknown>>
  const wanted = changes as Readonly<Record<string, unknown>>
  for (const key in wanted) {
    const value = wanted[key]
    if (present[key] === value) continue
    copy ??= { ...present }
    copy[key] = value
    isShorter ||= value === undefined
  }
  return (copy !== undefined && isShorter ? without(copy, wanted) : (copy ?? object)) as T
}

/** A copy without the members that were to go: an object from which members are deleted is slow and large for good. */
function without(
  members: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const key in members) {
    if (members[key] !== undefined || !Object.hasOwn(wanted, key)) kept[key] = members[key]
  }
  return kept
}

/** The object with values for the members it lacks; empty texts count as lacking, as in the API. */
export function defaulted<T extends object>(object: T, defaults: Partial<T>): T {
  let copy: Record<string, unknown> | undefined
  const present = object as Readonly<Record<string, unknown>>
  const wanted = defaults as Readonly<Record<string, unknown>>
  for (const key in wanted) {
    if ((present[key] !== undefined && present[key] !== '') || present[key] === wanted[key])
      continue
    copy ??= { ...present }
    copy[key] = wanted[key]
  }
  return (copy ?? object) as T
}

/** The list with each item rewritten; the same list when every item stays the same. */
export function mapped<T>(list: readonly T[], rewrite: (item: T) => T): readonly T[] {
  let copy: T[] | undefined
  for (const [index, item] of list.entries()) {
    const rewritten = rewrite(item)
    if (rewritten !== item) copy ??= list.slice(0, index)
    copy?.push(rewritten)
  }
  return copy ?? list
}

/** The object with one of its members rewritten, where it has that member. */
export function within<T extends object, K extends keyof T>(
  object: T,
  key: K,
  rewrite: (member: NonNullable<T[K]>) => NonNullable<T[K]>,
): T {
  const member = object[key]
  if (member === undefined || member === null) return object
  const rewritten = rewrite(member)
  return rewritten === member ? object : { ...object, [key]: rewritten }
}

/**
 * A function whose results for frozen arguments are remembered, so that what many objects share is looked at once.
 *
 * The argument must be frozen through and through, as everything in the API server is.
 */
export function remembering<T extends object, R>(compute: (value: T) => R): (value: T) => R {
  const results = new WeakMap<T, R>()
  return (value) => {
    const known = results.get(value)
    if (known !== undefined) return known
    const result = compute(value)
    if (Object.isFrozen(value) && result !== undefined) {
      results.set(value, result)
      // What is made of frozen parts and shared from now on is frozen as they are.
      deepFreeze(result)
    }
    return result
  }
}

/** Freezes a value through and through; parts that are frozen already are taken to be so. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  for (const part of Object.values(value)) deepFreeze(part)
  Object.freeze(value)
}

/**
 * Whether two decoded values are the same to an API server.
 *
 * Decoding has dropped what means nothing, so here `{}` differs from absence, as it does for an API server: an
 * empty `affinity` is another template than none (API-18).
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => isSame(item, b[index]))
    )
  }
  return hasSame(a, b) && hasSame(b, a)
}

function hasSame(a: object, b: object): boolean {
  const [left, right] = [a, b] as readonly Readonly<Record<string, unknown>>[]
  for (const key in left) {
    if (left[key] !== undefined && !(Object.hasOwn(b, key) && isSame(left[key], right?.[key]))) {
      return false
    }
  }
  return true
}
