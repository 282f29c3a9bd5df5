import { isAtomicMap, isAtomicType, listTypeOf, tableTypeOf } from '../apply/list-types'
import { type FieldStrategy, typeStrategies } from '../patch/merge-keys'
import schema from '../schema/schema.generated.json'
import type { TypeTexts } from './generate'
import { packageOf } from './packages'
import texts from './texts.generated.json'

/** A JSON schema of OpenAPI. */
export interface Schema {
  readonly [key: string]: unknown
}

type Fields = Readonly<Record<string, string>>
const structures = schema as Readonly<Record<string, Fields>>
const descriptions = texts as unknown as Readonly<Record<string, TypeTexts>>

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
    found.set(fullNameOf(type), schemaOf(type, { prefix, refer: (name) => queue.push(name) }))
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `io.k8s.api.apps.v1.DaemonSet`. */
export function fullNameOf(type: string): string {
  return `${packageOf(type)}.${type}`
}

/** How a schema is put together: the form of its document, and whom it refers to. */
interface Writing {
  readonly prefix: RefPrefix
  refer(type: string): void
}

function schemaOf(type: string, writing: Writing): Schema {
  const [description = '', required = '', fieldTexts = {}, values = {}] = descriptions[type] ?? []
  const described = description === '' ? {} : { description }
  const value = namedValues[type]
  if (value !== undefined) return { ...described, ...value[writing.prefix] }
  const properties: Record<string, Schema> = {}
  for (const [field, notation] of Object.entries(structures[type] ?? {})) {
    const text = fieldTexts[field] ?? ''
    properties[field] = {
      ...(text === '' ? {} : { description: text }),
      ...fieldShapeOf(`${type}.${field}`, notation.replace(/!$/, ''), writing),
      ...valuesOf(notation, values[field]),
      ...extensionsOf(type, field, notation),
    }
  }
  return {
    ...described,
    type: 'object',
    ...(required === '' ? {} : { required: required.split(' ') }),
    properties,
    ...(isAtomicType(type) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  }
}

/** The values that a field, or every item of it, takes. */
function valuesOf(notation: string, values: readonly string[] | undefined): Schema {
  if (values === undefined) return {}
  if (!notation.startsWith('[]')) return { enum: values }
  return { items: { type: 'string', enum: values } }
}

const scalars: Readonly<Record<string, Schema>> = {
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  string: { type: 'string' },
}

/** The named types of values that the notation has a word for. */
const named: Readonly<Record<string, string>> = {
  any: 'RawExtension',
  'int-or-string': 'IntOrString',
  microtime: 'MicroTime',
  quantity: 'Quantity',
  time: 'Time',
}

const moment: Schema = { type: 'string', format: 'date-time' }
const anyObject: Schema = { type: 'object' }

/** Values with a name, in the terms of either version: the old one has no alternatives. */
const namedValues: Readonly<Record<string, Readonly<Record<RefPrefix, Schema>>>> = {
  FieldsV1: alike(anyObject),
  IntOrString: {
    '#/definitions/': { type: 'string', format: 'int-or-string' },
    '#/components/schemas/': {
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    },
  },
  MicroTime: alike(moment),
  Quantity: {
    '#/definitions/': { type: 'string' },
    '#/components/schemas/': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  RawExtension: alike(anyObject),
  Time: alike(moment),
}

function alike(value: Schema): Readonly<Record<RefPrefix, Schema>> {
  return { '#/definitions/': value, '#/components/schemas/': value }
}

/** In version 3 nothing may stand beside a reference, so that of a field, which has a description, is wrapped. */
function fieldShapeOf(path: string, notation: string, writing: Writing): Schema {
  const type = path === 'ManagedFieldsEntry.fieldsV1' ? 'FieldsV1' : notation
  const shape = shapeOf(type, writing)
  return '$ref' in shape && writing.prefix === '#/components/schemas/' ? { allOf: [shape] } : shape
}

function shapeOf(notation: string, writing: Writing): Schema {
  if (notation.startsWith('[]')) {
    return { type: 'array', items: shapeOf(notation.slice(2), writing) }
  }
  if (notation.startsWith('{}')) {
    return { type: 'object', additionalProperties: shapeOf(notation.slice(2), writing) }
  }
  const scalar = scalars[notation]
  if (scalar !== undefined) return scalar
  const type = named[notation] ?? notation
  writing.refer(type)
  return { $ref: writing.prefix + fullNameOf(type) }
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
        'x-kubernetes-patch-strategy': retainingKeys.has(field) ? 'merge,retainKeys' : 'merge',
      }
    case 'set':
      return { 'x-kubernetes-patch-strategy': 'merge' }
    case 'replace':
      return { 'x-kubernetes-patch-strategy': 'replace' }
    default:
      return {}
  }
}

const retainingKeys: ReadonlySet<string> = new Set([
  'volumes',
  'resourceClaims',
  'resourceClaimStatuses',
])

function listExtensions(type: string, field: string, notation: string): Schema {
  if (isAtomicMap(type, field)) return { 'x-kubernetes-map-type': 'atomic' }
  if (!notation.startsWith('[]')) return {}
  const list = listTypeOf(type, field)
  if (list === undefined) return { 'x-kubernetes-list-type': 'atomic' }
  if (list.type === 'set') return { 'x-kubernetes-list-type': 'set' }
  return { 'x-kubernetes-list-map-keys': list.keys, 'x-kubernetes-list-type': 'map' }
}
