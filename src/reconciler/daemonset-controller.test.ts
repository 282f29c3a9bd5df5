import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import type { DaemonSet, Pod, PodSpec } from '../kubernetes/types'
import { DaemonSetController } from './daemonset-controller'
import type { FakeRequest } from './testing/fake-client'
import {
  affinityTo,
  daemonSetOf,
  epoch,
  namespace,
  nodeOf,
  nodesOf,
  podOf,
  rolling,
  strategies,
  surging,
} from './testing/objects'
import { TestCluster } from './testing/test-cluster'

/** A cluster with a DaemonSet and whatever else, its controller at rest. */
function started(...objects: readonly { readonly kind: string }[]): Promise<TestCluster> {
  return new TestCluster().put(...objects).start()
}

/** Five nodes: without a pod, with one, two and five of the DaemonSet's, and with two that it no longer selects. */
function nodesWithPods(daemonSet: DaemonSet) {
  return [
    ...nodesOf(5),
    daemonSet,
    ...podsOn('node-1', 1, daemonSet),
    ...podsOn('node-2', 2, daemonSet),
    ...podsOn('node-3', 5, daemonSet),
    ...podsOn('node-4', 2, daemonSet, { app: 'other' }),
  ]
}

function podsOn(
  nodeName: string,
  count: number,
  owner?: DaemonSet,
  labels?: Record<string, string>,
): Pod[] {
  return Array.from({ length: count }, (_, index) =>
    podOf({
      nodeName,
      createdAt: epoch + index * 1000,
      templateGeneration: 1, // Of the present template.
      ...(owner ? { owner } : {}),
      ...(labels ? { labels } : {}),
    }),
  )
}

const forbidden = (message: string) => new StatusError('Forbidden', message)
const ssd = { disk: 'ssd' }

for (const [type, strategy] of Object.entries(strategies)) {
  const daemonSet = daemonSetOf({ strategy })

  describe(`DaemonSetController with ${type}: placing pods`, () => {
    test('PLACE-02, PLACE-41: a pod for every node, aimed at it and not bound', async () => {
      const cluster = await started(...nodesOf(5), daemonSet)
      assert.deepEqual(cluster.podNodes(), ['node-0', 'node-1', 'node-2', 'node-3', 'node-4'])
      for (const { spec, metadata } of cluster.pods()) {
        assert.equal(spec.nodeName, undefined)
        const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        assert.equal(required?.nodeSelectorTerms.length, 1)
        assert.equal(metadata.ownerReferences?.[0]?.uid, daemonSet.metadata.uid)
      }
    })

    test('PLACE-01: without nodes nothing happens', async () => {
      const cluster = await started(daemonSet)
      assert.equal(cluster.client.count('create', 'Pod'), 0)
      assert.equal(cluster.daemonSet().status.observedGeneration, 1) // STATUS-24
    })

    test('PLACE-33, PLACE-38, PLACE-39: conditions and resources do not matter', async () => {
      const conditions = [
        { type: 'Ready', status: 'False' },
        { type: 'NetworkUnavailable', status: 'True' },
      ]
      const status = { conditions, allocatable: { cpu: '0', memory: '0' } }
      const cluster = await started(nodeOf('node-0', { status }), daemonSet)
      assert.equal(cluster.client.count('create', 'Pod'), 1)
      assert.deepEqual(cluster.events('FailedPlacement'), []) // EVENTS-08
    })

    test('PLACE-09, PLACE-39: a nodeSelector picks nodes by label', async () => {
      const selecting = daemonSetOf({ strategy, podSpec: { nodeSelector: ssd } })
      const few = nodesOf(3, { labels: ssd })
      const many = Array.from({ length: 4 }, (_, index) => nodeOf(`plain-${index}`))
      const cluster = await started(...few, ...many, selecting)
      assert.deepEqual(cluster.podNodes(), ['node-0', 'node-1', 'node-2'])
      const none = await started(...many, selecting)
      assert.equal(none.client.count('create', 'Pod'), 0)
    })

    test('PLACE-06, PLACE-07: nodeName picks one node, if its labels allow it', async () => {
      const created = async (podSpec: Partial<PodSpec>) => {
        const cluster = await started(
          ...nodesOf(3, { labels: ssd }),
          nodeOf('plain'),
          daemonSetOf({ strategy, podSpec }),
        )
        return cluster.podNodes()
      }
      assert.deepEqual(await created({ nodeName: 'node-1' }), ['node-1'])
      assert.deepEqual(await created({ nodeName: 'nowhere' }), [])
      assert.deepEqual(await created({ nodeName: 'node-1', nodeSelector: ssd }), ['node-1'])
      assert.deepEqual(await created({ nodeName: 'plain', nodeSelector: ssd }), [])
    })

    test('PLACE-12, PLACE-14, PLACE-18: required node affinity, terms ORed', async () => {
      const nodeSelectorTerms = [
        { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['plain-1'] }] },
      ]
      const affinity = {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
      }
      const cluster = await started(
        ...nodesOf(2, { labels: ssd }),
        nodeOf('plain-0'),
        nodeOf('plain-1'),
        daemonSetOf({ strategy, podSpec: { affinity } }),
      )
      assert.deepEqual(cluster.podNodes(), ['node-0', 'node-1', 'plain-1'])
      for (const { spec } of cluster.pods()) {
        assert.notDeepEqual(spec.affinity, affinity) // PLACE-42
      }
    })

    test('PLACE-40: a daemon pod is not in the way of its own host port', async () => {
      const ports = [{ containerPort: 666, hostPort: 666 }]
      const podSpec = { containers: [{ name: 'app', ports }] }
      const cluster = await started(...nodesOf(1), daemonSetOf({ strategy, podSpec }))
      cluster.run()
      await cluster.settle()
      assert.equal(cluster.client.count('create', 'Pod'), 1)
      assert.equal(cluster.client.count('delete', 'Pod'), 0)
    })

    test('PLACE-22, PLACE-28: a NoSchedule taint keeps new pods away until it goes', async () => {
      const taints = [{ key: 'a', effect: 'NoSchedule' }]
      const cluster = await started(nodeOf('node-0', { taints }), daemonSet)
      assert.deepEqual(cluster.podNodes(), [])
      cluster.updateNode('node-0', (node) => ({ ...node, spec: {} }))
      await cluster.settle()
      assert.deepEqual(cluster.podNodes(), ['node-0'])
    })

    test('PLACE-22, PLACE-23: NoSchedule leaves running pods alone, NoExecute does not', async () => {
      const cluster = await started(...nodesOf(2), daemonSet)
      cluster.run()
      await cluster.settle()
      const taint = (effect: string) => () =>
        nodeOf(effect === 'NoExecute' ? 'node-1' : 'node-0', {
          taints: [{ key: 'a', effect }],
        })
      cluster.updateNode('node-0', taint('NoSchedule'))
      cluster.updateNode('node-1', taint('NoExecute'))
      await cluster.settle()
      assert.deepEqual(cluster.podNodes(), ['node-0'])
      assert.equal(cluster.daemonSet().status.numberMisscheduled, 1)
    })

    test('PLACE-25, PLACE-34, PLACE-36: tolerated taints', async () => {
      const taints = [
        { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
        { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
        { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
        { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' },
      ]
      const tolerations = [{ key: 'dedicated', operator: 'Exists' }]
      const cluster = await started(
        nodeOf('node-0', { taints }),
        nodeOf('node-1'), // PLACE-27
        daemonSetOf({ strategy, podSpec: { tolerations } }),
      )
      assert.deepEqual(cluster.podNodes(), ['node-0', 'node-1'])
    })
  })

  describe(`DaemonSetController with ${type}: existing pods`, () => {
    test('MANAGE-03, MANAGE-04, MANAGE-50: one, two, five and foreign pods', async () => {
      const cluster = await started(...nodesWithPods(daemonSet))
      assert.equal(cluster.client.count('create', 'Pod'), 2)
      assert.equal(cluster.client.count('delete', 'Pod'), 5)
      const released = cluster.pods().filter(({ metadata }) => metadata.labels?.['app'] === 'other')
      assert.deepEqual(
        released.map(({ metadata }) => metadata.ownerReferences),
        [[], []],
      )
    })

    test('PLACE-20, MANAGE-06: pods on nodes that are not selected go', async () => {
      const selecting = daemonSetOf({ strategy, podSpec: { nodeSelector: ssd } })
      const plain = Array.from({ length: 5 }, (_, index) => nodeOf(`plain-${index}`))
      const cluster = await started(
        ...plain,
        ...nodesOf(5, { labels: ssd }),
        selecting,
        ...podsOn('plain-0', 2, selecting),
        ...podsOn('plain-1', 1, selecting, { app: 'other' }),
        ...podsOn('plain-4', 2, selecting),
      )
      assert.equal(cluster.client.count('create', 'Pod'), 5)
      assert.equal(cluster.client.count('delete', 'Pod'), 4)
    })

    test('MANAGE-04, MANAGE-06, MANAGE-50: many pods on selected and other nodes', async () => {
      const selecting = daemonSetOf({ strategy, podSpec: { nodeSelector: ssd } })
      const plain = Array.from({ length: 5 }, (_, index) => nodeOf(`plain-${index}`))
      const cluster = await started(
        ...plain,
        ...nodesOf(5, { labels: ssd }),
        selecting,
        ...podsOn('plain-0', 1, selecting),
        ...podsOn('plain-1', 3, selecting),
        ...podsOn('plain-1', 2, selecting, { app: 'other' }),
        ...podsOn('plain-2', 4, selecting, { app: 'other' }),
        ...podsOn('node-1', 3, selecting),
        ...podsOn('node-1', 1, selecting, { app: 'other' }),
        ...podsOn('node-2', 10, selecting),
        ...podsOn('plain-3', 5, selecting),
      )
      assert.equal(cluster.client.count('create', 'Pod'), 3)
      assert.equal(cluster.client.count('delete', 'Pod'), 20)
    })

    test('MANAGE-08, MANAGE-09: a terminating pod is waited for', async () => {
      const [pod] = podsOn('node-0', 1, daemonSet)
      const cluster = await started(...nodesOf(1), daemonSet, pod as Pod)
      cluster.terminate(pod as Pod)
      await cluster.settle()
      assert.equal(cluster.client.count('create', 'Pod') + cluster.client.count('delete', 'Pod'), 0)
      cluster.dropPod(pod as Pod)
      await cluster.settle()
      assert.equal(cluster.client.count('create', 'Pod'), 1)
    })

    test('MANAGE-02: a deleted pod is replaced', async () => {
      const cluster = await started(...nodesOf(1), daemonSet)
      const [pod] = cluster.pods()
      cluster.dropPod(pod as Pod)
      await cluster.settle()
      assert.equal(cluster.pods().length, 1)
      assert.notEqual(cluster.pods()[0]?.metadata.uid, pod?.metadata.uid)
    })

    test('MANAGE-12, MANAGE-13, EVENTS-05, EVENTS-03: a failed pod is killed, announced and replaced', async () => {
      const cluster = await started(...nodesOf(1), daemonSet)
      const [pod] = cluster.pods()
      cluster.setPodStatus(pod as Pod, { phase: 'Failed' })
      await cluster.settle()
      const [event] = cluster.events('FailedDaemonPod')
      const name = pod?.metadata.name
      assert.equal(event?.type, 'Warning')
      assert.equal(
        event?.message,
        `Found failed daemon pod default/${name} on node node-0, will try to kill it`,
      )
      assert.equal(cluster.events('SuccessfulDelete')[0]?.message, `Deleted pod: ${name}`)
      assert.equal(cluster.pods()[0]?.status.phase, 'Pending')
    })

    test('MANAGE-16, MANAGE-17: kills of failing pods are spaced out', async () => {
      const cluster = await started(...nodesOf(1), daemonSet)
      const fail = async () => {
        for (const pod of cluster.pods()) cluster.setPodStatus(pod, { phase: 'Failed' })
        await cluster.settle()
      }
      const kills = () => cluster.client.count('delete', 'Pod')
      await fail()
      assert.equal(kills(), 1)
      await fail()
      assert.equal(kills(), 1)
      assert.equal(cluster.events('FailedDaemonPod').length, 1)
      await cluster.clock.advance(999)
      assert.equal(kills(), 1)
      await cluster.clock.advance(1)
      assert.equal(kills(), 2)
      await fail()
      await cluster.clock.advance(1_999)
      assert.equal(kills(), 2)
      await cluster.clock.advance(1)
      assert.equal(kills(), 3)
    })

    test('MANAGE-15: a spec change that was observed starts the back-off afresh', async () => {
      const cluster = await started(...nodesOf(1), daemonSet)
      const fail = async () => {
        for (const pod of cluster.pods()) cluster.setPodStatus(pod, { phase: 'Failed' })
        await cluster.settle()
      }
      await fail()
      await fail()
      assert.equal(cluster.client.count('delete', 'Pod'), 1)
      cluster.updateSpec((spec) => ({ ...spec, revisionHistoryLimit: 3 }))
      await cluster.settle()
      assert.equal(cluster.client.count('delete', 'Pod'), 2)
    })

    test('MANAGE-20, EVENTS-06: a succeeded pod is deleted, announced and replaced', async () => {
      const cluster = await started(...nodesOf(1), daemonSet)
      const [pod] = cluster.pods()
      cluster.setPodStatus(pod as Pod, { phase: 'Succeeded' })
      await cluster.settle()
      assert.equal(
        cluster.events('SucceededDaemonPod')[0]?.message,
        `Found succeeded daemon pod default/${pod?.metadata.name} on node node-0, will try to delete it`,
      )
      assert.equal(cluster.pods()[0]?.status.phase, 'Pending')
    })

    test('MANAGE-11: a terminal pod held by a finalizer does not delay its replacement', async () => {
      const metadata = { finalizers: ['example.com/hold'], labels: { app: 'agent' } }
      const cluster = await started(
        ...nodesOf(1),
        daemonSetOf({ strategy, templateMetadata: metadata }),
      )
      cluster.setPodStatus(cluster.pods()[0] as Pod, { phase: 'Succeeded' })
      await cluster.settle()
      const phases = cluster.pods().map(({ status }) => status.phase)
      assert.deepEqual(phases.sort(), ['Pending', 'Succeeded'])
      assert.equal(cluster.daemonSet().status.currentNumberScheduled, 1)
    })

    test('MANAGE-22, MANAGE-23: a pending pod of a missing node goes, a bound one stays', async () => {
      const pending = podOf({ owner: daemonSet, aimedAt: 'gone', name: 'pending' })
      const [bound] = podsOn('gone', 1, daemonSet)
      const cluster = await started(...nodesOf(1), daemonSet, pending, bound as Pod)
      const names = cluster.pods().map(({ metadata }) => metadata.name)
      assert.equal(names.includes('pending'), false)
      assert.equal(names.includes(bound?.metadata.name ?? ''), true)
    })
  })

  describe(`DaemonSetController with ${type}: failures and status`, () => {
    test('MANAGE-27, MANAGE-28, STATUS-01, STATUS-19: room for 10 of 100 pods', async () => {
      const cluster = new TestCluster().put(...nodesOf(100))
      await cluster.start()
      let created = 0
      cluster.client.refuse = ({ verb, kind }) =>
        verb === 'create' && kind === 'Pod' && ++created > 10
          ? forbidden('exceeded quota')
          : undefined
      cluster.put(daemonSet)
      await cluster.settle()
      assert.equal(cluster.pods().length, 10)
      const { requests } = cluster.client
      const firstSync = requests.slice(
        0,
        requests.findIndex(({ verb }) => verb === 'update'),
      )
      const attempts = firstSync.filter(({ verb, kind }) => verb === 'create' && kind === 'Pod')
      assert.equal(attempts.length, 15)
      const { status } = cluster.daemonSet()
      assert.equal(status.desiredNumberScheduled, 100)
      assert.equal(status.currentNumberScheduled, 10)
      assert.equal(status.updatedNumberScheduled, 10)
      assert.match(String(cluster.errors[0]), /exceeded quota/)
      const failures = cluster.events('FailedCreate')
      assert.equal(failures[0]?.message, 'Error creating: exceeded quota')
      assert.ok((failures[0]?.count ?? 0) >= 5)
      // The expectations are met, so each retry tries one more (QUEUE-03).
      const before = cluster.client.count('create', 'Pod')
      await cluster.clock.advance(10)
      assert.ok(cluster.client.count('create', 'Pod') > before)
    })

    test('MANAGE-25: at most 250 creates in a pass; the rest follows', async () => {
      const cluster = new TestCluster().put(...nodesOf(300))
      await cluster.start()
      cluster.client.hold('Pod')
      cluster.put(daemonSet)
      await cluster.settle()
      assert.equal(cluster.client.count('create', 'Pod'), 250)
      cluster.client.release('Pod')
      await cluster.settle()
      assert.equal(cluster.client.count('create', 'Pod'), 300)
    })

    test('MANAGE-30: a namespace that is going: no event, no error, a wait of 5 min', async () => {
      const cluster = new TestCluster().put(...nodesOf(4))
      await cluster.start()
      cluster.refusePodsAsTerminating()
      cluster.put(daemonSet)
      await cluster.settle()
      assert.equal(cluster.client.count('create', 'Pod'), 4)
      assert.deepEqual(cluster.events('FailedCreate'), [])
      assert.deepEqual(cluster.errors, [])
      // QUEUE-27: nothing happens by itself, and a sync within 5 min creates nothing either.
      await cluster.clock.advance(300_000)
      cluster.put(cluster.daemonSet())
      await cluster.settle()
      assert.equal(cluster.client.count('create', 'Pod'), 4)
      await cluster.clock.advance(1)
      cluster.put(cluster.daemonSet())
      await cluster.settle()
      assert.equal(cluster.client.count('create', 'Pod'), 8)
    })

    test('MANAGE-33, MANAGE-34, EVENTS-04: deletes that fail, and one that finds nothing', async () => {
      const cluster = new TestCluster().put(...nodesOf(1), ...podsOn('node-0', 3, daemonSet))
      await cluster.start()
      const answers = [new StatusError('NotFound', 'gone'), forbidden('not you')]
      cluster.client.refuse = ({ verb, kind }) =>
        verb === 'delete' && kind === 'Pod' ? answers.shift() : undefined
      cluster.put(daemonSet)
      await cluster.settle()
      assert.deepEqual(
        cluster.events('FailedDelete').map(({ message }) => message),
        ['Error deleting: not you'],
      )
      assert.equal(cluster.errors.length, 1)
    })

    test('STATUS-02, STATUS-22: the same sync reports the pods it made', async () => {
      const cluster = await started(...nodesOf(5), daemonSet)
      const { status } = cluster.daemonSet()
      assert.equal(status.currentNumberScheduled, 5)
      assert.equal(status.numberUnavailable, 5)
    })

    test('STATUS-06, STATUS-13: ready pods and the observed generation', async () => {
      const cluster = await started(...nodesOf(2), daemonSetOf({ strategy, generation: 7 }))
      assert.equal(cluster.daemonSet().status.numberReady, 0)
      assert.equal(cluster.daemonSet().status.observedGeneration, 7)
      cluster.run()
      await cluster.settle()
      assert.equal(cluster.daemonSet().status.numberReady, 2)
      assert.equal(cluster.daemonSet().status.numberAvailable, 2)
    })

    test('STATUS-20, MANAGE-35: which of two errors a sync ends with', async () => {
      const outcomes: [string, string | undefined, string | undefined, RegExp][] = [
        ['both', 'no pods', 'no status', /no pods/],
        ['pods', 'no pods', undefined, /no pods/],
        ['status', undefined, 'no status', /no status/],
      ]
      for (const [title, pods, status, expected] of outcomes) {
        const cluster = new TestCluster().put(...nodesOf(1))
        await cluster.start()
        cluster.client.refuse = ({ verb, kind, subresource }) => {
          if (pods !== undefined && verb === 'create' && kind === 'Pod') return forbidden(pods)
          if (status !== undefined && subresource === 'status') return forbidden(status)
          return undefined
        }
        cluster.put(daemonSet)
        await cluster.settle()
        assert.match(String(cluster.errors[0]), expected, title)
      }
    })

    test('DELETE-05: a DaemonSet that is being deleted is left alone', async () => {
      const deletionTimestamp = '2026-01-01T00:00:00Z'
      const deleted = daemonSetOf({ strategy, metadata: { deletionTimestamp } })
      const cluster = await started(...nodesOf(5), deleted, ...podsOn('node-0', 3, deleted))
      assert.deepEqual(writes(cluster), [])
    })

    test('MANAGE-52, DELETE-06: deleted behind the back of the cache, an orphan blocks everything', async () => {
      const cluster = new TestCluster()
      await cluster.start()
      cluster.client.hold('DaemonSet')
      const orphan = podOf({ labels: { app: 'agent' }, nodeName: 'node-0' })
      cluster.put(...nodesOf(5), orphan, daemonSet)
      cluster.client.release('DaemonSet')
      cluster.client.hold('DaemonSet')
      const deletionTimestamp = '2026-01-01T00:00:00Z'
      const live = cluster.daemonSet()
      cluster.put({ ...live, metadata: { ...live.metadata, deletionTimestamp } } as DaemonSet)
      await cluster.settle()
      assert.equal(cluster.client.count('create', 'Pod'), 0)
      assert.equal(cluster.client.count('delete', 'Pod'), 0)
      assert.match(String(cluster.errors[0]), /has just been deleted/)
    })

    test('DELETE-13, EVENTS-07: an empty selector is warned about, and nothing else', async () => {
      const everything = daemonSetOf({ strategy, spec: { selector: {} } })
      const cluster = await started(...nodesOf(1), everything, podOf({ labels: { a: 'b' } }))
      assert.equal(cluster.client.count('create', 'Pod') + cluster.client.count('delete', 'Pod'), 0)
      assert.equal(cluster.client.count('create', 'ControllerRevision'), 0)
      const [event] = cluster.events('SelectingAll')
      assert.equal(event?.type, 'Warning')
      assert.equal(
        event?.message,
        'This daemon set is selecting all pods. A non-empty selector is required.',
      )
    })
  })
}

describe('DaemonSetController with surge', () => {
  test('UPDATE-34: one, two, five and foreign pods', async () => {
    const daemonSet = daemonSetOf({ strategy: surging(1) })
    const cluster = await started(...nodesWithPods(daemonSet))
    assert.equal(cluster.client.count('delete', 'Pod'), 5)
    assert.equal(cluster.client.count('create', 'Pod'), 2)
  })

  test('UPDATE-50: a whole rollout, never fewer available pods than nodes', async () => {
    const cluster = await started(...nodesOf(5), daemonSetOf({ strategy: surging(2) }))
    cluster.run()
    await cluster.settle()
    cluster.setImage('agent:2')
    for (let round = 0; round < 10; round++) {
      await cluster.settle()
      assert.equal(cluster.daemonSet().status.numberAvailable, 5)
      assert.ok(cluster.pods().length <= 7)
      cluster.run(cluster.pods().filter(({ status }) => status.phase === 'Pending'))
    }
    assert.equal(cluster.pods().length, 5)
    assert.equal(cluster.daemonSet().status.updatedNumberScheduled, 5)
  })
})

describe('DaemonSetController: rolling updates', () => {
  test('UPDATE-32, HISTORY-08, MANAGE-43: one pod after the other gets the new template', async () => {
    const cluster = await started(...nodesOf(3), daemonSetOf({ strategy: rolling(1) }))
    cluster.run()
    await cluster.settle()
    cluster.setImage('agent:2')
    for (let round = 0; round < 6; round++) {
      await cluster.settle()
      const { status } = cluster.daemonSet()
      assert.ok((status.numberUnavailable ?? 0) <= 1)
      cluster.run(cluster.pods().filter((pod) => pod.status.phase === 'Pending'))
    }
    const [first, second] = cluster.client.all('ControllerRevision')
    assert.deepEqual([first?.revision, second?.revision], [1, 2])
    const hash = second?.metadata.labels?.['controller-revision-hash']
    for (const { metadata, spec } of cluster.pods()) {
      assert.equal(metadata.labels?.['controller-revision-hash'], hash)
      assert.equal(metadata.labels?.['pod-template-generation'], '2')
      assert.equal(spec.containers[0]?.image, 'agent:2')
    }
  })

  test('UPDATE-56: OnDelete makes the revision and replaces only what somebody deletes', async () => {
    const cluster = await started(...nodesOf(2), daemonSetOf({ strategy: strategies.OnDelete }))
    cluster.run()
    cluster.setImage('agent:2')
    await cluster.settle()
    assert.equal(cluster.client.count('delete', 'Pod'), 0)
    assert.equal(cluster.client.all('ControllerRevision').length, 2)
    cluster.dropPod(cluster.pods()[0] as Pod)
    await cluster.settle()
    const images = cluster.pods().map(({ spec }) => spec.containers[0]?.image)
    assert.deepEqual(images.sort(), ['agent:1', 'agent:2'])
  })

  test('UPDATE-60: a rollback replaces only pods of the abandoned template', async () => {
    const cluster = await started(...nodesOf(3), daemonSetOf({ strategy: rolling(1) }))
    cluster.run()
    await cluster.settle()
    const before = new Set(cluster.pods().map(({ metadata }) => metadata.name))
    cluster.setImage('broken')
    await cluster.settle()
    cluster.setImage('agent:1')
    for (let round = 0; round < 4; round++) {
      await cluster.settle()
      cluster.run(cluster.pods().filter(({ status }) => status.phase === 'Pending'))
    }
    const kept = cluster.pods().filter(({ metadata }) => before.has(metadata.name))
    assert.equal(kept.length, 2)
    assert.equal(cluster.daemonSet().status.updatedNumberScheduled, 3)
    assert.deepEqual(
      cluster.client.all('ControllerRevision').map(({ revision }) => revision),
      [3, 2], // HISTORY-10
    )
  })

  test('UPDATE-49: a surge rollout stops at a pod whose node has gone', async () => {
    const cluster = await started(...nodesOf(2), daemonSetOf({ strategy: surging(1) }))
    cluster.run()
    await cluster.settle()
    cluster.client.drop('Node', { name: 'node-1' })
    cluster.setImage('agent:2')
    await cluster.settle()
    assert.match(String(cluster.errors[0]), /couldn't get node for nodeName "node-1"/)
    assert.equal(cluster.pods().length, 2)
    cluster.dropPod(cluster.pods().find(({ spec }) => spec.nodeName === 'node-1') as Pod)
    await cluster.settle()
    assert.equal(cluster.pods().length, 2)
    assert.equal(cluster.pods()[1]?.spec.containers[0]?.image, 'agent:2')
  })
})

describe('DaemonSetController: caches and expectations', () => {
  const daemonSet = daemonSetOf()

  test('MANAGE-40: while creates are not seen, only the status is written, without the generation', async () => {
    const cluster = new TestCluster().put(...nodesOf(2))
    await cluster.start()
    cluster.client.hold('Pod')
    cluster.put(daemonSet)
    await cluster.settle()
    cluster.updateSpec((spec) => ({ ...spec, revisionHistoryLimit: 1 }))
    await cluster.settle()
    assert.equal(cluster.client.count('create', 'Pod'), 2)
    assert.equal(cluster.daemonSet().status.observedGeneration, 1)
    // GATES-03: it does not even begin while the pod cache is behind the controller's creates.
    assert.ok(cluster.controller.staleSyncSkips > 0)
    cluster.client.release('Pod')
    await cluster.clock.advance(1_000)
    assert.equal(cluster.daemonSet().status.observedGeneration, 2)
    assert.equal(cluster.client.count('create', 'Pod'), 2)
  })

  test('GATES-03: a sync on a cache that lacks own writes fails and is retried', async () => {
    const cluster = new TestCluster().put(...nodesOf(1))
    await cluster.start()
    cluster.client.hold('Pod')
    cluster.put(daemonSet)
    await cluster.settle()
    cluster.put(cluster.daemonSet())
    await cluster.settle()
    assert.match(
      String(cluster.errors[0]),
      /read version "\d+" is not as new as written version "\d+" for Pod/,
    )
    cluster.client.release('Pod')
    await cluster.settle()
    const failures = cluster.errors.length
    await cluster.clock.advance(60_000)
    assert.equal(cluster.errors.length, failures)
    assert.equal(cluster.pods().length, 1)
  })

  test('MANAGE-41, DELETE-08, DELETE-09: a DaemonSet made anew starts clean', async () => {
    const cluster = new TestCluster().put(...nodesOf(1))
    await cluster.start()
    cluster.client.hold('Pod')
    cluster.put(daemonSet)
    await cluster.settle()
    assert.equal(cluster.client.count('create', 'Pod'), 1)
    cluster.client.drop('DaemonSet', { namespace, name: 'agent' })
    cluster.put(daemonSetOf({ uid: 'another' }))
    await cluster.settle()
    assert.equal(cluster.client.count('create', 'Pod'), 2)
  })

  test('STATUS-16, QUEUE-02: at rest nothing is written again and again', async () => {
    const cluster = await started(...nodesOf(3), daemonSet)
    cluster.run()
    await cluster.settle()
    const before = cluster.client.requests.length
    cluster.put(cluster.daemonSet())
    await cluster.settle()
    assert.equal(cluster.client.requests.length, before)
  })

  test('QUEUE-26: the periodic resync looks at every DaemonSet again', async () => {
    const cluster = await started(...nodesOf(1), daemonSet)
    cluster.client.drop('Node', { name: 'node-0' })
    await cluster.settle()
    assert.equal(cluster.daemonSet().status.desiredNumberScheduled, 1) // QUEUE-18, STATUS-26
    await cluster.clock.advance(12 * 3_600_000)
    assert.equal(cluster.daemonSet().status.desiredNumberScheduled, 0)
  })

  test('QUEUE-28: a restarted controller finds nothing to do', async () => {
    const cluster = await started(...nodesOf(3), daemonSet)
    cluster.run()
    await cluster.settle()
    cluster.controller.stop()
    await cluster.controller.whenStopped()
    const before = writes(cluster).length
    const { client, clock } = cluster
    await new DaemonSetController({ client, clock }).start()
    await cluster.settle()
    assert.equal(writes(cluster).length, before)
  })

  test('QUEUE-31: a stopped controller does nothing any more', async () => {
    const cluster = await started(...nodesOf(1), daemonSet)
    cluster.controller.stop()
    await cluster.controller.whenStopped()
    for (const pod of cluster.pods()) cluster.dropPod(pod)
    await cluster.clock.advance(24 * 3_600_000)
    assert.deepEqual(cluster.pods(), [])
    assert.equal(cluster.clock.pending, 0)
  })

  test('QUEUE-31: stopped before its caches have synced, it never begins', async () => {
    const cluster = new TestCluster().put(...nodesOf(1), daemonSet)
    cluster.client.refuse = ({ verb }) => (verb === 'list' ? new Error('down') : undefined)
    const start = cluster.controller.start()
    await cluster.settle()
    cluster.controller.stop()
    await start
    await cluster.clock.advance(24 * 3_600_000)
    assert.deepEqual(cluster.pods(), [])
    assert.equal(cluster.clock.pending, 0)
  })

  test('QUEUE-29: at least one worker', () => {
    const { client, clock } = new TestCluster()
    assert.throws(() => new DaemonSetController({ client, clock, workers: 0 }), /needs a worker/)
  })

  test('PLACE-43: pods aimed at a node by other means than a field do not belong to it', async () => {
    const aimless: Pod = {
      ...podOf({ owner: daemonSet }),
      spec: { containers: [], affinity: affinityTo(['a', 'b']) },
    }
    const cluster = await started(...nodesOf(1), daemonSet, aimless)
    assert.equal(cluster.client.count('create', 'Pod'), 1) // PLACE-45
    assert.equal(cluster.pods().length, 2)
  })
})

/** Every request that would change something, events aside. */
function writes(cluster: TestCluster): FakeRequest[] {
  return cluster.client.requests.filter(
    ({ verb, kind }) => verb !== 'get' && verb !== 'list' && kind !== 'Event',
  )
}
