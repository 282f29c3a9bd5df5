import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Client } from '../kubernetes/client'
import type { Pod } from '../kubernetes/types'
import {
  daemonSetDraft,
  podDraft,
  refusalOf,
  settled,
  startServer,
  watched,
} from './server-fixture'

const key = (name: string) => ({ namespace: 'default', name })

async function boundPod(client: Client, name: string, spec: object = {}): Promise<Pod> {
  await client.create('Pod', podDraft(name, { spec }))
  await client.createSubresource('Pod', key(name), 'binding', {
    metadata: { name },
    target: { name: 'node-1' },
  })
  return client.get('Pod', key(name))
}

describe('delete', () => {
  it('API-196, WATCH-16: what nothing holds is gone at once, and watchers see its last state', async () => {
    const { client, server } = await startServer()
    const created = await client.create('ConfigMap', {
      metadata: { name: 'c', namespace: 'default' },
    })
    const { events } = watched(client, 'ConfigMap', { resourceVersion: server.resourceVersion })
    const result = server.handle({
      verb: 'delete',
      kind: 'ConfigMap',
      ...key('c'),
      userAgent: 't',
    })
    assert.deepEqual(result.type === 'status' && result.status, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'c', kind: 'configmaps', uid: created.metadata.uid },
    })
    assert.equal((await refusalOf(client.get('ConfigMap', key('c')))).code, 404)
    await settled()
    assert.equal(events[0]?.type, 'DELETED')
    assert.equal(events[0]?.object.metadata.uid, created.metadata.uid)
    assert.equal(events[0]?.object.metadata.resourceVersion, server.resourceVersion)
  })

  it('API-197: pods, services and accounts answer with the object', async () => {
    const { client, server } = await startServer()
    await client.create('Pod', podDraft('p'))
    const answer = (kind: 'Pod' | 'ServiceAccount', name: string) =>
      server.handle({ verb: 'delete', kind, ...key(name), userAgent: 't' })
    assert.equal(answer('Pod', 'p').type, 'object')
    assert.equal(answer('ServiceAccount', 'default').type, 'object')
  })

  it('API-198: preconditions must hold', async () => {
    const { client } = await startServer()
    const stored = await client.create('DaemonSet', daemonSetDraft('ssa1'))
    const uid = await refusalOf(
      client.delete('DaemonSet', key('ssa1'), { preconditions: { uid: 'other' } }),
    )
    assert.equal(uid.code, 409)
    assert.equal(
      uid.message,
      `Operation cannot be fulfilled on DaemonSet.apps "ssa1": the UID in the precondition (other) does not match the UID in record (${stored.metadata.uid}). The object might have been deleted and then recreated`,
    )
    assert.equal(uid.details.kind, 'DaemonSet')
    const version = await refusalOf(
      client.delete('DaemonSet', key('ssa1'), { preconditions: { resourceVersion: '1' } }),
    )
    assert.match(version.message, /ResourceVersion .* The object might have been modified$/)
    const { uid: given, resourceVersion } = stored.metadata
    await client.delete('DaemonSet', key('ssa1'), {
      preconditions: { uid: given, resourceVersion },
    })
  })

  it('API-199: refuses unknown and contradicting policies', async () => {
    const { client, server } = await startServer()
    await client.create('DaemonSet', daemonSetDraft('web'))
    const unknown = await refusalOf(
      client.delete('DaemonSet', key('web'), { propagationPolicy: 'Sideways' as 'Orphan' }),
    )
    assert.equal(unknown.code, 422)
    assert.match(
      unknown.message,
      /^DeleteOptions\.meta\.k8s\.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"$/,
    )
    assert.throws(
      () =>
        server.handle({
          verb: 'delete',
          kind: 'DaemonSet',
          ...key('web'),
          options: { propagationPolicy: 'Orphan', orphanDependents: true },
          userAgent: 't',
        }),
      /orphanDependents and deletionPropagation cannot be both set/,
    )
  })

  it('DELETE-04: options decide on the propagation, then finalizers, then the default', async () => {
    const { client, server } = await startServer()
    /** What holds the DaemonSet after the delete; nothing when it has gone. */
    const heldBy = async (options: object, finalizers: readonly string[]) => {
      await client.create('DaemonSet', daemonSetDraft('a', { metadata: { finalizers } }))
      server.handle({ verb: 'delete', kind: 'DaemonSet', ...key('a'), options, userAgent: 't' })
      const held = await client.get('DaemonSet', key('a')).catch(() => undefined)
      if (held === undefined) return 'gone'
      const patch = { type: 'merge', body: { metadata: { finalizers: null } } } as const
      await client.patch('DaemonSet', key('a'), patch)
      return held.metadata.finalizers?.join()
    }
    const present = [[], ['orphan'], ['foregroundDeletion']] as const
    const table = async (options: object) => [
      await heldBy(options, present[0]),
      await heldBy(options, present[1]),
      await heldBy(options, present[2]),
    ]
    const all = (what: string) => [what, what, what]
    assert.deepEqual(await table({ orphanDependents: true }), all('orphan'))
    assert.deepEqual(await table({ orphanDependents: false }), all('gone'))
    assert.deepEqual(await table({ propagationPolicy: 'Orphan' }), all('orphan'))
    assert.deepEqual(await table({ propagationPolicy: 'Foreground' }), all('foregroundDeletion'))
    assert.deepEqual(await table({ propagationPolicy: 'Background' }), all('gone'))
    assert.deepEqual(await table({}), ['gone', 'orphan', 'foregroundDeletion'])
  })

  it('API-200, API-201: Orphan and Foreground keep the object for the garbage collector', async () => {
    const { client, server } = await startServer()
    const { events } = watched(client, 'DaemonSet', { resourceVersion: server.resourceVersion })
    await client.create('DaemonSet', daemonSetDraft('a'))
    await client.delete('DaemonSet', key('a'), { propagationPolicy: 'Foreground' })
    const foreground = await client.get('DaemonSet', key('a'))
    assert.deepEqual(foreground.metadata.finalizers, ['foregroundDeletion'])
    assert.equal(foreground.metadata.deletionGracePeriodSeconds, 0)
    assert.equal(foreground.metadata.generation, 2)
    await client.delete('DaemonSet', key('a'))
    assert.equal(await client.get('DaemonSet', key('a')), foreground)
    await client.delete('DaemonSet', key('a'), { propagationPolicy: 'Orphan' })
    assert.deepEqual((await client.get('DaemonSet', key('a'))).metadata.finalizers, ['orphan'])
    await client.delete('DaemonSet', key('a'), { propagationPolicy: 'Background' })
    assert.equal((await refusalOf(client.get('DaemonSet', key('a')))).code, 404)
    await settled()
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED'],
    )
  })

  it('API-202: the last finalizer takes the object along', async () => {
    const { client, server } = await startServer()
    await client.create('DaemonSet', daemonSetDraft('a', { metadata: { finalizers: ['x/y'] } }))
    await client.delete('DaemonSet', key('a'))
    const deleting = await client.get('DaemonSet', key('a'))
    const { events } = watched(client, 'DaemonSet', { resourceVersion: server.resourceVersion })
    const answer = await client.patch('DaemonSet', key('a'), {
      type: 'merge',
      body: { metadata: { finalizers: null } },
    })
    assert.equal(answer.metadata.resourceVersion, deleting.metadata.resourceVersion)
    await settled()
    assert.deepEqual(
      events.map(({ type }) => type),
      ['DELETED'],
    )
    assert.ok(
      Number(events[0]?.object.metadata.resourceVersion) >
        Number(deleting.metadata.resourceVersion),
    )
    assert.equal((await refusalOf(client.get('DaemonSet', key('a')))).code, 404)
  })

  it('API-203: no finalizer can be added to a deletion', async () => {
    const { client } = await startServer()
    await client.create('DaemonSet', daemonSetDraft('a', { metadata: { finalizers: ['x/y'] } }))
    await client.delete('DaemonSet', key('a'))
    const error = await refusalOf(
      client.patch('DaemonSet', key('a'), {
        type: 'merge',
        body: { metadata: { finalizers: ['x/y', 'x/z'] } },
      }),
    )
    assert.equal(error.code, 422)
    assert.match(
      error.message,
      /no new finalizers can be added if the object is being deleted, found new finalizers \[\]string\{"x\/z"\}/,
    )
  })

  it('API-206: deletes a collection by selector, and answers with the objects', async () => {
    const { client, server } = await startServer()
    for (const name of ['a', 'b', 'c']) {
      const labels = { keep: name === 'b' ? 'yes' : 'no' }
      await client.create('ConfigMap', { metadata: { name, namespace: 'default', labels } })
    }
    const result = server.handle({
      verb: 'deletecollection',
      kind: 'ConfigMap',
      namespace: 'default',
      options: { labelSelector: 'keep=no' },
      userAgent: 't',
    })
    assert.deepEqual(result.type === 'list' && result.items.map(({ metadata }) => metadata.name), [
      'a',
      'c',
    ])
    const left = await client.list('ConfigMap', { namespace: 'default' })
    assert.deepEqual(
      left.items.map(({ metadata }) => metadata.name),
      ['b'],
    )
    const namespaces = await refusalOf(client.deleteCollection('Namespace', {}))
    assert.equal(namespaces.code, 405)
  })
})

describe('delete of pods', () => {
  it('API-204: a running pod gets its grace', async () => {
    const { client, clock, server } = await startServer()
    await boundPod(client, 'p', { terminationGracePeriodSeconds: 7 })
    const { events } = watched(client, 'Pod', { resourceVersion: server.resourceVersion })
    await client.delete('Pod', key('p'))
    const { metadata } = await client.get('Pod', key('p'))
    assert.equal(Date.parse(metadata.deletionTimestamp ?? ''), clock.now() + 7000)
    assert.equal(metadata.deletionGracePeriodSeconds, 7)
    assert.equal(metadata.generation, 2)
    await settled()
    assert.deepEqual(
      events.map(({ type }) => type),
      ['MODIFIED'],
    )
  })

  it('API-204: the option counts, and a negative one is a second', async () => {
    const { client } = await startServer()
    await boundPod(client, 'p')
    await boundPod(client, 'q')
    await client.delete('Pod', key('p'), { gracePeriodSeconds: 3 })
    await client.delete('Pod', key('q'), { gracePeriodSeconds: -5 })
    assert.equal((await client.get('Pod', key('p'))).metadata.deletionGracePeriodSeconds, 3)
    assert.equal((await client.get('Pod', key('q'))).metadata.deletionGracePeriodSeconds, 1)
  })

  it('API-204, WATCH-17: a pod without node, or one that has ended, goes at once', async () => {
    const { client, server } = await startServer()
    await client.create('Pod', podDraft('unbound'))
    await boundPod(client, 'failed')
    await client.patch(
      'Pod',
      key('failed'),
      { type: 'merge', body: { status: { phase: 'Failed' } } },
      { subresource: 'status' },
    )
    const { lines } = watched(client, 'Pod', { resourceVersion: server.resourceVersion })
    await client.delete('Pod', key('unbound'))
    await client.delete('Pod', key('failed'), { gracePeriodSeconds: 30 })
    await settled()
    assert.deepEqual(lines(), [
      'MODIFIED unbound',
      'DELETED unbound',
      'MODIFIED failed',
      'DELETED failed',
    ])
  })

  it('API-205: a shorter grace counts from the first request, a longer one changes nothing', async () => {
    const { client, clock } = await startServer()
    await boundPod(client, 'p')
    const began = clock.now()
    await client.delete('Pod', key('p'), { gracePeriodSeconds: 30 })
    const first = await client.get('Pod', key('p'))
    clock.advanceTo(began + 5000)
    await client.delete('Pod', key('p'), { gracePeriodSeconds: 60 })
    assert.equal(await client.get('Pod', key('p')), first)
    await client.delete('Pod', key('p'))
    assert.equal(await client.get('Pod', key('p')), first)
    await client.delete('Pod', key('p'), { gracePeriodSeconds: 10 })
    const { metadata } = await client.get('Pod', key('p'))
    assert.equal(Date.parse(metadata.deletionTimestamp ?? ''), began + 10_000)
    assert.equal(metadata.deletionGracePeriodSeconds, 10)
    assert.equal(metadata.generation, 2)
    await client.delete('Pod', key('p'), { gracePeriodSeconds: 2 })
    const last = await client.get('Pod', key('p'))
    assert.equal(Date.parse(last.metadata.deletionTimestamp ?? ''), began + 5000)
  })

  it('API-205: the kubelet’s last delete shows grace 0 and then the end', async () => {
    const { client, server } = await startServer()
    await boundPod(client, 'p')
    await client.delete('Pod', key('p'))
    const { events } = watched(client, 'Pod', { resourceVersion: server.resourceVersion })
    await client.delete('Pod', key('p'), { gracePeriodSeconds: 0 })
    await settled()
    assert.deepEqual(
      events.map(({ type, object }) => [type, object.metadata.deletionGracePeriodSeconds]),
      [
        ['MODIFIED', 0],
        ['DELETED', 0],
      ],
    )
  })

  it('API-201, API-202: finalizers hold a pod beyond its grace', async () => {
    const { client } = await startServer()
    await client.create('Pod', podDraft('p', { metadata: { finalizers: ['a/b'] } }))
    await client.delete('Pod', key('p'), { gracePeriodSeconds: 0 })
    assert.equal((await client.get('Pod', key('p'))).metadata.deletionGracePeriodSeconds, 0)
    await client.patch('Pod', key('p'), { type: 'merge', body: { metadata: { finalizers: [] } } })
    assert.equal((await refusalOf(client.get('Pod', key('p')))).code, 404)
  })
})

describe('delete of namespaces', () => {
  it('API-237, API-236: Terminating until its finalizers are gone', async () => {
    const { client, server } = await startServer()
    const created = await client.create('Namespace', { metadata: { name: 'n' } })
    assert.equal(created.status?.phase, 'Active')
    assert.deepEqual(created.spec?.finalizers, ['kubernetes'])
    await client.delete('Namespace', { name: 'n' })
    const terminating = await client.get('Namespace', { name: 'n' })
    assert.equal(terminating.status?.phase, 'Terminating')
    assert.ok(terminating.metadata.deletionTimestamp)
    assert.equal(terminating.metadata.deletionGracePeriodSeconds, undefined)
    await client.delete('Namespace', { name: 'n' })
    assert.equal(await client.get('Namespace', { name: 'n' }), terminating)
    const ignored = await client.patch(
      'Namespace',
      { name: 'n' },
      {
        type: 'merge',
        body: { spec: { finalizers: [] } },
      },
    )
    assert.deepEqual(ignored.spec?.finalizers, ['kubernetes'])
    const { lines } = watched(client, 'Namespace', { resourceVersion: server.resourceVersion })
    await client.update(
      'Namespace',
      { ...terminating, spec: { finalizers: [] } },
      { subresource: 'finalize' },
    )
    await settled()
    assert.deepEqual(lines(), ['DELETED n'])
    assert.equal((await refusalOf(client.get('Namespace', { name: 'n' }))).code, 404)
  })

  it('API-215: the first three cannot be deleted', async () => {
    const { client } = await startServer()
    for (const name of ['default', 'kube-system', 'kube-public']) {
      const error = await refusalOf(client.delete('Namespace', { name }))
      assert.deepEqual(
        [error.code, error.message],
        [403, `namespaces "${name}" is forbidden: this namespace may not be deleted`],
      )
    }
  })
})

describe('events', () => {
  it('API-238: go an hour after their last write', async () => {
    const { client, clock } = await startServer()
    const event = (name: string) => ({
      metadata: { name, namespace: 'default' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
      reason: 'Tested',
      message: 'said',
      type: 'Normal',
      count: 1,
    })
    await client.create('Event', event('a.1'))
    await client.create('Event', event('b.1'))
    const names = async () =>
      (await client.list('Event', { namespace: 'default' })).items.map(
        ({ metadata }) => metadata.name,
      )
    clock.advanceTo(clock.now() + 1_800_000)
    await client.patch('Event', key('a.1'), { type: 'strategic', body: { count: 2 } })
    clock.advanceTo(clock.now() + 1_800_000)
    assert.deepEqual(await names(), ['a.1'])
    clock.advanceTo(clock.now() + 1_800_000)
    assert.deepEqual(await names(), [])
  })
})
