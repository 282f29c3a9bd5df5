import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { duplicateFieldsIn } from './duplicate-fields'

describe('repeated fields', () => {
  it('API-138: are named by their path', () => {
    const text =
      '{"metadata":{"name":"a","name":"b"},"spec":{"containers":[{"image":"x"},{"image":"y","image":"z"}]},"spec":{}}'
    assert.deepEqual(duplicateFieldsIn(text), ['metadata.name', 'spec.containers[1].image', 'spec'])
  })

  it('are not mistaken: strings, escapes and values are no fields', () => {
    assert.deepEqual(duplicateFieldsIn('{"a":"{\\"a\\":1,\\"a\\":2}","b":"a","c":["a","a"]}'), [])
    assert.deepEqual(duplicateFieldsIn('{"a":1,"\\u0061":2}'), ['a'])
  })

  it('are never found in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(duplicateFieldsIn(JSON.stringify(value)), [])
      }),
    )
  })
})
