import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { controllerReferenceTo } from '../kubernetes/owner-references'
import { controllerRevisionHashLabel } from '../kubernetes/pods'
import { StatusError } from '../kubernetes/status-error'
import { templateHash } from '../kubernetes/template-hash'
import type { ControllerRevision, DaemonSet, Pod } from '../kubernetes/types'
import { revisionDraftOf } from './history'
import type { FakeRequest } from './testing/fake-client'
import { daemonSetOf, epoch, namespace, nodesOf, podOf } from './testing/objects'
import { TestCluster } from './testing/test-cluster'

const daemonSet = daemonSetOf()
const earlier = daemonSetOf({ podSpec: { hostNetwork: true } })
const labels = { app: 'agent' }

/** A revision of the DaemonSet's template as somebody else might store it. */
function revisionOf(
  name: string,
  revision: number,
  of: DaemonSet = daemonSet,
  metadata: object = {},
): ControllerRevision {
  const draft = revisionDraftOf(of, revision) as unknown as ControllerRevision
  const hash = { [controllerRevisionHashLabel]: name }
  const { ownerReferences } = draft.metadata
  return {
    ...draft,
    metadata: { name, namespace, labels: { ...labels, ...hash }, ownerReferences, ...metadata },
  } as unknown as ControllerRevision
}

function ownersOf({ metadata: { ownerReferences } }: Pod | ControllerRevision): string[] {
  return (ownerReferences ?? []).map(({ uid }) => uid)
}

describe('adopting and releasing pods', () => {
  test('MANAGE-51, MANAGE-53: a matching orphan is adopted and counted at once', async () => {
    const orphan = podOf({ labels, nodeName: 'node-0', templateGeneration: 1, readySince: epoch })
    const cluster = await new TestCluster().put(...nodesOf(1), orphan, daemonSet).start()
    assert.deepEqual(cluster.pods().map(ownersOf), [[daemonSet.metadata.uid]])
    assert.deepEqual(
      cluster.pods()[0]?.metadata.ownerReferences?.[0],
      controllerReferenceTo(daemonSet),
    )
    assert.equal(cluster.client.count('create', 'Pod'), 0)
    assert.equal(cluster.daemonSet().status.numberReady, 1)
  })

  test('UPDATE-06, MANAGE-56: an adopted pod is judged by its labels like any other', async () => {
    const old = podOf({ labels, nodeName: 'node-0', readySince: epoch })
    const cluster = await new TestCluster().put(...nodesOf(1), old, daemonSet).start()
    assert.equal(cluster.client.count('delete', 'Pod'), 1)
    assert.equal(cluster.pods().length, 1)
  })

  test('MANAGE-51, MANAGE-55: who is not adopted', async () => {
    const cluster = await new TestCluster()
      .put(
        daemonSet,
        podOf({ name: 'going', labels, deletedAt: epoch }),
        podOf({ name: 'stranger', labels: { app: 'other' } }),
        podOf({ name: 'controlled', labels, owner: daemonSetOf({ name: 'other' }) }),
        podOf({ name: 'earlier', labels, owner: daemonSetOf({ uid: 'an-earlier-one' }) }),
      )
      .start()
    assert.equal(cluster.client.count('patch', 'Pod'), 0)
  })

  test('MANAGE-52: the live check runs once for all orphans of a claim', async () => {
    const orphans = [0, 1, 2].map((index) =>
      podOf({ labels, nodeName: `node-${index}`, templateGeneration: 1 }),
    )
    const cluster = await new TestCluster().put(...nodesOf(3), ...orphans, daemonSet).start()
    assert.equal(cluster.client.count('get', 'DaemonSet'), 1)
    assert.equal(cluster.client.count('patch', 'Pod'), 3)
  })

  test('MANAGE-52: a namesake behind the back of the cache adopts nothing', async () => {
    const cluster = new TestCluster().put(podOf({ labels }))
    await cluster.start()
    cluster.client.hold('DaemonSet')
    cluster.put(daemonSet)
    cluster.client.release('DaemonSet')
    cluster.client.hold('DaemonSet')
    cluster.put({ ...daemonSet, metadata: { ...daemonSet.metadata, uid: 'another' } } as DaemonSet)
    await cluster.settle()
    assert.match(String(cluster.errors[0]), /is gone: got uid another, wanted uid-of-agent/)
    assert.equal(cluster.client.count('patch', 'Pod'), 0)
  })

  test('MANAGE-54: a vanished object is no error, a refusal is', async () => {
    const verdicts: [StatusError, number][] = [
      [new StatusError('NotFound', 'gone'), 0],
      [new StatusError('Forbidden', 'no'), 1],
    ]
    for (const [refusal, errors] of verdicts) {
      const cluster = new TestCluster()
      await cluster.start()
      cluster.client.refuse = ({ verb, kind }) =>
        verb === 'patch' && kind === 'Pod' ? refusal : undefined
      cluster.put(podOf({ labels }), daemonSet)
      await cluster.settle()
      assert.equal(Math.min(1, cluster.errors.length), errors)
    }
  })

  test('MANAGE-54: Invalid is no error for a release, but one for an adoption', async () => {
    const outcome = async (pod: Pod) => {
      const cluster = new TestCluster()
      await cluster.start()
      cluster.client.refuse = ({ verb, kind }) =>
        verb === 'patch' && kind === 'Pod' ? new StatusError('Invalid', 'no') : undefined
      cluster.put(pod, daemonSet)
      await cluster.settle()
      return cluster.errors.length
    }
    assert.equal(await outcome(podOf({ owner: daemonSet, labels: { app: 'other' } })), 0)
    assert.ok((await outcome(podOf({ labels }))) > 0)
  })

  test('GATES-03: an adoption counts as a write of ours', async () => {
    const cluster = new TestCluster().put(...nodesOf(1))
    await cluster.start()
    cluster.client.hold('Pod')
    cluster.put(daemonSet)
    await cluster.settle()
    assert.ok(cluster.client.count('create', 'Pod') > 0)
    cluster.put(cluster.daemonSet())
    await cluster.settle()
    assert.ok(cluster.controller.staleSyncSkips > 0)
  })
})

describe('revisions', () => {
  test('HISTORY-01, HISTORY-20: one comes into being, and pods carry its label', async () => {
    const cluster = await new TestCluster().put(...nodesOf(1), daemonSet).start()
    const [revision, ...others] = cluster.client.all('ControllerRevision')
    assert.deepEqual(others, [])
    assert.equal(revision?.revision, 1)
    const hash = templateHash(daemonSet.spec.template)
    assert.equal(revision?.metadata.name, `agent-${hash}`)
    assert.equal(cluster.pods()[0]?.metadata.labels?.[controllerRevisionHashLabel], hash)
  })

  test('HISTORY-18: claiming: own, orphan, mismatched, foreign', async () => {
    const cluster = await new TestCluster()
      .put(
        daemonSet,
        revisionOf('own', 1, earlier),
        revisionOf('orphan', 2, earlier, { ownerReferences: [] }),
        revisionOf('mismatched', 3, earlier, {
          labels: { app: 'x', [controllerRevisionHashLabel]: 'x' },
        }),
        revisionOf('foreign', 9, daemonSetOf({ name: 'other' })),
        revisionOf('elsewhere', 9, earlier, { ownerReferences: [], namespace: 'elsewhere' }),
        revisionOf('going', 9, earlier, {
          ownerReferences: [],
          deletionTimestamp: '2026-01-01T00:00:00Z',
        }),
      )
      .start()
    const owners = new Map(
      cluster.client.all('ControllerRevision').map((one) => [one.metadata.name, ownersOf(one)]),
    )
    assert.deepEqual(owners.get('own'), ['uid-of-agent'])
    assert.deepEqual(owners.get('orphan'), ['uid-of-agent'])
    assert.deepEqual(owners.get('mismatched'), [])
    assert.deepEqual(owners.get('foreign'), ['uid-of-other'])
    assert.deepEqual(owners.get('elsewhere'), [])
    assert.deepEqual(owners.get('going'), [])
    const current = cluster.client.all('ControllerRevision').at(-1)
    assert.equal(current?.revision, 3) // Highest owned one + 1 (HISTORY-08).
  })

  test('HISTORY-10, HISTORY-11: the number is raised when it has to be, and never lowered', async () => {
    const cluster = await new TestCluster()
      .put(daemonSet, revisionOf('current', 1), revisionOf('old', 4, earlier))
      .start()
    const numberOf = (name: string) =>
      cluster.client.all('ControllerRevision').find(({ metadata }) => metadata.name === name)
        ?.revision
    assert.equal(numberOf('current'), 5)
    cluster.client.drop('ControllerRevision', { namespace, name: 'old' })
    await cluster.settle()
    assert.equal(numberOf('current'), 5)
  })

  test('HISTORY-12, HISTORY-13, HISTORY-14: duplicates: the highest stays, pods are relabelled', async () => {
    const pods = [
      podOf({ owner: daemonSet, nodeName: 'node-0', hash: 'low', readySince: epoch }),
      podOf({ owner: daemonSet, nodeName: 'node-1', hash: 'really-older', readySince: epoch }),
    ]
    const cluster = await new TestCluster()
      .put(...nodesOf(2), daemonSet, ...pods, revisionOf('low', 1), revisionOf('high', 2))
      .start()
    const names = cluster.client.all('ControllerRevision').map(({ metadata }) => metadata.name)
    assert.deepEqual(names, ['high'])
    const hashes = cluster
      .pods()
      .map(({ metadata }) => metadata.labels?.[controllerRevisionHashLabel])
    assert.deepEqual(hashes, ['high', 'high'])
    assert.equal(cluster.client.count('delete', 'Pod'), 0)
  })

  test('HISTORY-13: pods that carry the label of the kept revision are not written', async () => {
    const pod = podOf({ owner: daemonSet, nodeName: 'node-0', hash: 'high', readySince: epoch })
    const cluster = await new TestCluster()
      .put(...nodesOf(1), daemonSet, pod, revisionOf('low', 1), revisionOf('high', 2))
      .start()
    assert.equal(cluster.client.all('ControllerRevision').length, 1)
    assert.equal(cluster.client.count('patch', 'Pod'), 0)
  })

  test('HISTORY-15: a revision without a hash label gets its own name', async () => {
    const bare = revisionOf('made-by-hand', 1, daemonSet, { labels })
    const cluster = await new TestCluster().put(...nodesOf(1), daemonSet, bare).start()
    const [revision] = cluster.client.all('ControllerRevision')
    assert.equal(revision?.metadata.labels?.[controllerRevisionHashLabel], 'made-by-hand')
    assert.equal(cluster.pods()[0]?.metadata.labels?.[controllerRevisionHashLabel], 'made-by-hand')
  })

  test('HISTORY-16: one of that name with the same data is taken, whoever owns it', async () => {
    const name = `agent-${templateHash(daemonSet.spec.template)}`
    const foreign = daemonSetOf({ name: 'other' })
    const taken = revisionOf(name, 7, daemonSet, {
      ownerReferences: [controllerReferenceTo(foreign)],
    })
    const cluster = await new TestCluster().put(...nodesOf(1), daemonSet, taken).start()
    assert.deepEqual(cluster.errors, [])
    assert.equal(cluster.client.all('ControllerRevision').length, 1)
    assert.equal(cluster.pods().length, 1)
  })

  test('HISTORY-16, MANAGE-43: taken without a hash label, it gives pods none either', async () => {
    const name = `agent-${templateHash(daemonSet.spec.template)}`
    const ownerReferences = [controllerReferenceTo(daemonSetOf({ name: 'other' }))]
    const taken = revisionOf(name, 7, daemonSet, { ownerReferences, labels })
    const cluster = await new TestCluster().put(...nodesOf(1), daemonSet, taken).start()
    const [pod] = cluster.pods()
    assert.deepEqual(pod?.metadata.labels, { app: 'agent', 'pod-template-generation': '1' })
  })

  test('HISTORY-17, STATUS-14: one of that name with other data raises the collision count', async () => {
    const name = `agent-${templateHash(daemonSet.spec.template)}`
    const foreign = daemonSetOf({ name: 'other' })
    const taken = revisionOf(name, 7, earlier, {
      ownerReferences: [controllerReferenceTo(foreign)],
    })
    const cluster = await new TestCluster().put(...nodesOf(1), daemonSet, taken).start()
    await cluster.clock.advance(1_000)
    assert.match(String(cluster.errors[0]), /already exists/)
    assert.equal(cluster.daemonSet().status.collisionCount, 1)
    const updates = cluster.client.requests.filter(
      ({ verb, kind }) => verb === 'update' && kind === 'DaemonSet',
    )
    assert.deepEqual(new Set(updates.map(({ subresource }) => subresource)), new Set(['status']))
    const hash = templateHash(daemonSet.spec.template, 1)
    assert.equal(cluster.pods()[0]?.metadata.labels?.[controllerRevisionHashLabel], hash)
  })

  test('HISTORY-17: the count starts at 0 where there is no status at all', async () => {
    const name = `agent-${templateHash(daemonSet.spec.template)}`
    const { status: _, ...unseen } = daemonSet
    const ownerReferences = [controllerReferenceTo(daemonSetOf({ name: 'other' }))]
    const taken = revisionOf(name, 7, earlier, { ownerReferences })
    const cluster = await new TestCluster().put(...nodesOf(1), unseen, taken).start()
    await cluster.clock.advance(1_000)
    assert.equal(cluster.daemonSet().status.collisionCount, 1)
  })

  test('HISTORY-17: a collision count that the cache does not show yet is not raised', async () => {
    const cases = [
      { cached: {}, live: { collisionCount: 3 }, said: 'none, expected 3' },
      { cached: { collisionCount: 0 }, live: { collisionCount: 3 }, said: '0, expected 3' },
      { cached: { collisionCount: 3 }, live: {}, said: '3, expected none' },
    ]
    for (const { cached, live, said } of cases) {
      const before = daemonSetOf({ status: cached })
      const number = before.status.collisionCount ?? undefined
      const taken = revisionOf(`agent-${templateHash(before.spec.template, number)}`, 7, earlier, {
        ownerReferences: [controllerReferenceTo(daemonSetOf({ name: 'other' }))],
      })
      const cluster = new TestCluster().put(...nodesOf(1), before, taken)
      // The status changes just when the name turns out to be taken.
      cluster.client.refuse = ({ verb, kind }) => {
        if (verb !== 'create' || kind !== 'ControllerRevision') return undefined
        cluster.client.refuse = () => undefined
        const { collisionCount: _, ...status } = cluster.daemonSet().status
        cluster.client.put('DaemonSet', { ...cluster.daemonSet(), status: { ...status, ...live } })
        return undefined
      }
      await cluster.start()
      assert.match(
        String(cluster.errors[0]),
        new RegExp(
          `found a stale collision count \\(${said}\\) of DaemonSet default/agent; will retry once it is updated`,
        ),
      )
      await cluster.clock.advance(1_000)
      assert.equal(cluster.daemonSet().status.collisionCount, live.collisionCount)
      assert.equal(cluster.errors.length, 1)
      assert.equal(cluster.pods().length, 1)
    }
  })

  test('HISTORY-19, STATUS-21: an error in history keeps the sync from everything else', async () => {
    const cluster = new TestCluster().put(...nodesOf(1))
    await cluster.start()
    cluster.client.refuse = ({ verb, kind }) =>
      verb === 'create' && kind === 'ControllerRevision'
        ? new StatusError('Forbidden', 'no')
        : undefined
    cluster.put(daemonSet)
    await cluster.settle()
    assert.equal(cluster.client.count('create', 'Pod'), 0)
    assert.equal(cluster.client.count('update', 'DaemonSet'), 0)
    assert.equal(cluster.errors.length, 1)
    assert.equal(cluster.client.count('get', 'ControllerRevision'), 0)
  })

  test('HISTORY-24: a pod that is adopted in the same sync keeps its revision alive', async () => {
    const orphan = podOf({ labels, nodeName: 'node-0', hash: 'r1', readySince: epoch })
    const cluster = await new TestCluster()
      .put(...nodesOf(1), orphan, revisionOf('r1', 1, earlier), revisionOf('r2', 2, earlierOf(2)))
      .start()
    cluster.client.hold('Pod') // The cache does not show the adoption yet.
    cluster.put(daemonSetOf({ spec: { revisionHistoryLimit: 0 }, strategy: { type: 'OnDelete' } }))
    await cluster.settle()
    const numbers = cluster.client.all('ControllerRevision').map(({ revision }) => revision)
    assert.deepEqual(numbers, [1, 3])
  })

  test('HISTORY-21, HISTORY-22, HISTORY-23: clean-up leaves the limit, the live and the current', async () => {
    const limited = daemonSetOf({
      spec: { revisionHistoryLimit: 1 },
      strategy: { type: 'OnDelete' },
    })
    const pod = podOf({ owner: limited, nodeName: 'node-0', hash: 'r2', readySince: epoch })
    const old = [1, 2, 3, 4].map((number) => revisionOf(`r${number}`, number, earlierOf(number)))
    const cluster = await new TestCluster().put(...nodesOf(1), limited, pod, ...old).start()
    const names = cluster.client.all('ControllerRevision').map(({ metadata }) => metadata.name)
    assert.deepEqual(names.slice(0, -1), ['r2'])
    assert.equal(cluster.client.all('ControllerRevision').at(-1)?.revision, 5)
  })

  test('HISTORY-26: a failing clean-up fails the sync, but the status is written', async () => {
    const limited = daemonSetOf({ spec: { revisionHistoryLimit: 0 } })
    const cluster = new TestCluster().put(...nodesOf(1), revisionOf('r1', 1, earlier))
    await cluster.start()
    cluster.client.refuse = ({ verb, kind }) =>
      verb === 'delete' && kind === 'ControllerRevision'
        ? new StatusError('NotFound', 'gone')
        : undefined
    cluster.put(limited)
    await cluster.settle()
    assert.match(
      String(cluster.errors[0]),
      /failed to clean up revisions of DaemonSet default\/agent: gone/,
    )
    const { cause } = cluster.errors[0] as Error
    assert.ok(StatusError.is(cause, 'NotFound'))
    assert.equal(cluster.daemonSet().status.desiredNumberScheduled, 1)
  })

  test('HISTORY-28: a current revision deleted by hand comes back, pods stay', async () => {
    const cluster = await new TestCluster().put(...nodesOf(1), daemonSet).start()
    cluster.run()
    await cluster.settle()
    const [{ metadata: { name = '' } = {} } = {}] = cluster.client.all('ControllerRevision')
    cluster.client.drop('ControllerRevision', { namespace, name })
    await cluster.settle()
    assert.deepEqual(
      cluster.client.all('ControllerRevision').map(({ metadata }) => metadata.name),
      [name],
    )
    assert.equal(cluster.client.count('delete', 'Pod'), 0)
  })

  test('HISTORY-30: extra labels on a revision are left alone', async () => {
    const cluster = await new TestCluster().put(daemonSet).start()
    const [revision] = cluster.client.all('ControllerRevision')
    const { metadata } = revision as ControllerRevision
    const extra = { ...metadata.labels, mine: 'yes' }
    cluster.put({ ...revision, metadata: { ...metadata, labels: extra } } as ControllerRevision)
    await cluster.settle()
    assert.deepEqual(cluster.client.all('ControllerRevision')[0]?.metadata.labels, extra)
  })
})

describe('storing the status', () => {
  const cases = [
    { title: 'accepted', failures: [], getFails: false, writes: 1, reads: 0, error: undefined },
    {
      title: 'refused once',
      failures: ['a'],
      getFails: false,
      writes: 2,
      reads: 1,
      error: undefined,
    },
    {
      title: 'refused twice',
      failures: ['a', 'b'],
      getFails: false,
      writes: 2,
      reads: 1,
      error: /b/,
    },
    {
      title: 'refused and not readable',
      failures: ['a'],
      getFails: true,
      writes: 1,
      reads: 1,
      error: /unread/,
    },
  ]
  for (const { title, failures, getFails, writes, reads, error } of cases) {
    test(`STATUS-17, STATUS-18: ${title}: ${writes} writes, ${reads} reads`, async () => {
      const cluster = new TestCluster().put(...nodesOf(1))
      await cluster.start()
      cluster.client.refuse = statusRefusals(failures, getFails ? new Error('unread') : undefined)
      const taints = [{ key: 'a', effect: 'NoSchedule' }]
      cluster.updateNode('node-0', (node) => ({ ...node, spec: { taints } }))
      cluster.put(daemonSet)
      await cluster.settle()
      assert.equal(cluster.client.count('update', 'DaemonSet'), writes)
      assert.equal(cluster.client.count('get', 'DaemonSet'), reads)
      if (error === undefined) assert.deepEqual(cluster.errors, [])
      else assert.match(String(cluster.errors[0]), error)
    })
  }

  test('STATUS-23, QUEUE-09: availability that comes with time is noticed', async () => {
    const slow = daemonSetOf({ spec: { minReadySeconds: 10 } })
    const cluster = await new TestCluster().put(...nodesOf(1), slow).start()
    cluster.run()
    await cluster.settle()
    assert.equal(cluster.daemonSet().status.numberReady, 1)
    assert.equal(cluster.daemonSet().status.numberAvailable, 0)
    await cluster.clock.advance(9_999)
    assert.equal(cluster.daemonSet().status.numberAvailable, 0)
    await cluster.clock.advance(1)
    assert.equal(cluster.daemonSet().status.numberAvailable, 1)
  })

  test('STATUS-23: also where no pod was seen to become ready', async () => {
    const slow = daemonSetOf({ spec: { minReadySeconds: 10 } })
    const pod = podOf({ owner: slow, nodeName: 'node-0', templateGeneration: 1, readySince: epoch })
    const cluster = await new TestCluster().put(...nodesOf(1), slow, pod).start()
    await cluster.clock.advance(9_999)
    assert.equal(cluster.daemonSet().status.numberAvailable, 0)
    await cluster.clock.advance(1)
    assert.equal(cluster.daemonSet().status.numberAvailable, 1)
  })

  test('STATUS-23: nothing is awaited while all that is ready is available', async () => {
    const slow = daemonSetOf({ spec: { minReadySeconds: 10 } })
    const cluster = await new TestCluster().put(...nodesOf(1), slow).start()
    assert.equal(cluster.daemonSet().status.numberReady, 0)
    assert.equal(cluster.clock.pending, 1) // The periodic resync.
  })

  test('GATES-03: writing the status counts as a write of ours', async () => {
    const cluster = await new TestCluster().put(...nodesOf(2), daemonSet).start()
    cluster.client.hold('DaemonSet')
    cluster.run(cluster.pods().slice(0, 1))
    await cluster.settle()
    assert.equal(cluster.daemonSet().status.numberReady, 1)
    cluster.run(cluster.pods().slice(1))
    await cluster.settle()
    assert.match(String(cluster.errors[0]), /is not as new as written version "\d+" for DaemonSet$/)
  })

  test('STATUS-25, DELETE-12: a selector that matches no node empties the DaemonSet', async () => {
    const cluster = await new TestCluster().put(...nodesOf(3), daemonSet).start()
    cluster.run()
    await cluster.settle()
    cluster.updateSpec((spec) => ({
      ...spec,
      template: { ...spec.template, spec: { containers: [], nodeSelector: { none: 'such' } } },
    }))
    await cluster.settle()
    const { currentNumberScheduled, numberMisscheduled } = cluster.daemonSet().status
    assert.deepEqual([currentNumberScheduled, numberMisscheduled], [0, 0])
    assert.deepEqual(cluster.pods(), [])
  })
})

/** Refuses one write of the status after the other with the given messages, and every live read if told to. */
function statusRefusals(messages: readonly string[], readError: Error | undefined) {
  const left = [...messages]
  return ({ verb, kind, subresource }: FakeRequest) => {
    if (kind !== 'DaemonSet') return undefined
    if (verb === 'get') return readError
    const message = verb === 'update' && subresource === 'status' ? left.shift() : undefined
    return message === undefined ? undefined : new StatusError('Conflict', message)
  }
}

/** The DaemonSet as it was `number` templates ago. */
function earlierOf(number: number): DaemonSet {
  return daemonSetOf({ podSpec: { terminationGracePeriodSeconds: number } })
}
