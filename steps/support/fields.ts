/** A JSON object while it is put together. */
export interface Fields {
  [field: string]: unknown
}

/** The value at a path such as `spec.template.spec.containers[0].image`; `undefined` when there is none. */
export function fieldAt(object: unknown, path: string): unknown {
  return segmentsOf(path).reduce<unknown>(
    (value, segment) => (isFields(value) ? value[segment] : undefined),
    object,
  )
}

/** The object with the value put at the path; `null` takes the field away. */
export function withField<T extends object>(object: T, path: string, value: unknown): T {
  const [field = '', ...rest] = segmentsOf(path)
  return put(object as Fields, [field, ...rest], value) as T
}

function put(object: Fields, [field = '', ...rest]: readonly string[], value: unknown): Fields {
  const { [field]: present, ...others } = object
  if (rest.length > 0) {
    return { ...object, [field]: put(isFields(present) ? present : {}, rest, value) }
  }
  return value === null ? others : { ...object, [field]: value }
}

/** The object that holds nothing but the value, at the path: a merge patch that sets this one field. */
export function onlyField(path: string, value: unknown): Fields {
  return segmentsOf(path).reduceRight<unknown>(
    (inner, segment) => ({ [segment]: inner }),
    value,
  ) as Fields
}

/**
 * Merges objects field by field, the later one winning.
 *
 * Lists whose items have names (containers, environment variables) are merged by name, other lists are replaced.
 */
export function merged(...objects: readonly Fields[]): Fields {
  return objects.reduce<Fields>((all, next) => mergedTwo(all, next), {})
}

function mergedTwo(a: Fields, b: Fields): Fields {
  const result: Fields = { ...a }
  for (const [field, value] of Object.entries(b)) result[field] = mergedValue(result[field], value)
  return result
}

function mergedValue(a: unknown, b: unknown): unknown {
  if (Array.isArray(a) && Array.isArray(b) && a.every(isNamed) && b.every(isNamed)) {
    const byName = new Map<string, Fields>()
    for (const item of [...a, ...b]) {
      byName.set(item.name, mergedTwo(byName.get(item.name) ?? {}, item))
    }
    return [...byName.values()]
  }
  return isFields(a) && isFields(b) && !Array.isArray(b) ? mergedTwo(a, b) : b
}

/** The object without its `null` fields, at any depth outside of lists. */
export function withoutNulls(object: Fields): Fields {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null)
      .map(([field, value]) => [
        field,
        isFields(value) && !Array.isArray(value) ? withoutNulls(value) : value,
      ]),
  )
}

function segmentsOf(path: string): readonly string[] {
  return path.split(/\.|\[(\d+)\]\.?/).filter((segment) => segment !== undefined && segment !== '')
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isNamed(value: unknown): value is Fields & { readonly name: string } {
  return isFields(value) && typeof value['name'] === 'string'
}
