import type { Kind } from '../../kubernetes/types'
import { checkKey } from '../json-body'
import { keepingLatest } from '../latest-result'
import { badRequest, unprocessable } from '../refusals'
import {
  cleaned,
  deletionPrefix,
  directiveOf,
  hasDirectives,
  isDirective,
  orderPrefix,
  retainDirective,
} from './directives'
import { equalJson, isJsonObject, type Json, type JsonObject, memberOf } from './json'
import { type FieldStrategy, type TypeStrategy, typeStrategies } from './merge-keys'
import { mergedKeyedList, mergedSet, orderedAs, withoutValues } from './merged-list'

/**
 * Merges a strategic merge patch: objects merge, `null` deletes, lists are replaced or merge by the key that their
 * type declares; directives in the patch say where it should be otherwise.
 *
 * Only what lies on the way to a change is copied; the result is the document itself when nothing changes.
 *
 * @throws StatusError for a list item without its key (500), and for directives that make no sense
 * @see API-160 to API-162
 */
export function strategicPatched(kind: Kind, document: JsonObject, patch: JsonObject): JsonObject {
  return mergedObject(document, patch, typeStrategies[kind])
}

function mergedObject(
  original: JsonObject,
  patch: JsonObject,
  type: TypeStrategy | undefined,
): JsonObject {
  if (!hasDirectives(patch)) return mergedFields(original, patch, type)
  const directive = directiveOf(patch)
  if (directive === 'replace') return cleaned(patch) as JsonObject
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') throw unprocessable()
  const draft = new ObjectDraft(original)
  retainKeys(draft, patch)
  for (const key of Object.keys(patch)) {
    checkKey(key)
    if (key.startsWith(orderPrefix)) orderField(draft, patch, key.slice(orderPrefix.length), type)
    else if (key.startsWith(deletionPrefix)) {
      deleteValues(draft, memberOf(patch, key), key.slice(deletionPrefix.length))
    } else if (!isDirective(key) && memberOf(patch, `${orderPrefix}${key}`) === undefined) {
      mergeField(draft, key, memberOf(patch, key) as Json, strategyIn(type, key))
    }
  }
  return draft.result()
}

/** Merges a patch that says nothing but what the fields are to be. */
function mergedFields(
  original: JsonObject,
  patch: JsonObject,
  type: TypeStrategy | undefined,
): JsonObject {
  const draft = new ObjectDraft(original)
  for (const key of Object.keys(patch)) {
    checkKey(key)
    mergeField(draft, key, memberOf(patch, key) as Json, strategyIn(type, key))
  }
  return draft.result()
}

/** An object that is copied when it first changes. */
class ObjectDraft {
  readonly original: JsonObject
  #copy: Record<string, Json> | undefined

  constructor(original: JsonObject) {
    this.original = original
  }

  get(key: string): Json | undefined {
    return memberOf(this.#copy ?? this.original, key)
  }

  set(key: string, value: Json): void {
    if (this.get(key) === value) return
    this.#copy ??= { ...this.original }
    this.#copy[key] = value
  }

  delete(key: string): void {
    if (this.get(key) === undefined) return
    // Copied again: an object from which members are deleted is slow and large for good.
    const { [key]: _, ...rest } = this.#copy ?? this.original
    this.#copy = rest as Record<string, Json>
  }

  result(): JsonObject {
    return this.#copy ?? this.original
  }
}

function strategyIn(type: TypeStrategy | undefined, key: string): FieldStrategy | undefined {
  return type !== undefined && Object.hasOwn(type, key) ? type[key] : undefined
}

function mergeField(
  draft: ObjectDraft,
  key: string,
  change: Json,
  strategy: FieldStrategy | undefined,
): void {
  if (change === null) {
    draft.delete(key)
    return
  }
  const before = draft.get(key)
  const after = before === undefined ? addedValue(change) : mergedValue(before, change, strategy)
  if (after !== undefined) draft.set(key, after)
}

/** A new value without directives; nothing at all when the patch says to delete it. */
function addedValue(change: Json): Json | undefined {
  return isJsonObject(change) && directiveOf(change) === 'delete' ? undefined : cleaned(change)
}

function mergedValue(before: Json, change: Json, strategy: FieldStrategy | undefined): Json {
  if (isJsonObject(before) && isJsonObject(change)) {
    if (strategy?.merge === 'replace') return cleaned(change)
    const type = strategy?.merge === 'object' ? typeStrategies[strategy.type] : undefined
    return mergedObject(before, change, type)
  }
  if (Array.isArray(before) && Array.isArray(change)) {
    if (strategy?.merge === 'list') return keyedListMerger(strategy)(before, change)
    const merged = strategy?.merge === 'set' ? mergedSet(before, change) : cleaned(change)
    return equalJson(merged, before) ? before : merged
  }
  return cleaned(change)
}

type ListStrategy = Extract<FieldStrategy, { merge: 'list' }>
type ListMerger = (before: readonly Json[], change: readonly Json[]) => readonly Json[]

/** How the lists of a strategy are merged; conditions are often the same for one pod after another. */
function keyedListMerger(strategy: ListStrategy): ListMerger {
  const known = listMergers.get(strategy)
  if (known !== undefined) return known
  const { key } = strategy
  const type = strategy.type === undefined ? undefined : typeStrategies[strategy.type]
  const merge = (original: JsonObject, patch: JsonObject) => mergedObject(original, patch, type)
  const merger = keepingLatest<readonly Json[], readonly Json[], readonly Json[]>(
    (before, change) => {
      const merged = mergedKeyedList(before, change, { key, merge })
      return equalJson(merged, before) ? before : merged
    },
  )
  listMergers.set(strategy, merger)
  return merger
}

const listMergers = new Map<ListStrategy, ListMerger>()

/** `$retainKeys`: of the original, only the fields in the list stay. */
function retainKeys(draft: ObjectDraft, patch: JsonObject): void {
  const retained = memberOf(patch, retainDirective)
  if (retained === undefined) return
  if (!Array.isArray(retained)) throw badRequest('invalid patch format of retainKeys')
  const names = new Set<Json>(retained)
  for (const key of Object.keys(patch)) {
    if (isDirective(key) || memberOf(patch, key) === null || names.has(key)) continue
    throw badRequest('invalid patch format of retainKeys')
  }
  for (const key of Object.keys(draft.original)) if (!names.has(key)) draft.delete(key)
}

/** `$setElementOrder/{field}`: merges the list, if the patch has it, and puts its items in order. */
function orderField(
  draft: ObjectDraft,
  patch: JsonObject,
  field: string,
  type: TypeStrategy | undefined,
): void {
  checkKey(field)
  const order = memberOf(patch, `${orderPrefix}${field}`)
  const change = memberOf(patch, field)
  const strategy = strategyIn(type, field)
  if (
    !Array.isArray(order) ||
    (change !== undefined && change !== null && !Array.isArray(change))
  ) {
    throw badRequest('invalid patch format of setElementOrder list')
  }
  const before = draft.get(field)
  if (change !== undefined) mergeField(draft, field, change, strategy)
  const merged = draft.get(field)
  if (!Array.isArray(merged)) return
  const key = strategy?.merge === 'list' ? strategy.key : undefined
  const ordered = orderedAs(merged, {
    key,
    patchOrder: order,
    serverOrder: Array.isArray(before) ? before : [],
  })
  if (!equalJson(ordered, merged)) draft.set(field, ordered)
}

/** `$deleteFromPrimitiveList/{field}`: takes values out of a list. */
function deleteValues(draft: ObjectDraft, values: Json | undefined, field: string): void {
  if (!Array.isArray(values)) throw badRequest('invalid patch format of primitive list')
  const before = draft.get(field)
  if (!Array.isArray(before)) return
  const left = withoutValues(before, values)
  if (left.length !== before.length) draft.set(field, left)
}
