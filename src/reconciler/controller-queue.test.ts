import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { controllerReferenceTo } from '../kubernetes/owner-references'
import type { DaemonSet, Node, Pod } from '../kubernetes/types'
import type { ControllerContext } from './controller-context'
import { Expectations } from './expectations'
import { isConcernedByNode, shouldIgnoreNodeUpdate } from './node-updates'
import type { Placement } from './placement'
import { podHandlers } from './pod-handlers'
import { revisionHandlers } from './revision-handlers'
import {
  daemonSetOf,
  epoch,
  namespace,
  nodeOf,
  nodesOf,
  podOf,
  strategies,
} from './testing/objects'
import { TestCluster } from './testing/test-cluster'

/** The handlers of pods and revisions with two DaemonSets in the cache, and what they queue. */
function handling(...daemonSets: readonly DaemonSet[]) {
  const queued: string[] = []
  const byKey = new Map(daemonSets.map((one) => [`${namespace}/${one.metadata.name}`, one]))
  const expectations = new Expectations()
  const context = {
    caches: { daemonSets: { get: (key: string) => byKey.get(key) } },
    daemonSetsByNamespace: { in: (name: string) => (name === namespace ? daemonSets : []) },
    expectations,
    requeue: (key: string, after?: number) =>
      queued.push(after === undefined ? key : `${key} after ${after}`),
  } as unknown as ControllerContext
  return {
    pods: podHandlers(context),
    revisions: revisionHandlers(context),
    expectations,
    /** What was queued since the last call. */
    queued: () => queued.splice(0).sort(),
  }
}

const changed = (pod: Pod, change: Partial<Pod['metadata']> = {}): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, resourceVersion: '2', ...change },
})

for (const [type, strategy] of Object.entries(strategies)) {
  describe(`pods that queue DaemonSets, with ${type}`, () => {
    const one = daemonSetOf({ name: 'one', strategy })
    // Selects the same labels, as two careless people may do.
    const two = daemonSetOf({ name: 'two', strategy, spec: { selector: one.spec.selector } })
    const ofOne = podOf({ owner: one })
    const ofTwo = podOf({ owner: two })
    const orphan = podOf({ labels: { app: 'one' } })
    const both = ['default/one', 'default/two']

    test('QUEUE-04: an added pod queues its owner', () => {
      const { pods, queued } = handling(one, two)
      pods.added?.(ofOne)
      assert.deepEqual(queued(), ['default/one'])
      pods.added?.(ofTwo)
      assert.deepEqual(queued(), ['default/two'])
    })

    test('QUEUE-04: a namesake of the owner is not the owner', () => {
      const { pods, queued } = handling(daemonSetOf({ name: 'one', uid: 'another' }))
      pods.added?.(ofOne)
      assert.deepEqual(queued(), [])
    })

    test('QUEUE-05: an added orphan queues all that would adopt it', () => {
      const { pods, queued } = handling(one, two)
      pods.added?.(orphan)
      assert.deepEqual(queued(), both)
      pods.added?.(podOf({ labels: {} }))
      pods.added?.(podOf({ labels: { app: 'other' } }))
      assert.deepEqual(queued(), [])
    })

    test('QUEUE-05: an orphan without labels queues nobody, even where a selector would match it', () => {
      const matchExpressions = [{ key: 'tier', operator: 'DoesNotExist' }]
      const selecting = daemonSetOf({ name: 'one', spec: { selector: { matchExpressions } } })
      const { pods, queued } = handling(selecting)
      const { labels: _, ...metadata } = orphan.metadata
      pods.added?.(podOf({ labels: {} }))
      pods.added?.({ ...orphan, metadata })
      assert.deepEqual(queued(), [])
      pods.added?.(orphan)
      assert.deepEqual(queued(), ['default/one'])
    })

    test('DELETE-14: an absent or empty selector adopts nothing', () => {
      const selectors = [{}, null as unknown as DaemonSet['spec']['selector']]
      for (const selector of selectors) {
        const { pods, queued } = handling(daemonSetOf({ name: 'one', spec: { selector } }))
        pods.added?.(orphan)
        assert.deepEqual(queued(), [])
      }
    })

    test('QUEUE-06, QUEUE-08: a pod that is being deleted counts as deleted at every event', () => {
      const { pods, queued, expectations } = handling(one, two)
      expectations.set('default/one', { creates: 0, deletes: 3, now: 0 })
      const going = podOf({ owner: one, deletedAt: epoch })
      pods.added?.(going)
      pods.updated?.(changed(going), going)
      assert.equal(expectations.areSatisfied('default/one', 0), false)
      pods.deleted?.(going, going)
      assert.equal(expectations.areSatisfied('default/one', 0), true)
      assert.deepEqual(queued(), ['default/one', 'default/one', 'default/one'])
    })

    test('QUEUE-07: an update queues the owner, a resync does not', () => {
      const { pods, queued } = handling(one, two)
      pods.updated?.(changed(ofOne), ofOne)
      assert.deepEqual(queued(), ['default/one'])
      pods.updated?.(ofOne, ofOne)
      assert.deepEqual(queued(), [])
    })

    test('QUEUE-09: a pod that became ready queues its owner again after minReadySeconds', () => {
      const slow = daemonSetOf({ name: 'one', strategy, spec: { minReadySeconds: 10 } })
      const { pods, queued } = handling(slow)
      const ready = changed(podOf({ owner: slow, readySince: epoch }))
      pods.updated?.(ready, podOf({ owner: slow }))
      assert.deepEqual(queued(), ['default/one', 'default/one after 11000'])
      pods.updated?.(ready, podOf({ owner: slow, readySince: epoch }))
      assert.deepEqual(queued(), ['default/one'])
      pods.updated?.(changed(podOf({ owner: slow })), podOf({ owner: slow }))
      assert.deepEqual(queued(), ['default/one'])
    })

    test('QUEUE-09: without minReadySeconds once is enough', () => {
      const { pods, queued } = handling(one)
      pods.updated?.(changed(podOf({ owner: one, readySince: epoch })), ofOne)
      assert.deepEqual(queued(), ['default/one'])
    })

    test('QUEUE-10: a changed reference queues both owners, a removed one also whoever may adopt', () => {
      const { pods, queued } = handling(one, two)
      pods.updated?.(changed(ofOne, { ownerReferences: [controllerReferenceTo(two)] }), ofOne)
      assert.deepEqual(queued(), both)
      pods.updated?.(changed(ofOne, { ownerReferences: [] }), ofOne)
      assert.deepEqual(queued(), ['default/one', 'default/one', 'default/two'])
    })

    test('QUEUE-11: an updated orphan queues only when its labels have changed', () => {
      const { pods, queued } = handling(one, two)
      pods.updated?.(changed(orphan), orphan)
      assert.deepEqual(queued(), [])
      pods.updated?.(changed(orphan), podOf({ labels: { app: 'earlier' } }))
      assert.deepEqual(queued(), both)
    })

    test('QUEUE-12: a deleted pod queues its owner; orphans and strangers queue nobody', () => {
      const { pods, queued } = handling(one, two)
      pods.deleted?.(ofOne, ofOne)
      assert.deepEqual(queued(), ['default/one'])
      const ofStranger = podOf({ owner: daemonSetOf({ name: 'stranger' }), labels: { app: 'one' } })
      pods.deleted?.(orphan, orphan)
      pods.deleted?.(ofStranger, ofStranger)
      pods.updated?.(changed(ofStranger), ofStranger)
      assert.deepEqual(queued(), [])
    })

    test('MANAGE-38, MANAGE-39: which counters pods lower', () => {
      const { pods, expectations } = handling(one, two)
      expectations.set('default/one', { creates: 1, deletes: 1, now: 0 })
      pods.added?.(orphan)
      pods.updated?.(changed(ofOne), orphan) // Adopted: no create of ours.
      pods.deleted?.(ofOne, ofOne)
      assert.equal(expectations.areSatisfied('default/one', 0), false)
      pods.added?.(ofOne)
      assert.equal(expectations.areSatisfied('default/one', 0), true)
    })
  })
}

describe('revisions that queue DaemonSets', () => {
  const one = daemonSetOf({ name: 'one' })
  const revision = (change: object = {}) => {
    const metadata = { name: 'r', namespace, uid: 'u', resourceVersion: '1', creationTimestamp: '' }
    const ownerReferences = [controllerReferenceTo(one)]
    return {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { ...metadata, labels: { app: 'one' }, ownerReferences, ...change },
      revision: 1,
    } as const
  }
  const orphaned = revision({ ownerReferences: [] })

  test('QUEUE-13: an added one queues nobody unless it is an orphan or going', () => {
    const { revisions, queued } = handling(one)
    revisions.added?.(revision())
    assert.deepEqual(queued(), [])
    revisions.added?.(orphaned)
    assert.deepEqual(queued(), ['default/one'])
    revisions.added?.(revision({ deletionTimestamp: '2026-01-01T00:00:00Z' }))
    assert.deepEqual(queued(), ['default/one'])
  })

  test('QUEUE-14: updates and deletions queue the owner', () => {
    const { revisions, queued } = handling(one)
    const next = revision({ resourceVersion: '2' })
    revisions.updated?.(next, revision())
    assert.deepEqual(queued(), ['default/one'])
    revisions.updated?.(next, next)
    assert.deepEqual(queued(), [])
    revisions.deleted?.(next, next)
    assert.deepEqual(queued(), ['default/one'])
    revisions.deleted?.(orphaned, orphaned)
    revisions.updated?.(revision({ resourceVersion: '2', ownerReferences: [] }), orphaned)
    assert.deepEqual(queued(), [])
    const labels = { app: 'earlier' }
    revisions.updated?.(
      revision({ resourceVersion: '2', ownerReferences: [] }),
      revision({ ownerReferences: [], labels }),
    )
    assert.deepEqual(queued(), ['default/one'])
  })

  test('QUEUE-14: one that changes its owner queues both', () => {
    const two = daemonSetOf({ name: 'two' })
    const { revisions, queued } = handling(one, two)
    const handed = revision({ resourceVersion: '2', ownerReferences: [controllerReferenceTo(two)] })
    revisions.updated?.(handed, revision())
    assert.deepEqual(queued(), ['default/one', 'default/two'])
    revisions.updated?.(revision({ resourceVersion: '3', ownerReferences: [] }), handed)
    assert.deepEqual(queued(), ['default/one', 'default/two'])
  })
})

describe('nodes that queue DaemonSets', () => {
  const node = (labels: Record<string, string>, taints: Node['spec']['taints'] = []) =>
    nodeOf('node-0', { labels, taints: taints ?? [] })

  test('QUEUE-16, QUEUE-17: only labels and taints matter', () => {
    assert.equal(shouldIgnoreNodeUpdate(node({ a: 'b' }), node({ a: 'b' })), true)
    assert.equal(shouldIgnoreNodeUpdate(node({ a: 'b' }), node({ a: 'c' })), false)
    const tainted = node({ a: 'b' }, [{ key: 'k', effect: 'NoSchedule' }])
    assert.equal(shouldIgnoreNodeUpdate(tainted, node({ a: 'b' })), false)
    const busy = nodeOf('node-0', {
      labels: { a: 'b' },
      unschedulable: true,
      status: { allocatable: { cpu: '1' } },
    })
    assert.equal(shouldIgnoreNodeUpdate(busy, nodeOf('node-0', { labels: { a: 'b' } })), true)
    const { spec: _, ...bare } = node({ a: 'b' })
    assert.equal(shouldIgnoreNodeUpdate(bare as Node, bare as Node), true)
    assert.equal(shouldIgnoreNodeUpdate(bare as Node, tainted), false)
    assert.equal(shouldIgnoreNodeUpdate(tainted, bare as Node), false)
  })

  test('QUEUE-19, QUEUE-21, QUEUE-22, QUEUE-23: whom a node concerns', () => {
    const at = daemonSetOf()
    const misscheduled = daemonSetOf({ status: { numberMisscheduled: 1 } })
    const verdict = (daemonSet: DaemonSet, kind: Placement['kind'], hasBoundPod: boolean) =>
      isConcernedByNode(daemonSet, { placement: { kind, reason: '' }, hasBoundPod })
    assert.equal(verdict(at, 'run', false), true)
    assert.equal(verdict(at, 'run', true), false)
    assert.equal(verdict(misscheduled, 'run', true), true)
    assert.equal(verdict(at, 'remove', true), true)
    assert.equal(verdict(at, 'remove', false), false)
    assert.equal(verdict(at, 'keep', true), false)
    assert.equal(verdict(misscheduled, 'keep', true), true)
    assert.equal(verdict(misscheduled, 'keep', false), false)
    const { status: _, ...unseen } = at
    assert.equal(verdict(unseen as DaemonSet, 'keep', true), false)
  })

  test('QUEUE-15, QUEUE-25: a node that joins gets a pod', async () => {
    const cluster = await new TestCluster().put(daemonSetOf()).start()
    cluster.put(...nodesOf(3))
    await cluster.settle()
    assert.deepEqual(cluster.podNodes(), ['node-0', 'node-1', 'node-2'])
  })

  test('QUEUE-21: a label, a taint removed, and a pod that no longer is misplaced', async () => {
    const selecting = daemonSetOf({ podSpec: { nodeSelector: { disk: 'ssd' } } })
    const taints = [{ key: 'a', effect: 'NoSchedule' }]
    const cluster = await new TestCluster()
      .put(nodeOf('node-0'), nodeOf('node-1', { labels: { disk: 'ssd' }, taints }), selecting)
      .put(
        podOf({ owner: selecting, nodeName: 'node-1', templateGeneration: 1, readySince: epoch }),
      )
      .start()
    assert.equal(cluster.daemonSet().status.numberMisscheduled, 1)
    cluster.updateNode('node-0', () => nodeOf('node-0', { labels: { disk: 'ssd' } }))
    cluster.updateNode('node-1', () => nodeOf('node-1', { labels: { disk: 'ssd' } }))
    await cluster.settle()
    const { numberMisscheduled, desiredNumberScheduled } = cluster.daemonSet().status
    assert.deepEqual([numberMisscheduled, desiredNumberScheduled], [0, 2])
    assert.deepEqual(cluster.podNodes(), ['node-0', 'node-1'])
  })

  test('QUEUE-22, STATUS-26: a NoSchedule taint under a running pod is noticed later', async () => {
    const cluster = await new TestCluster().put(...nodesOf(2), daemonSetOf()).start()
    cluster.run()
    await cluster.settle()
    const taints = [{ key: 'a', effect: 'NoSchedule' }]
    cluster.updateNode('node-0', () => nodeOf('node-0', { taints }))
    await cluster.settle()
    assert.equal(cluster.daemonSet().status.numberMisscheduled, 0)
    cluster.put(cluster.daemonSet())
    await cluster.settle()
    assert.equal(cluster.daemonSet().status.numberMisscheduled, 1)
  })

  test('QUEUE-17: heartbeats cause no work at all', async () => {
    const cluster = await new TestCluster().put(...nodesOf(2), daemonSetOf()).start()
    cluster.run()
    await cluster.settle()
    const before = cluster.client.requests.length
    const conditions = [
      { type: 'Ready', status: 'True', lastHeartbeatTime: '2026-01-01T00:00:10Z' },
    ]
    cluster.updateNode('node-0', (one) => ({ ...one, status: { conditions } }))
    await cluster.settle()
    assert.equal(cluster.client.requests.length, before)
  })
})
