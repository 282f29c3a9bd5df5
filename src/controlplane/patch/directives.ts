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

/** A value of a patch as it is stored where nothing was before: without directives and without nulls. */
export function cleaned(value: Json): Json {
  if (Array.isArray(value)) return cleanedList(value)
  return isJsonObject(value) ? cleanedObject(value) : value
}

function cleanedList(items: readonly Json[]): readonly Json[] {
  let isSame = true
  const list: Json[] = []
  for (const item of items) {
    // Items that only give an order, such as `{$patch: replace}`, are nothing to store.
    if (isJsonObject(item) && isOrder(item)) {
      isSame = false
      continue
    }
    const clean = cleaned(item)
    isSame &&= clean === item
    list.push(clean)
  }
  return isSame ? items : list
}

function isOrder(item: JsonObject): boolean {
  const directive = directiveOf(item)
  return directive === 'replace' || directive === 'delete'
}

function cleanedObject(object: JsonObject): JsonObject {
  let isSame = true
  const members: Record<string, Json> = {}
  for (const key of Object.keys(object)) {
    const member = memberOf(object, key) as Json
    if (member === null || isDirective(key)) {
      isSame = false
      continue
    }
    const clean = cleaned(member)
    isSame &&= clean === member
    members[key] = clean
  }
  return isSame ? object : members
}
