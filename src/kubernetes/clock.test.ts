import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { microTimestampOf, timestampOf } from './clock'

test('timestamps are whole seconds, rounded down', () => {
  assert.equal(timestampOf(Date.UTC(2026, 0, 1)), '2026-01-01T00:00:00Z')
  assert.equal(timestampOf(Date.UTC(2026, 0, 1, 12, 30, 15, 999)), '2026-01-01T12:30:15Z')
})

test('micro timestamps have six digits of a second', () => {
  assert.equal(microTimestampOf(Date.UTC(2026, 0, 1, 0, 0, 0, 7)), '2026-01-01T00:00:00.007000Z')
})

test('both forms read back as the time they tell', () => {
  const times = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) })
  fc.assert(
    fc.property(times, (milliseconds) => {
      assert.equal(Date.parse(microTimestampOf(milliseconds)), milliseconds)
      assert.equal(Date.parse(timestampOf(milliseconds)), milliseconds - (milliseconds % 1000))
    }),
  )
})
