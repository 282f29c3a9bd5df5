import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutOpenOrder } from './open-order'

const traces = (beside: string, doomed: boolean) => ({
  'agent@node-1#1': [{ at: 0, what: 'created (hash#1)' }],
  'agent@node-1#2': doomed ? [{ at: 40, what: 'deletion requested' }] : [],
  'agent@node-1#3': [
    { at: 50, what: `created (hash#3)${beside}, before its revision` },
    { at: 60, what: `deletion requested${beside.replace('beside', 'beside a ready')}` },
  ],
})

test('MANAGE-39: whether a pod that goes was still there when another was made or deleted is open', () => {
  const [still, gone] = [' beside #1, #2', ' beside #1'].map((beside) =>
    withoutOpenOrder(traces(beside, true)),
  )
  assert.deepEqual(still, gone)
  assert.deepEqual(gone, traces(' beside #1', true))
  assert.deepEqual(withoutOpenOrder(traces(' beside #2', true)), traces('', true))
})

test('UPDATE-37: beside which pods that stay it happened is told', () => {
  assert.deepEqual(
    withoutOpenOrder(traces(' beside #1, #2', false)),
    traces(' beside #1, #2', false),
  )
})
