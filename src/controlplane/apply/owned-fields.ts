import { equalWhenStored } from '../json-body'
import type { Json } from '../patch/json'
import { childOf, type FieldSet, type FieldSetBuilder, fieldSetBuilder } from './field-set'
import { type Part, type Position, partsOf } from './parts'

/** Fields that nobody owns, because the server alone decides them or because they name the object (API-169). */
const neverOwned: ReadonlySet<string> = new Set(['f:apiVersion', 'f:kind'])
const neverOwnedMetadata: ReadonlySet<string> = new Set([
  'f:clusterName',
  'f:creationTimestamp',
  'f:generation',
  'f:managedFields',
  'f:name',
  'f:namespace',
  'f:resourceVersion',
  'f:selfLink',
  'f:uid',
])

/** The same set without the fields that are never owned. */
function stripped(set: FieldSet): FieldSet {
  const below = new Map(set.below)
  for (const edge of neverOwned) below.delete(edge)
  const metadata = below.get('f:metadata')
  if (metadata !== undefined) {
    const kept = new Map([...metadata.below].filter(([edge]) => !neverOwnedMetadata.has(edge)))
    if (kept.size === 0) below.delete('f:metadata')
    else below.set('f:metadata', { owned: false, below: kept })
  }
  return { owned: false, below }
}

/** The fields that an applied configuration speaks of: its leaves, its list items, and what it leaves empty. */
export function appliedFields(configuration: Json, position: Position): FieldSet {
  const set = fieldSetBuilder()
  addApplied(set, configuration, position)
  return stripped(set)
}

function addApplied(set: FieldSetBuilder, value: Json, position: Position): void {
  const found = partsOf(value, position)
  if (found === undefined || found.parts.length === 0) {
    set.owned = true
    return
  }
  for (const part of found.parts) {
    const child = childOf(set, part.edge)
    if (found.type === 'keyed' || found.type === 'set') child.owned = true
    if (found.type !== 'set') addApplied(child, part.value, part.position)
  }
}

/** What a write has done to fields. */
export interface Compared {
  /** Added or given another value. */
  readonly changed: FieldSet
  readonly removed: FieldSet
}

/** How the fields of two states of an object differ. */
export function comparedFields(before: Json, after: Json, position: Position): Compared {
  const changed = fieldSetBuilder()
  const removed = fieldSetBuilder()
  compare({ changed, removed }, { before, after, position })
  return { changed: stripped(changed), removed: stripped(removed) }
}

interface Builders {
  readonly changed: FieldSetBuilder
  readonly removed: FieldSetBuilder
}

function compare(
  { changed, removed }: Builders,
  states: { readonly before: Json; readonly after: Json; readonly position: Position },
): void {
  const { before, after, position } = states
  if (before === after) return
  const old = partsOf(before, position)
  const now = partsOf(after, position)
  if (old === undefined || now === undefined) {
    if (!equalWhenStored(before, after)) changed.owned = true
    return
  }
  const known = new Map(old.parts.map((part) => [part.edge, part]))
  for (const part of now.parts) {
    const previous = known.get(part.edge)
    known.delete(part.edge)
    if (previous === undefined) addAll(childOf(changed, part.edge), part)
    else if (previous.value !== part.value) {
      const below = {
        changed: childOf(changed, part.edge),
        removed: childOf(removed, part.edge),
      }
      compare(below, { before: previous.value, after: part.value, position: part.position })
    }
  }
  for (const part of known.values()) addAll(childOf(removed, part.edge), part)
}

/** A part that is new or gone counts with everything in it. */
function addAll(set: FieldSetBuilder, { value, position }: Pick<Part, 'value' | 'position'>): void {
  set.owned = true
  const found = partsOf(value, position)
  for (const part of found?.parts ?? []) addAll(childOf(set, part.edge), part)
}
