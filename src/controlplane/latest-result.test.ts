import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { deepFrozen } from './json-body'
import { keepingLatest } from './latest-result'

interface Pair {
  readonly a: readonly number[]
  readonly b: readonly number[]
}

/** A few values that come again and again, frozen or not. */
const values = [[1], [2, 3], [], [1]].map((value, index) =>
  index % 2 === 0 ? deepFrozen(value) : value,
)
const value = fc.constantFrom(...values)

test('a function that keeps its latest result is the function', () => {
  const joined = (a: readonly number[], b: readonly number[]) => ({ items: [...a, ...b] })
  fc.assert(
    fc.property(fc.array(fc.record<Pair>({ a: value, b: value })), (pairs) => {
      const keeping = keepingLatest(joined)
      for (const { a, b } of pairs) assert.deepEqual(keeping(a, b), joined(a, b))
    }),
  )
})

test('the very same frozen values give the very same result', () => {
  const keeping = keepingLatest((a: readonly number[], b: readonly number[]) => [...a, ...b])
  const [a, b] = [Object.freeze([1]), Object.freeze([2])]
  const first = keeping(a, b)
  assert.equal(keeping(a, b), first)
  assert.ok(Object.isFrozen(first))
})

test('what is not frozen is looked at anew', () => {
  const keeping = keepingLatest((a: readonly number[], b: readonly number[]) => [...a, ...b])
  const [a, b] = [[1], Object.freeze([2])]
  assert.deepEqual(keeping(a, b), [1, 2])
  a[0] = 3
  assert.deepEqual(keeping(a, b), [3, 2])
})
