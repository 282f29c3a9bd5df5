import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KubernetesObject } from '../kubernetes/types'
import { KeyTexts, keyOf } from './key-texts'
import { nodeOf, podOf } from './testing/objects'

const name = fc.constantFrom('a', 'b', 'a/b')
const object: fc.Arbitrary<KubernetesObject> = fc.oneof(
  name.map((one) => nodeOf(one)),
  fc.tuple(name, fc.constantFrom('x', 'y')).map(([one, namespace]) => {
    const pod = podOf({ name: one })
    return { ...pod, metadata: { ...pod.metadata, namespace } }
  }),
)

test('kept keys are those that would be made anew, whatever was forgotten', () => {
  const steps = fc.array(fc.record({ object, isForgotten: fc.boolean() }), { maxLength: 20 })
  fc.assert(
    fc.property(steps, (drawn) => {
      const keys = new KeyTexts()
      for (const { object: one, isForgotten } of drawn) {
        assert.equal(keys.keyOf(one), keyOf(one))
        if (isForgotten) keys.forget(one)
      }
    }),
  )
})
