import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'
import schema from '../../schema/schema.generated.json'

/** The messages file: type -> field of JSON -> `number type`, in the notation of the schema (see `messages.ts`). */
export type MessagesFile = Record<string, Record<string, string>>

/** The packages in which types of the schema are looked for, in this order. */
const packages = [
  'k8s.io.apimachinery.pkg.apis.meta.v1',
  'k8s.io.api.core.v1',
  'k8s.io.api.apps.v1',
  'k8s.io.api.coordination.v1',
  'k8s.io.api.policy.v1',
  'k8s.io.api.scheduling.v1',
  'k8s.io.api.authentication.v1',
  'k8s.io.api.authorization.v1',
] as const

/** Bodies that clients send and that are not stored, with what they are made of. */
const bodies = [
  'Binding',
  'DeleteOptions',
  'Eviction',
  'FieldSelectorAttributes',
  'FieldSelectorRequirement',
  'LabelSelectorAttributes',
  'NonResourceAttributes',
  'Preconditions',
  'ResourceAttributes',
  'SelfSubjectAccessReview',
  'SelfSubjectAccessReviewSpec',
  'SelfSubjectReview',
  'SelfSubjectRulesReview',
  'SelfSubjectRulesReviewSpec',
] as const

/** What only the server writes into them. */
const answered: ReadonlySet<string> = new Set([
  'SelfSubjectAccessReview.status',
  'SelfSubjectReview.status',
  'SelfSubjectRulesReview.status',
])

const eventPackage = 'k8s.io.api.events.v1'
const eventTypes = ['Event', 'EventSeries'] as const

const scalars: ReadonlyMap<string, string> = new Map([
  ['bool', 'boolean'],
  ['bytes', 'bytes'],
  ['int32', 'int32'],
  ['int64', 'int64'],
  ['string', 'string'],
  ['k8s.io.apimachinery.pkg.api.resource.Quantity', 'quantity'],
  ['k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1', 'any'],
  ['k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime', 'microtime'],
  ['k8s.io.apimachinery.pkg.apis.meta.v1.Time', 'time'],
  ['k8s.io.apimachinery.pkg.runtime.RawExtension', 'any'],
  ['k8s.io.apimachinery.pkg.util.intstr.IntOrString', 'int-or-string'],
])

/** The numbers of all fields of the kinds that are served, read from the API definitions in a folder. */
export function messagesIn(folder: string): MessagesFile {
  const root = new protobuf.Root()
  root.resolvePath = (_origin, target) => join(folder, target)
  root.loadSync([...packages, eventPackage].map(fileOf), { keepCase: true })
  const types = Object.keys(schema)
  const messages: MessagesFile = {}
  for (const type of [...types, ...bodies]) {
    messages[type] = fieldsOf(found(root, type), '', type)
  }
  for (const type of eventTypes) {
    messages[`events.${type}`] = fieldsOf(root.lookupType(`${eventPackage}.${type}`), '', 'events.')
  }
  return Object.fromEntries(Object.entries(messages).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function fileOf(name: string): string {
  return join(...name.split('.').reduce<string[]>(joined, []), 'generated.proto')
}

/** `k8s.io` is one folder. */
function joined(folders: string[], part: string): string[] {
  return folders.at(-1) === 'k8s' ? ['k8s.io'] : [...folders, part]
}

function found(root: protobuf.Root, type: string): protobuf.Type {
  const home = packages.find((name) => root.lookup(`${name}.${type}`) instanceof protobuf.Type)
  if (home === undefined) throw new Error(`no message for the type ${type}`)
  return root.lookupType(`${home}.${type}`)
}

/** Messages that JSON does not show as such are written into the ones around them: their fields have two numbers. */
function fieldsOf(message: protobuf.Type, prefix: string, type: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const field of message.fieldsArray) {
    if (answered.has(`${type}.${field.name}`)) continue
    const number = `${prefix}${field.id}`
    if (isInline(type, field)) {
      const { resolvedType } = field.resolve()
      if (!(resolvedType instanceof protobuf.Type)) throw new Error(`${type}.${field.name}`)
      Object.assign(fields, fieldsOf(resolvedType, `${number}.`, type))
    } else {
      fields[field.name] = `${number} ${notationOf(field, type)}`
    }
  }
  return fields
}

/** A message whose name is no field of the type in JSON. */
function isInline(type: string, field: protobuf.Field): boolean {
  const known = (schema as Readonly<Record<string, Readonly<Record<string, string>>>>)[type]
  return (
    known !== undefined && !(field.name in known) && !field.repeated && !scalars.has(field.type)
  )
}

function notationOf(field: protobuf.Field, type: string): string {
  const full = field.type.includes('.')
    ? field.type
    : (field.resolve().resolvedType?.fullName ?? field.type)
  const name = full.replace(/^\./, '')
  const short = name.split('.').at(-1) ?? name
  const own = type === 'events.' && name.startsWith(eventPackage) ? `events.${short}` : short
  const notation = scalars.get(name) ?? own
  if (field instanceof protobuf.MapField) return `{}${notation}`
  return field.repeated ? `[]${notation}` : notation
}

/** The text of the file: one line for each type, so that a change shows as one. */
function textOf(messages: MessagesFile): string {
  const lines = Object.entries(messages).map(
    ([type, fields]) => `${JSON.stringify(type)}:${JSON.stringify(fields)}`,
  )
  return `{\n${lines.join(',\n')}\n}\n`
}

if (require.main === module) {
  const [folder] = process.argv.slice(2)
  if (folder === undefined)
    throw new Error('name the folder that holds k8s.io/api and k8s.io/apimachinery')
  writeFileSync(join(__dirname, 'messages.generated.json'), textOf(messagesIn(folder)))
}
