import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { deepFrozen } from '../json-body'
import { isJsonObject, type Json } from './json'
import { mergePatched } from './merge-patch'

describe('JSON merge patch (API-158)', () => {
  // The examples of RFC 7386, appendix A.
  const examples: readonly (readonly [Json, Json, Json])[] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ]
  for (const [document, patch, expected] of examples) {
    it(`${JSON.stringify(document)} + ${JSON.stringify(patch)}`, () => {
      assert.deepEqual(mergePatched(deepFrozen(document), deepFrozen(patch)), expected)
    })
  }

  it('is the document itself when nothing changes, and shares what the patch does not reach', () => {
    const document = deepFrozen({ spec: { a: 1, b: { c: 2 } }, status: { phase: 'Running' } })
    assert.equal(mergePatched(document, { spec: { b: { c: 2 } }, gone: null }), document)
    const changed = mergePatched(document, { spec: { a: 2 } }) as unknown as typeof document
    assert.equal(changed.spec.b, document.spec.b)
    assert.equal(changed.status, document.status)
  })

  it('does not reach prototypes', () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}}')
    assert.throws(() => mergePatched({}, patch), /__proto__/)
    const result = mergePatched({}, { constructor: { prototype: { polluted: true } } })
    assert.equal(Object.hasOwn(result as object, 'constructor'), true)
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
  })
})

describe('JSON merge patch, laws', () => {
  const safeKey = fc.stringMatching(/^[a-d]{1,2}$/)
  const { value } = fc.letrec<{ value: Json; object: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.array(fc.integer(), { maxLength: 3 }),
      tie('object'),
    ),
    object: fc.dictionary(safeKey, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  }))
  const object = fc.dictionary(safeKey, value, { maxKeys: 5, noNullPrototype: true })

  /** The patch that makes `after` of `before`. */
  function difference(before: Json | undefined, after: Json): Json {
    if (!isJsonObject(before) || !isJsonObject(after)) return after
    const patch: Record<string, Json> = {}
    for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch[key] = null
    for (const key of Object.keys(after)) patch[key] = difference(before[key], after[key] as Json)
    return patch
  }

  it('the difference of two documents makes the second of the first', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        assert.deepEqual(mergePatched(before, difference(before, after)), after)
      }),
    )
  })

  it('carrying a patch out twice is carrying it out once', () => {
    fc.assert(
      fc.property(object, object, object, (document, target, other) => {
        const patch = difference(other, target)
        const once = mergePatched(deepFrozen(document), patch)
        assert.equal(mergePatched(once, patch), once)
      }),
    )
  })
})
