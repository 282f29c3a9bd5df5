import { failure } from '../refusals'
import { cleaned, directiveOf } from './directives'
import { goText, isJsonObject, type Json, type JsonObject, memberOf } from './json'

/** How the items of a list are known and merged. */
export interface ItemMerge {
  /** The field that tells items apart. */
  readonly key: string
  merge(original: JsonObject, patch: JsonObject): JsonObject
}

/** Merges a list of a patch into a list whose items are known by a key (API-160, API-161). */
export function mergedKeyedList(
  original: readonly Json[],
  patch: readonly Json[],
  { key, merge }: ItemMerge,
): readonly Json[] {
  const sorted = sortedOut(original, patch, key)
  if (sorted.replaces) return cleaned(sorted.items) as readonly Json[]
  const merged = [...sorted.original]
  const positions = positionsOf(sorted.original, key)
  let appended = false
  for (const item of sorted.items) {
    const value = keyOf(item, key)
    const position = positions.get(value)
    if (position === undefined) {
      positions.set(value, merged.push(cleaned(item)) - 1)
      appended = true
    } else {
      const before = merged[position]
      merged[position] = isJsonObject(before) ? merge(before, item) : cleaned(item)
    }
  }
  const isAllNew = sorted.original.length === 0 && merged.length === sorted.items.length
  if (isAllNew) return merged
  if (!appended && isAscending(sorted.items, key, positions)) return merged
  return orderedAs(merged, { key, patchOrder: sorted.items, serverOrder: sorted.original })
}

/** Adds values to a list that is a set, and orders them as the patch does. */
export function mergedSet(original: readonly Json[], patch: readonly Json[]): readonly Json[] {
  const merged = [...new Set([...original, ...patch])]
  return orderedAs(merged, { key: undefined, patchOrder: patch, serverOrder: original })
}

/** The values that stay when others are taken out. */
export function withoutValues(original: readonly Json[], values: readonly Json[]): readonly Json[] {
  const gone = new Set(values)
  return original.filter((value) => !gone.has(value))
}

interface SortedOut {
  /** The original list without the items that the patch deletes. */
  readonly original: readonly Json[]
  /** The items that are merged or added. */
  readonly items: readonly JsonObject[]
  /** Whether they take the place of the whole list. */
  readonly replaces: boolean
}

/** Separates the items of a patch from the orders among them. */
function sortedOut(original: readonly Json[], patch: readonly Json[], key: string): SortedOut {
  const items: JsonObject[] = []
  const deleted = new Set<Json>()
  let replaces = false
  for (const item of patch) {
    if (!isJsonObject(item)) {
      throw failure(`cannot merge lists: ${goText(item)} is no map with the merge key ${key}`)
    }
    const directive = directiveOf(item)
    if (directive === 'delete') deleted.add(keyOf(item, key))
    else if (directive === 'replace') replaces = true
    else if (directive === undefined || directive === 'merge') items.push(item)
    else throw failure(`unknown patch type: ${goText(directive)} in map: ${goText(item)}`)
  }
  if (!replaces) for (const item of items) keyOf(item, key)
  const left =
    deleted.size === 0
      ? original
      : original.filter((item) => !isJsonObject(item) || !deleted.has(memberOf(item, key) ?? null))
  return { original: left, items, replaces }
}

/** The value of the merge key; every item must have one (API-162). */
function keyOf(item: JsonObject, key: string): Json {
  const value = memberOf(item, key)
  if (value === undefined || value === null) {
    throw failure(`map: ${goText(item)} does not contain declared merge key: ${key}`)
  }
  return value
}

/** Where items are in a list, by their identities; of several with the same one, the first. */
interface Positions {
  get(identity: Json): number | undefined
  set(identity: Json, position: number): void
}

/** Lists up to this length are searched; for longer ones an index is worth its price. */
const searchedLength = 12

function positionsOf(items: readonly Json[], key: string | undefined): Positions {
  return items.length <= searchedLength ? new ShortIndex(items, key) : mapOf(items, key)
}

function mapOf(items: readonly Json[], key: string | undefined): Map<Json, number> {
  const positions = new Map<Json, number>()
  for (const [position, item] of items.entries()) {
    const value = identityOf(item, key)
    if (value !== undefined && !positions.has(value)) positions.set(value, position)
  }
  return positions
}

/** Searches a short list from the front, and then what was added to it. */
class ShortIndex implements Positions {
  readonly #items: readonly Json[]
  readonly #key: string | undefined
  #added: Map<Json, number> | undefined

  constructor(items: readonly Json[], key: string | undefined) {
    this.#items = items
    this.#key = key
  }

  get(identity: Json): number | undefined {
    for (let position = 0; position < this.#items.length; position++) {
      if (identityOf(this.#items[position] as Json, this.#key) === identity) return position
    }
    return this.#added?.get(identity)
  }

  set(identity: Json, position: number): void {
    this.#added ??= new Map()
    this.#added.set(identity, position)
  }
}

/** What tells an item from others: the value of its merge key, or the item where it is a plain value. */
function identityOf(item: Json, key: string | undefined): Json | undefined {
  if (key === undefined) return item
  return isJsonObject(item) ? memberOf(item, key) : undefined
}

function isAscending(items: readonly JsonObject[], key: string, positions: Positions): boolean {
  let last = -1
  for (const item of items) {
    const position = positions.get(memberOf(item, key) ?? null) ?? -1
    if (position < last) return false
    last = position
  }
  return true
}

/**
 * Orders the items of a merged list: those that the patch names as it names them, and the others, as far as the list on
 * the server tells, where they were among them.
 */
export function orderedAs(
  merged: readonly Json[],
  options: {
    readonly key: string | undefined
    readonly patchOrder: readonly Json[]
    readonly serverOrder: readonly Json[]
  },
): readonly Json[] {
  const { key } = options
  const inPatch = positionsOf(options.patchOrder, key)
  const onServer = positionsOf(options.serverOrder, key)
  const position = (item: Json, positions: Positions) =>
    positions.get(identityOf(item, key) ?? null)
  const others: Json[] = []
  const placed: { readonly item: Json; readonly place: number }[] = []
  for (const item of merged) {
    const place = position(item, inPatch)
    if (place === undefined) others.push(item)
    else placed.push({ item, place })
  }
  const named = placed.sort((a, b) => a.place - b.place).map(({ item }) => item)
  const ordered: Json[] = []
  let next = 0
  for (const item of named) {
    const place = position(item, onServer)
    // An item that is new to the server has no place there: it goes right behind the one before it.
    while (place !== undefined && next < others.length) {
      const other = position(others[next] as Json, onServer)
      if (other === undefined || other > place) break
      ordered.push(others[next++] as Json)
    }
    ordered.push(item)
  }
  return [...ordered, ...others.slice(next)]
}
