import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DaemonSet } from '../kubernetes/types'
import { failedPodBackOffKey } from './observe'
import { daemonSetOf } from './testing/objects'

test('MANAGE-15: the back-off is kept by DaemonSet, observed generation and node', () => {
  const observed = daemonSetOf({ status: { observedGeneration: 2 } })
  assert.equal(failedPodBackOffKey(observed, 'node-0'), 'uid-of-agent/2/node-0')
  assert.equal(failedPodBackOffKey(daemonSetOf(), 'node-0'), 'uid-of-agent/0/node-0')
  const { status: _, ...unseen } = daemonSetOf()
  assert.equal(failedPodBackOffKey(unseen as DaemonSet, 'node-0'), 'uid-of-agent/0/node-0')
})
