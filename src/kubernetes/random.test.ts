import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dns1123LabelErrors } from './names'
import { nameSuffix, seededRandom, uuid } from './random'

test('the same seed gives the same numbers, another seed others', () => {
  const numbersOf = (seed: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: 20 }, () => random.next())
  }
  assert.deepEqual(numbersOf(1), numbersOf(1))
  assert.notDeepEqual(numbersOf(1), numbersOf(2))
})

test('numbers are in [0, 1)', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed)
      for (let i = 0; i < 50; i++) {
        const number = random.next()
        assert.ok(number >= 0 && number < 1)
      }
    }),
  )
})

test('API-132: suffixes are of the safe alphabet, so that they can end any name', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const suffix = nameSuffix(seededRandom(seed))
      assert.match(suffix, /^[bcdfghjklmnpqrstvwxz2456789]{5}$/)
      assert.deepEqual(dns1123LabelErrors(`agent-${suffix}`), [])
    }),
  )
})

test('API-123: uids are version 4 UUIDs and do not repeat', () => {
  const random = seededRandom(7)
  const uids = Array.from({ length: 1000 }, () => uuid(random))
  for (const uid of uids) {
    assert.match(uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
  assert.equal(new Set(uids).size, uids.length)
})
