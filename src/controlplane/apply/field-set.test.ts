import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  difference,
  equalSets,
  type FieldsV1,
  fieldSetOf,
  fieldsV1Of,
  intersection,
  isEmptySet,
  noFields,
  pathsIn,
  union,
} from './field-set'

const edge = fc.constantFrom('f:a', 'f:b', 'k:{"name":"c"}', 'v:"x"')
const leaf: fc.Arbitrary<FieldsV1> = fc.constant({})
const inner: fc.Arbitrary<FieldsV1> = fc.dictionary(edge, leaf, { maxKeys: 3 })
const fields: fc.Arbitrary<FieldsV1> = fc.dictionary(edge, fc.oneof(leaf, inner), { maxKeys: 4 })
const sets = fields.map(fieldSetOf)

describe('field sets', () => {
  it('API-169: survive the way to fieldsV1 and back', () => {
    fc.assert(fc.property(sets, (set) => equalSets(fieldSetOf(fieldsV1Of(set)), set)))
  })

  it('are sets', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const all = union(a, b)
        assert.ok(isEmptySet(difference(a, all)))
        assert.ok(equalSets(union(difference(a, b), intersection(a, b)), a))
        assert.ok(isEmptySet(intersection(difference(a, b), b)))
        assert.ok(equalSets(union(a, noFields), a))
      }),
    )
  })

  it('API-170: show their paths as messages do', () => {
    const set = fieldSetOf({
      'f:spec': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:x': {} }, 'v:"y"': {} },
    })
    assert.deepEqual(pathsIn(set), [
      '.spec[containerPort=80,protocol="TCP"]',
      '.spec[containerPort=80,protocol="TCP"].x',
      '.spec[="y"]',
    ])
  })
})
