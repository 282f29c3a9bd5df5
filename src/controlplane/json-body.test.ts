import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { StatusError } from '../kubernetes/status-error'
import { acceptedBody, deepFrozen, equalWhenStored } from './json-body'

describe('bodies from outside', () => {
  it('are copied and frozen, so that they stay the caller’s', () => {
    const body = { metadata: { labels: { a: 'b' } }, list: [{ x: 1 }] }
    const accepted = acceptedBody(body) as typeof body
    assert.deepEqual(accepted, body)
    body.metadata.labels.a = 'changed'
    assert.equal(accepted.metadata.labels.a, 'b')
    assert.throws(() => {
      accepted.list[0] = { x: 2 }
    }, TypeError)
  })

  it('share their frozen parts', () => {
    const spec = deepFrozen({ containers: [{ name: 'a' }] })
    const accepted = acceptedBody({ spec }) as { spec: unknown }
    assert.equal(accepted.spec, spec)
  })

  it('lose what is undefined, and keep what is null', () => {
    const accepted = acceptedBody({ a: undefined, b: null, c: [undefined] })
    assert.deepEqual(accepted, { b: null, c: [null] })
    assert.equal(Object.hasOwn(accepted as object, 'a'), false)
  })

  it('write themselves as JSON where they can', () => {
    const accepted = acceptedBody({ at: new Date(0) })
    assert.deepEqual(accepted, { at: '1970-01-01T00:00:00.000Z' })
  })

  it('are refused when they are no JSON', () => {
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const bad = [
      { f: () => 1 },
      { n: Number.NaN },
      { n: Number.POSITIVE_INFINITY },
      { n: 1n },
      { s: Symbol('s') },
      JSON.parse('{"__proto__": {"polluted": true}}'),
      cyclic,
    ]
    for (const body of bad) {
      assert.throws(
        () => acceptedBody(body),
        (error) => StatusError.is(error, 'BadRequest'),
      )
    }
  })

  it('are the same JSON as before, whatever they hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'))
        assert.equal(JSON.stringify(acceptedBody(value)), JSON.stringify(value))
      }),
    )
  })
})

describe('API-150: equality of what is stored', () => {
  it('takes absent, null and empty lists for one', () => {
    assert.ok(equalWhenStored({ a: 1, b: [] }, { a: 1, c: null }))
    assert.ok(!equalWhenStored({ emptyDir: {} }, {}))
    assert.ok(!equalWhenStored({ a: '1' }, { a: 1 }))
    assert.ok(!equalWhenStored([1, 2], [2, 1]))
    assert.ok(!equalWhenStored({ a: [1] }, { a: { 0: 1 } }))
  })

  it('finds every value equal to its copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.ok(equalWhenStored(value, JSON.parse(JSON.stringify(value))))
      }),
    )
  })
})
