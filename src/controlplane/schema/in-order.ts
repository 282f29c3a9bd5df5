import { readScalar } from './scalars'
import type { Field, Scalar, Shape } from './schema'

/**
 * Whether a value is just what its shape asks for, so that reading it would give the very same value back.
 *
 * Most of what comes is in order. This look takes no notes of where it is, so it is much quicker than the reading that
 * has something to say about what is not.
 */
export function isInOrder(shape: Shape, value: unknown): boolean {
  return look(shape, value, true) !== no
}

/** What a look has found: not in order, in order, or in order and frozen through and through. */
const no = 0
const yes = 1
const yesAndFrozen = 3
type Found = typeof no | typeof yes | typeof yesAndFrozen

/** Deeply frozen lists that were found to be in order, with the shape that they fit: what templates share. */
const known = new WeakMap<object, Shape>()

/** Parts that every object has for itself: to remember all their lists would only cost memory. */
const unshared: ReadonlySet<string> = new Set(['affinity', 'status'])

/** Of those parts, the list of each shape that was in order last: the conditions of alike pods are one list. */
const latest = new Map<Shape, object>()

function look(shape: Shape, value: unknown, isShared: boolean): Found {
  if (shape.is === 'scalar') return lookAtScalar(shape.type, value)
  if (typeof value !== 'object' || value === null) return no
  if (Array.isArray(value)) return shape.is === 'list' ? lookAtList(shape, value, isShared) : no
  const object = value as Readonly<Record<string, unknown>>
  if (shape.is === 'map') return lookAtMap(shape.of, object, isShared)
  return shape.is === 'object' ? lookAtObject(shape.fields, object, isShared) : no
}

function lookAtList(
  shape: Extract<Shape, { is: 'list' | 'map' }>,
  list: readonly unknown[],
  isShared: boolean,
): Found {
  if (latest.get(shape) === list || known.get(list) === shape) return yesAndFrozen
  let found = frozenness(list)
  for (let index = 0; index < list.length; index++) {
    found = both(found, look(shape.of, list[index], isShared))
    if (found === no) return no
  }
  // To remember every small object as well would cost more than to look at it again.
  if (found === yesAndFrozen) {
    if (isShared) known.set(list, shape)
    else latest.set(shape, list)
  }
  return found
}

function lookAtMap(of: Shape, map: Readonly<Record<string, unknown>>, isShared: boolean): Found {
  let found = frozenness(map)
  // Plain data has nothing enumerable beyond its own members, so `in` finds these without making a list of them.
  for (const key in map) {
    found = both(found, look(of, map[key], isShared))
    if (found === no) return no
  }
  return found
}

function lookAtObject(
  fields: ReadonlyMap<string, Field>,
  object: Readonly<Record<string, unknown>>,
  isShared: boolean,
): Found {
  let found = frozenness(object)
  for (const name in object) {
    const field = fields.get(name)
    const value = object[name]
    if (field === undefined || meansNothing(field, value)) return no
    found = both(found, look(field.shape, value, isShared && !unshared.has(name)))
    if (found === no) return no
  }
  return found
}

function lookAtScalar(type: Scalar, value: unknown): Found {
  if (value === undefined) return no
  // Arbitrary JSON is not looked into, so nothing is known of what it holds.
  if (type === 'any') return typeof value === 'object' && value !== null ? yes : yesAndFrozen
  return isCanonical(type, value) ? yesAndFrozen : no
}

function isCanonical(type: Scalar, value: unknown): boolean {
  if (type === 'string') return typeof value === 'string'
  if (type === 'boolean') return typeof value === 'boolean'
  if (value === null) return false
  const result = readScalar(type, value)
  return 'value' in result && result.value === value
}

/** Whether a field with the value is as good as absent: `null`, empty lists and maps, zeros that equal absence. */
export function meansNothing({ shape, keepsZero }: Field, value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (shape.is === 'scalar') return !keepsZero && canBeZero(shape.type) && isZero(value)
  return shape.is !== 'object' && typeof value === 'object' && isEmpty(value)
}

/** Numbers or percentages are structs in the API's Go types, and arbitrary JSON has no zero. */
function canBeZero(type: Scalar): boolean {
  return type !== 'any' && type !== 'int-or-string'
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false
}

function isEmpty(value: object): boolean {
  if (Array.isArray(value)) return value.length === 0
  for (const _ in value) return false
  return true
}

function frozenness(value: object): Found {
  return Object.isFrozen(value) ? yesAndFrozen : yes
}

function both(a: Found, b: Found): Found {
  return a < b ? a : b
}
