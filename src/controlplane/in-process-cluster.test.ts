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

test('what is due is settled before time goes on, however often that is', async () => {
  await withCluster(async ({ cluster }) => {
    const { clock } = cluster
    let settled = 0
    let open = 0
    let most = 0
    const tick = (): void => {
      most = Math.max(most, ++open)
      void Promise.resolve().then(() => {
        open--
        settled++
        clock.after(1, tick)
      })
    }
    tick()
    // More moments than steps are taken at one of them; without turns in between, promises would pile up.
    const moments = 101_000
    await cluster.advance(moments)
    assert.deepEqual([settled, most], [moments + 1, 1])
  })
})

test('a cluster that never rests at one moment ends the wait', async () => {
  await withCluster(async ({ cluster }) => {
    const again = (): void => {
      cluster.clock.after(0, again)
    }
    again()
    await assert.rejects(cluster.advance(minute), /does not come to rest: something was due 100000/)
    await assert.rejects(
      cluster.runUntil(() => false, minute),
      /does not come to rest/,
    )
  })
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
