import { shapeOfType } from '../../schema/schema'
import file from './messages.generated.json'

/** A field of a message as bytes carry it, and how JSON calls it. */
export type WireField =
  | {
      readonly is: 'field'
      readonly name: string
      /** The notation of the schema: `[]T`, `{}T`, a scalar or a type. */
      readonly notation: string
      /** Whether `false`, 0 and the empty text differ from absence; bytes carry them always, JSON only then. */
      readonly keepsZero: boolean
    }
  /** A message that JSON does not show as such: its fields belong to the one around it. */
  | { readonly is: 'inline'; readonly fields: WireFields }

/** The fields of a message by their numbers. */
export type WireFields = ReadonlyMap<number, WireField>

type Fields = Readonly<Record<string, string>>
const messages = file as Readonly<Record<string, Fields>>
const known = new Map<string, WireFields>()

/** The fields of a type, e.g. `PodSpec`; absent where its bytes cannot be read here. */
export function wireFieldsOf(type: string): WireFields | undefined {
  const found = known.get(type)
  if (found !== undefined) return found
  if (!Object.hasOwn(messages, type)) return undefined
  const fields = new Map<number, WireField>()
  known.set(type, fields)
  for (const [name, entry] of Object.entries(messages[type] ?? {})) {
    const [path = '', notation = ''] = entry.split(' ')
    const field = { is: 'field', name, notation, keepsZero: keepsZero(type, name) } as const
    add(fields, path.split('.').map(Number), field)
  }
  return fields
}

function add(fields: Map<number, WireField>, path: readonly number[], field: WireField): void {
  const [number = 0, ...rest] = path
  if (rest.length === 0) {
    fields.set(number, field)
    return
  }
  const there = fields.get(number)
  const inner = new Map(there?.is === 'inline' ? there.fields : [])
  add(inner, rest, field)
  fields.set(number, { is: 'inline', fields: inner })
}

/** Options of requests, which the schema of stored objects does not know, tell absence from zero. */
function keepsZero(type: string, field: string): boolean {
  if (type.startsWith('events.')) return false
  const shape = isStored(type) ? shapeOfType(type) : undefined
  if (shape?.is !== 'object') return true
  return shape.fields.get(field)?.keepsZero ?? true
}

function isStored(type: string): boolean {
  try {
    shapeOfType(type)
    return true
  } catch {
    return false
  }
}
