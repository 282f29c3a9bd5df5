import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf } from '../kubernetes/conditions'
import type { Pod } from '../kubernetes/types'
import { podOf } from '../reconciler/testing/objects'
import { minute, withCluster } from './cluster-fixture'
import { surplusOf } from './pod-garbage-collector'
import { podDraft, watched } from './server-fixture'

test('NODE-21 to NODE-23: pods of a node that is gone are failed and deleted after the quarantine', async () => {
  await withCluster(async ({ client, cluster, join, pod, until, find }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await until('running', async () => (await pod('p')).status.phase === 'Running')
    const watch = watched(client, 'Pod', { namespace: 'default' })
    await cluster.nodes.leave('node-a')
    await cluster.advance(39_000)
    assert.equal((await pod('p')).status.phase, 'Running')
    await cluster.advance(22_000)
    assert.equal(await find('Pod', 'p'), undefined)
    const last = watch.events.at(-1)?.object as Pod
    assert.equal(last.status.phase, 'Failed')
    const target = conditionOf(last.status.conditions, 'DisruptionTarget')
    assert.deepEqual(
      [target?.reason, target?.message],
      ['DeletionByPodGC', 'PodGC: node no longer exists'],
    )
  })
})

test('NODE-22: a node that comes back in time keeps its pods', async () => {
  await withCluster(async ({ client, cluster, join, pod, until }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await until('running', async () => (await pod('p')).status.phase === 'Running')
    await cluster.nodes.leave('node-a')
    await cluster.advance(30_000)
    await join('node-a')
    await cluster.advance(3 * minute)
    assert.equal((await pod('p')).status.phase, 'Running')
  })
})

test('NODE-26: terminating pods of a node out of service are deleted', async () => {
  await withCluster(async ({ client, cluster, join, pod, until, find }) => {
    await join('node-a', 'node-b')
    await client.create(
      'Pod',
      podDraft('p', { spec: { nodeSelector: { 'kubernetes.io/hostname': 'node-a' } } }),
    )
    await until('running', async () => (await pod('p')).status.phase === 'Running')
    cluster.nodes.stop('node-a')
    await cluster.advance(2 * minute)
    await client.delete('Pod', { name: 'p', namespace: 'default' })
    await cluster.advance(minute)
    assert.ok(await pod('p'))
    const node = await client.get('Node', { name: 'node-a' })
    const taint = { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }
    const taints = [...(node.spec?.taints ?? []), taint]
    await client.patch('Node', { name: 'node-a' }, { type: 'merge', body: { spec: { taints } } })
    await cluster.advance(20_000)
    assert.equal(await find('Pod', 'p'), undefined)
  })
})

test('NODE-25: of finished pods beyond the limit the evicted go first, then the oldest', () => {
  const finished = (name: string, createdAt: number, reason?: string): Pod => {
    const pod = podOf({ name, phase: 'Failed', createdAt })
    return { ...pod, status: { ...pod.status, ...(reason === undefined ? {} : { reason }) } }
  }
  const pods = [
    finished('young', 3_000),
    finished('old', 1_000),
    finished('evicted', 9_000, 'Evicted'),
    podOf({ name: 'running', phase: 'Running' }),
  ]
  const names = (kept: number) => surplusOf(pods, kept).map(({ metadata }) => metadata.name)
  assert.deepEqual(names(1), ['evicted', 'old'])
  assert.deepEqual(names(3), [])
})

test('NODE-24: terminating pods without a node fail and are deleted with a grace of 0', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    const finalizers = ['example.com/hold']
    await client.create('Pod', podDraft('held', { metadata: { finalizers } }))
    await client.create('Pod', podDraft('waiting'))
    await client.delete('Pod', { name: 'held', namespace: 'default' })
    const asked: unknown[] = []
    const stop = cluster.server.intercept(({ verb, kind, name, options }) => {
      if (verb === 'delete' && kind === 'Pod') asked.push([name, options?.gracePeriodSeconds])
    })
    await cluster.advance(20_000)
    assert.deepEqual(asked, [['held', 0]])
    stop()
    const { status } = await client.get('Pod', { name: 'held', namespace: 'default' })
    assert.equal(status.phase, 'Failed')
    assert.equal(conditionOf(status.conditions, 'DisruptionTarget'), undefined)
    const body = { metadata: { finalizers: null } }
    await client.patch('Pod', { name: 'held', namespace: 'default' }, { type: 'merge', body })
    await cluster.advance(20_000)
    assert.equal(await find('Pod', 'held'), undefined)
    assert.ok(await find('Pod', 'waiting'))
  })
})
