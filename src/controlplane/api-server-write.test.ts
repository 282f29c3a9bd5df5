import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import type { Draft } from '../kubernetes/types'
import {
  daemonSetDraft,
  podDraft,
  refusalOf,
  settled,
  startServer,
  watched,
} from './server-fixture'

const key = (name: string) => ({ namespace: 'default', name })

describe('create', () => {
  it('API-123, API-125: stores the object with uid, time, version, kind and apiVersion', async () => {
    const { client, clock } = await startServer()
    const created = await client.create('ConfigMap', {
      metadata: { name: 'c', namespace: 'default' },
      data: { a: 'b' },
    })
    assert.equal(created.kind, 'ConfigMap')
    assert.equal(created.apiVersion, 'v1')
    assert.match(
      created.metadata.uid,
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    assert.equal(Date.parse(created.metadata.creationTimestamp), clock.now())
    assert.match(created.metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.match(created.metadata.resourceVersion, /^[1-9]\d*$/)
    assert.deepEqual(await client.get('ConfigMap', key('c')), created)
  })

  it('returns frozen objects, and leaves the draft to the caller', async () => {
    const { client } = await startServer()
    const draft = { metadata: { name: 'c', namespace: 'default' }, data: { a: 'b' } }
    const created = await client.create('ConfigMap', draft)
    draft.data.a = 'changed'
    assert.deepEqual((await client.get('ConfigMap', key('c'))).data, { a: 'b' })
    assert.throws(() => {
      ;(created.metadata as { name: string }).name = 'x'
    }, TypeError)
  })

  it('API-125, API-126: refuses another version and another kind', async () => {
    const { client } = await startServer()
    const scheme = 'in scheme "pkg/api/legacyscheme/scheme.go:30"'
    for (const [type, message] of [
      [
        { apiVersion: 'extensions/v1beta1' },
        'the API version in the data (extensions/v1beta1) does not match the expected API version (apps/v1)',
      ],
      [
        { apiVersion: 'apps/v2' },
        `DaemonSet in version "v2" cannot be handled as a DaemonSet: no kind "DaemonSet" is registered for version "apps/v2" ${scheme}`,
      ],
      [
        { apiVersion: 'apps/v1', kind: 'Deployment' },
        'Deployment in version "v1" cannot be handled as a DaemonSet: converting (v1.Deployment) to (apps.DaemonSet): unknown conversion',
      ],
      [
        { apiVersion: 'v1', kind: 'Pod' },
        'Pod in version "v1" cannot be handled as a DaemonSet: converting (v1.Pod) to (apps.DaemonSet): unknown conversion',
      ],
      [
        { kind: 'Pod' },
        `Pod in version "v1" cannot be handled as a DaemonSet: no kind "Pod" is registered for version "apps/v1" ${scheme}`,
      ],
      [
        { kind: 'constructor' },
        `constructor in version "v1" cannot be handled as a DaemonSet: no kind "constructor" is registered for version "apps/v1" ${scheme}`,
      ],
    ] as const) {
      const error = await refusalOf(client.create('DaemonSet', { ...daemonSetDraft('a'), ...type }))
      assert.deepEqual([error.reason, error.message], ['BadRequest', message])
    }
  })

  it('API-127: refuses bodies that are no objects', async () => {
    const { server } = await startServer()
    for (const body of [[], 'text', 7, null]) {
      assert.throws(
        () =>
          server.handle({
            verb: 'create',
            kind: 'Pod',
            namespace: 'default',
            body,
            userAgent: 't',
          }),
        (error) => StatusError.is(error, 'BadRequest') && /must be of type Pod/.test(error.message),
      )
    }
  })

  it('API-128: drops what only the server may say', async () => {
    const { client } = await startServer()
    const created = await client.create('Pod', {
      ...podDraft('p'),
      metadata: {
        name: 'p',
        namespace: 'default',
        uid: 'mine',
        creationTimestamp: '2001-01-01T00:00:00Z',
        deletionTimestamp: '2001-01-01T00:00:00Z',
        deletionGracePeriodSeconds: 3,
        selfLink: '/x',
      },
      status: { phase: 'Running', podIP: '1.2.3.4' },
    })
    assert.notEqual(created.metadata.uid, 'mine')
    assert.notEqual(created.metadata.creationTimestamp, '2001-01-01T00:00:00Z')
    assert.equal(created.metadata.deletionTimestamp, undefined)
    assert.equal(created.metadata.deletionGracePeriodSeconds, undefined)
    assert.equal(created.metadata.selfLink, undefined)
    assert.equal(created.status.phase, 'Pending')
    assert.equal(created.status.podIP, undefined)
  })

  it('API-129: refuses a namespace other than that of the request, and fills in a missing one', async () => {
    const { server } = await startServer()
    const request = {
      verb: 'create',
      kind: 'ConfigMap',
      namespace: 'default',
      userAgent: 't',
    } as const
    assert.throws(
      () => server.handle({ ...request, body: { metadata: { name: 'c', namespace: 'other' } } }),
      {
        message:
          'the namespace of the provided object does not match the namespace sent on the request',
      },
    )
    const result = server.handle({ ...request, body: { metadata: { name: 'c' } } })
    assert.equal(result.type === 'object' && result.object.metadata.namespace, 'default')
    assert.equal(result.code, 201)
  })

  it('API-130: refuses a resource version, without a reason', async () => {
    const { client } = await startServer()
    const error = await refusalOf(
      client.create('ConfigMap', {
        metadata: { name: 'c', namespace: 'default', resourceVersion: '5' },
      }),
    )
    assert.deepEqual(
      [error.code, error.reason, error.message],
      [500, '', 'resourceVersion should not be set on objects to be created'],
    )
  })

  it('API-131: refuses an object without any name', async () => {
    const { client } = await startServer()
    const error = await refusalOf(
      client.create('ConfigMap', { metadata: { namespace: 'default' } }),
    )
    assert.equal(error.code, 422)
    assert.deepEqual(error.details.causes, [
      {
        reason: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
        field: 'metadata.name',
      },
    ])
  })

  it('API-119, API-131: says what else is wrong with a nameless object', async () => {
    const { server } = await startServer()
    const made = (kind: 'Pod' | 'DaemonSet', body: object | undefined) => {
      try {
        server.handle({ verb: 'create', kind, namespace: 'default', body, userAgent: 't' })
      } catch (error) {
        return StatusError.is(error, 'Invalid') ? error.message : error
      }
      return 'nothing'
    }
    const name = 'metadata.name: Required value: name or generateName is required'
    const containers = 'spec.containers: Required value'
    for (const body of [{}, { spec: null }, { metadata: null }, { spec: {} }]) {
      assert.equal(made('Pod', body), `Pod "" is invalid: [${name}, ${containers}]`)
    }
    const labels =
      'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`'
    assert.equal(
      made('DaemonSet', { metadata: {}, spec: {} }),
      `DaemonSet.apps "" is invalid: [${name}, ${labels}, spec.template.${containers}]`,
    )
  })

  it('API-188: a namespace whose name is made up carries it as a label', async () => {
    const { client } = await startServer()
    const { metadata } = await client.create('Namespace', { metadata: { generateName: 'ns-' } })
    assert.deepEqual(metadata.labels, { 'kubernetes.io/metadata.name': metadata.name })
  })

  it('API-132: makes up a name from generateName', async () => {
    const { client } = await startServer()
    const base = `${'x'.repeat(70)}-`
    const created = await client.create('ConfigMap', {
      metadata: { generateName: base, namespace: 'default' },
    })
    assert.match(created.metadata.name, /^x{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    assert.equal(created.metadata.generateName, base)
    const named = await client.create('ConfigMap', {
      metadata: { name: 'given', generateName: 'g-', namespace: 'default' },
    })
    assert.equal(named.metadata.name, 'given')
    assert.equal(named.metadata.generateName, 'g-')
  })

  it('API-117: refuses a taken name, and says so when the old object is being deleted', async () => {
    const { client } = await startServer()
    await client.create('DaemonSet', daemonSetDraft('web', { metadata: { finalizers: ['a/b'] } }))
    const taken = await refusalOf(client.create('DaemonSet', daemonSetDraft('web')))
    assert.deepEqual(
      [taken.code, taken.reason, taken.message, taken.details],
      [
        409,
        'AlreadyExists',
        'daemonsets.apps "web" already exists',
        { name: 'web', group: 'apps', kind: 'daemonsets' },
      ],
    )
    await client.delete('DaemonSet', key('web'))
    const going = await refusalOf(client.create('DaemonSet', daemonSetDraft('web')))
    assert.equal(going.message, 'object is being deleted: daemonsets.apps "web" already exists')
  })

  it('API-135, API-136: needs a namespace that exists and stays', async () => {
    const { client } = await startServer()
    const missing = await refusalOf(
      client.create('ConfigMap', { metadata: { name: 'c', namespace: 'nowhere' } }),
    )
    assert.deepEqual(
      [missing.code, missing.message, missing.details.kind],
      [404, 'namespaces "nowhere" not found', 'namespaces'],
    )
    await client.create('Namespace', { metadata: { name: 'going' } })
    await client.create('ConfigMap', { metadata: { name: 'old', namespace: 'going' } })
    await client.delete('Namespace', { name: 'going' })
    const terminating = await refusalOf(
      client.create('ConfigMap', { metadata: { name: 'c', namespace: 'going' } }),
    )
    assert.equal(terminating.code, 403)
    assert.equal(
      terminating.message,
      'configmaps "c" is forbidden: unable to create new content in namespace going because it is being terminated',
    )
    assert.ok(StatusError.hasCause(terminating, 'NamespaceTerminating'))
    await client.patch(
      'ConfigMap',
      { name: 'old', namespace: 'going' },
      { type: 'merge', body: { data: { a: 'b' } } },
    )
    await client.delete('ConfigMap', { name: 'old', namespace: 'going' })
  })

  it('API-114: refuses to create a namespaced object without a namespace', async () => {
    const { client } = await startServer()
    const error = await refusalOf(client.create('ConfigMap', { metadata: { name: 'c' } }))
    assert.equal(error.reason, 'MethodNotAllowed')
  })

  it('API-192: accepts repeated owner uids once, with a warning', async () => {
    const { server } = await startServer()
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' }
    const result = server.handle({
      verb: 'create',
      kind: 'ConfigMap',
      namespace: 'default',
      body: { metadata: { name: 'c', ownerReferences: [owner, { ...owner, name: 'again' }] } },
      userAgent: 't',
    })
    assert.deepEqual(result.type === 'object' && result.object.metadata.ownerReferences, [owner])
    assert.equal(result.warnings.length, 1)
  })
})

describe('a seed', () => {
  it('repeats names, uids and versions', async () => {
    const history = async (seed: number) => {
      const { client } = await startServer({ seed })
      await client.create('DaemonSet', daemonSetDraft('web'))
      for (let i = 0; i < 3; i++) {
        const { metadata, ...draft } = podDraft('')
        await client.create('Pod', {
          ...draft,
          metadata: { ...metadata, name: '', generateName: 'p-' },
        })
      }
      return JSON.stringify([await client.list('Pod'), await client.list('DaemonSet')])
    }
    assert.equal(await history(7), await history(7))
    assert.notEqual(await history(7), await history(8))
  })
})

describe('field validation and dry run', () => {
  const strange = {
    metadata: { name: 'c', namespace: 'default', foo: 1 },
    bar: 2,
  } as unknown as Draft

  it('API-138: Strict refuses unknown fields', async () => {
    const { client } = await startServer()
    const error = await refusalOf(
      client.create('ConfigMap', strange, { fieldValidation: 'Strict' }),
    )
    assert.equal(error.code, 400)
    assert.match(
      error.message,
      /^ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "/,
    )
    assert.match(error.message, /unknown field "metadata\.foo"/)
    assert.match(error.message, /unknown field "bar"/)
  })

  it('API-139: Warn drops them with a warning each, Ignore without', async () => {
    const { server } = await startServer()
    const request = {
      verb: 'create',
      kind: 'ConfigMap',
      namespace: 'default',
      body: strange,
      userAgent: 't',
    } as const
    const warned = server.handle({ ...request, options: { dryRun: ['All'] } })
    assert.deepEqual([...warned.warnings].sort(), [
      'unknown field "bar"',
      'unknown field "metadata.foo"',
    ])
    const ignored = server.handle({ ...request, options: { fieldValidation: 'Ignore' } })
    assert.deepEqual(ignored.warnings, [])
    assert.equal(ignored.type === 'object' && 'bar' in ignored.object, false)
  })

  it('API-137: refuses any other field validation', async () => {
    const { client } = await startServer()
    const error = await refusalOf(
      client.create('ConfigMap', strange, { fieldValidation: 'Maybe' as 'Warn' }),
    )
    assert.equal(error.code, 422)
    assert.match(
      error.message,
      /^CreateOptions\.meta\.k8s\.io "" is invalid: fieldValidation: Unsupported value: "Maybe"/,
    )
  })

  it('API-141: Strict shows a patch that leads to unknown fields', async () => {
    const { client } = await startServer()
    await client.create('DaemonSet', daemonSetDraft('web'))
    const error = await refusalOf(
      client.patch(
        'DaemonSet',
        key('web'),
        { type: 'merge', body: { spec: { foo: 1 } } },
        { fieldValidation: 'Strict' },
      ),
    )
    assert.equal(error.code, 422)
    // What came of the patch is shown, not the patch.
    assert.match(
      error.message,
      /^ "" is invalid: patch: Invalid value: "\{\\"apiVersion\\":\\"apps.v1\\",.*\\"foo\\":1.*\}": strict decoding error: unknown field "spec\.foo"$/,
    )
    assert.equal(error.details.causes?.[0]?.field, 'patch')
  })

  it('API-142: dry run shows the result and stores nothing', async () => {
    const { client, server } = await startServer()
    const { events } = watched(client, 'ConfigMap', { resourceVersion: server.resourceVersion })
    const created = await client.create(
      'ConfigMap',
      { metadata: { name: 'c', namespace: 'default' } },
      { dryRun: true },
    )
    assert.ok(created.metadata.uid)
    assert.equal(created.metadata.resourceVersion, undefined)
    await client.create('ConfigMap', { metadata: { name: 'real', namespace: 'default' } })
    const patched = await client.patch(
      'ConfigMap',
      key('real'),
      { type: 'merge', body: { data: { a: 'b' } } },
      { dryRun: true },
    )
    assert.deepEqual(patched.data, { a: 'b' })
    await client.delete('ConfigMap', key('real'), { dryRun: true })
    assert.equal((await client.get('ConfigMap', key('real'))).data, undefined)
    await settled()
    assert.deepEqual(
      events.map(({ object }) => object.metadata.name),
      ['real'],
    )
    assert.throws(
      () =>
        server.handle({
          verb: 'delete',
          kind: 'ConfigMap',
          namespace: 'default',
          name: 'real',
          options: { dryRun: ['Foo'] },
          userAgent: 't',
        }),
      /dryRun: Unsupported value: \["Foo"\]: supported values: "All"/,
    )
  })
})

describe('update', () => {
  it('API-145: needs the name of the path', async () => {
    const { server, client } = await startServer()
    await client.create('ConfigMap', { metadata: { name: 'c', namespace: 'default' } })
    const put = (body: unknown) =>
      server.handle({ verb: 'update', kind: 'ConfigMap', ...key('c'), body, userAgent: 't' })
    assert.throws(() => put({ metadata: { name: 'd' } }), {
      message: 'the name of the object (d) does not match the name on the URL (c)',
    })
    assert.throws(() => put({ metadata: {} }), {
      message: 'the name of the object (c based on URL) was undeterminable: name must be provided',
    })
    assert.equal(put({ metadata: { name: 'c' }, data: { a: 'b' } }).code, 200)
  })

  it('API-23, API-118, API-146: a stale version loses, none wins', async () => {
    const { client } = await startServer()
    const first = await client.create('DaemonSet', daemonSetDraft('web'))
    const relabelled = { ...first, metadata: { ...first.metadata, labels: { a: 'b' } } }
    const second = await client.update('DaemonSet', relabelled)
    assert.ok(Number(second.metadata.resourceVersion) > Number(first.metadata.resourceVersion))
    const stale = await refusalOf(
      client.update('DaemonSet', { ...first, metadata: { ...first.metadata, labels: { c: 'd' } } }),
    )
    assert.deepEqual(
      [stale.code, stale.reason, stale.message],
      [
        409,
        'Conflict',
        'Operation cannot be fulfilled on daemonsets.apps "web": the object has been modified; please apply your changes to the latest version and try again',
      ],
    )
    for (const resourceVersion of ['', '0']) {
      const { labels: _, ...metadata } = second.metadata
      const forced = await client.update('DaemonSet', {
        ...second,
        metadata: { ...metadata, resourceVersion, labels: { forced: `v${resourceVersion}` } },
      })
      assert.deepEqual(forced.metadata.labels, { forced: `v${resourceVersion}` })
    }
  })

  it('API-147, API-148: leases need a version, and are created by PUT', async () => {
    const { client, server } = await startServer()
    const lease = {
      metadata: { name: 'l1', namespace: 'kube-node-lease' },
      spec: { holderIdentity: 'n' },
    }
    const created = server.handle({
      verb: 'update',
      kind: 'Lease',
      namespace: 'kube-node-lease',
      name: 'l1',
      body: lease,
      userAgent: 't',
    })
    assert.equal(created.code, 201)
    const error = await refusalOf(client.update('Lease', lease))
    assert.deepEqual(
      [error.code, error.message],
      [
        422,
        'leases.coordination.k8s.io "l1" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      ],
    )
    const missing = await refusalOf(client.update('DaemonSet', daemonSetDraft('none')))
    assert.deepEqual([missing.code, missing.message], [404, 'daemonsets.apps "none" not found'])
  })

  it('API-149: a PUT with another uid is a conflict', async () => {
    const { client } = await startServer()
    const stored = await client.create('DaemonSet', daemonSetDraft('web'))
    const error = await refusalOf(
      client.update('DaemonSet', { ...stored, metadata: { ...stored.metadata, uid: 'other' } }),
    )
    assert.equal(error.reason, 'Conflict')
    assert.equal(
      error.message,
      `Operation cannot be fulfilled on daemonsets.apps "web": StorageError: invalid object, Code: 4, Key: /registry/daemonsets/default/web, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: ${stored.metadata.uid}`,
    )
  })

  it('API-150, WATCH-17: a write that changes nothing is none', async () => {
    const { client, server } = await startServer()
    const stored = await client.create('DaemonSet', daemonSetDraft('web'))
    const { events } = watched(client, 'DaemonSet', { resourceVersion: server.resourceVersion })
    const put = await client.update('DaemonSet', daemonSetDraft('web'))
    const patched = await client.patch('DaemonSet', key('web'), {
      type: 'strategic',
      body: { metadata: { labels: null }, spec: { minReadySeconds: 0 } },
    })
    const status = await client.update('DaemonSet', { ...stored }, { subresource: 'status' })
    assert.equal(put, stored)
    assert.equal(patched, stored)
    assert.equal(status, stored)
    await settled()
    assert.deepEqual(events, [])
  })

  it('API-20, API-151: takes immutable metadata from the store, refuses other values', async () => {
    const { client } = await startServer()
    const stored = await client.create('ConfigMap', {
      metadata: { name: 'c', namespace: 'default' },
    })
    const updated = await client.update('ConfigMap', {
      metadata: {
        name: 'c',
        namespace: 'default',
        creationTimestamp: '2001-01-01T00:00:00Z',
        generation: 77,
        labels: { a: 'b' },
      },
    })
    assert.equal(updated.metadata.uid, stored.metadata.uid)
    assert.equal(updated.metadata.creationTimestamp, stored.metadata.creationTimestamp)
    assert.equal(updated.metadata.generation, stored.metadata.generation)
    const uid = await refusalOf(
      client.patch('ConfigMap', key('c'), { type: 'merge', body: { metadata: { uid: 'x' } } }),
    )
    assert.equal(uid.code, 422)
    assert.match(uid.message, /metadata\.uid: Invalid value: "x": field is immutable/)
  })
})

describe('DaemonSets', () => {
  const generationOf = (object: { metadata: { annotations?: Readonly<Record<string, string>> } }) =>
    object.metadata.annotations?.['deprecated.daemonset.template.generation']

  it('API-14, API-15, API-16: start without status at generation 1', async () => {
    const { client } = await startServer()
    const created = await client.create('DaemonSet', {
      ...daemonSetDraft('web', { metadata: { generation: 9 } }),
      status: { numberReady: 3 },
    })
    assert.equal(created.metadata.generation, 1)
    assert.equal(created.status.numberReady, 0)
    assert.equal(generationOf(created), '1')
    const chosen = await client.create(
      'DaemonSet',
      daemonSetDraft('chosen', {
        metadata: { annotations: { 'deprecated.daemonset.template.generation': '7' } },
      }),
    )
    assert.equal(generationOf(chosen), '7')
    const negative = await client.create(
      'DaemonSet',
      daemonSetDraft('negative', {
        metadata: { annotations: { 'deprecated.daemonset.template.generation': '-2' } },
      }),
    )
    assert.equal(generationOf(negative), '1')
  })

  it('API-17: refuse a template generation that is no number', async () => {
    const { client } = await startServer()
    const error = await refusalOf(
      client.create(
        'DaemonSet',
        daemonSetDraft('web', {
          metadata: { annotations: { 'deprecated.daemonset.template.generation': 'x' } },
        }),
      ),
    )
    assert.equal(error.code, 400)
  })

  it('API-18 to API-22: count changes of the template and of the spec', async () => {
    const { client } = await startServer()
    await client.create('DaemonSet', daemonSetDraft('web'))
    const patch = async (body: object) => {
      const object = await client.patch('DaemonSet', key('web'), { type: 'strategic', body })
      return [object.metadata.generation, generationOf(object)]
    }
    const image = (tag: string) => ({
      spec: { template: { spec: { containers: [{ name: 'main', image: `main:${tag}` }] } } },
    })
    assert.deepEqual(await patch(image('2')), [2, '2'])
    assert.deepEqual(await patch({ spec: { minReadySeconds: 5 } }), [3, '2'])
    assert.deepEqual(await patch({ metadata: { labels: { a: 'b' } } }), [3, '2'])
    assert.deepEqual(await patch({ metadata: { generation: 40 } }), [3, '2'])
    assert.deepEqual(await patch({ status: { numberReady: 7 } }), [3, '2'])
    assert.deepEqual(
      await patch({
        metadata: { annotations: { 'deprecated.daemonset.template.generation': '9' } },
      }),
      [3, '2'],
    )
    assert.deepEqual(
      await patch({
        metadata: { annotations: { 'deprecated.daemonset.template.generation': null } },
      }),
      [3, '2'],
    )
    assert.equal((await client.get('DaemonSet', key('web'))).status.numberReady, 0)
  })

  it('API-24, API-185: raise the generation when a deletion waits for finalizers', async () => {
    const { client } = await startServer()
    await client.create('DaemonSet', daemonSetDraft('web', { metadata: { finalizers: ['a/b'] } }))
    await client.delete('DaemonSet', key('web'))
    const deleting = await client.get('DaemonSet', key('web'))
    assert.equal(deleting.metadata.generation, 2)
    assert.equal(deleting.metadata.deletionGracePeriodSeconds, 0)
  })

  it('API-25, API-152: every write moves the resource version', async () => {
    const { client } = await startServer()
    const created = await client.create('DaemonSet', daemonSetDraft('web'))
    const patched = await client.patch('DaemonSet', key('web'), {
      type: 'json',
      operations: [
        { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'main:9' },
      ],
    })
    assert.ok(Number(patched.metadata.resourceVersion) > Number(created.metadata.resourceVersion))
  })

  it('API-27 to API-29, API-182: /status takes the status and metadata, not the spec', async () => {
    const { client } = await startServer()
    const created = await client.create('DaemonSet', daemonSetDraft('web'))
    const { resourceVersion: _, ...metadata } = created.metadata
    const written = await client.update(
      'DaemonSet',
      {
        ...created,
        metadata: { ...metadata, labels: { seen: 'yes' } },
        spec: { ...created.spec, minReadySeconds: 50 },
        status: { ...created.status, numberReady: 2, conditions: [{ type: 'X', status: 'Odd' }] },
      },
      { subresource: 'status' },
    )
    assert.equal(written.status.numberReady, 2)
    assert.equal(written.status.conditions?.[0]?.status, 'Odd')
    assert.deepEqual(written.metadata.labels, { seen: 'yes' })
    assert.equal(written.spec.minReadySeconds, created.spec.minReadySeconds)
    assert.equal(written.metadata.generation, 1)
    assert.deepEqual(await client.get('DaemonSet', key('web'), { subresource: 'status' }), written)
  })

  it('API-30, API-31, API-184: refuse negative numbers and a shrinking collision count', async () => {
    const { client } = await startServer()
    await client.create('DaemonSet', daemonSetDraft('web'))
    const patch = (status: object) =>
      client.patch(
        'DaemonSet',
        key('web'),
        { type: 'merge', body: { status } },
        { subresource: 'status' },
      )
    const negative = await refusalOf(patch({ numberReady: -1 }))
    assert.match(
      negative.message,
      /status\.numberReady: Invalid value: -1: must be greater than or equal to 0/,
    )
    await patch({ collisionCount: 2 })
    const shrunk = await refusalOf(patch({ collisionCount: 1 }))
    assert.match(shrunk.message, /status\.collisionCount: Invalid value: 1: cannot be decremented/)
    const removed = await refusalOf(patch({ collisionCount: null }))
    assert.match(removed.message, /status\.collisionCount: Invalid value: 0: cannot be decremented/)
  })

  it('API-119: all problems come in one refusal', async () => {
    const { client } = await startServer()
    const error = await refusalOf(
      client.create(
        'DaemonSet',
        daemonSetDraft('web', { spec: { minReadySeconds: -1, revisionHistoryLimit: -1 } }),
      ),
    )
    assert.equal(error.reason, 'Invalid')
    assert.deepEqual(
      error.details.causes?.map(({ field }) => field),
      ['spec.minReadySeconds', 'spec.revisionHistoryLimit'],
    )
    assert.match(error.message, /^DaemonSet\.apps "web" is invalid: \[spec\.minReadySeconds: /)
  })
})

describe('patch', () => {
  it('API-155, API-156: needs the object, and meets no conflict without a version', async () => {
    const { client } = await startServer()
    const body = { metadata: { labels: { a: 'b' } } }
    const missing = await refusalOf(client.patch('Pod', key('none'), { type: 'merge', body }))
    assert.deepEqual([missing.code, missing.message], [404, 'pods "none" not found'])
    const first = await client.create('Pod', podDraft('p'))
    await client.patch('Pod', key('p'), { type: 'merge', body })
    const stale = await refusalOf(
      client.patch('Pod', key('p'), {
        type: 'merge',
        body: { metadata: { labels: { c: 'd' }, resourceVersion: first.metadata.resourceVersion } },
      }),
    )
    assert.equal(stale.reason, 'Conflict')
  })

  it('API-159: cannot rename, move or turn the object into another', async () => {
    const { client } = await startServer()
    await client.create('Pod', podDraft('p'))
    const patch = (body: object) =>
      refusalOf(client.patch('Pod', key('p'), { type: 'merge', body }))
    assert.equal(
      (await patch({ metadata: { name: 'q' } })).message,
      'the name of the object (q) does not match the name on the URL (p)',
    )
    assert.equal(
      (await patch({ metadata: { namespace: 'kube-system' } })).message,
      'the namespace of the provided object does not match the namespace sent on the request',
    )
    const kind = await patch({ kind: 'Node' })
    assert.equal(kind.code, 422)
    assert.equal(kind.details.causes?.[0]?.field, 'patch')
    assert.match(kind.message, /converting \(v1\.Node\) to \(core\.Pod\): unknown conversion$/)
  })

  it('API-157, API-163: refuses bodies and options of the wrong sort', async () => {
    const { client, server } = await startServer()
    await client.create('Pod', podDraft('p'))
    const noArray = await refusalOf(
      client.patch('Pod', key('p'), { type: 'json', operations: {} as never }),
    )
    assert.equal(
      noArray.message,
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    )
    const noObject = await refusalOf(client.patch('Pod', key('p'), { type: 'merge', body: [] }))
    assert.equal(noObject.code, 400)
    assert.throws(
      () =>
        server.handle({
          verb: 'patch',
          kind: 'Pod',
          ...key('p'),
          patch: { type: 'merge', body: {} },
          options: { force: true },
          userAgent: 't',
        }),
      {
        message:
          'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
      },
    )
  })

  it('API-181, API-183: the status of a pod changes through /status only', async () => {
    const { client } = await startServer()
    await client.create('Pod', podDraft('p'))
    const body = { status: { phase: 'Running' }, spec: { nodeName: 'n' } }
    const main = await client.patch('Pod', key('p'), {
      type: 'strategic',
      body: { status: { phase: 'Running' } },
    })
    assert.equal(main.status.phase, 'Pending')
    const status = await client.patch(
      'Pod',
      key('p'),
      { type: 'strategic', body },
      { subresource: 'status' },
    )
    assert.equal(status.status.phase, 'Running')
    assert.equal(status.status.qosClass, 'BestEffort')
    assert.equal(status.spec.nodeName, undefined)
    assert.equal(status.spec, main.spec)
  })
})
