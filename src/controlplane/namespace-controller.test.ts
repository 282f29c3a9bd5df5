import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf } from '../kubernetes/conditions'
import { resources } from '../kubernetes/resources'
import { minute, withCluster } from './cluster-fixture'
import { daemonSetDraft, type podDraft, watched } from './server-fixture'

const inShop = (draft: ReturnType<typeof podDraft>) => ({
  ...draft,
  metadata: { ...draft.metadata, namespace: 'shop' },
})

test('GC-19, GC-25: an empty namespace takes five seconds', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    await client.create('Namespace', { metadata: { name: 'shop' } })
    await cluster.advance(1_000)
    await client.delete('Namespace', { name: 'shop' })
    await cluster.advance(4_900)
    assert.equal((await find('Namespace', 'shop'))?.status?.phase, 'Terminating')
    await cluster.advance(1_100)
    assert.equal(await find('Namespace', 'shop'), undefined)
    assert.deepEqual((await client.list('ConfigMap', { namespace: 'shop' })).items, [])
  })
})

test('GC-20, GC-26: pods go before everything else, and controllers make no new ones', async () => {
  await withCluster(async ({ client, cluster, find, pods, join, until, daemonSet }) => {
    await join('node-a')
    await client.create('Namespace', { metadata: { name: 'shop' } })
    await cluster.advance(1_000)
    await daemonSet(inShop(daemonSetDraft('agent')), 1)
    await client.create('ConfigMap', { metadata: { name: 'settings', namespace: 'shop' } })
    const shown = [
      watched(client, 'Pod', { namespace: 'shop' }),
      watched(client, 'ConfigMap', { namespace: 'shop' }),
    ]
    await client.delete('Namespace', { name: 'shop' })
    await until('gone', async () => (await find('Namespace', 'shop')) === undefined, 2 * minute)
    assert.deepEqual(await pods('shop'), [])
    const [podGone, mapGone] = shown.map(({ events }) =>
      Number(events.at(-1)?.object.metadata.resourceVersion),
    )
    assert.ok((podGone ?? 0) < (mapGone ?? 0))
  })
})

test('GC-22, GC-23, GC-24: content that others hold is told in the conditions', async () => {
  await withCluster(async ({ client, cluster, find, until }) => {
    await client.create('Namespace', { metadata: { name: 'shop' } })
    await cluster.advance(1_000)
    const metadata = { name: 'held', namespace: 'shop', finalizers: ['example.com/hold'] }
    await client.create('ConfigMap', { metadata })
    await client.delete('Namespace', { name: 'shop' })
    await cluster.advance(minute)
    const conditions = (await find('Namespace', 'shop'))?.status?.conditions
    assert.deepEqual(
      conditions?.map(({ type, status, reason }) => [type, status, reason]),
      [
        ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered'],
        ['NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions'],
        ['NamespaceDeletionContentFailure', 'False', 'ContentDeleted'],
        ['NamespaceContentRemaining', 'True', 'SomeResourcesRemain'],
        ['NamespaceFinalizersRemaining', 'True', 'SomeFinalizersRemain'],
      ],
    )
    assert.equal(
      conditionOf(conditions, 'NamespaceContentRemaining')?.message,
      'Some resources are remaining: configmaps. has 1 resource instances',
    )
    assert.equal(
      conditionOf(conditions, 'NamespaceFinalizersRemaining')?.message,
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    )
    const body = { metadata: { finalizers: null } }
    await client.patch('ConfigMap', { name: 'held', namespace: 'shop' }, { type: 'merge', body })
    await until('gone', async () => (await find('Namespace', 'shop')) === undefined, 10_000)
  })
})

test('GC-28: every namespace gets its service account and root certificate, and again', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    await client.create('Namespace', { metadata: { name: 'shop' } })
    await cluster.drain()
    assert.ok(await find('ServiceAccount', 'default', 'shop'))
    const map = await find('ConfigMap', 'kube-root-ca.crt', 'shop')
    assert.match(map?.data?.['ca.crt'] ?? '', /BEGIN CERTIFICATE/)
    await client.delete('ServiceAccount', { name: 'default', namespace: 'shop' })
    await client.delete('ConfigMap', { name: 'kube-root-ca.crt', namespace: 'shop' })
    await cluster.drain()
    assert.ok(await find('ServiceAccount', 'default', 'shop'))
    assert.ok(await find('ConfigMap', 'kube-root-ca.crt', 'shop'))
  })
})

test('GC-21: each kind is deleted as a collection, in the background, and then listed again', async () => {
  await withCluster(async ({ client, cluster, find }) => {
    await client.create('Namespace', { metadata: { name: 'shop' } })
    await cluster.advance(1_000)
    for (const name of ['a', 'b', 'c']) {
      await client.create('ConfigMap', { metadata: { name, namespace: 'shop' } })
      await client.create('Secret', { metadata: { name, namespace: 'shop' } })
    }
    const asked: string[] = []
    const stop = cluster.server.intercept(({ verb, kind, namespace, options, userAgent }) => {
      if (namespace !== 'shop' || userAgent !== 'kube-controller-manager') return
      const policy = options?.propagationPolicy
      asked.push([verb, kind, ...(policy === undefined ? [] : [policy])].join(' '))
    })
    await client.delete('Namespace', { name: 'shop' })
    await cluster.advance(10_000)
    stop()
    assert.equal(await find('Namespace', 'shop'), undefined)
    for (const kind of ['ConfigMap', 'Secret', 'ServiceAccount']) {
      const own = asked.filter((line) => line.split(' ')[1] === kind)
      assert.deepEqual(own, [`list ${kind}`, `deletecollection ${kind} Background`, `list ${kind}`])
    }
    assert.deepEqual(
      asked.filter((line) => line.startsWith('delete ')),
      [],
    )
    const listed = new Set(asked.map((line) => line.split(' ')[1]))
    for (const { kind, namespaced } of Object.values(resources)) {
      if (namespaced) assert.ok(listed.has(kind), kind)
    }
  })
})
