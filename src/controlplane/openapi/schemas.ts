import { isAtomicMap, isAtomicType, listTypeOf, tableTypeOf } from '../apply/list-types'
import { type FieldStrategy, typeStrategies } from '../patch/merge-keys'
import schema from '../schema/schema.generated.json'
import { packageOf } from './packages'
import texts from './texts.generated.json'

/** A JSON schema of OpenAPI. */
export interface Schema {
  readonly [key: string]: unknown
}

type Fields = Readonly<Record<string, string>>
const structures = schema as Readonly<Record<string, Fields>>
const descriptions = texts as unknown as Readonly<Record<string, readonly [string, string, Fields]>>

/** Where references point to: OpenAPI v3 and v2 differ. */
export type RefPrefix = '#/components/schemas/' | '#/definitions/'

/** The schemas of a type and of everything that it refers to, by their full names. */
export function schemasFrom(types: readonly string[], prefix: RefPrefix): Map<string, Schema> {
  const found = new Map<string, Schema>()
  const seen = new Set<string>()
  const queue = [...types]
  for (let type = queue.pop(); type !== undefined; type = queue.pop()) {
    if (seen.has(type)) continue
    seen.add(type)
    found.set(
      fullNameOf(type),
      schemaOf(type, prefix, (name) => queue.push(name)),
    )
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `io.k8s.api.apps.v1.DaemonSet`. */
export function fullNameOf(type: string): string {
  return `${packageOf(type)}.${type}`
}

function schemaOf(type: string, prefix: RefPrefix, refer: (type: string) => void): Schema {
  const [description = '', required = '', fieldTexts = {}] = descriptions[type] ?? []
  const properties: Record<string, Schema> = {}
  for (const [field, notation] of Object.entries(structures[type] ?? {})) {
    const shape = shapeOf(notation.replace(/!$/, ''), prefix, refer)
    const text = fieldTexts[field] || descriptionOf(notation)
    const extensions = extensionsOf(type, field, notation)
    properties[field] = { ...(text === '' ? {} : { description: text }), ...shape, ...extensions }
  }
  return {
    ...(description === '' ? {} : { description }),
    type: 'object',
    ...(required === '' ? {} : { required: required.split(' ') }),
    properties,
    ...(isAtomicType(type) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  }
}

/** A field that the models do not describe is described by its type. */
function descriptionOf(notation: string): string {
  return descriptions[notation.replace(/^(?:\[\]|\{\})|!$/g, '')]?.[0] ?? ''
}

const scalars: Readonly<Record<string, Schema>> = {
  any: { type: 'object' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  'int-or-string': { type: 'string', format: 'int-or-string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  microtime: { type: 'string', format: 'date-time' },
  quantity: { type: 'string' },
  string: { type: 'string' },
  time: { type: 'string', format: 'date-time' },
}

function shapeOf(notation: string, prefix: RefPrefix, refer: (type: string) => void): Schema {
  if (notation.startsWith('[]')) {
    return { type: 'array', items: shapeOf(notation.slice(2), prefix, refer) }
  }
  if (notation.startsWith('{}')) {
    return { type: 'object', additionalProperties: shapeOf(notation.slice(2), prefix, refer) }
  }
  const scalar = scalars[notation]
  if (scalar !== undefined) return scalar
  refer(notation)
  const reference = { $ref: prefix + fullNameOf(notation) }
  // In version 3 nothing may stand beside a reference, so it is wrapped.
  return prefix === '#/definitions/' ? reference : { allOf: [reference] }
}

/** How patches and server-side apply treat the field (DISC-37, API-160, API-179). */
function extensionsOf(type: string, field: string, notation: string): Schema {
  return { ...patchExtensions(type, field), ...listExtensions(type, field, notation) }
}

function patchExtensions(type: string, field: string): Schema {
  const strategies = typeStrategies[tableTypeOf(type)]
  const strategy: FieldStrategy | undefined =
    strategies !== undefined && Object.hasOwn(strategies, field) ? strategies[field] : undefined
  switch (strategy?.merge) {
    case 'list':
      return {
        'x-kubernetes-patch-merge-key': strategy.key,
        'x-kubernetes-patch-strategy':
          type === 'PodSpec' && retainingKeys.has(field) ? 'merge,retainKeys' : 'merge',
      }
    case 'set':
      return { 'x-kubernetes-patch-strategy': 'merge' }
    case 'replace':
      return { 'x-kubernetes-patch-strategy': 'replace' }
    default:
      return {}
  }
}

const retainingKeys: ReadonlySet<string> = new Set(['volumes', 'resourceClaims'])

function listExtensions(type: string, field: string, notation: string): Schema {
  if (isAtomicMap(type, field)) return { 'x-kubernetes-map-type': 'atomic' }
  if (!notation.startsWith('[]')) return {}
  const list = listTypeOf(type, field)
  if (list === undefined) return { 'x-kubernetes-list-type': 'atomic' }
  if (list.type === 'set') return { 'x-kubernetes-list-type': 'set' }
  return { 'x-kubernetes-list-map-keys': list.keys, 'x-kubernetes-list-type': 'map' }
}
