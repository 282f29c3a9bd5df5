/** Any JSON value, never to be changed. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Whether a value is a JSON object. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of an object, never one of its prototype: those are functions, which JSON has not, but for one. */
export function memberOf(object: JsonObject, key: string): Json | undefined {
  const member = object[key]
  return typeof member === 'function' || key === '__proto__' ? undefined : member
}

/** Whether two values are the same JSON: the order of members does not count, that of items does. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => equalJson(item, b[index]))
    )
  }
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        equalJson(memberOf(a as JsonObject, key), memberOf(b as JsonObject, key)),
    )
  )
}

/** The value as Go prints it with `%v`, as some messages do: `map[image:y]` (API-162). */
export function goText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (isJsonObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${key}:${goText(memberOf(value, key) ?? null)}`)
    return `map[${members.join(' ')}]`
  }
  return value === null ? '<nil>' : String(value)
}
