import { readScalar } from './scalars'
import type { Field, Scalar, Shape } from './schema'

/**
 * Whether a value is just what its shape asks for, so that reading it would give the very same value back.
 *
 * Most of what comes is in order. This look takes no notes of where it is, so it is much quicker than the reading that
 * has something to say about what is not.
 */
export function isInOrder(shape: Shape, value: unknown): boolean {
  return look(shape, value, true)
}

/** Frozen lists that were found to be in order, with the shape that they fit: what templates share. */
const known = new WeakMap<object, Shape>()

/** Parts that every object has for itself: to remember all their lists would only cost memory. */
const unshared: ReadonlySet<string> = new Set(['affinity', 'status'])

/** Of those parts, the list of each shape that was in order last: the conditions of alike pods are one list. */
const latest = new Map<Shape, object>()

function look(shape: Shape, value: unknown, isShared: boolean): boolean {
  if (shape.is === 'scalar') return isCanonical(shape.type, value)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return shape.is === 'list' && lookAtList(shape, value, isShared)
  const object = value as Readonly<Record<string, unknown>>
  if (shape.is === 'map') return lookAtMap(shape.of, object, isShared)
  return shape.is === 'object' && lookAtObject(shape.fields, object, isShared)
}

function lookAtList(
  shape: Extract<Shape, { is: 'list' | 'map' }>,
  list: readonly unknown[],
  isShared: boolean,
): boolean {
  if (latest.get(shape) === list || known.get(list) === shape) return true
  for (let index = 0; index < list.length; index++) {
    if (!look(shape.of, list[index], isShared)) return false
  }
  // Who freezes a part promises that all below it is frozen too. To remember every small object as well would cost more
  // than to look at it again.
  if (Object.isFrozen(list)) {
    if (isShared) known.set(list, shape)
    else latest.set(shape, list)
  }
  return true
}

function lookAtMap(of: Shape, map: Readonly<Record<string, unknown>>, isShared: boolean): boolean {
  // Plain data has nothing enumerable beyond its own members, so `in` finds these without making a list of them.
  for (const key in map) if (!look(of, map[key], isShared)) return false
  return true
}

function lookAtObject(
  fields: ReadonlyMap<string, Field>,
  object: Readonly<Record<string, unknown>>,
  isShared: boolean,
): boolean {
  for (const name in object) {
    const field = fields.get(name)
    const value = object[name]
    if (field === undefined || meansNothing(field, value)) return false
    if (!look(field.shape, value, isShared && !unshared.has(name))) return false
  }
  return true
}

function isCanonical(type: Scalar, value: unknown): boolean {
  if (value === undefined) return false
  if (type === 'any') return true
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
