import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warningsIn } from './warnings'

test('each line is one warning, without what surrounds and escapes it', () => {
  const warning = ['299 - "one: \\"a\\" is odd"', '299 kube "C:\\\\ is odd"']
  assert.deepEqual(warningsIn({ headers: { warning } }), ['one: "a" is odd', 'C:\\ is odd'])
  assert.deepEqual(warningsIn({ headers: {} }), [])
})

test('a line of another form is refused', () => {
  const warning = ['110 - "stale"']
  assert.throws(() => warningsIn({ headers: { warning } }), /"110 - "stale"" is no warning/)
})
