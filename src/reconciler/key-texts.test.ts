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

test('a key is made once and kept until its object is forgotten, others longer', () => {
  let made = 0
  /** A name that notices when it is made part of a key. */
  const nameOf = (text: string) => ({
    toString() {
      made++
      return text
    },
  })
  const named = (text: string) => {
    const pod = podOf({})
    return { ...pod, metadata: { ...pod.metadata, name: nameOf(text) as unknown as string } }
  }
  const [a, b] = [named('a'), named('b')]
  const keys = new KeyTexts()
  const madeFor = (one: typeof a) => {
    const before = made
    assert.equal(keys.keyOf(one), `default/${one === a ? 'a' : 'b'}`)
    return made - before
  }
  assert.deepEqual([a, b, a, b].map(madeFor), [1, 1, 0, 0])
  keys.forget(a)
  assert.deepEqual([a, b].map(madeFor), [1, 0])
  keys.forget(a)
  keys.forget(b)
  assert.deepEqual([a, b].map(madeFor), [1, 1])
})
