import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson, semanticallyEqual } from './canonical-json'

test('HISTORY-02: keys are in byte order and undefined members are left out', () => {
  assert.equal(
    canonicalJson({ b: 1, a: [undefined, null], c: undefined, B: {} }),
    '{"B":{},"a":[null,null],"b":1}',
  )
  assert.equal(canonicalJson({ a10: 1, a2: 2, a: 3 }), '{"a":3,"a10":1,"a2":2}')
  assert.equal(canonicalJson(undefined), 'null')
  assert.equal(canonicalJson('a"b'), '"a\\"b"')
})

test('HISTORY-02: byte order is that of UTF-8, not of UTF-16', () => {
  assert.equal(canonicalJson({ '\u{1f600}': 1, '\uffee': 2 }), '{"\uffee":2,"\u{1f600}":1}')
})

test('HISTORY-02: the order of any keys is that of their encodings', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 2 }), (keys) => {
      const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])))
      const written = Object.keys(JSON.parse(text)).filter((key) => !/^\d+$/.test(key))
      const sorted = [...written].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.deepEqual(written, sorted)
    }),
  )
})

test('canonical JSON reads back as the same value, however the members were ordered', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      assert.equal(canonicalJson(reversed(value)), text)
    }),
  )
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, member]) => [key, reversed(member)])
  return Object.fromEntries(entries.reverse())
}

test('API-18: absent, null and empty collections are equal', () => {
  const nothings = [undefined, null, {}, [], { a: undefined }, { a: { b: [] } }]
  for (const a of nothings) for (const b of nothings) assert.equal(semanticallyEqual(a, b), true)
  assert.equal(semanticallyEqual({ a: [], b: 1 }, { b: 1, c: null }), true)
})

test('API-18: zero values of other types are values', () => {
  for (const value of ['', 0, false, [0], { a: '' }]) {
    assert.equal(semanticallyEqual(value, undefined), false, JSON.stringify(value))
    assert.equal(semanticallyEqual(undefined, value), false, JSON.stringify(value))
  }
  assert.equal(semanticallyEqual({ a: 1 }, { a: 2 }), false)
  assert.equal(semanticallyEqual({ a: 1 }, { a: 1, b: 2 }), false)
  assert.equal(semanticallyEqual([1, 2], [2, 1]), false)
  assert.equal(semanticallyEqual([1], { 0: 1 }), false)
  assert.equal(semanticallyEqual(1, '1'), false)
})

test('members named like inherited ones are compared as members', () => {
  assert.equal(semanticallyEqual({ toString: 'x' }, {}), false)
  assert.equal(semanticallyEqual({}, { constructor: 'x' }), false)
})

const sparse = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)))

test('API-18: semantic equality is an equivalence', () => {
  fc.assert(
    fc.property(sparse, sparse, sparse, (a, b, c) => {
      assert.ok(semanticallyEqual(a, structuredClone(a)))
      assert.equal(semanticallyEqual(a, b), semanticallyEqual(b, a))
      if (semanticallyEqual(a, b) && semanticallyEqual(b, c)) assert.ok(semanticallyEqual(a, c))
    }),
  )
})

test('values with the same canonical JSON are semantically equal', () => {
  fc.assert(
    fc.property(sparse, sparse, (a, b) => {
      if (canonicalJson(a) === canonicalJson(b)) assert.ok(semanticallyEqual(a, b))
    }),
  )
})
