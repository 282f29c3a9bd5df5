import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resources } from '../kubernetes/resources'
import { StatusError } from '../kubernetes/status-error'
import type { Draft, Kind, OwnerReference } from '../kubernetes/types'
import { podOf } from '../reconciler/testing/objects'
import { type ClusterFixture, minute, withCluster } from './cluster-fixture'
import { classify, type OwnerState, planFor } from './garbage-collection'
import { daemonSetDraft, watched } from './server-fixture'

const ownerNamed = (name: string): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid: name,
})

function planWith(
  states: Readonly<Record<string, OwnerState>>,
  hasDependents = false,
  finalizers: string[] = [],
) {
  const owners = Object.keys(states).map(ownerNamed)
  const classified = classify(owners, ({ name }) => states[name] ?? 'absent')
  const plan = planFor(podOf({ finalizers }), classified, hasDependents)
  return plan.kind === 'release'
    ? `release ${plan.from.map(({ name }) => name)}`
    : plan.kind === 'keep'
      ? 'keep'
      : plan.propagationPolicy
}

test('GC-03, GC-05: an owner that is there keeps the dependent, and the others are let go of', () => {
  assert.equal(planWith({ a: 'solid' }), 'keep')
  assert.equal(planWith({}), 'keep')
  assert.equal(planWith({ a: 'solid', b: 'absent', c: 'waiting' }), 'release b,c')
})

test('GC-06, GC-07: without one, the dependent is deleted in the way that its finalizers ask for', () => {
  assert.equal(planWith({ a: 'absent' }), 'Background')
  assert.equal(planWith({ a: 'absent' }, false, ['orphan']), 'Orphan')
  assert.equal(planWith({ a: 'absent' }, false, ['foregroundDeletion']), 'Foreground')
  assert.equal(planWith({ a: 'waiting' }), 'Background')
  assert.equal(planWith({ a: 'waiting', b: 'absent' }, true), 'Foreground')
})

const agent = { name: 'agent', namespace: 'default' }

async function withAgent(test: (fixture: ClusterFixture) => Promise<void>): Promise<void> {
  await withCluster(async (fixture) => {
    await fixture.join('node-a', 'node-b')
    await fixture.daemonSet(daemonSetDraft('agent'), 2)
    await test(fixture)
  })
}

test('GC-08, DELETE-01: in the background the DaemonSet goes first, then its pods and revisions', async () => {
  await withAgent(async ({ client, cluster, find, pods }) => {
    await client.delete('DaemonSet', agent)
    assert.equal(await find('DaemonSet', 'agent'), undefined)
    await cluster.advance(minute)
    assert.deepEqual(await pods(), [])
    assert.equal((await client.list('ControllerRevision')).items.length, 0)
  })
})

test('GC-09, GC-10, DELETE-02: in the foreground the DaemonSet waits for them', async () => {
  await withAgent(async ({ client, cluster, pods, find }) => {
    const shown = watched(client, 'DaemonSet')
    const gone = watched(client, 'Pod')
    await client.delete('DaemonSet', agent, { propagationPolicy: 'Foreground' })
    await cluster.drain()
    const waiting = await find('DaemonSet', 'agent')
    assert.deepEqual(waiting?.metadata.finalizers, ['foregroundDeletion'])
    assert.equal(
      (await pods()).every(({ metadata }) => metadata.deletionTimestamp !== undefined),
      true,
    )
    await cluster.advance(minute)
    assert.equal(await find('DaemonSet', 'agent'), undefined)
    assert.deepEqual(await pods(), [])
    const version = (watch: typeof shown) =>
      Number(watch.events.at(-1)?.object.metadata.resourceVersion)
    assert.equal(shown.events.at(-1)?.type, 'DELETED')
    assert.ok(version(shown) > version(gone), 'the DaemonSet went before its pods')
    assert.ok(
      gone.events.every(({ type }, index) => type !== 'ADDED' || index < 2),
      'a pod was re-created',
    )
  })
})

test('GC-11, DELETE-03: orphaned pods and revisions stay, and are adopted by a new DaemonSet', async () => {
  await withAgent(async ({ client, cluster, pods, find, daemonSet }) => {
    const before = await pods()
    await client.delete('DaemonSet', agent, { propagationPolicy: 'Orphan' })
    await cluster.advance(1_000)
    assert.equal(await find('DaemonSet', 'agent'), undefined)
    const left = await pods()
    assert.deepEqual(
      left.map(({ metadata }) => metadata.uid),
      before.map(({ metadata }) => metadata.uid),
    )
    assert.equal(
      left.every(({ metadata }) => (metadata.ownerReferences ?? []).length === 0),
      true,
    )
    await daemonSet(daemonSetDraft('agent'), 2)
    const adopted = await pods()
    assert.deepEqual(
      adopted.map(({ metadata }) => metadata.uid),
      before.map(({ metadata }) => metadata.uid),
    )
  })
})

const owned = (name: string, owners: readonly Draft[], namespace = 'default'): Draft => ({
  metadata: {
    name,
    namespace,
    ownerReferences: owners.map((owner) => ({
      apiVersion: 'v1',
      kind: owner.kind ?? 'ConfigMap',
      name: owner.metadata?.name ?? '',
      uid: owner.metadata?.uid ?? '',
    })),
  },
})

test('GC-04, GC-17: a dependent whose owner never was, or has another uid, kind or name, is deleted', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    const owner = await client.create('ConfigMap', {
      metadata: { name: 'owner', namespace: 'default' },
    })
    const ghost = { kind: 'ConfigMap', metadata: { name: 'ghost', uid: 'gone' } }
    const namesake = { kind: 'ConfigMap', metadata: { name: 'owner', uid: 'other' } }
    const impostor = { kind: 'Secret', metadata: { name: 'owner', uid: owner.metadata.uid } }
    const renamed = { kind: 'ConfigMap', metadata: { name: 'heir', uid: owner.metadata.uid } }
    await client.create('ConfigMap', owned('of-owner', [owner as unknown as Draft]))
    await client.create('ConfigMap', owned('of-ghost', [ghost]))
    await client.create('ConfigMap', owned('of-namesake', [namesake]))
    await client.create('ConfigMap', owned('of-impostor', [impostor]))
    await client.create('ConfigMap', owned('of-renamed', [renamed]))
    await client.create('ConfigMap', owned('of-two', [owner as unknown as Draft, ghost]))
    await cluster.advance(1_000)
    assert.ok(await find('ConfigMap', 'of-owner'))
    assert.equal(await find('ConfigMap', 'of-ghost'), undefined)
    assert.equal(await find('ConfigMap', 'of-namesake'), undefined)
    assert.equal(await find('ConfigMap', 'of-impostor'), undefined)
    assert.equal(await find('ConfigMap', 'of-renamed'), undefined)
    const shared = await find('ConfigMap', 'of-two')
    assert.deepEqual(
      shared?.metadata.ownerReferences?.map(({ name }) => name),
      ['owner'],
    )
  })
})

test('GC-13: an owner in another namespace counts as absent, with a warning', async () => {
  await withCluster(async ({ client, cluster, find, events }) => {
    const owner = await client.create('ConfigMap', {
      metadata: { name: 'owner', namespace: 'kube-system' },
    })
    await client.create('ConfigMap', owned('astray', [owner as unknown as Draft]))
    await cluster.advance(1_000)
    assert.equal(await find('ConfigMap', 'astray', 'default'), undefined)
    const { uid } = owner.metadata
    const expected = `OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: ${uid}] does not exist in namespace "default"`
    assert.deepEqual(await events('astray'), [expected])
  })
})

test('GC-15, NODE-27: the lease of a node goes with it', async () => {
  await withCluster(async ({ cluster, join, find }) => {
    await join('node-a')
    assert.ok(await find('Lease', 'node-a'))
    await cluster.nodes.leave('node-a')
    await cluster.advance(1_000)
    assert.equal(await find('Lease', 'node-a'), undefined)
  })
})

test('GC-18: a foreground owner waits for a dependent that others hold', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    const owner = await client.create('ConfigMap', {
      metadata: { name: 'owner', namespace: 'default' },
    })
    const draft = owned('held', [owner as unknown as Draft])
    const [reference] = draft.metadata?.ownerReferences ?? []
    assert.ok(reference)
    await client.create('ConfigMap', {
      metadata: {
        ...draft.metadata,
        finalizers: ['example.com/hold'],
        ownerReferences: [{ ...reference, blockOwnerDeletion: true }],
      },
    })
    const key = { name: 'owner', namespace: 'default' }
    await client.delete('ConfigMap', key, { propagationPolicy: 'Foreground' })
    await cluster.advance(minute)
    assert.ok((await find('ConfigMap', 'held'))?.metadata.deletionTimestamp)
    assert.ok(await find('ConfigMap', 'owner'))
    const held = { name: 'held', namespace: 'default' }
    await client.patch('ConfigMap', held, {
      type: 'merge',
      body: { metadata: { finalizers: null } },
    })
    await cluster.advance(1_000)
    assert.equal(await find('ConfigMap', 'owner', 'default'), undefined)
  })
})

/** A reference to an owner that is not, and never was, there. */
const nobody = (kind: string, apiVersion = 'v1') => ({
  apiVersion,
  kind,
  name: 'nobody',
  uid: 'nobody',
})

/** What each kind needs beside its metadata. */
const bodies: { readonly [K in Kind]?: Draft } = {
  ControllerRevision: { data: {}, revision: 1 },
  DaemonSet: daemonSetDraft('one'),
  Event: { involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' }, reason: 'R' },
  Pod: { spec: { containers: [{ name: 'c', image: 'x' }] } },
  PriorityClass: { value: 1 },
  Service: { spec: { ports: [{ port: 80 }] } },
}

test('GC-01: every kind that can be deleted is followed, events are not', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    await cluster.drain()
    const places = Object.values(resources).map(({ kind, namespaced }) => ({
      kind,
      owner: nobody(namespaced ? 'ConfigMap' : 'Node'),
      place: namespaced ? { namespace: 'default' } : {},
    }))
    for (const { kind, owner, place } of places) {
      const { metadata: _, ...body } = bodies[kind] ?? {}
      const metadata = { name: 'one', ownerReferences: [owner], ...place }
      await client.create(kind, { ...body, metadata })
    }
    await cluster.advance(minute)
    const left = await Promise.all(
      places.map(async ({ kind, place }) =>
        (await find(kind, 'one', place.namespace)) ? kind : [],
      ),
    )
    assert.deepEqual(left.flat(), ['Event'])
  })
})

test('GC-02: a dependent is examined when it appears, changes owners or loses one', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    const map = (name: string, ownerReferences: readonly object[] = []) =>
      client.create('ConfigMap', {
        metadata: { name, namespace: 'default', ownerReferences } as Draft['metadata'] & object,
      })
    const isThere = async (name: string) => {
      await cluster.drain()
      return (await find('ConfigMap', name, 'default')) !== undefined
    }
    await map('appearing', [nobody('ConfigMap')])
    assert.equal(await isThere('appearing'), false)
    await map('changing')
    assert.equal(await isThere('changing'), true)
    const body = { metadata: { ownerReferences: [nobody('ConfigMap')] } }
    const key = { name: 'changing', namespace: 'default' }
    await client.patch('ConfigMap', key, { type: 'merge', body })
    assert.equal(await isThere('changing'), false)
    const { metadata } = await map('owner')
    await map('losing', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid }])
    assert.equal(await isThere('losing'), true)
    await client.delete('ConfigMap', { name: 'owner', namespace: 'default' })
    assert.equal(await isThere('losing'), false)
  })
})

test('GC-14: a cluster-wide dependent of a namespaced owner is reported, and never collected', async () => {
  await withCluster(async ({ client, cluster, find, event }) => {
    const ownerReferences = [nobody('ConfigMap')]
    await client.create('PriorityClass', {
      metadata: { name: 'classy', ownerReferences },
      value: 5,
    })
    await cluster.advance(10 * minute)
    assert.ok(await find('PriorityClass', 'classy'))
    const reported = await event('classy', 'OwnerRefInvalidNamespace')
    assert.equal(reported?.type, 'Warning')
    assert.equal(reported?.metadata.namespace, 'default')
    assert.equal(
      reported?.message,
      'ownerRef [v1/ConfigMap, namespace: , name: nobody, uid: nobody] does not exist in namespace ""',
    )
  })
})

test('GC-16: failed work is repeated item by item, with a delay that doubles', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    const attempts: number[] = []
    const began = cluster.clock.now()
    const stop = cluster.server.intercept(({ verb, kind, name }) => {
      if (verb !== 'delete' || kind !== 'ConfigMap' || name !== 'stubborn') return undefined
      attempts.push(cluster.clock.now() - began)
      return attempts.length > 5 ? undefined : new StatusError('InternalError', 'not now')
    })
    for (const name of ['stubborn', 'easy']) {
      const ownerReferences = [nobody('ConfigMap')]
      await client.create('ConfigMap', {
        metadata: { name, namespace: 'default', ownerReferences },
      })
    }
    await cluster.drain()
    // The one that fails holds no other up.
    assert.equal(await find('ConfigMap', 'easy', 'default'), undefined)
    await cluster.advance(minute)
    stop()
    assert.equal(await find('ConfigMap', 'stubborn', 'default'), undefined)
    assert.deepEqual(attempts, [0, 5, 15, 35, 75, 155])
  })
})
