import assert from 'node:assert/strict'
import { test } from 'node:test'
import { daemonSetKey } from './daemonset-lookup'

test('QUEUE-04: the key of a DaemonSet is its own, whichever was asked for before', () => {
  const asked = [
    ['a', 'agent'],
    ['b', 'agent'],
    ['b', 'logger'],
    ['a', 'agent'],
    ['a', 'agent'],
  ] as const
  for (const [namespace, name] of asked) {
    assert.equal(daemonSetKey(namespace, name), `${namespace}/${name}`)
  }
})
