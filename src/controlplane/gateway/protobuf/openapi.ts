import { Writer } from 'protobufjs/minimal'

/** JSON of an OpenAPI document. */
interface Json {
  readonly [name: string]: unknown
}

/** How the value of a member is written; `undefined` where it says nothing. */
type Write = (writer: Writer, number: number, value: unknown) => void

/** Members of a message by their names in JSON. */
type Members = Readonly<Record<string, readonly [number: number, write: Write]>>

const text: Write = (writer, number, value) => {
  writer.uint32((number << 3) | delimited).string(String(value))
}

const flag: Write = (writer, number, value) => {
  writer.uint32(number << 3).bool(value === true)
}

const delimited = 2

/** Every item of a list, one after the other. */
function each(write: Write): Write {
  return (writer, number, value) => {
    for (const item of value as readonly unknown[]) write(writer, number, item)
  }
}

function nested(writer: Writer, number: number, fill: () => void): void {
  writer.uint32((number << 3) | delimited).fork()
  fill()
  writer.ldelim()
}

/** A message; members that it does not know are extensions, whose values are written as JSON in YAML's name. */
function message(members: () => Members, extensions?: number): Write {
  return (writer, number, value) =>
    nested(writer, number, () => writeMembers(writer, value as Json, members(), extensions))
}

function writeMembers(writer: Writer, value: Json, members: Members, extensions?: number): void {
  for (const [name, item] of Object.entries(value)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined
    if (member !== undefined) member[1](writer, member[0], item)
    else if (extensions !== undefined && name.startsWith('x-')) {
      named(anything)(writer, extensions, { [name]: item })
    }
  }
}

/** A map: pairs of a name and a value. */
function named(write: Write): Write {
  return (writer, number, value) => {
    for (const [name, item] of Object.entries(value as Json)) {
      nested(writer, number, () => {
        text(writer, 1, name)
        write(writer, 2, item)
      })
    }
  }
}

/** A message around one value. */
function wrapped(inner: number, write: Write): Write {
  return (writer, number, value) => nested(writer, number, () => write(writer, inner, value))
}

const anything = wrapped(2, (writer, number, value) => text(writer, number, JSON.stringify(value)))

const schema: Write = message(
  () => ({
    $ref: [1, text],
    format: [2, text],
    description: [4, text],
    default: [5, anything],
    required: [19, each(text)],
    enum: [20, each(anything)],
    additionalProperties: [21, wrapped(1, schema)],
    type: [22, wrapped(1, text)],
    items: [23, wrapped(1, schema)],
    properties: [25, wrapped(1, named(schema))],
  }),
  31,
)

const bodyParameter = message(() => ({
  name: [2, text],
  in: [3, text],
  required: [4, flag],
  schema: [5, schema],
}))

const queryParameter = message(() => ({
  in: [2, text],
  name: [4, text],
  type: [6, text],
  uniqueItems: [20, flag],
}))

const pathParameter = message(() => ({
  required: [1, flag],
  in: [2, text],
  name: [4, text],
  type: [5, text],
}))

/** A parameter is wrapped by what it is: no reference, one of the body or not, and then by where it is. */
const parameter: Write = wrapped(1, (writer, number, value) => {
  const { in: where } = value as Json
  if (where === 'body') wrapped(1, bodyParameter)(writer, number, value)
  else if (where === 'query') wrapped(2, wrapped(3, queryParameter))(writer, number, value)
  else wrapped(2, wrapped(4, pathParameter))(writer, number, value)
})

const response = message(() => ({ description: [1, text], schema: [2, wrapped(1, schema)] }))

const operation = message(
  () => ({
    consumes: [7, each(text)],
    parameters: [8, each(parameter)],
    responses: [9, wrapped(1, named(wrapped(1, response)))],
  }),
  13,
)

const pathItem = message(() => ({
  get: [2, operation],
  put: [3, operation],
  post: [4, operation],
  delete: [5, operation],
  patch: [8, operation],
  parameters: [9, each(parameter)],
}))

const document: Members = {
  swagger: [1, text],
  info: [2, message(() => ({ title: [1, text], version: [2, text] }))],
  paths: [8, wrapped(2, named(pathItem))],
  definitions: [9, wrapped(1, named(schema))],
}

/** An OpenAPI v2 document in the binary form that clients of all releases read (DISC-33). */
export function openApiV2Bytes(json: object): Buffer {
  const writer = Writer.create()
  writeMembers(writer, json as Json, document)
  return Buffer.from(writer.finish())
}
