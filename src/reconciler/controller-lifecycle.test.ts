import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { controllerOf } from '../kubernetes/owner-references'
import { StatusError } from '../kubernetes/status-error'
import type { Kind } from '../kubernetes/types'
import { DaemonSetController } from './daemonset-controller'
import { Informer } from './informer'
import type { FakeClient, FakeRequest } from './testing/fake-client'
import { daemonSetOf, epoch, namespace, nodeOf, nodesOf, podOf } from './testing/objects'
import { TestCluster } from './testing/test-cluster'

const daemonSet = daemonSetOf()
const hour = 3_600_000

/** Lets requests of one verb and kind wait until `release` is called. */
function holding(
  client: FakeClient,
  verb: 'create' | 'list' | 'patch',
  kind: Kind,
): { release(): void } {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const ask = client[verb].bind(client) as (asked: Kind, ...rest: never[]) => Promise<never>
  client[verb] = (async (asked: Kind, ...rest: never[]) => {
    if (asked === kind) await held
    return ask(asked, ...rest)
  }) as never
  return { release }
}

function isWrite({ verb, kind }: FakeRequest): boolean {
  return verb !== 'get' && verb !== 'list' && kind !== 'Event'
}

describe('starting and stopping', () => {
  test('QUEUE-28: while one cache has not synced, nothing is decided on the others', async () => {
    const pod = podOf({ owner: daemonSet, nodeName: 'node-0', templateGeneration: 1 })
    const cluster = new TestCluster().put(...nodesOf(1), daemonSet, pod)
    const { release } = holding(cluster.client, 'list', 'Pod')
    const start = cluster.controller.start()
    await cluster.settle()
    assert.deepEqual(cluster.client.requests.filter(isWrite), [])
    release()
    await start
    await cluster.settle()
    assert.equal(cluster.daemonSet().status.observedGeneration, 1)
    assert.equal(cluster.client.count('create', 'Pod'), 0)
  })

  test('QUEUE-31: a stopped controller waits for the sync that has begun', async () => {
    const cluster = await new TestCluster().put(...nodesOf(1)).start()
    const { release } = holding(cluster.client, 'create', 'Pod')
    cluster.put(daemonSet)
    await cluster.settle()
    cluster.controller.stop()
    let hasEnded = false
    const end = cluster.controller.whenStopped().then(() => {
      hasEnded = true
    })
    await cluster.settle()
    assert.equal(hasEnded, false)
    release()
    await end
    assert.equal(cluster.daemonSet().status.observedGeneration, 1)
  })

  test('caches it was given are started, but not stopped; its own are', async () => {
    const seenAfterStop = async (areShared: boolean) => {
      const { client, clock, put } = new TestCluster()
      const pods: string[] = []
      const informer = (kind: Kind) => {
        const one = new Informer(client, clock, kind)
        if (kind === 'Pod') one.handle({ added: ({ metadata }) => pods.push(metadata.name) })
        return one
      }
      const informers = { informer: informer as never }
      const controller = new DaemonSetController({
        client,
        clock,
        ...(areShared ? { informers } : {}),
      })
      await controller.start()
      controller.stop()
      put.call({ client } as TestCluster, podOf({ name: 'late' }))
      await clock.advance(0)
      return pods
    }
    assert.deepEqual(await seenAfterStop(true), ['late'])
    assert.deepEqual(await seenAfterStop(false), [])
  })

  test('API-239: its events come from the daemonset-controller', async () => {
    const cluster = await new TestCluster().put(...nodesOf(1), daemonSet).start()
    const sources = cluster.events().map(({ source }) => source)
    assert.deepEqual(sources, [{ component: 'daemonset-controller' }])
  })
})

describe('the periodic resync', () => {
  test('QUEUE-26: chance puts it between 12 and 24 h, and it never ends', async () => {
    const cluster = await new TestCluster({ random: { next: () => 0.5 } })
      .put(...nodesOf(2), daemonSet)
      .start()
    const desired = () => cluster.daemonSet().status.desiredNumberScheduled
    cluster.client.drop('Node', { name: 'node-0' }) // Queues nothing (QUEUE-18).
    await cluster.clock.advance(18 * hour - 1)
    assert.equal(desired(), 2)
    await cluster.clock.advance(1)
    assert.equal(desired(), 1)
    cluster.client.drop('Node', { name: 'node-1' })
    await cluster.clock.advance(18 * hour - 1)
    assert.equal(desired(), 1)
    await cluster.clock.advance(1)
    assert.equal(desired(), 0)
  })
})

describe('what the controller hears of', () => {
  test('QUEUE-05: an orphan that appears is adopted by the DaemonSet that selects it', async () => {
    const cluster = await new TestCluster().put(daemonSet).start()
    cluster.put(podOf({ labels: { app: 'agent' } }))
    await cluster.settle()
    const uids = cluster.pods().map((pod) => controllerOf(pod)?.uid)
    assert.deepEqual(uids, ['uid-of-agent'])
  })

  test('QUEUE-19: a node that has gone before its turn is no error', async () => {
    const cluster = await new TestCluster().put(daemonSet).start()
    cluster.put(nodeOf('node-0'))
    cluster.client.drop('Node', { name: 'node-0' })
    await cluster.settle()
    assert.deepEqual(cluster.errors, [])
    assert.deepEqual(cluster.pods(), [])
  })

  test('QUEUE-17: a heartbeat queues nobody, not even where a pod is still to be bound', async () => {
    const cluster = await new TestCluster().put(...nodesOf(2), daemonSet).start()
    cluster.run(cluster.pods().slice(0, 1))
    await cluster.settle()
    const taints = [{ key: 'a', effect: 'NoSchedule' }]
    cluster.updateNode('node-0', () => nodeOf('node-0', { taints }))
    const conditions = [{ type: 'Ready', status: 'True' }]
    cluster.updateNode('node-1', (node) => ({ ...node, status: { conditions } }))
    await cluster.settle()
    // A sync would notice what became of node-0 (QUEUE-22).
    assert.equal(cluster.daemonSet().status.numberMisscheduled, 0)
  })
})

describe('what the controller remembers', () => {
  test('GATES-04: only syncs on stale caches count as skipped', async () => {
    const cluster = await new TestCluster().put(...nodesOf(1)).start()
    cluster.client.refuse = ({ verb, kind }) =>
      verb === 'create' && kind === 'Pod' ? new StatusError('Forbidden', 'no') : undefined
    cluster.put(daemonSet)
    await cluster.settle()
    assert.ok(cluster.errors.length > 0)
    assert.equal(cluster.controller.staleSyncSkips, 0)
  })

  test('MANAGE-41, DELETE-09: a namesake that is seen as an update starts clean', async () => {
    const cluster = await new TestCluster().put(...nodesOf(1)).start()
    cluster.client.hold('Pod')
    cluster.put(daemonSet)
    await cluster.settle()
    assert.equal(cluster.client.count('create', 'Pod'), 1)
    cluster.put(daemonSetOf({ uid: 'another' }))
    await cluster.settle()
    assert.equal(cluster.client.count('create', 'Pod'), 2)
  })

  test('MANAGE-41: what a sync expects after its DaemonSet has gone does not last', async () => {
    const featureGates = { StaleControllerConsistencyDaemonSet: false }
    const cluster = await new TestCluster({ featureGates }).put(...nodesOf(1)).start()
    const { release } = holding(cluster.client, 'create', 'ControllerRevision')
    cluster.put(daemonSet)
    await cluster.settle()
    cluster.client.drop('DaemonSet', { namespace, name: 'agent' })
    cluster.client.hold('Pod')
    await cluster.settle()
    release()
    await cluster.clock.advance(60_000)
    assert.equal(cluster.client.count('create', 'Pod'), 1)
    cluster.put(daemonSetOf({ uid: 'another' }))
    await cluster.settle()
    assert.equal(cluster.client.count('create', 'Pod'), 2)
  })

  test('MANAGE-41, DELETE-08: not even where that sync finds nothing to complain about', async () => {
    const featureGates = { StaleControllerConsistencyDaemonSet: false }
    const cluster = await new TestCluster({ featureGates }).put(...nodesOf(1), daemonSet).start()
    cluster.run()
    await cluster.settle()
    const { release } = holding(cluster.client, 'patch', 'Pod')
    cluster.put(
      podOf({ owner: daemonSet, labels: { app: 'other' } }), // To be released, then
      podOf({ owner: daemonSet, nodeName: 'node-0', createdAt: epoch + 1 }), // to be deleted.
    )
    await cluster.settle()
    cluster.client.hold('Pod')
    cluster.client.drop('DaemonSet', { namespace, name: 'agent' })
    await cluster.settle()
    release()
    await cluster.settle()
    assert.deepEqual(cluster.errors, [])
    assert.equal(cluster.client.count('delete', 'Pod'), 1)
    cluster.put(daemonSetOf({ uid: 'another' }))
    await cluster.settle()
    assert.equal(cluster.client.count('create', 'Pod'), 2)
  })
})
