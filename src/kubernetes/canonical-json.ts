/**
 * The one JSON text of a value: object keys in byte order, members that are `undefined` left out.
 *
 * Equal values give equal texts, however they were put together.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort(byBytes)) {
    const member: unknown = (value as Record<string, unknown>)[key]
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}

/**
 * The order of the UTF-8 encodings, which is the order of code points. That of JavaScript's strings differs
 * where a surrogate meets a unit above the surrogates, so those are moved to the end.
 */
function byBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x10000 : unit
}

/**
 * Whether two values say the same where nothing is said by absence, `null`, `{}` and `[]` alike: labels, taints,
 * references, the parts of a status.
 *
 * Not for specs and templates: an empty `affinity` is another template than none, as everything is that Go has a
 * pointer for (API-18, seen on 1.36.2); those compare by `isSame` of the API server, or by their canonical text.
 *
 * Identical references are equal at once, so objects that share most of their parts compare quickly.
 */
export function semanticallyEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (!isObject(a) || !isObject(b)) return isNothing(a) && isNothing(b)
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => semanticallyEqual(item, b[index]))
  }
  if (Array.isArray(a) || Array.isArray(b)) return isNothing(a) && isNothing(b)
  return haveEqualMembers(a, b)
}

/** Plain loops: this is asked for every object that changes, and lists of keys would be garbage each time. */
function haveEqualMembers(a: object, b: object): boolean {
  for (const key in a) if (!semanticallyEqual(own(a, key), own(b, key))) return false
  for (const key in b) if (!Object.hasOwn(a, key) && !isNothing(own(b, key))) return false
  return true
}

/** An object all of whose members are nothing is nothing itself; otherwise equality would not be transitive. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  if (!isObject(value)) return false
  for (const key in value) if (!isNothing(own(value, key))) return false
  return true
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function own(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined
}
