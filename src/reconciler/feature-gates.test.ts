import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Draft, Kind, Kinds } from '../kubernetes/types'
import { DaemonSetController } from './daemonset-controller'
import { defaultFeatureGates, type FeatureGates } from './feature-gates'
import { FakeClient } from './testing/fake-client'
import { drained, ManualClock } from './testing/manual-clock'
import { daemonSetOf, nodeOf, nodesOf } from './testing/objects'
import { TestCluster } from './testing/test-cluster'

const daemonSet = daemonSetOf()

/** A controller that has created a pod which its cache does not show, and is told to look again. */
async function withStaleCache(featureGates: Partial<FeatureGates> = {}): Promise<TestCluster> {
  const cluster = new TestCluster({ featureGates }).put(...nodesOf(1))
  await cluster.start()
  cluster.client.hold('Pod')
  cluster.put(daemonSet)
  await cluster.settle()
  cluster.put(cluster.daemonSet())
  await cluster.settle()
  return cluster
}

describe('the feature gates of the controller', () => {
  test('GATES-01: there are two, and each is seen in what the controller does', async () => {
    assert.deepEqual(Object.keys(defaultFeatureGates), [
      'StaleControllerConsistencyDaemonSet',
      'TaintTolerationComparisonOperators',
    ])
    const podsOn = async (featureGates: Partial<FeatureGates>) => {
      const taint = (value: string) => ({ taints: [{ key: 'load', value, effect: 'NoSchedule' }] })
      const tolerations = [{ key: 'load', operator: 'Lt', value: '50' }]
      const cluster = await new TestCluster({ featureGates })
        .put(nodeOf('calm', taint('20')), nodeOf('busy', taint('50')), nodeOf('odd', taint('low')))
        .put(daemonSetOf({ podSpec: { tolerations } }))
        .start()
      return cluster.podNodes()
    }
    assert.deepEqual(await podsOn({}), [], 'GATES-07: off by default')
    assert.deepEqual(await podsOn({ TaintTolerationComparisonOperators: false }), [])
    assert.deepEqual(await podsOn({ TaintTolerationComparisonOperators: true }), ['calm'])
  })

  test('GATES-02: waiting for its own writes is on unless it is switched off', async () => {
    assert.equal(defaultFeatureGates.StaleControllerConsistencyDaemonSet, true)
    const byDefault = await withStaleCache()
    assert.ok(byDefault.errors.length > 0)
    for (const error of byDefault.errors) {
      assert.match(String(error), /^StaleCacheError: read version/)
    }
  })

  test('GATES-04: each sync put off for that reason is counted', async () => {
    const cluster = await withStaleCache()
    const first = cluster.controller.staleSyncSkips
    assert.equal(first, cluster.errors.length)
    await cluster.clock.advance(1_000) // Retries.
    assert.ok(cluster.controller.staleSyncSkips > first)
    cluster.client.release('Pod')
    await cluster.clock.advance(60_000)
    assert.equal(cluster.controller.staleSyncSkips, cluster.errors.length)
    const before = cluster.controller.staleSyncSkips
    cluster.put(cluster.daemonSet())
    await cluster.settle()
    assert.equal(cluster.controller.staleSyncSkips, before)
  })

  test('GATES-06: with that gate off only expectations keep it from a second pod', async () => {
    const cluster = await withStaleCache({ StaleControllerConsistencyDaemonSet: false })
    assert.deepEqual(cluster.errors, [])
    assert.equal(cluster.controller.staleSyncSkips, 0)
    assert.equal(cluster.client.count('create', 'Pod'), 1)
    await cluster.clock.advance(300_001) // Expectations have expired, the cache is as old as before.
    cluster.put(cluster.daemonSet())
    await cluster.settle()
    assert.equal(cluster.client.count('create', 'Pod'), 2)
  })

  test('GATES-14: the number of workers is an option, two by default', async () => {
    for (const [workers, expected] of [
      [undefined, 2],
      [1, 1],
      [3, 3],
    ] as const) {
      const clock = new ManualClock()
      const client = new SlowClient(() => clock.now())
      for (const name of ['a', 'b', 'c', 'd']) client.put('DaemonSet', { ...daemonSetOf({ name }) })
      const options = { client, clock, ...(workers === undefined ? {} : { workers }) }
      await new DaemonSetController(options).start()
      for (let turn = 0; turn < 20; turn++) await drained()
      assert.equal(client.peak, expected)
      assert.equal(client.all('ControllerRevision').length, 4)
    }
  })
})

/** Takes its time to create revisions, so that syncs meet. */
class SlowClient extends FakeClient {
  peak = 0
  #creating = 0

  override async create<K extends Kind>(kind: K, draft: Draft): Promise<Kinds[K]> {
    if (kind !== 'ControllerRevision') return super.create(kind, draft)
    this.#creating++
    this.peak = Math.max(this.peak, this.#creating)
    await drained()
    this.#creating--
    return super.create(kind, draft)
  }
}
