import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { targetNodeNameOf } from '../kubernetes/node-affinity'
import { controllerRevisionHashLabel } from '../kubernetes/pods'
import { StatusError } from '../kubernetes/status-error'
import type { ControllerRevision, DaemonSet, KubernetesObject, Pod } from '../kubernetes/types'
import { DaemonSetController } from './daemonset-controller'
import { EventRecorder } from './event-recorder'
import { revisionDraftOf } from './history'
import { Informer } from './informer'
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
  surging,
} from './testing/objects'
import { TestCluster } from './testing/test-cluster'

const daemonSet = daemonSetOf()
const labels = { app: 'agent' }

/** What was asked that is no event and no read, as `verb kind`, since the given request. */
function writesSince(cluster: TestCluster, start: number): string[] {
  return cluster.client.requests
    .slice(start)
    .filter(({ verb, kind }) => verb !== 'get' && verb !== 'list' && kind !== 'Event')
    .map(({ verb, kind, subresource }) => `${verb} ${kind}${subresource ? `/${subresource}` : ''}`)
}

/** A revision of the DaemonSet's earlier templates, which no pod is made from. */
function oldRevision(number: number, of: DaemonSet): ControllerRevision {
  const earlier = daemonSetOf({ podSpec: { priority: number } })
  const draft = revisionDraftOf(earlier, number)
  const ownerReferences = revisionDraftOf(of, number).metadata?.ownerReferences
  return { ...draft, metadata: { ...draft.metadata, ownerReferences } } as never
}

function readyPods(count: number, owner: DaemonSet, options: object = {}): Pod[] {
  return Array.from({ length: count }, (_, index) =>
    podOf({ owner, nodeName: `node-${index}`, readySince: epoch, ...options }),
  )
}

describe('one sync', () => {
  test('QUEUE-30: revisions, pods, the clean-up of revisions, the status', async () => {
    const limited = daemonSetOf({ spec: { revisionHistoryLimit: 0 } })
    const cluster = new TestCluster().put(...nodesOf(2), oldRevision(1, limited))
    await cluster.start()
    const start = cluster.client.requests.length
    cluster.put(limited)
    await cluster.settle()
    assert.deepEqual(writesSince(cluster, start), [
      'create ControllerRevision',
      'create Pod',
      'create Pod',
      'delete ControllerRevision',
      'update DaemonSet/status',
    ])
  })

  test('QUEUE-30: a rollout step comes between managing and the clean-up', async () => {
    const limited = daemonSetOf({ strategy: rolling(1), spec: { revisionHistoryLimit: 0 } })
    const old = readyPods(2, limited, { hash: 'an-earlier-one', templateGeneration: 0 })
    const cluster = new TestCluster().put(...nodesOf(2), ...old, oldRevision(1, limited))
    await cluster.start()
    cluster.client.hold('Pod')
    const start = cluster.client.requests.length
    cluster.put(limited)
    await cluster.settle()
    assert.deepEqual(writesSince(cluster, start).slice(0, 4), [
      'create ControllerRevision',
      'delete Pod',
      'delete ControllerRevision',
      'update DaemonSet/status',
    ])
  })

  test('QUEUE-30: an empty selector and a deletion end it before the first write', async () => {
    const selectsAll = daemonSetOf({ spec: { selector: {} } })
    const going = daemonSetOf({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })
    for (const one of [selectsAll, going]) {
      const cluster = await new TestCluster().put(...nodesOf(1), one).start()
      assert.deepEqual(writesSince(cluster, 0), [])
    }
  })

  test('UPDATE-04: no rollout step after a create that failed, or before its pod is seen', async () => {
    const strategy = rolling(3)
    const owner = daemonSetOf({ strategy })
    const old = readyPods(2, owner, { hash: 'an-earlier-one', templateGeneration: 0 })
    const cluster = new TestCluster().put(...nodesOf(3), ...old)
    await cluster.start()
    cluster.client.refuse = ({ verb, kind }) =>
      verb === 'create' && kind === 'Pod' ? new StatusError('Forbidden', 'quota') : undefined
    cluster.put(owner)
    await cluster.settle()
    assert.ok(cluster.client.count('create', 'Pod') > 0)
    assert.equal(cluster.client.count('delete', 'Pod'), 0)
    // Accepted, but not seen yet: the step waits for the expectation.
    cluster.client.refuse = () => undefined
    cluster.client.hold('Pod')
    await cluster.clock.advance(1_000)
    assert.equal(cluster.pods().length, 3)
    assert.equal(cluster.client.count('delete', 'Pod'), 0)
    cluster.client.release('Pod')
    await cluster.clock.advance(1_000)
    assert.equal(cluster.client.count('delete', 'Pod'), 2)
  })

  test('MANAGE-31: deletes follow the creates, also when those failed', async () => {
    const owner = daemonSetOf()
    const surplus = [0, 1].map((age) =>
      podOf({ owner, nodeName: 'node-0', templateGeneration: 1, createdAt: epoch + age * 1000 }),
    )
    const cluster = new TestCluster().put(...nodesOf(2), ...surplus)
    await cluster.start()
    cluster.client.refuse = ({ verb, kind }) =>
      verb === 'create' && kind === 'Pod' ? new StatusError('Forbidden', 'quota') : undefined
    const start = cluster.client.requests.length
    cluster.put(owner)
    await cluster.settle()
    assert.deepEqual(
      writesSince(cluster, start)
        .filter((write) => write.endsWith('Pod'))
        .slice(0, 2),
      ['create Pod', 'delete Pod'],
    )
    assert.deepEqual(
      cluster.pods().map(({ metadata }) => metadata.name),
      [surplus[0]?.metadata.name],
    )
    assert.deepEqual(
      cluster
        .events()
        .map(({ reason }) => reason)
        .slice(0, 2),
      ['FailedCreate', 'SuccessfulDelete'],
    )
  })

  test('MANAGE-26: which 250 come first is chance, that all come is not', async () => {
    const firsts: (string | undefined)[][] = []
    for (const nodes of [nodesOf(300), nodesOf(300).reverse()]) {
      const cluster = new TestCluster().put(...nodes)
      await cluster.start()
      cluster.client.hold('Pod')
      cluster.put(daemonSet)
      await cluster.settle()
      firsts.push(cluster.podNodes())
      cluster.client.release('Pod')
      await cluster.clock.advance(60_000)
      assert.deepEqual(cluster.podNodes(), nodes.map(({ metadata }) => metadata.name).sort())
    }
    assert.deepEqual(
      firsts.map(({ length }) => length),
      [250, 250],
    )
    assert.notDeepEqual(firsts[0], firsts[1])
  })

  test('EVENTS-11: finished pods are reported when found, even if the burst leaves them for later', async () => {
    const reported: string[] = []
    class Recorder extends EventRecorder {
      override event(_regarding: KubernetesObject, _type: string, reason: string): void {
        reported.push(reason)
      }
    }
    const cluster: TestCluster = new TestCluster({
      recorder: new Recorder({
        client: undefined as never,
        clock: { now: () => 0 } as never,
        component: 'c',
      }),
    })
    const failed = nodesOf(300).map(({ metadata }) =>
      podOf({ owner: daemonSet, nodeName: metadata.name, templateGeneration: 1, phase: 'Failed' }),
    )
    cluster.put(...nodesOf(300), ...failed)
    await cluster.start()
    cluster.client.hold('Pod')
    cluster.put(daemonSet)
    await cluster.settle()
    const count = (reason: string) => reported.filter((one) => one === reason).length
    assert.equal(count('FailedDaemonPod'), 300)
    assert.equal(cluster.client.count('delete', 'Pod'), 250)
    cluster.client.release('Pod')
    await cluster.clock.advance(60_000)
    assert.equal(cluster.client.count('delete', 'Pod'), 300)
    assert.equal(count('FailedDaemonPod'), 350) // The fifty are found again in their own pass.
    assert.equal(cluster.podNodes().length, 300)
  })
})

describe('what wakes the controller', () => {
  test('QUEUE-24: failed node work comes back with growing delay, and success forgets it', async () => {
    const cluster = new TestCluster()
    const { client, clock } = cluster
    const attempts: number[] = []
    let failures = 4
    class UnreadableNodes extends Informer<'Node'> {
      override get(key: string) {
        attempts.push(clock.now() - epoch)
        if (failures-- > 0) throw new Error('not readable')
        return super.get(key)
      }
    }
    const nodes = new UnreadableNodes(client, clock, 'Node')
    const informer = (kind: 'Node') =>
      kind === 'Node' ? nodes : new Informer(client, clock, kind as 'Node')
    const controller = new DaemonSetController({
      client,
      clock,
      informers: { informer: informer as never },
    })
    cluster.put(daemonSet)
    await controller.start()
    await cluster.settle()
    cluster.put(nodeOf('node-0'))
    await clock.advance(1_000)
    assert.deepEqual(attempts, [0, 5, 15, 35, 75])
    assert.deepEqual(cluster.podNodes(), ['node-0'])
    failures = 1
    attempts.length = 0
    const before = clock.now() - epoch
    cluster.updateNode('node-0', () => nodeOf('node-0', { labels: { a: 'b' } }))
    await clock.advance(1_000)
    assert.deepEqual(attempts, [before, before + 5])
    controller.stop()
  })

  test('QUEUE-27: expired expectations wake nobody; the next sync notices them', async () => {
    const cluster = new TestCluster().put(...nodesOf(1))
    await cluster.start()
    cluster.refusePodsAsTerminating()
    cluster.put(daemonSet)
    await cluster.settle()
    cluster.client.refuse = () => undefined
    const before = cluster.client.requests.length
    await cluster.clock.advance(3_600_000)
    assert.equal(cluster.client.requests.length, before)
    assert.deepEqual(cluster.pods(), [])
    cluster.put(cluster.daemonSet())
    await cluster.settle()
    assert.equal(cluster.pods().length, 1)
  })
})

describe('whose pods and revisions', () => {
  test('MANAGE-49: a matching pod of its own is owned without a request, even while it is deleted', async () => {
    const finalizers = ['example.com/hold']
    const own = podOf({
      ...{ owner: daemonSet, nodeName: 'node-0', templateGeneration: 1, readySince: epoch },
      ...{ finalizers, deletedAt: epoch },
    })
    const cluster = await new TestCluster().put(...nodesOf(1), own, daemonSet).start()
    const version = () => cluster.pods()[0]?.metadata.resourceVersion
    const before = version()
    cluster.put(cluster.daemonSet()) // Any event, so that there is another sync.
    await cluster.settle()
    assert.equal(version(), before)
    assert.equal(cluster.client.count('patch', 'Pod'), 0)
    assert.equal(cluster.pods().length, 1)
    assert.equal(cluster.daemonSet().status.currentNumberScheduled, 1)
  })

  test('GATES-18: the uid alone makes no pod its own', async () => {
    const own = podOf({ owner: daemonSet, nodeName: 'node-0', readySince: epoch })
    const [reference] = own.metadata.ownerReferences ?? []
    for (const change of [{ kind: 'ReplicaSet' }, { name: 'another' }, { uid: 'another' }]) {
      const ownerReferences = [{ ...reference, ...change }] as Pod['metadata']['ownerReferences']
      const foreign = { ...own, metadata: { ...own.metadata, ownerReferences } } as Pod
      const cluster = await new TestCluster().put(...nodesOf(1), foreign, daemonSet).start()
      assert.equal(cluster.client.count('create', 'Pod'), 1)
      assert.equal(cluster.client.count('delete', 'Pod'), 0)
      assert.equal(cluster.daemonSet().status.numberReady, 0)
    }
  })

  test('PLACE-45: a pod that belongs to no node is adopted and then ignored', async () => {
    const aimless: Pod = {
      ...podOf({ labels }),
      spec: { containers: [], affinity: affinityTo(['node-0', 'node-1']) },
    }
    const cluster = await new TestCluster().put(...nodesOf(2), aimless, daemonSet).start()
    const stored = cluster.pods().find(({ metadata }) => metadata.name === aimless.metadata.name)
    assert.equal(stored?.metadata.ownerReferences?.[0]?.uid, daemonSet.metadata.uid)
    assert.equal(targetNodeNameOf(stored as Pod), undefined)
    assert.equal(cluster.client.count('create', 'Pod'), 2)
    assert.equal(cluster.client.count('delete', 'Pod'), 0)
    const { currentNumberScheduled, numberMisscheduled } = cluster.daemonSet().status
    assert.deepEqual([currentNumberScheduled, numberMisscheduled], [2, 0])
  })

  test('GATES-17: a revision as older releases wrote it is not recognised, but starts no rollout', async () => {
    const draft = revisionDraftOf(daemonSet, 1)
    const template = daemonSet.spec.template
    const metadata = { creationTimestamp: null, ...template.metadata }
    const before = {
      ...draft,
      metadata: { ...draft.metadata, name: 'agent-old', labels: hashed('old') },
      data: { spec: { template: { ...template, metadata, $patch: 'replace' } } },
    }
    const pods = readyPods(3, daemonSet, { hash: 'old', templateGeneration: 1 })
    const cluster = await new TestCluster()
      .put(...nodesOf(3), ...pods, before as never, daemonSet)
      .start()
    assert.deepEqual(
      cluster.client.all('ControllerRevision').map(({ revision }) => revision),
      [1, 2],
    )
    assert.deepEqual(
      cluster.pods().map(({ metadata: { name } }) => name),
      pods.map(({ metadata: { name } }) => name),
    )
    assert.equal(cluster.daemonSet().status.updatedNumberScheduled, 3)
  })

  const hashed = (hash: string) => ({ ...labels, [controllerRevisionHashLabel]: hash })

  test('HISTORY-27: revisions are deleted without preconditions', async () => {
    const limited = daemonSetOf({ spec: { revisionHistoryLimit: 1 } })
    const revisions = [1, 2, 3].map((number) => oldRevision(number, limited))
    const cluster = await new TestCluster().put(...revisions, limited).start()
    const deletes = cluster.client.requests.filter(({ verb }) => verb === 'delete')
    assert.deepEqual(
      deletes.map(({ kind, options }) => [kind, options]),
      [
        ['ControllerRevision', undefined],
        ['ControllerRevision', undefined],
      ],
    )
  })

  test('HISTORY-31: revisions are named and labelled the way of DaemonSets', async () => {
    const name = 'a'.repeat(240) // The shared way of naming would cut it to 223.
    const cluster = await new TestCluster().put(daemonSetOf({ name })).start()
    const [revision] = cluster.client.all('ControllerRevision')
    const hash = revision?.metadata.labels?.[controllerRevisionHashLabel]
    assert.equal(revision?.metadata.name, `${name}-${hash}`)
    assert.equal(revision?.metadata.labels?.['controller.kubernetes.io/hash'], undefined)
  })
})

describe('the permissions of the controller', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    DaemonSet: ['get', 'list', 'update/status'],
    Node: ['list'],
    Pod: ['list', 'create', 'delete', 'patch'],
    ControllerRevision: ['get', 'list', 'create', 'delete', 'update', 'patch'],
    Event: ['create', 'patch', 'update'],
  }

  test('API-07: those of its role are enough for a whole life', async () => {
    const used = new Set<string>()
    const refuse = ({ verb, kind, subresource }: FakeRequest) => {
      const asked = subresource === undefined ? verb : `${verb}/${subresource}`
      used.add(`${asked} ${kind}`)
      const isAllowed = allowed[kind]?.includes(asked) ?? false
      return isAllowed ? undefined : new StatusError('Forbidden', `${asked} ${kind}`)
    }
    const cluster = new TestCluster()
    cluster.client.refuse = refuse
    const strategy = rolling(1)
    const owner = daemonSetOf({ strategy, spec: { revisionHistoryLimit: 1 } })
    const stranger = podOf({ owner, labels: { app: 'other' }, nodeName: 'node-0' })
    const orphan = podOf({ labels, nodeName: 'node-1', templateGeneration: 1, readySince: epoch })
    // Of the very name that the first template takes, with another content: a collision.
    const name = revisionDraftOf(owner, 1).metadata?.name ?? ''
    const taken = { ...oldRevision(1, owner), metadata: { name, namespace } }
    await cluster.put(...nodesOf(3), stranger, orphan, taken as never, owner).start()
    await cluster.clock.advance(60_000)
    cluster.run()
    for (const image of ['agent:2', 'agent:3', 'agent:2']) {
      cluster.setImage(image)
      for (let round = 0; round < 6; round++) {
        await cluster.settle()
        cluster.run(cluster.pods().filter(({ status }) => status.phase === 'Pending'))
      }
    }
    // A second revision of the present template: pods are relabelled, the duplicate goes.
    const twin = revisionDraftOf(cluster.daemonSet(), 9)
    const metadata = { ...twin.metadata, name: 'twin', labels: hashedTwin }
    cluster.put({ ...twin, metadata } as never)
    await cluster.clock.advance(60_000)
    // The first error is the retry after the collision, which HISTORY-17 asks for.
    const refused = cluster.errors.filter((error) => StatusError.is(error, 'Forbidden'))
    assert.deepEqual(refused, [])
    assert.equal(cluster.pods().length, 4) // Three of its own, and the released one.
    assert.equal(cluster.daemonSet().status.updatedNumberScheduled, 3)
    const unused = Object.entries(allowed).flatMap(([kind, verbs]) =>
      verbs.map((verb) => `${verb} ${kind}`).filter((permission) => !used.has(permission)),
    )
    assert.deepEqual(unused, ['patch ControllerRevision', 'update Event'])
  })

  const hashedTwin = { ...labels, [controllerRevisionHashLabel]: 'twin' }
})

describe('zones', () => {
  const zoned = (zone: string, index: number) =>
    nodeOf(`${zone}-${index}`, { taints: [{ key: 'zone', value: zone, effect: 'NoSchedule' }] })
  const tolerating = (...zones: readonly string[]) =>
    zones.map((value) => ({ key: 'zone', value, effect: 'NoSchedule' }))

  test('UPDATE-53: three zones of two nodes, a surge of one, tolerations that change', async () => {
    const nodes = ['common', 'y', 'z'].flatMap((zone) => [zoned(zone, 0), zoned(zone, 1)])
    const podSpec = { tolerations: tolerating('common', 'y') }
    const cluster = await new TestCluster()
      .put(...nodes, daemonSetOf({ strategy: surging(1), podSpec }))
      .start()
    const counts: number[] = [cluster.pods().length]
    const settle = async () => {
      for (let round = 0; round < 12; round++) {
        cluster.run(cluster.pods().filter(({ status }) => status.phase === 'Pending'))
        await cluster.settle()
      }
      counts.push(cluster.pods().length)
    }
    const change = async (...zones: readonly string[]) => {
      cluster.updateSpec((spec) => ({
        ...spec,
        template: {
          ...spec.template,
          spec: { containers: [], ...spec.template.spec, tolerations: tolerating(...zones) },
        },
      }))
      await cluster.settle()
      counts.push(cluster.pods().length)
    }
    await settle()
    await change('common', 'z')
    await settle()
    assert.deepEqual(cluster.podNodes(), ['common-0', 'common-1', 'z-0', 'z-1'])
    await change('common', 'y', 'z')
    await settle()
    await change()
    await settle()
    assert.deepEqual(counts.slice(0, 6), [4, 4, 7, 4, 7, 6])
    assert.equal(counts.at(-1), 0)
  })
})
