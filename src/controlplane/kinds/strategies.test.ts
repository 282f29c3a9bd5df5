import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { resources } from '../../kubernetes/resources'
import type { Draft, Kind, KubernetesObject } from '../../kubernetes/types'
import { valuesOf } from '../schema/arbitrary-values.test'
import { prune } from '../schema/prune'
import { shapeOfType } from '../schema/schema'
import { strategies } from './strategies'
import type { Strategy } from './strategy'
import { deepFreeze } from './structure'

const kinds = Object.keys(resources) as Kind[]

/** Any object that a client could send, decoded. */
function decoded(kind: Kind): fc.Arbitrary<KubernetesObject> {
  return valuesOf(shapeOfType(kind)).map((draft) => {
    const metadata = { name: 'x', namespace: 'y', ...(draft as Draft).metadata }
    return prune(kind, { ...(draft as Draft), metadata }).object as unknown as KubernetesObject
  })
}

describe('strategies', () => {
  for (const kind of kinds) {
    const strategy = strategies[kind] as Strategy<KubernetesObject>

    it(`fill in defaults once and share what has them: ${kind}`, () => {
      fc.assert(
        fc.property(decoded(kind), (object) => {
          deepFreeze(object)
          const once = strategy.defaults(object)
          deepFreeze(once)
          assert.equal(strategy.defaults(once), once)
          // What is shown is what is stored: defaults survive being sent back.
          assert.deepEqual(prune(kind, once as unknown as Draft).object, once)
        }),
        { numRuns: 30 },
      )
    })

    it(`never throw, and find the same problems again: ${kind}`, () => {
      fc.assert(
        fc.property(decoded(kind), decoded(kind), (draft, other) => {
          const object = strategy.prepareForCreate(strategy.defaults(draft))
          const problems = strategy.validateCreate(object)
          deepFreeze(object)
          assert.deepEqual(strategy.prepareForCreate(object), object)
          assert.deepEqual(strategy.validateCreate(object), problems)
          for (const subresource of [undefined, 'status']) {
            const next = strategy.prepareForUpdate(strategy.defaults(other), object, subresource)
            strategy.validateUpdate(next, object, subresource)
            strategy.warnings?.(next, object)
          }
          strategy.fieldsOf(object)
        }),
        { numRuns: 30 },
      )
    })
  }

  it('leave an object that is stored as it is', () => {
    for (const kind of kinds) {
      const strategy = strategies[kind] as Strategy<KubernetesObject>
      const metadata = {
        name: 'x',
        namespace: 'y',
        uid: 'u',
        creationTimestamp: '2026-01-01T00:00:00Z',
      }
      const draft = prune(kind, { metadata }).object as unknown as KubernetesObject
      const stored = strategy.prepareForCreate(strategy.defaults(draft))
      deepFreeze(stored)
      assert.equal(strategy.defaults(stored), stored, kind)
      assert.equal(strategy.prepareForUpdate(stored, stored, undefined), stored, kind)
      assert.equal(strategy.prepareForUpdate(stored, stored, 'status'), stored, kind)
    }
  })
})
