import assert from 'node:assert/strict'
import { test } from 'node:test'
import { minute, withCluster } from './cluster-fixture'
import { daemonSetDraft, podDraft } from './server-fixture'
import { evictionOf } from './taint-eviction'

const taint = { key: 'k', value: 'v', effect: 'NoExecute' }
const other = { key: 'other', effect: 'NoExecute' }

test('NODE-16: who stays, who leaves, and when', () => {
  const tolerating = (tolerationSeconds?: number, key = 'k') => ({
    key,
    operator: 'Exists',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  })
  assert.deepEqual(evictionOf([], []), { kind: 'stay' })
  assert.deepEqual(evictionOf([], [{ ...taint, effect: 'NoSchedule' }]), { kind: 'stay' })
  assert.deepEqual(evictionOf([], [taint]), { kind: 'leave', afterSeconds: 0 })
  assert.deepEqual(evictionOf([tolerating()], [taint]), { kind: 'stay' })
  assert.deepEqual(evictionOf([tolerating()], [taint, other]), { kind: 'leave', afterSeconds: 0 })
  const both = [tolerating(60), tolerating(10, 'other'), tolerating(1, 'unused')]
  assert.deepEqual(evictionOf(both, [taint, other]), { kind: 'leave', afterSeconds: 10 })
  assert.deepEqual(evictionOf([tolerating(-5)], [taint]), { kind: 'leave', afterSeconds: 0 })
})

const key = { name: 'node-a' }

test('NODE-16, NODE-20: a NoExecute taint evicts daemon pods that do not tolerate it', async () => {
  await withCluster(async ({ client, cluster, join, daemonSet, pods }) => {
    await join('node-a')
    await daemonSet(daemonSetDraft('agent'), 1)
    await client.patch('Node', key, { type: 'merge', body: { spec: { taints: [taint] } } })
    await cluster.advance(minute)
    assert.deepEqual(await pods(), [])
  })
})

test('NODE-18, NODE-19: a taint that goes in time cancels the deletion; a later one counts anew', async () => {
  await withCluster(async ({ client, cluster, join, pod, events, until, find }) => {
    await join('node-a')
    const tolerations = [
      { key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 },
    ]
    await client.create('Pod', podDraft('p', { spec: { tolerations } }))
    await until('running', async () => (await pod('p')).status.phase === 'Running')
    const setTaints = (taints: unknown) =>
      client.patch('Node', key, { type: 'merge', body: { spec: { taints } } })
    await setTaints([taint])
    await cluster.advance(9_000)
    await setTaints(null)
    await cluster.advance(9_000)
    assert.ok(
      (await events('p')).includes('TaintManagerEviction: Cancelling deletion of Pod default/p'),
    )
    assert.equal((await pod('p')).metadata.deletionTimestamp, undefined)
    await setTaints([taint])
    await cluster.advance(9_900)
    assert.equal((await pod('p')).metadata.deletionTimestamp, undefined)
    await cluster.advance(1_000)
    assert.equal(await find('Pod', 'p'), undefined)
  })
})
