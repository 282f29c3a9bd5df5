import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutOpenOrder } from './open-order'

const traces = (beside: string, doomedAt: number) => ({
  'agent@node-1#1': [{ at: 0, what: 'created (hash#1)' }],
  'agent@node-1#2': [
    { at: 10, what: 'created (hash#2) beside #1' },
    { at: doomedAt, what: 'deletion requested beside a ready #1' },
  ],
  'agent@node-1#3': [{ at: 50, what: `created (hash#3) beside ${beside}` }],
})

test('MANAGE-39: whether a pod on its way out has gone when another is made beside a third is open', () => {
  const [still, gone] = ['#1, #2', '#1'].map((beside) => withoutOpenOrder(traces(beside, 40)))
  assert.deepEqual(still, gone)
})

test('MANAGE-10: whether a pod on its way out has gone when its successor is made is open, a staying one is told', () => {
  const told = traces('#1, #2', 60)
  assert.deepEqual(withoutOpenOrder(told), told)
  const { 'agent@node-1#3': alone } = withoutOpenOrder(traces('#2', 40))
  assert.deepEqual(alone, [{ at: 50, what: 'created (hash#3)' }])
})

test('how long one pod outlives another is open when both go, and told when one stays', () => {
  const pods = (beside: string, doomed: boolean) => ({
    'agent@node-1#1': doomed ? [{ at: 90, what: 'deletion requested' }] : [],
    'agent@node-1#2': [{ at: 40, what: `deletion requested${beside}` }],
  })
  const [told, untold] = [' beside a ready #1', '']
  assert.deepEqual(withoutOpenOrder(pods(told, true)), withoutOpenOrder(pods(untold, true)))
  assert.deepEqual(withoutOpenOrder(pods(told, false)), pods(told, false))
})
