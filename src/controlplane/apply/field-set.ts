/**
 * A set of fields of an object, as a tree: each edge is a field (`f:name`), a list item with its keys (`k:{...}`) or
 * a value of a set (`v:...`), as in `fieldsV1` (API-169).
 */
export interface FieldSet {
  /** Whether the field to which the edges lead is itself in the set. */
  readonly owned: boolean
  readonly below: ReadonlyMap<string, FieldSet>
}

/** A field set while it is made. */
export interface FieldSetBuilder extends FieldSet {
  owned: boolean
  readonly below: Map<string, FieldSetBuilder>
}

/** A set of no fields. */
export const noFields: FieldSet = { owned: false, below: new Map() }

/** A new set to add fields to. */
export function fieldSetBuilder(): FieldSetBuilder {
  return { owned: false, below: new Map() }
}

/** The part of a set below an edge, made where it is missing. */
export function childOf(set: FieldSetBuilder, edge: string): FieldSetBuilder {
  let child = set.below.get(edge)
  if (child === undefined) {
    child = fieldSetBuilder()
    set.below.set(edge, child)
  }
  return child
}

/** Whether there is no field in the set. */
export function isEmptySet({ owned, below }: FieldSet): boolean {
  return !owned && [...below.values()].every(isEmptySet)
}

/** The fields of either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const below = new Map(a.below)
  for (const [edge, child] of b.below) {
    const other = below.get(edge)
    below.set(edge, other === undefined ? child : union(other, child))
  }
  return { owned: a.owned || b.owned, below }
}

/** The fields of the first set that are not in the second. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const below = new Map<string, FieldSet>()
  for (const [edge, child] of a.below) {
    const left = difference(child, b.below.get(edge) ?? noFields)
    if (!isEmptySet(left)) below.set(edge, left)
  }
  return { owned: a.owned && !b.owned, below }
}

/** The fields of both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const below = new Map<string, FieldSet>()
  for (const [edge, child] of a.below) {
    const common = intersection(child, b.below.get(edge) ?? noFields)
    if (!isEmptySet(common)) below.set(edge, common)
  }
  return { owned: a.owned && b.owned, below }
}

/** Whether both sets hold the same fields. */
export function equalSets(a: FieldSet, b: FieldSet): boolean {
  return isEmptySet(difference(a, b)) && isEmptySet(difference(b, a))
}

/** The form of `managedFields[].fieldsV1`. */
export interface FieldsV1 {
  readonly [edge: string]: FieldsV1
}

/** A set as `fieldsV1`. */
export function fieldsV1Of(set: FieldSet): FieldsV1 {
  const edges = [...set.below].filter(([, child]) => !isEmptySet(child))
  edges.sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...(set.owned && edges.length > 0 ? { '.': {} } : {}),
    ...Object.fromEntries(edges.map(([edge, child]) => [edge, fieldsV1Of(child)])),
  }
}

/** A set from `fieldsV1`; what is no such thing adds nothing. */
export function fieldSetOf(fields: unknown): FieldSet {
  return { ...read(fields), owned: false }
}

function read(fields: unknown): FieldSet {
  if (typeof fields !== 'object' || fields === null) return noFields
  const edges = Object.entries(fields)
  const below = new Map<string, FieldSet>()
  for (const [edge, child] of edges) if (edge !== '.') below.set(edge, read(child))
  return { owned: below.size === 0 || Object.hasOwn(fields, '.'), below }
}

/** The paths of all fields of a set, as messages show them, e.g. `.spec.containers[name="c"].image` (API-170). */
export function pathsIn(set: FieldSet, prefix = ''): readonly string[] {
  const own = set.owned ? [prefix] : []
  const below = [...set.below].flatMap(([edge, child]) => pathsIn(child, prefix + edgeText(edge)))
  return [...own, ...below]
}

/** One edge as messages show it. */
export function edgeText(edge: string): string {
  const content = edge.slice(2)
  switch (edge.slice(0, 2)) {
    case 'k:': {
      const keys = Object.entries(JSON.parse(content) as Record<string, unknown>)
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
    }
    case 'v:':
      return `[=${content}]`
    default:
      return `.${content}`
  }
}
