import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Writer } from 'protobufjs/minimal'
import { StatusError } from '../../../kubernetes/status-error'
import schema from '../../schema/schema.generated.json'
import { enveloped } from '../testing/protobuf'
import { decodedProtobuf } from './decode'
import recorded from './fixtures/kube-apiserver-1.36.2.generated.json'
import messages from './messages.generated.json'

type Types = Readonly<Record<string, Readonly<Record<string, string>>>>

/** An envelope around an object that is written here. */
function wrapped(kind: string, apiVersion: string, write: (writer: Writer) => void): Buffer {
  const writer = Writer.create()
  write(writer)
  return enveloped(kind, apiVersion, writer.finish())
}

/** An object without what says nothing: JSON of the server shows some of it, bytes do not carry it. */
function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(said)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .map(([key, item]) => [key, said(item)] as const)
    .filter(([, item]) => item !== null && JSON.stringify(item) !== '{}')
  return Object.fromEntries(entries)
}

describe('bodies in the binary form of Kubernetes', () => {
  for (const { path, protobuf, json } of recorded.answers) {
    it(`API-107: are what a real API server says of ${path}`, () => {
      const decoded = decodedProtobuf(Buffer.from(protobuf, 'base64'), '')
      assert.deepEqual(said(decoded), said(json))
    })
  }

  it('API-107: every field of every type of the schema has a number, and the same type there', () => {
    for (const [type, fields] of Object.entries(schema as Types)) {
      const message = (messages as Types)[type] ?? {}
      const numbers = Object.values(message).map((entry) => entry.split(' ')[0])
      assert.equal(new Set(numbers).size, numbers.length, `${type} has a number twice`)
      for (const [field, notation] of Object.entries(fields)) {
        const isType = field === 'kind' || field === 'apiVersion'
        if (isType && message[field] === undefined) continue // It is in the envelope.
        assert.equal(message[field]?.split(' ')[1], notation.replace('!', ''), `${type}.${field}`)
      }
    }
  })

  it('API-107: options of a deletion tell zero from absence', () => {
    const bytes = wrapped('DeleteOptions', 'v1', (writer) => {
      writer.uint32(8).int64(0).uint32(24).bool(false).uint32(34).string('Orphan')
      writer
        .uint32(42)
        .string('All')
        .uint32(999 * 8)
        .uint32(1)
    })
    assert.deepEqual(decodedProtobuf(bytes, ''), {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      gracePeriodSeconds: 0,
      orphanDependents: false,
      propagationPolicy: 'Orphan',
      dryRun: ['All'],
    })
  })

  const refusal = (bytes: Buffer, what = 'ConfigMap'): StatusError => {
    try {
      decodedProtobuf(bytes, what)
    } catch (error) {
      if (error instanceof StatusError) return error
      throw error
    }
    throw new Error('it was read')
  }

  it('API-107: what is no such body is refused, whatever it is', () => {
    assert.match(refusal(Buffer.from('{}')).message, /expected prefix \[107 56 115 0\]/)
    const map = wrapped('ConfigMap', 'v1', (writer) =>
      writer.uint32(10).fork().uint32(10).string('name').ldelim(),
    )
    assert.deepEqual(decodedProtobuf(map, '')['metadata'], { name: 'name' })
    for (let length = 5; length < map.length; length++) {
      const cut = map.subarray(0, length)
      try {
        decodedProtobuf(cut, 'ConfigMap')
      } catch (error) {
        assert.ok(StatusError.is(error, 'BadRequest'), String(error))
      }
    }
    const wrongWire = wrapped('ConfigMap', 'v1', (writer) => writer.uint32(8).uint32(1))
    assert.match(refusal(wrongWire).message, /wanted a message, found wire type 0/)
    const noText = wrapped('ConfigMap', 'v1', (writer) =>
      writer
        .uint32(10)
        .fork()
        .uint32(10)
        .bytes(Buffer.from([0xff]))
        .ldelim(),
    )
    assert.equal(refusal(noText).code, 400)
  })

  it('API-105: a type whose numbers are not known is 415', () => {
    const { code, message } = refusal(wrapped('Deployment', 'apps/v1', () => undefined))
    assert.equal(code, 415)
    assert.match(message, /^the protobuf form of apps\/v1, Kind=Deployment is not read here/)
  })

  it('API-107: a key of a map cannot reach the prototype', () => {
    const bytes = wrapped('ConfigMap', 'v1', (writer) =>
      writer.uint32(18).fork().uint32(10).string('__proto__').uint32(18).string('x').ldelim(),
    )
    const { data } = decodedProtobuf(bytes, '') as { data: object }
    assert.deepEqual(Object.entries(data), [['__proto__', 'x']])
  })
})
