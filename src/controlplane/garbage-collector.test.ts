import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Draft, OwnerReference } from '../kubernetes/types'
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

test('GC-04, GC-17: a dependent whose owner never was, or has another uid, is deleted', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    const owner = await client.create('ConfigMap', {
      metadata: { name: 'owner', namespace: 'default' },
    })
    const ghost = { kind: 'ConfigMap', metadata: { name: 'ghost', uid: 'gone' } }
    const namesake = { kind: 'ConfigMap', metadata: { name: 'owner', uid: 'other' } }
    await client.create('ConfigMap', owned('of-owner', [owner as unknown as Draft]))
    await client.create('ConfigMap', owned('of-ghost', [ghost]))
    await client.create('ConfigMap', owned('of-namesake', [namesake]))
    await client.create('ConfigMap', owned('of-two', [owner as unknown as Draft, ghost]))
    await cluster.advance(1_000)
    assert.ok(await find('ConfigMap', 'of-owner'))
    assert.equal(await find('ConfigMap', 'of-ghost'), undefined)
    assert.equal(await find('ConfigMap', 'of-namesake'), undefined)
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
