import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resources } from '../kubernetes/resources'
import type { Kind } from '../kubernetes/types'
import { minute, withCluster } from './cluster-fixture'
import { daemonSetDraft, watched } from './server-fixture'

/** Everything that watchers of all kinds see while a DaemonSet lives, as text. */
async function historyOf(seed: number): Promise<string> {
  let history = ''
  await withCluster(
    async ({ client, cluster, join, daemonSet }) => {
      const kinds = Object.keys(resources) as Kind[]
      const watches = kinds.map((kind) => watched(client, kind))
      await join('node-a', 'node-b', 'node-c')
      await daemonSet(daemonSetDraft('agent'), 3)
      const template = { spec: { containers: [{ name: 'main', image: 'main:2' }] } }
      const key = { name: 'agent', namespace: 'default' }
      await client.patch('DaemonSet', key, { type: 'strategic', body: { spec: { template } } })
      cluster.nodes.stop('node-c')
      await cluster.advance(2 * minute)
      await cluster.nodes.leave('node-b')
      await cluster.advance(2 * minute)
      history = JSON.stringify(watches.map(({ events }) => events))
    },
    { seed },
  )
  return history
}

test('the same seed gives the same history, byte for byte; another seed another one', async () => {
  const [first, second, other] = [await historyOf(7), await historyOf(7), await historyOf(8)]
  assert.ok(first.length > 50_000)
  assert.equal(first, second)
  assert.notEqual(first, other)
})

test('time stands still until it is moved, and moves no further than asked', async () => {
  await withCluster(async ({ cluster }) => {
    const began = cluster.clock.now()
    await cluster.drain()
    assert.equal(cluster.clock.now(), began)
    await cluster.advance(1_234)
    assert.equal(cluster.clock.now(), began + 1_234)
    assert.equal(await cluster.runUntil(() => false, 10_000), false)
    assert.equal(cluster.clock.now(), began + 11_234)
    assert.equal(await cluster.runUntil(() => true, 10_000), true)
    assert.equal(cluster.clock.now(), began + 11_234)
  })
})

test('a cluster without a DaemonSet controller leaves DaemonSets alone', async () => {
  await withCluster(
    async ({ client, cluster, join, pods }) => {
      await join('node-a')
      await client.create('DaemonSet', daemonSetDraft('agent'))
      await cluster.advance(minute)
      assert.deepEqual(await pods(), [])
    },
    { controller: 'none' },
  )
})

test('a cluster that was stopped does nothing any more', async () => {
  await withCluster(async ({ client, cluster, join, pods }) => {
    await join('node-a')
    cluster.stop()
    await client.create('DaemonSet', daemonSetDraft('agent'))
    await cluster.advance(minute)
    assert.deepEqual(await pods(), [])
  })
})
