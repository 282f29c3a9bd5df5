import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Client } from '../kubernetes/client'
import { StatusError } from '../kubernetes/status-error'
import { podDraft, refusalOf, startServer } from './server-fixture'

const configMap = (namespace: string, name: string, labels: Record<string, string> = {}) => ({
  metadata: { namespace, name, labels },
})

async function withConfigMaps(client: Client): Promise<void> {
  await client.create('Namespace', { metadata: { name: 'a' } })
  await client.create('Namespace', { metadata: { name: 'a-b' } })
  for (const [namespace, name] of [
    ['a', 'two'],
    ['a-b', 'one'],
    ['a', 'one'],
    ['a', 'three'],
  ] as const) {
    await client.create('ConfigMap', configMap(namespace, name, { name }))
  }
}

const keys = (list: { items: readonly { metadata: { namespace: string; name: string } }[] }) =>
  list.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)

describe('list', () => {
  it('API-216: is in the order of keys, and empty for a namespace that is not there', async () => {
    const { client } = await startServer()
    await withConfigMaps(client)
    assert.deepEqual(keys(await client.list('ConfigMap')), ['a-b/one', 'a/one', 'a/three', 'a/two'])
    assert.deepEqual(keys(await client.list('ConfigMap', { namespace: 'a' })), [
      'a/one',
      'a/three',
      'a/two',
    ])
    assert.deepEqual(keys(await client.list('ConfigMap', { namespace: 'nowhere' })), [])
  })

  it('API-153: shows the version of the store', async () => {
    const { client, server } = await startServer()
    await withConfigMaps(client)
    assert.equal((await client.list('Pod')).resourceVersion, server.resourceVersion)
  })

  it('API-217: comes in pages that show the state of the first', async () => {
    const { client, server } = await startServer()
    await withConfigMaps(client)
    const first = await client.list('ConfigMap', { limit: 2 })
    assert.deepEqual(keys(first), ['a-b/one', 'a/one'])
    assert.ok(first.continue)
    await client.delete('ConfigMap', { namespace: 'a', name: 'two' })
    await client.create('ConfigMap', configMap('a', 'zero'))
    await client.patch(
      'ConfigMap',
      { namespace: 'a', name: 'three' },
      { type: 'merge', body: { data: { x: 'y' } } },
    )
    const second = await client.list('ConfigMap', { limit: 5, continue: first.continue })
    assert.deepEqual(keys(second), ['a/three', 'a/two'])
    assert.equal(second.items[0]?.data, undefined)
    assert.equal(second.resourceVersion, first.resourceVersion)
    assert.equal(second.continue, undefined)
    const ask = (options: object) =>
      server.handle({ verb: 'list', kind: 'ConfigMap', options, userAgent: 't' })
    const counted = ask({ limit: 1 })
    assert.equal(counted.type === 'list' && counted.remainingItemCount, 3)
    const selected = ask({ limit: 1, labelSelector: 'name' })
    assert.equal(selected.type === 'list' && selected.remainingItemCount, undefined)
  })

  it('API-113, API-220: negative limits and lists of any version know no pages', async () => {
    const { client, server } = await startServer()
    await withConfigMaps(client)
    for (const options of [{ limit: -1 }, { limit: 1, resourceVersion: '0' }]) {
      const result = server.handle({ verb: 'list', kind: 'ConfigMap', options, userAgent: 't' })
      assert.equal(result.type === 'list' && result.items.length, 4)
    }
  })

  it('API-218: the token is of the known form; others are refused', async () => {
    const { client, server } = await startServer()
    await withConfigMaps(client)
    const { continue: token = '', resourceVersion } = await client.list('ConfigMap', { limit: 1 })
    assert.deepEqual(JSON.parse(Buffer.from(token, 'base64url').toString()), {
      v: 'meta.k8s.io/v1',
      rv: Number(resourceVersion),
      start: 'a-b/one\0',
    })
    const within = await client.list('ConfigMap', { namespace: 'a', limit: 1 })
    assert.equal(
      JSON.parse(Buffer.from(within.continue ?? '', 'base64url').toString()).start,
      'one\0',
    )
    const bad = await refusalOf(client.list('ConfigMap', { continue: '!!' }))
    assert.equal(bad.code, 400)
    assert.match(bad.message, /^invalid continue token: /)
    assert.throws(
      () =>
        server.handle({
          verb: 'list',
          kind: 'ConfigMap',
          options: { continue: token, resourceVersion: '5' },
          userAgent: 't',
        }),
      { message: 'specifying resource version is not allowed when using continue' },
    )
  })

  it('API-219, API-222: what is forgotten is Expired, with a token to go on', async () => {
    const { client, server } = await startServer({ historyLimit: 5 })
    await withConfigMaps(client)
    const first = await client.list('ConfigMap', { limit: 1 })
    for (let i = 0; i < 20; i++) {
      await client.patch(
        'ConfigMap',
        { namespace: 'a', name: 'one' },
        { type: 'merge', body: { data: { i: `${i}` } } },
      )
    }
    const expired = await refusalOf(
      client.list('ConfigMap', { limit: 1, continue: first.continue ?? '' }),
    )
    assert.deepEqual([expired.code, expired.reason], [410, 'Expired'])
    const token = (expired.toStatus().metadata as { continue: string }).continue
    const rest = await client.list('ConfigMap', { continue: token })
    assert.deepEqual(keys(rest), ['a/one', 'a/three', 'a/two'])
    assert.throws(
      () =>
        server.handle({
          verb: 'list',
          kind: 'ConfigMap',
          options: { resourceVersion: first.resourceVersion, resourceVersionMatch: 'Exact' },
          userAgent: 't',
        }),
      { message: 'The resourceVersion for the provided list is too old.' },
    )
  })

  it('API-220, API-221, API-223: versions of lists and reads', async () => {
    const { client, server } = await startServer()
    await withConfigMaps(client)
    const before = server.resourceVersion
    await client.delete('ConfigMap', { namespace: 'a', name: 'one' })
    const ask = (options: object) => {
      const result = server.handle({ verb: 'list', kind: 'ConfigMap', options, userAgent: 't' })
      return result.type === 'list' ? keys(result as never) : []
    }
    assert.equal(ask({ resourceVersion: before, resourceVersionMatch: 'Exact' }).length, 4)
    assert.equal(ask({ resourceVersion: before, resourceVersionMatch: 'NotOlderThan' }).length, 3)
    assert.equal(ask({ resourceVersion: before }).length, 3)
    for (const options of [
      { resourceVersionMatch: 'Exact' },
      { resourceVersion: '0', resourceVersionMatch: 'Exact' },
      { resourceVersion: '5', resourceVersionMatch: 'Roughly' },
    ]) {
      assert.throws(
        () => ask(options),
        (error) => error instanceof StatusError && error.code === 422,
      )
    }
    assert.throws(() => ask({ resourceVersion: 'x' }), /^StatusError: invalid resource version: /)
    const future = String(Number(server.resourceVersion) + 100)
    const isTooLarge = (error: unknown) =>
      StatusError.hasCause(error, 'ResourceVersionTooLarge') &&
      error.code === 504 &&
      error.details.retryAfterSeconds === 1 &&
      error.message ===
        `Timeout: Too large resource version: ${future}, current: ${server.resourceVersion}`
    assert.throws(() => ask({ resourceVersion: future }), isTooLarge)
    assert.throws(
      () =>
        server.handle({
          verb: 'get',
          kind: 'Namespace',
          name: 'a',
          options: { resourceVersion: future },
          userAgent: 't',
        }),
      isTooLarge,
    )
  })

  it('API-224: selects by labels', async () => {
    const { client } = await startServer()
    await withConfigMaps(client)
    const select = async (labelSelector: string) =>
      keys(await client.list('ConfigMap', { namespace: 'a', labelSelector }))
    assert.deepEqual(await select('name in (one, two)'), ['a/one', 'a/two'])
    assert.deepEqual(await select('name!=one,name'), ['a/three', 'a/two'])
    assert.equal((await refusalOf(client.list('ConfigMap', { labelSelector: 'a b' }))).code, 400)
  })

  it('API-06, API-225 to API-227: selects by fields', async () => {
    const { client } = await startServer()
    for (const name of ['a', 'b']) await client.create('Pod', podDraft(name))
    await client.createSubresource('Pod', { namespace: 'default', name: 'a' }, 'binding', {
      metadata: { name: 'a' },
      target: { name: 'n1' },
    })
    await client.create('Node', { metadata: { name: 'n1' }, spec: { unschedulable: true } })
    const select = async (kind: 'Pod' | 'Node', fieldSelector: string) =>
      (await client.list(kind, { fieldSelector })).items.map(({ metadata }) => metadata.name)
    assert.deepEqual(await select('Pod', 'spec.nodeName=n1'), ['a'])
    assert.deepEqual(await select('Pod', 'spec.nodeName='), ['b'])
    assert.deepEqual(await select('Pod', 'metadata.name=b,metadata.namespace=default'), ['b'])
    assert.deepEqual(await select('Pod', 'metadata.name!=b'), ['a'])
    assert.deepEqual(await select('Pod', 'status.phase!=Failed,spec.host=n1'), ['a'])
    assert.deepEqual(await select('Node', 'spec.unschedulable=true'), ['n1'])
    const messages = await Promise.all(
      [
        client.list('DaemonSet', { fieldSelector: 'spec.foo=x' }),
        client.list('Pod', { fieldSelector: 'spec.foo=x' }),
        client.list('Pod', { fieldSelector: 'abc' }),
      ].map(async (request) => (await refusalOf(request)).message),
    )
    assert.deepEqual(messages, [
      '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
      'field label not supported: spec.foo',
      "invalid selector: 'abc'; can't understand 'abc'",
    ])
  })
})
