import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as clientNode from '@kubernetes/client-node'
import { keptZeros } from './kept-zeros'

/** The schema file: type name -> field -> type (see `schema.ts` for the notation). */
export type SchemaFile = Record<string, Record<string, string>>

interface Attribute {
  readonly baseName: string
  readonly type: string
  readonly format: string
}

/** The models from which everything else is reached, one for each kind of the `Client` port. */
const roots = [
  'CoreV1Event',
  'V1ConfigMap',
  'V1ControllerRevision',
  'V1DaemonSet',
  'V1Lease',
  'V1Namespace',
  'V1Node',
  'V1Pod',
  'V1PodDisruptionBudget',
  'V1PriorityClass',
  'V1ResourceQuota',
  'V1Secret',
  'V1Service',
  'V1ServiceAccount',
]

/** Quantities are plain strings in the models; these are the fields that hold them. */
const quantities = new Set([
  'EmptyDirVolumeSource.sizeLimit',
  'ResourceFieldSelector.divisor',
  'PodSpec.overhead',
  ...[
    'ContainerStatus.allocatedResources',
    'NodeAllocatableResourceClaimStatus.resources',
    'NodeStatus.allocatable',
    'NodeStatus.capacity',
    'PodStatus.allocatedResources',
    'ResourceQuotaSpec.hard',
    'ResourceQuotaStatus.hard',
    'ResourceQuotaStatus.used',
    'ResourceRequirements.limits',
    'ResourceRequirements.requests',
    'VolumeResourceRequirements.limits',
    'VolumeResourceRequirements.requests',
  ],
])

/** The schema of every kind, read from the attribute maps of client-node's models. */
export function schemaOfModels(): SchemaFile {
  const found = new Map<string, string>()
  const schema: SchemaFile = {}
  const queue = [...roots]
  for (let model = queue.shift(); model !== undefined; model = queue.shift()) {
    const attributes = attributesOf(model)
    if (attributes === undefined || found.get(nameOf(model)) === model) continue
    if (found.has(nameOf(model))) throw new Error(`two models are called ${nameOf(model)}`)
    found.set(nameOf(model), model)
    schema[nameOf(model)] = fieldsOf(nameOf(model), attributes)
    for (const { type } of attributes) queue.push(...(type.match(/\b[A-Z]\w+/g) ?? []))
  }
  return Object.fromEntries(Object.entries(schema).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The text of the schema file: one line for each type, so that a change shows as one. */
export function schemaText(schema: SchemaFile): string {
  const lines = Object.entries(schema).map(
    ([type, fields]) => `${JSON.stringify(type)}:${JSON.stringify(fields)}`,
  )
  return `{\n${lines.join(',\n')}\n}\n`
}

/** Where the schema file is. */
export const schemaPath = join(__dirname, 'schema.generated.json')

function attributesOf(model: string): readonly Attribute[] | undefined {
  const type: unknown = Reflect.get(clientNode, model)
  if (typeof type !== 'function' || !('getAttributeTypeMap' in type)) return undefined
  return (type as { getAttributeTypeMap(): readonly Attribute[] }).getAttributeTypeMap()
}

function fieldsOf(type: string, attributes: readonly Attribute[]): Record<string, string> {
  const kept = new Set((keptZeros[type] ?? '').split(' '))
  const fields: Record<string, string> = {}
  for (const attribute of attributes) {
    const { baseName } = attribute
    const notation = notationOf(attribute, quantities.has(`${type}.${baseName}`))
    fields[baseName] = kept.has(baseName) ? `${notation}!` : notation
  }
  return fields
}

function notationOf(attribute: Attribute, isQuantity: boolean): string {
  const { type, format } = attribute
  const list = /^Array<(.*)>$/.exec(type)?.[1]
  if (list !== undefined) return `[]${notationOf({ ...attribute, type: list }, isQuantity)}`
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1]
  if (map !== undefined) return `{}${notationOf({ ...attribute, type: map }, isQuantity)}`
  if (isQuantity) return 'quantity'
  if (type === 'number') return format === 'int32' ? 'int32' : 'int64'
  if (type === 'string') return format === 'byte' ? 'bytes' : 'string'
  if (type === 'Date') return 'time'
  if (type === 'V1MicroTime') return 'microtime'
  if (type === 'IntOrString') return 'int-or-string'
  if (type === 'any' || type === 'boolean') return type
  return nameOf(type)
}

/** `V1DaemonSet` is DaemonSet, `CoreV1Event` is Event: the names of the Go types. */
function nameOf(model: string): string {
  return model.replace(/^(Core)?V1/, '')
}

if (require.main === module) writeFileSync(schemaPath, schemaText(schemaOfModels()))
