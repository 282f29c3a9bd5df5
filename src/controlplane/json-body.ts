import { badRequest } from './refusals'

/** How deep bodies may be nested; far more than any object has, and safe for recursion. */
const depthLimit = 500

/**
 * Takes over a body that came from outside: a deeply frozen value of plain JSON, sharing every part that is frozen.
 *
 * Whoever freezes a part promises that all below it is frozen JSON too; everything else is copied, so the
 * caller's objects stay the caller's. `undefined` members vanish, as they would on the wire; what is no JSON is refused.
 *
 * @throws StatusError `BadRequest`
 */
export function acceptedBody(value: unknown): unknown {
  return accepted(value, 0)
}

function accepted(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      throw badRequest(`the body holds the number ${value}, which JSON cannot express`)
    case 'object':
      if (value === null || Object.isFrozen(value)) return value
      return acceptedObject(value, depth)
    default:
      throw badRequest(`the body holds a ${typeof value}, which JSON cannot express`)
  }
}

function acceptedObject(value: object, depth: number): unknown {
  if (depth > depthLimit) {
    throw badRequest(`the body is nested more deeply than ${depthLimit} levels`)
  }
  if (Array.isArray(value)) {
    // From is told the length, so that nothing is reserved for items to come; gaps are items too.
    return Object.freeze(
      Array.from(value, (item: unknown) => (item === undefined ? null : accepted(item, depth + 1))),
    )
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return accepted(value.toJSON(), depth + 1)
  }
  return acceptedMembers(value as Readonly<Record<string, unknown>>, depth)
}

function acceptedMembers(value: Readonly<Record<string, unknown>>, depth: number): object {
  // A copy made in one go is smaller than one that grows member by member.
  const members: Record<string, unknown> = { ...value }
  let isAnyAbsent = false
  for (const key of Object.keys(members)) {
    checkKey(key)
    const member = members[key]
    if (member === undefined) isAnyAbsent = true
    else if (typeof member !== 'string') members[key] = accepted(member, depth + 1)
  }
  return Object.freeze(isAnyAbsent ? withoutAbsent(members) : members)
}

/** The members that are there; a copy, as an object from which members were deleted is slow and large for good. */
export function withoutAbsent(
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const present: Record<string, unknown> = {}
  for (const name of Object.keys(members)) {
    if (members[name] !== undefined) present[name] = members[name]
  }
  return present
}

/** Refuses the one key that would change an object instead of becoming a member of it. */
export function checkKey(key: string): void {
  if (key === '__proto__') throw badRequest(`the body holds the key "${key}"`)
}

/**
 * Freezes a value of our own making in place, down to the parts that are frozen already.
 *
 * `like` is a frozen value of the same form, if there is one: what both share is frozen, which is quicker to see than
 * to ask.
 */
export function deepFrozen<T>(value: T, like?: unknown): T {
  if (typeof value !== 'object' || value === null || value === like) return value
  if (Object.isFrozen(value)) return value
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) deepFrozen(value[index])
    return Object.freeze(value)
  }
  // Plain data has nothing enumerable beyond its own members.
  const known = (like ?? nothing) as Readonly<Record<string, unknown>>
  for (const key in value) {
    const member = value[key]
    if (typeof member === 'object' && member !== null) deepFrozen(member, known[key])
  }
  return Object.freeze(value)
}

const nothing = Object.freeze({})

/** Whether a value is a JSON object. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether two values are the same JSON once stored: absent, `null` and `[]` are one, but `{}` is something.
 *
 * Identical references are equal at once.
 *
 * @see API-150
 */
export function equalWhenStored(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isAbsent(a) || isAbsent(b)) return isAbsent(a) && isAbsent(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => equalWhenStored(item, b[index]))
    )
  }
  if (Array.isArray(b)) return false
  return equalMembers(a as Record<string, unknown>, b as Record<string, unknown>)
}

function equalMembers(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  for (const key in a) {
    if (!equalWhenStored(a[key], Object.hasOwn(b, key) ? b[key] : undefined)) return false
  }
  for (const key in b) {
    if (!Object.hasOwn(a, key) && !isAbsent(b[key])) return false
  }
  return true
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}
