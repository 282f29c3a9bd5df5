import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import type { PodDisruptionBudget } from '../kubernetes/types'
import { type ClusterFixture, withCluster } from './cluster-fixture'
import { daemonSetDraft, refusalOf } from './server-fixture'

async function withBudget(
  spec: object,
  test: (fixture: ClusterFixture, budget: () => Promise<PodDisruptionBudget>) => Promise<void>,
): Promise<void> {
  await withCluster(async (fixture) => {
    const { client, cluster, join, daemonSet } = fixture
    await join('node-a', 'node-b')
    await daemonSet(daemonSetDraft('agent'), 2)
    await client.create('PodDisruptionBudget', {
      metadata: { name: 'agents', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'agent' } }, ...spec },
    })
    await cluster.drain()
    const key = { name: 'agents', namespace: 'default' }
    await test(fixture, () => client.get('PodDisruptionBudget', key))
  })
}

test('API-232, API-233: a budget with a number counts its pods, and grants evictions', async () => {
  await withBudget({ minAvailable: 1 }, async ({ client, cluster, pods }, budget) => {
    const { conditions, ...counts } = (await budget()).status ?? {}
    assert.deepEqual(counts, {
      currentHealthy: 2,
      desiredHealthy: 1,
      disruptionsAllowed: 1,
      expectedPods: 2,
      observedGeneration: 1,
    })
    assert.deepEqual(
      conditions?.map(({ status, reason }) => [status, reason]),
      [['True', 'SufficientPods']],
    )
    const [first, second] = (await pods()).map(({ metadata: { name, namespace } }) => ({
      name,
      namespace,
    }))
    assert.ok(first && second)
    await client.createSubresource('Pod', first, 'eviction', { metadata: first })
    await cluster.drain()
    assert.equal((await budget()).status?.disruptionsAllowed, 0)
    const refusal = await refusalOf(
      client.createSubresource('Pod', second, 'eviction', { metadata: second }),
    )
    assert.equal(refusal.reason, 'TooManyRequests')
    assert.ok(StatusError.hasCause(refusal, 'DisruptionBudget'))
  })
})

test('a budget in shares cannot be computed for daemon pods, which have no scale', async () => {
  await withBudget({ maxUnavailable: '50%' }, async ({ events }, budget) => {
    const { status } = await budget()
    assert.equal(status?.disruptionsAllowed, 0)
    assert.equal(status?.conditions?.[0]?.reason, 'SyncFailed')
    assert.ok(
      (await events('agents')).includes(
        'CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: daemonsets.apps does not implement the scale subresource',
      ),
    )
  })
})
