import file from './schema.generated.json'

/** What one value may be: an object with named fields, a list, a map, or a scalar. */
export type Shape =
  | { readonly is: 'object'; readonly type: string; readonly fields: ReadonlyMap<string, Field> }
  | { readonly is: 'list' | 'map'; readonly of: Shape }
  | { readonly is: 'scalar'; readonly type: Scalar }

/** The scalars of the notation. */
export type Scalar =
  | 'any'
  | 'boolean'
  | 'bytes'
  | 'int-or-string'
  | 'int32'
  | 'int64'
  | 'microtime'
  | 'quantity'
  | 'string'
  | 'time'

/** A field of an object. */
export interface Field {
  readonly shape: Shape
  /** Whether `false`, 0 and the empty text differ from absence. */
  readonly keepsZero: boolean
}

const scalars: readonly string[] = [
  'any',
  'boolean',
  'bytes',
  'int-or-string',
  'int32',
  'int64',
  'microtime',
  'quantity',
  'string',
  'time',
] satisfies readonly Scalar[]

const types: Readonly<Record<string, Readonly<Record<string, string>>>> = file
const objects = new Map<string, Shape>()

/** The shape of a named type, e.g. `DaemonSet` or `PodSpec`. */
export function shapeOfType(type: string): Shape {
  const known = objects.get(type)
  if (known !== undefined) return known
  const fields = new Map<string, Field>()
  const shape: Shape = { is: 'object', type, fields }
  // Set before its fields are read: some types contain themselves.
  objects.set(type, shape)
  const notations = types[type]
  if (notations === undefined) throw new Error(`the schema has no type ${type}`)
  for (const [name, notation] of Object.entries(notations)) {
    const keepsZero = notation.endsWith('!')
    fields.set(name, { shape: shapeOf(keepsZero ? notation.slice(0, -1) : notation), keepsZero })
  }
  return shape
}

/** Notation: `[]T` a list of T, `{}T` a map from texts to T, the name of a scalar or of a type. */
function shapeOf(notation: string): Shape {
  if (notation.startsWith('[]')) return { is: 'list', of: shapeOf(notation.slice(2)) }
  if (notation.startsWith('{}')) return { is: 'map', of: shapeOf(notation.slice(2)) }
  if (isScalar(notation)) return { is: 'scalar', type: notation }
  return shapeOfType(notation)
}

function isScalar(notation: string): notation is Scalar {
  return scalars.includes(notation)
}
