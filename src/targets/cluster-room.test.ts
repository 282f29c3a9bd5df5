import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusterRoomOf } from './cluster-room'

const gib = 1024 ** 3

test('half of the memory of an engine is for clusters, and one always has room', () => {
  assert.deepEqual(clusterRoomOf({ MemTotal: 16 * gib, NCPU: 8 }), { clusters: 12, processors: 8 })
  assert.deepEqual(clusterRoomOf({ MemTotal: 4 * gib, NCPU: 2 }), { clusters: 3, processors: 2 })
  assert.deepEqual(clusterRoomOf({ MemTotal: gib, NCPU: 1 }), { clusters: 1, processors: 1 })
  assert.deepEqual(clusterRoomOf({}), { clusters: 1, processors: 1 })
})
