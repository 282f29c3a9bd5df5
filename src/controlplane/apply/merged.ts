import type { Json, JsonObject } from '../patch/json'
import { type FieldSet, isEmptySet, noFields } from './field-set'
import { type Part, type Position, partsOf } from './parts'

/** The live object with a configuration laid over it: what the configuration does not speak of stays. */
export function laidOver(live: Json, configuration: Json, position: Position): Json {
  const above = partsOf(configuration, position)
  const below = partsOf(live, position)
  if (above === undefined || below === undefined) return configuration
  switch (above.type) {
    case 'struct':
    case 'map':
      return overMembers(live as JsonObject, configuration as JsonObject, above.parts)
    case 'set':
      return overSet(below.parts, above.parts)
    case 'keyed':
      return overItems(below.parts, above.parts)
  }
}

function overMembers(live: JsonObject, configuration: JsonObject, parts: readonly Part[]): Json {
  const result: Record<string, Json> = { ...live }
  for (const [name, member] of Object.entries(configuration)) {
    if (member === null) delete result[name]
  }
  for (const { edge, value, position } of parts) {
    const name = edge.slice(2)
    const present = Object.hasOwn(live, name) ? live[name] : undefined
    result[name] =
      present === undefined || present === null ? value : laidOver(present, value, position)
  }
  return result
}

function overSet(live: readonly Part[], applied: readonly Part[]): Json {
  const known = new Set(live.map(({ edge }) => edge))
  return [...live, ...applied.filter(({ edge }) => !known.has(edge))].map(({ value }) => value)
}

/** Items of both in the order of the configuration, each after those of the live list that stand before it. */
function overItems(live: readonly Part[], applied: readonly Part[]): Json {
  const present = new Map(live.map((part) => [part.edge, part]))
  const wanted = new Set(applied.map(({ edge }) => edge))
  const merged = applied.map((part) => {
    const item = present.get(part.edge)
    return item === undefined ? part.value : laidOver(item.value, part.value, part.position)
  })
  const others = live.filter(({ edge }) => !wanted.has(edge)).map(({ value }) => value)
  return [...merged, ...others]
}

/**
 * The object without the fields that a manager has given up, save for those that others own (API-173).
 *
 * @param given the fields that the manager owned and no longer speaks of
 * @param kept the fields of everybody else, and those that the manager goes on to own
 */
export function without(
  value: Json,
  {
    given,
    kept,
    position,
  }: { readonly given: FieldSet; readonly kept: FieldSet; readonly position: Position },
): Json {
  const found = partsOf(value, position)
  if (found === undefined || given.below.size === 0) return value
  const left: Part[] = []
  let isChanged = false
  for (const part of found.parts) {
    const givenBelow = given.below.get(part.edge) ?? noFields
    const keptBelow = kept.below.get(part.edge) ?? noFields
    if (isGivenUp(part, givenBelow, keptBelow)) {
      isChanged = true
      continue
    }
    const next = without(part.value, {
      given: givenBelow,
      kept: keptBelow,
      position: part.position,
    })
    isChanged ||= next !== part.value
    left.push({ ...part, value: next })
  }
  if (!isChanged) return value
  if (found.type === 'keyed' || found.type === 'set') return left.map((part) => part.value)
  return Object.fromEntries(left.map((part) => [part.edge.slice(2), part.value]))
}

function isGivenUp(part: Part, given: FieldSet, kept: FieldSet): boolean {
  return given.owned && isEmptySet(kept) && part.value !== undefined
}
