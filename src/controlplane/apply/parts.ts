import type { Kind } from '../../kubernetes/types'
import { isJsonObject, type Json, type JsonObject } from '../patch/json'
import { type Shape, shapeOfType } from '../schema/schema'
import { defaultOfKey, isAtomicMap, isAtomicType, type ListType, listTypeOf } from './list-types'

/** What a value is by the schema, and how its parts are told apart. */
export interface Position {
  readonly shape: Shape
  /** For maps and lists that have one owner as a whole. */
  readonly isAtomic: boolean
  readonly list: ListType | undefined
}

/** One part of a value that has parts. */
export interface Part {
  /** `f:name`, `k:{...}` or `v:...`. */
  readonly edge: string
  readonly value: Json
  readonly position: Position
}

/** A value with parts in the order in which they stand. */
export type Parts =
  | { readonly type: 'struct' | 'map'; readonly parts: readonly Part[] }
  | { readonly type: 'keyed' | 'set'; readonly parts: readonly Part[] }

/** Where the walk over an object of a kind begins. */
export function rootPosition(kind: Kind): Position {
  return { shape: shapeOfType(kind), isAtomic: false, list: undefined }
}

/** The parts of a value; absent when it has one owner as a whole (API-179). */
export function partsOf(value: Json, position: Position): Parts | undefined {
  const { shape, isAtomic } = position
  if (isAtomic) return undefined
  switch (shape.is) {
    case 'scalar':
      return undefined
    case 'object':
      if (!isJsonObject(value) || isAtomicType(shape.type)) return undefined
      return { type: 'struct', parts: structParts(value, shape) }
    case 'map':
      if (!isJsonObject(value)) return undefined
      return { type: 'map', parts: mapParts(value, shape.of) }
    case 'list':
      if (!Array.isArray(value) || position.list === undefined) return undefined
      return listParts(value, shape.of, position.list)
  }
}

function structParts(value: JsonObject, shape: Extract<Shape, { is: 'object' }>): readonly Part[] {
  const parts: Part[] = []
  for (const [name, member] of Object.entries(value)) {
    const field = shape.fields.get(name)
    if (field === undefined || member === null || member === undefined) continue
    const position: Position = {
      shape: field.shape,
      isAtomic: isAtomicMap(shape.type, name),
      list: listTypeOf(shape.type, name),
    }
    parts.push({ edge: `f:${name}`, value: member, position })
  }
  return parts
}

function mapParts(value: JsonObject, of: Shape): readonly Part[] {
  const position: Position = { shape: of, isAtomic: false, list: undefined }
  return Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .map(([name, member]) => ({ edge: `f:${name}`, value: member, position }))
}

function listParts(list: readonly Json[], of: Shape, type: ListType): Parts {
  const position: Position = { shape: of, isAtomic: false, list: undefined }
  if (type.type === 'set') {
    const parts = list.map((value) => ({ edge: `v:${JSON.stringify(value)}`, value, position }))
    return { type: 'set', parts }
  }
  const parts = list.map((value) => ({ edge: keyEdgeOf(value, type.keys), value, position }))
  return { type: 'keyed', parts }
}

function keyEdgeOf(item: Json, keys: readonly string[]): string {
  const pairs = keys.map((key) => {
    const value = isJsonObject(item) && Object.hasOwn(item, key) ? item[key] : defaultOfKey(key)
    return [key, value ?? null] as const
  })
  return `k:${JSON.stringify(Object.fromEntries(pairs))}`
}
