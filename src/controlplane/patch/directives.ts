import { isJsonObject, type Json, type JsonObject, memberOf } from './json'

/** Says what a map of a patch, or an item of a list, does: `merge`, `replace` or `delete` (API-161). */
const patchDirective = '$patch'
/** Says which fields of the original stay. */
export const retainDirective = '$retainKeys'
/** Before the name of a list: the order of its items. */
export const orderPrefix = '$setElementOrder/'
/** Before the name of a list: values to take out. */
export const deletionPrefix = '$deleteFromPrimitiveList/'

/** What the `$patch` member of a map says. */
export function directiveOf(patch: JsonObject): Json | undefined {
  return memberOf(patch, patchDirective)
}

/** Whether a key of a patch is an order to the server rather than a field. */
export function isDirective(key: string): boolean {
  return (
    key.startsWith('$') &&
    (key === patchDirective ||
      key === retainDirective ||
      key.startsWith(orderPrefix) ||
      key.startsWith(deletionPrefix))
  )
}

/** Whether any key of a patch may be an order to the server; most patches have none. */
export function hasDirectives(patch: JsonObject): boolean {
  for (const key in patch) if (key.startsWith('$')) return true
  return false
}

/** A value of a patch as it is stored where nothing was before: without directives and without nulls. */
export function cleaned(value: Json): Json {
  return isClean(value) ? value : rewritten(value)
}

/** Looks first, as most values are to be stored as they are. */
function isClean(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) {
    return value.every((item: Json) => isClean(item) && !(isJsonObject(item) && isOrder(item)))
  }
  for (const key in value) {
    const member = memberOf(value as JsonObject, key) as Json
    if (member === null || isDirective(key) || !isClean(member)) return false
  }
  return true
}

function rewritten(value: Json): Json {
  if (Array.isArray(value)) return cleanedList(value)
  return isJsonObject(value) ? cleanedObject(value) : value
}

function cleanedList(items: readonly Json[]): readonly Json[] {
  // Items that only give an order, such as `{$patch: replace}`, are nothing to store.
  return items.filter((item) => !isJsonObject(item) || !isOrder(item)).map(rewritten)
}

function isOrder(item: JsonObject): boolean {
  const directive = directiveOf(item)
  return directive === 'replace' || directive === 'delete'
}

function cleanedObject(object: JsonObject): JsonObject {
  const members: Record<string, Json> = {}
  for (const key of Object.keys(object)) {
    const member = memberOf(object, key) as Json
    if (member !== null && !isDirective(key)) members[key] = rewritten(member)
  }
  return members
}
