import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseInt64 } from './int64'

test('every 64-bit integer is read, and nothing beyond', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (value) => {
      const fits = value >= -(2n ** 63n) && value < 2n ** 63n
      assert.equal(parseInt64(String(value)), fits ? value : undefined)
    }),
  )
})

test('signs are allowed, other notations are not', () => {
  assert.equal(parseInt64('+5'), 5n)
  assert.equal(parseInt64('-5'), -5n)
  assert.equal(parseInt64('007'), 7n)
  for (const text of ['', '+', '1.0', '1e3', '0x1', '1_000', ' 1', '١']) {
    assert.equal(parseInt64(text), undefined, text)
  }
})
