import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiVersionOf, qualifiedNameOf, resources } from './resources'

test('DISC-27: every kind is listed under its own name, with lower-case names for URLs', () => {
  for (const [kind, resource] of Object.entries(resources)) {
    assert.equal(resource.kind, kind)
    assert.equal(resource.singular, kind.toLowerCase())
    assert.equal(resource.plural, resource.plural.toLowerCase())
  }
  const plurals = Object.values(resources).map(qualifiedNameOf)
  assert.equal(new Set(plurals).size, plurals.length)
})

test('API-116: messages name the core group by nothing, other groups by a suffix', () => {
  assert.equal(qualifiedNameOf(resources.Pod), 'pods')
  assert.equal(qualifiedNameOf(resources.DaemonSet), 'daemonsets.apps')
  assert.equal(apiVersionOf(resources.Pod), 'v1')
  assert.equal(apiVersionOf(resources.DaemonSet), 'apps/v1')
})

test('API-02: DaemonSets have a status and no scale; nodes live in no namespace', () => {
  assert.deepEqual(resources.DaemonSet.subresources, ['status'])
  assert.equal(resources.DaemonSet.namespaced, true)
  assert.equal(resources.Node.namespaced, false)
})
