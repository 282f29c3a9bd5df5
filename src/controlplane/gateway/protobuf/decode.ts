import { Reader } from 'protobufjs/minimal'
import { StatusError } from '../../../kubernetes/status-error'
import { badRequest } from '../../refusals'
import { type WireField, type WireFields, wireFieldsOf } from './messages'

/** What a body of this form begins with. */
const prefix = Buffer.from('k8s\0', 'latin1')

/** An object, as the client would have written it in JSON. */
type Fields = Record<string, unknown>

/**
 * Reads a body in the binary form of Kubernetes: a mark, an envelope that names the type, and the object in it.
 *
 * @param what the type of an object whose envelope names none
 * @throws StatusError `BadRequest` where it is none, `UnsupportedMediaType` where the type cannot be read here
 */
export function decodedProtobuf(bytes: Buffer, what: string): Fields {
  if (!bytes.subarray(0, prefix.length).equals(prefix)) {
    throw badRequest(
      `provided data does not appear to be a protobuf message, expected prefix [${[...prefix].join(' ')}]`,
    )
  }
  try {
    const { kind, apiVersion, raw } = envelopeOf(bytes.subarray(prefix.length))
    const type = kind === '' ? what : kind
    const fields = wireFieldsOf(apiVersion === 'events.k8s.io/v1' ? `events.${type}` : type)
    if (fields === undefined) throw unreadable(`${apiVersion}, Kind=${type}`)
    return { ...(kind === '' ? {} : { kind, apiVersion }), ...messageOf(new Reader(raw), fields) }
  } catch (error) {
    if (error instanceof StatusError) throw error
    // Readers of bytes that are no message run over their end, or meet a number that is none.
    throw badRequest(
      `the body is no valid protobuf: ${error instanceof Error ? error.message : error}`,
    )
  }
}

function unreadable(type: string): StatusError {
  return new StatusError(
    'UnsupportedMediaType',
    `the protobuf form of ${type} is not read here - accepted media types include: application/json, application/yaml`,
  )
}

interface Envelope {
  readonly kind: string
  readonly apiVersion: string
  readonly raw: Uint8Array
}

function envelopeOf(bytes: Uint8Array): Envelope {
  const { type, raw, contentEncoding, contentType } = messageOf(new Reader(bytes), envelopeFields)
  const { kind = '', apiVersion = '' } = (type ?? {}) as Fields
  if (contentEncoding || contentType) {
    throw badRequest('wanted an object that is neither compressed nor of another media type')
  }
  return { kind: String(kind), apiVersion: String(apiVersion), raw: bytesOf(raw) }
}

function bytesOf(base64: unknown): Uint8Array {
  return Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64')
}

const envelopeFields = fieldsOf({
  type: [1, 'envelope.Type'],
  raw: [2, 'bytes'],
  contentEncoding: [3, 'string'],
  contentType: [4, 'string'],
})

/** Messages that stand for one value of JSON. */
const valueFields = {
  'envelope.Type': fieldsOf({ apiVersion: [1, 'string'], kind: [2, 'string'] }),
  any: fieldsOf({ raw: [1, 'bytes'] }),
  intOrString: fieldsOf({ type: [1, 'int64'], number: [2, 'int64'], text: [3, 'string'] }),
  quantity: fieldsOf({ text: [1, 'string'] }),
  time: fieldsOf({ seconds: [1, 'int64'], nanos: [2, 'int64'] }),
} as const

function fieldsOf(fields: Readonly<Record<string, readonly [number, string]>>): WireFields {
  return new Map(
    Object.entries(fields).map(([name, [number, notation]]) => [
      number,
      { is: 'field', name, notation, keepsZero: true },
    ]),
  )
}

/** Reads a message to the end of its bytes; numbers that nobody knows are skipped. */
function messageOf(reader: Reader, fields: WireFields, into: Fields = {}): Fields {
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const field = fields.get(tag >>> 3)
    if (field === undefined) reader.skipType(tag & 7)
    else readField(reader, tag & 7, field, into)
  }
  return into
}

/** How values follow their tags. */
const wireTypes = { varint: 0, delimited: 2 } as const

function readField(reader: Reader, wireType: number, field: WireField, into: Fields): void {
  if (field.is === 'inline') {
    messageOf(inner(reader, wireType), field.fields, into)
    return
  }
  const { name, notation, keepsZero } = field
  if (notation.startsWith('{}')) {
    into[name] ??= Object.create(null)
    const map = into[name] as Fields
    const { key, value } = entryOf(inner(reader, wireType), notation.slice(2))
    map[key] = value
  } else if (notation.startsWith('[]')) {
    into[name] ??= []
    const list = into[name] as unknown[]
    list.push(readValue(reader, wireType, notation.slice(2)))
  } else {
    const value = readValue(reader, wireType, notation)
    if (keepsZero || !isZero(value, notation)) into[name] = value
  }
}

/** Whether the value is one that bytes carry although JSON leaves it out; values that are messages are there or not. */
function isZero(value: unknown, notation: string): boolean {
  return notation !== 'int-or-string' && (value === '' || value === 0 || value === false)
}

function entryOf(
  reader: Reader,
  notation: string,
): { readonly key: string; readonly value: unknown } {
  const fields = fieldsOf({ key: [1, 'string'], value: [2, notation] })
  const { key = '', value } = messageOf(reader, fields)
  return { key: String(key), value: value ?? emptyOf(notation) }
}

/** Values of maps that are empty need not be there. */
function emptyOf(notation: string): unknown {
  return notation === 'quantity' ? '0' : ''
}

function inner(reader: Reader, wireType: number): Reader {
  if (wireType !== wireTypes.delimited)
    throw new Error(`wanted a message, found wire type ${wireType}`)
  return new Reader(reader.bytes())
}

function readValue(reader: Reader, wireType: number, notation: string): unknown {
  switch (notation) {
    case 'boolean':
    case 'int32':
    case 'int64': {
      if (wireType !== wireTypes.varint)
        throw new Error(`wanted a number, found wire type ${wireType}`)
      const number = Number(reader.int64())
      return notation === 'boolean' ? number !== 0 : number
    }
    case 'string':
      return textOf(inner(reader, wireType))
    case 'bytes':
      return Buffer.from(wholeOf(inner(reader, wireType))).toString('base64')
    default:
      return objectOf(inner(reader, wireType), notation)
  }
}

function wholeOf(reader: Reader): Uint8Array {
  return reader.buf.subarray(reader.pos, reader.len)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function textOf(reader: Reader): string {
  return utf8.decode(wholeOf(reader))
}

/** An object, or one of the values that are messages as bytes and single values as JSON. */
function objectOf(reader: Reader, notation: string): unknown {
  switch (notation) {
    case 'any': {
      const { raw = '' } = messageOf(reader, valueFields.any)
      const text = utf8.decode(bytesOf(raw))
      return text === '' ? null : JSON.parse(text)
    }
    case 'int-or-string': {
      const { type = 0, number = 0, text = '' } = messageOf(reader, valueFields.intOrString)
      return type === 0 ? number : text
    }
    case 'quantity':
      return messageOf(reader, valueFields.quantity)['text'] || '0'
    case 'time':
    case 'microtime':
      return timeOf(messageOf(reader, valueFields.time), notation)
    case 'envelope.Type':
      return messageOf(reader, valueFields[notation])
    default: {
      const fields = wireFieldsOf(notation)
      if (fields === undefined) throw new Error(`no message ${notation}`)
      return messageOf(reader, fields)
    }
  }
}

/** A time without a moment is `null`; seconds, or microseconds, as JSON has them. */
function timeOf({ seconds, nanos = 0 }: Fields, notation: 'time' | 'microtime'): string | null {
  if (seconds === undefined) return null
  const moment = new Date(Number(seconds) * 1000)
  if (Number.isNaN(moment.getTime())) throw new Error(`no time: ${seconds} s`)
  const whole = moment.toISOString().slice(0, -'.000Z'.length)
  if (notation === 'time') return `${whole}Z`
  return `${whole}.${String(Math.trunc(Number(nanos) / 1000)).padStart(6, '0')}Z`
}
