import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isPercent, scaledUp } from './int-or-percent'

test('UPDATE-09: an integer is used as it is', () => {
  assert.equal(scaledUp(0, 10), 0)
  assert.equal(scaledUp(3, 2), 3)
  assert.equal(scaledUp(undefined, 10), 0)
})

test('UPDATE-09: a percentage is rounded up', () => {
  assert.equal(scaledUp('10%', 5), 1)
  assert.equal(scaledUp('50%', 3), 2)
  assert.equal(scaledUp('50%', 2), 1)
  assert.equal(scaledUp('100%', 2), 2)
  assert.equal(scaledUp('1%', 5000), 50)
  assert.equal(scaledUp('0%', 7), 0)
  assert.equal(scaledUp('10%', 0), 0)
})

test('only digits followed by a per cent sign are a percentage', () => {
  assert.equal(isPercent('10%'), true)
  for (const value of [10, '10', '%', '-1%', '1.5%', '1%%', ' 1%', undefined]) {
    assert.equal(isPercent(value), false, String(value))
  }
  assert.throws(() => scaledUp('ten', 5), RangeError)
})

test('UPDATE-09: the share is the smallest number that is not below it', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.nat(10_000), (percent, total) => {
      const share = scaledUp(`${percent}%`, total)
      assert.ok(share * 100 >= percent * total)
      assert.ok((share - 1) * 100 < percent * total || share === 0)
      assert.ok(share <= total)
    }),
  )
})
