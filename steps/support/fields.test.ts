import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fieldAt, merged, onlyField, withField, withoutNulls } from './fields'

describe('fields by path', () => {
  const object = { spec: { containers: [{ image: 'a:v1' }], replicas: 3 } }

  test('are found in objects and lists', () => {
    assert.equal(fieldAt(object, 'spec.containers[0].image'), 'a:v1')
    assert.equal(fieldAt(object, 'spec.containers[1].image'), undefined)
    assert.equal(fieldAt(object, 'status.ready'), undefined)
  })

  test('are put and taken away without touching the original', () => {
    assert.deepEqual(withField(object, 'metadata.name', 'x'), {
      ...object,
      metadata: { name: 'x' },
    })
    assert.deepEqual(withField(object, 'spec.replicas', null), {
      spec: { containers: [{ image: 'a:v1' }] },
    })
    assert.equal(object.spec.replicas, 3)
  })

  test('stand alone as a patch', () => {
    assert.deepEqual(onlyField('spec.paused', true), { spec: { paused: true } })
  })
})

describe('merging', () => {
  test('goes by field, and by name in lists of named items', () => {
    assert.deepEqual(
      merged(
        { a: { b: 1, list: [1] }, items: [{ name: 'x', image: 'v1' }] },
        { a: { c: 2, list: [2] }, items: [{ name: 'x', port: 80 }, { name: 'y' }] },
      ),
      {
        a: { b: 1, c: 2, list: [2] },
        items: [{ name: 'x', image: 'v1', port: 80 }, { name: 'y' }],
      },
    )
  })

  test('an unset field is left out of what is created', () => {
    assert.deepEqual(withoutNulls({ a: null, b: { c: null, d: 1 } }), { b: { d: 1 } })
  })
})
