import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Caches, cachedVersionOf } from './controller-context'

test('GATES-03, GATES-05: each kind has the version of its own cache, other kinds have none', () => {
  const caches = {
    daemonSets: { resourceVersion: '1' },
    nodes: { resourceVersion: '2' },
    pods: { resourceVersion: '3' },
    revisions: { resourceVersion: '4' },
  } as Caches
  assert.equal(cachedVersionOf(caches, 'DaemonSet'), '1')
  assert.equal(cachedVersionOf(caches, 'Node'), '2')
  assert.equal(cachedVersionOf(caches, 'Pod'), '3')
  assert.equal(cachedVersionOf(caches, 'ControllerRevision'), '4')
  assert.equal(cachedVersionOf(caches, 'Namespace'), '')
})
