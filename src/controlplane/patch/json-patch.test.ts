import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { JsonPatchOperation } from '../../kubernetes/client'
import { StatusError } from '../../kubernetes/status-error'
import { deepFrozen } from '../json-body'
import type { Json } from './json'
import { jsonPatched } from './json-patch'

const document = deepFrozen({
  metadata: { name: 'agent', labels: { app: 'agent', 'a/b': 'x', 'm~n': 'y' } },
  list: [1, 2, 3],
}) as Json

const patched = (...operations: JsonPatchOperation[]) => jsonPatched(document, operations)
const refusal = (...operations: JsonPatchOperation[]) =>
  assert.throws(
    () => patched(...operations),
    (error) =>
      StatusError.is(error, 'Invalid') &&
      error.code === 422 &&
      error.message === 'the server rejected our request due to an error in our request',
  )

describe('JSON patch (API-157)', () => {
  it('adds members, items and items at the end', () => {
    const result = patched(
      { op: 'add', path: '/metadata/labels/tier', value: 'node' },
      { op: 'add', path: '/list/1', value: 9 },
      { op: 'add', path: '/list/-', value: 8 },
    )
    assert.deepEqual(result, {
      metadata: { name: 'agent', labels: { app: 'agent', 'a/b': 'x', 'm~n': 'y', tier: 'node' } },
      list: [1, 9, 2, 3, 8],
    })
  })

  it('unescapes ~1 and ~0 in pointers', () => {
    const result = patched(
      { op: 'replace', path: '/metadata/labels/a~1b', value: 'slash' },
      { op: 'remove', path: '/metadata/labels/m~0n' },
    ) as { metadata: { labels: object } }
    assert.deepEqual(result.metadata.labels, { app: 'agent', 'a/b': 'slash' })
  })

  it('moves and copies values', () => {
    const result = patched(
      { op: 'copy', from: '/metadata', path: '/other' },
      { op: 'replace', path: '/other/name', value: 'copy' },
      { op: 'move', from: '/list/0', path: '/list/2' },
    )
    assert.deepEqual(result, {
      ...(document as object),
      list: [2, 3, 1],
      other: { ...(document as { metadata: object }).metadata, name: 'copy' },
    })
  })

  it('replaces the whole document', () => {
    assert.deepEqual(patched({ op: 'replace', path: '', value: { a: 1 } }), { a: 1 })
  })

  it('copies something that the patch has made without tying the two together', () => {
    const result = jsonPatched({}, [
      { op: 'add', path: '/a', value: {} },
      { op: 'add', path: '/a/x', value: { deep: 1 } },
      { op: 'add', path: '/a/x/more', value: 1 },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'replace', path: '/b/x/deep', value: 2 },
      { op: 'replace', path: '/a/x/more', value: 3 },
    ])
    assert.deepEqual(result, { a: { x: { deep: 1, more: 3 } }, b: { x: { deep: 2, more: 1 } } })
  })

  it('refuses failing tests, missing paths and bad pointers', () => {
    refusal({ op: 'test', path: '/metadata/name', value: 'other' })
    refusal({ op: 'remove', path: '/metadata/missing' })
    refusal({ op: 'add', path: '/missing/deep', value: 1 })
    refusal({ op: 'add', path: 'no-slash', value: 1 })
    refusal({ op: 'add', path: '/list/4', value: 1 })
    refusal({ op: 'add', path: '/list/1x', value: 1 })
    refusal({ op: 'add', path: '/list/-5', value: 1 })
    refusal({ op: 'replace', path: '/list/-4', value: 1 })
    refusal({ op: 'replace', path: '/missing/deep', value: 1 })
    refusal({ op: 'move', from: '/metadata/missing', path: '/x' })
    refusal({ op: 'copy', from: '', path: '/x' })
    refusal({ op: 'copy', from: '/list/9', path: '/x' })
    refusal({ op: 'replace', path: '/list/3', value: 1 })
    refusal({ op: 'remove', path: '' })
    refusal({ op: 'move', from: '/metadata', path: '/metadata/labels' })
    refusal({ op: 'add', path: '/metadata/constructor/prototype/x', value: 1 })
    refusal({ op: 'test', path: '/metadata/toString', value: 1 })
    refusal({ op: 'unheard' as 'add', path: '/x', value: 1 })
  })

  it('takes a missing member for null, negative indexes, and escapes that are none, as real servers do', () => {
    assert.deepEqual(
      jsonPatched({ list: [1, 2, 3] }, [
        { op: 'replace', path: '/new', value: 1 },
        { op: 'test', path: '/missing', value: null },
        { op: 'copy', from: '/missing', path: '/copied' },
        { op: 'add', path: '/list/-1', value: 4 },
        { op: 'replace', path: '/list/-2', value: 9 },
        { op: 'remove', path: '/list/01' },
        { op: 'add', path: '/a~2', value: 'b' },
      ]),
      { list: [1, 9, 4], new: 1, copied: null, 'a~2': 'b' },
    )
  })

  it('does not reach prototypes', () => {
    assert.throws(
      () => patched({ op: 'add', path: '/__proto__', value: { polluted: true } }),
      (error) => StatusError.is(error, 'BadRequest'),
    )
    assert.throws(
      () => patched({ op: 'replace', path: '/__proto__', value: { polluted: true } }),
      (error) => StatusError.is(error, 'BadRequest'),
    )
    refusal({ op: 'add', path: '/__proto__/polluted', value: true })
    const result = patched({ op: 'add', path: '/constructor', value: 'plain member' })
    assert.equal((result as { constructor: unknown }).constructor, 'plain member')
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
  })

  it('API-111: takes 10,000 operations and no more', () => {
    const operations = Array.from(
      { length: 10_000 },
      (): JsonPatchOperation => ({
        op: 'add',
        path: '/list/-',
        value: 0,
      }),
    )
    assert.equal((jsonPatched(document, operations) as { list: unknown[] }).list.length, 10_003)
    assert.throws(
      () => jsonPatched(document, [...operations, { op: 'remove', path: '/list/0' }]),
      (error) => StatusError.is(error, 'RequestEntityTooLarge') && error.code === 413,
    )
  })

  it('stops copies that double the document again and again', () => {
    const operations = Array.from(
      { length: 60 },
      (_, index): JsonPatchOperation => ({
        op: 'copy',
        from: '/a',
        path: `/a/${index}`,
      }),
    )
    assert.throws(
      () => jsonPatched({ a: { seed: 'x'.repeat(100) } }, operations),
      (error) => StatusError.is(error, 'RequestEntityTooLarge'),
    )
  })
})

describe('JSON patch, laws', () => {
  const json = fc.jsonValue({ noUnicodeString: true } as object) as fc.Arbitrary<Json>
  const key = fc.stringMatching(/^[a-z~/]{1,4}$/)
  const pointer = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

  it('adding and then removing a new member gives the document back', () => {
    fc.assert(
      fc.property(fc.dictionary(key, json), key, json, (object, name, value) => {
        const { [name]: _, ...rest } = object
        const before = deepFrozen({ ...rest })
        const result = jsonPatched(before, [
          { op: 'add', path: pointer(name), value },
          { op: 'test', path: pointer(name), value },
          { op: 'remove', path: pointer(name) },
        ])
        assert.deepEqual(result, before)
      }),
    )
  })

  it('never changes the document that it is given', () => {
    fc.assert(
      fc.property(fc.dictionary(key, json), key, json, (object, name, value) => {
        const text = JSON.stringify(object)
        const frozen = deepFrozen(JSON.parse(text))
        jsonPatched(frozen, [
          { op: 'add', path: pointer(name), value },
          { op: 'copy', from: pointer(name), path: '/copied' },
          { op: 'move', from: '/copied', path: pointer(`${name}x`) },
        ])
        assert.equal(JSON.stringify(frozen), text)
      }),
    )
  })
})
