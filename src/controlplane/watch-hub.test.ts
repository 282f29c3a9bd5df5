import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Client, WatchOptions } from '../kubernetes/client'
import { StatusError } from '../kubernetes/status-error'
import { podDraft, settled, startServer, type Watched, watched } from './server-fixture'

const key = (name: string) => ({ namespace: 'default', name })
const label = (client: Client, name: string, labels: object) =>
  client.patch('Pod', key(name), { type: 'merge', body: { metadata: { labels } } })

describe('watch', () => {
  it('WATCH-05, WATCH-30: shows what happened after the version, in order, never inside the write', async () => {
    const { client, server } = await startServer()
    await client.create('Pod', podDraft('a'))
    const { resourceVersion } = await client.list('Pod')
    await client.create('Pod', podDraft('b'))
    const watch = watched(client, 'Pod', { resourceVersion })
    assert.deepEqual(watch.lines(), [])
    const writing = label(client, 'a', { x: 'y' })
    assert.deepEqual(watch.lines(), [])
    await writing
    await client.delete('Pod', key('b'))
    await settled()
    assert.deepEqual(watch.lines(), ['ADDED b', 'MODIFIED a', 'MODIFIED b', 'DELETED b'])
    const versions = watch.events.map(({ object }) => Number(object.metadata.resourceVersion))
    assert.deepEqual(
      versions,
      [...versions].sort((a, b) => a - b),
    )
    assert.equal(String(versions.at(-1)), server.resourceVersion)
  })

  it('WATCH-06: shows the present objects first when no version is given, and for 0', async () => {
    const { client } = await startServer()
    await client.create('Pod', podDraft('b'))
    await client.create('Pod', podDraft('a'))
    const fresh = watched(client, 'Pod', {})
    const any = watched(client, 'Pod', { resourceVersion: '0' })
    await client.create('Pod', podDraft('c'))
    await settled()
    assert.deepEqual(fresh.lines(), ['ADDED a', 'ADDED b', 'ADDED c'])
    assert.deepEqual(any.lines(), fresh.lines())
  })

  it('WATCH-12: tells when the present objects have been sent', async () => {
    const { client, server } = await startServer()
    await client.create('Pod', podDraft('a'))
    const lines: string[] = []
    const open = (options: object) =>
      server.watch(
        { verb: 'watch', kind: 'Pod', options, userAgent: 't' },
        {
          event: ({ type, object }) => lines.push(`${type} ${object.metadata.name}`),
          initialEventsEnd: (version) => lines.push(`end ${version}`),
          ended: () => {},
        },
      )
    const version = server.resourceVersion
    open({ sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' })
    await client.create('Pod', podDraft('b'))
    await settled()
    assert.deepEqual(lines.splice(0), ['ADDED a', `end ${version}`, 'ADDED b'])
    open({
      sendInitialEvents: false,
      resourceVersionMatch: 'NotOlderThan',
      resourceVersion: version,
    })
    await settled()
    assert.deepEqual(lines, ['ADDED b'])
    assert.throws(
      () => open({ sendInitialEvents: true }),
      (error) =>
        StatusError.is(error, 'Invalid') &&
        error.details.causes?.[0]?.field === 'resourceVersionMatch',
    )
  })

  it('WATCH-07, WATCH-31: ends as expired when the version is too old, but only for this type', async () => {
    const { client } = await startServer({ historyLimit: 4 })
    const { resourceVersion } = await client.list('Pod')
    for (let i = 0; i < 9; i++) {
      await client.create('ConfigMap', { metadata: { name: `c${i}`, namespace: 'default' } })
    }
    const young = watched(client, 'Pod', { resourceVersion })
    await client.create('Pod', podDraft('a'))
    for (let i = 0; i < 9; i++) await label(client, 'a', { i: `${i}` })
    await settled()
    assert.equal(young.ends.length, 0)
    const old = watched(client, 'Pod', { resourceVersion })
    assert.equal(old.ends.length, 0)
    await settled()
    assert.deepEqual(old.events, [])
    const [error] = old.ends
    assert.ok(StatusError.is(error, 'Expired') && error.code === 410)
    const oldest = Number((await client.get('Pod', key('a'))).metadata.resourceVersion) - 3
    assert.equal(error.message, `too old resource version: ${resourceVersion} (${oldest - 1})`)
    await label(client, 'a', { late: 'yes' })
    await settled()
    assert.equal(old.ends.length, 1)
  })

  it('WATCH-31: keeps changes for 75 seconds, and at least a hundred', async () => {
    const { client, clock } = await startServer()
    await client.create('Pod', podDraft('a'))
    const { resourceVersion } = await client.list('Pod')
    const write = async (count: number) => {
      for (let i = 0; i < count; i++) await label(client, 'a', { i: `${clock.now()}-${i}` })
    }
    await write(150)
    clock.advanceTo(clock.now() + 74_000)
    await write(1)
    const inTime = watched(client, 'Pod', { resourceVersion })
    await settled()
    assert.equal(inTime.events.length, 151)
    inTime.stop()
    clock.advanceTo(clock.now() + 2000)
    await write(1)
    const late = watched(client, 'Pod', { resourceVersion })
    await settled()
    assert.ok(StatusError.is(late.ends[0], 'Expired'))
  })

  it('WATCH-08: waits for a version in the future', async () => {
    const { client, server } = await startServer()
    const future = Number(server.resourceVersion) + 2
    const watch = watched(client, 'Pod', { resourceVersion: String(future) })
    for (const name of ['a', 'b', 'c']) await client.create('Pod', podDraft(name))
    await settled()
    assert.deepEqual(watch.lines(), ['ADDED c'])
  })

  it('WATCH-09: a version that is no number, or a bad selector, ends the watch', async () => {
    const { client } = await startServer()
    const version = watched(client, 'Pod', { resourceVersion: 'abc' })
    const selector = watched(client, 'Pod', { fieldSelector: 'spec.foo=x' })
    assert.equal(version.ends.length, 0)
    await settled()
    const [error] = version.ends
    assert.ok(error instanceof StatusError && error.code === 500)
    assert.equal(
      error.message,
      'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    )
    assert.ok(StatusError.is(selector.ends[0], 'BadRequest'))
  })

  it('WATCH-15, API-06: objects come into a selection and leave it', async () => {
    const { client, server } = await startServer()
    const start = { resourceVersion: server.resourceVersion }
    const labelled = watched(client, 'Pod', { ...start, labelSelector: 'in=yes' })
    const bound = watched(client, 'Pod', { ...start, fieldSelector: 'spec.nodeName=n1' })
    const unbound = watched(client, 'Pod', { ...start, fieldSelector: 'spec.nodeName=' })
    await client.create('Pod', podDraft('a'))
    await label(client, 'a', { in: 'yes' })
    await label(client, 'a', { more: 'yes' })
    await client.createSubresource('Pod', key('a'), 'binding', {
      metadata: { name: 'a' },
      target: { name: 'n1' },
    })
    const left = await label(client, 'a', { in: 'no' })
    await label(client, 'a', { more: 'no' })
    await settled()
    assert.deepEqual(labelled.lines(), ['ADDED a', 'MODIFIED a', 'MODIFIED a', 'DELETED a'])
    const last = labelled.events.at(-1)?.object
    assert.deepEqual(last?.metadata.labels, { in: 'yes', more: 'yes' })
    assert.equal(last?.metadata.resourceVersion, left.metadata.resourceVersion)
    assert.deepEqual(bound.lines(), ['ADDED a', 'MODIFIED a', 'MODIFIED a'])
    assert.deepEqual(unbound.lines(), ['ADDED a', 'MODIFIED a', 'MODIFIED a', 'DELETED a'])
  })

  it('WATCH-04: one object is watched by its name, one namespace by its path', async () => {
    const { client, server } = await startServer()
    const resourceVersion = server.resourceVersion
    const one = watched(client, 'ConfigMap', { resourceVersion, fieldSelector: 'metadata.name=b' })
    const some = watched(client, 'ConfigMap', { resourceVersion, namespace: 'kube-public' })
    await client.create('ConfigMap', { metadata: { name: 'a', namespace: 'kube-public' } })
    await client.create('ConfigMap', { metadata: { name: 'b', namespace: 'default' } })
    await settled()
    assert.deepEqual(one.lines(), ['ADDED b'])
    assert.deepEqual(some.lines(), ['ADDED a'])
  })

  it('WATCH-18: ends cleanly when its time is over, and not after it was stopped', async () => {
    const { client, clock, server } = await startServer()
    const open = watched(client, 'Pod', { resourceVersion: server.resourceVersion })
    const stopped = watched(client, 'Pod', { resourceVersion: server.resourceVersion })
    stopped.stop()
    const ends: (Error | undefined)[] = []
    server.watch(
      { verb: 'watch', kind: 'Pod', options: { timeoutSeconds: 5 }, userAgent: 't' },
      { event: () => {}, ended: (error) => ends.push(error) },
    )
    clock.advanceTo(clock.now() + 5000)
    assert.deepEqual(ends, [undefined])
    clock.advanceTo(clock.now() + 1_700_000)
    assert.equal(open.ends.length, 0)
    clock.advanceTo(clock.now() + 1_900_000)
    assert.deepEqual(open.ends, [undefined])
    assert.equal(stopped.ends.length, 0)
    await client.create('Pod', podDraft('a'))
    await settled()
    assert.deepEqual(open.lines(), [])
    assert.deepEqual(stopped.lines(), [])
  })

  it('WATCH-19: a watcher that is left behind is ended', async () => {
    const { client, server } = await startServer({ historyLimit: 3 })
    const watch = watched(client, 'Pod', { resourceVersion: server.resourceVersion })
    void client.create('Pod', podDraft('a'))
    for (let i = 0; i < 9; i++) void label(client, 'a', { i: `${i}` })
    await settled()
    assert.ok(StatusError.is(watch.ends[0], 'Expired'))
  })

  it('WATCH-20: a server that closes ends all watches cleanly', async () => {
    const { client, server } = await startServer()
    const watch = watched(client, 'Pod', {})
    server.close()
    await settled()
    assert.deepEqual(watch.ends, [undefined])
  })

  it('a watcher that stops inside a call is not called again', async () => {
    const { client } = await startServer()
    for (const name of ['a', 'b']) await client.create('Pod', podDraft(name))
    const seen: string[] = []
    const watch = client.watch(
      'Pod',
      {},
      {
        event: ({ object }) => {
          seen.push(object.metadata.name)
          watch.stop()
        },
        ended: () => {},
      },
    )
    await client.create('Pod', podDraft('c'))
    await settled()
    assert.deepEqual(seen, ['a'])
  })

  it('a watcher may write inside a call', async () => {
    const { client } = await startServer()
    const watch = watched(client, 'ConfigMap', { namespace: 'kube-public' })
    client.watch(
      'ConfigMap',
      { namespace: 'default' },
      {
        event: ({ object }) =>
          void client.create('ConfigMap', {
            metadata: { name: `seen-${object.metadata.name}`, namespace: 'kube-public' },
          }),
        ended: () => {},
      },
    )
    await client.create('ConfigMap', { metadata: { name: 'a', namespace: 'default' } })
    await settled()
    assert.deepEqual(watch.lines(), ['ADDED seen-a'])
  })
})

describe('list and watch, laws', () => {
  type Step =
    | { readonly do: 'create' | 'delete' | 'bind'; readonly name: string }
    | { readonly do: 'label'; readonly name: string; readonly value: string }
    | { readonly do: 'settle' }

  const name = fc.constantFrom('a', 'b', 'c', 'd')
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constantFrom('create' as const, 'delete' as const, 'bind' as const), name }),
    fc.record({ do: fc.constant('label' as const), name, value: fc.constantFrom('x', 'y') }),
    fc.record({ do: fc.constant('settle' as const) }),
  )
  const selections: readonly WatchOptions[] = [
    {},
    { labelSelector: 'l=x' },
    { labelSelector: 'l!=x' },
    { fieldSelector: 'spec.nodeName=n1' },
    { fieldSelector: 'spec.nodeName!=n1', labelSelector: 'l' },
    { fieldSelector: 'metadata.name=a' },
    { namespace: 'kube-system' },
  ]

  async function perform(client: Client, action: Step): Promise<void> {
    try {
      switch (action.do) {
        case 'create':
          await client.create('Pod', podDraft(action.name))
          return
        case 'delete':
          await client.delete('Pod', key(action.name), { gracePeriodSeconds: 0 })
          return
        case 'bind':
          await client.createSubresource('Pod', key(action.name), 'binding', {
            metadata: { name: action.name },
            target: { name: 'n1' },
          })
          return
        case 'label':
          await label(client, action.name, { l: action.value })
          return
        case 'settle':
          await settled()
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
    }
  }

  /** The objects that a list and the events since then add up to. */
  function addedUp(items: readonly { metadata: { name: string } }[], { events }: Watched) {
    const objects = new Map<string, unknown>(items.map((item) => [item.metadata.name, item]))
    for (const { type, object } of events) {
      const known = objects.has(object.metadata.name)
      assert.equal(known, type !== 'ADDED', `${type} ${object.metadata.name}`)
      if (type === 'DELETED') objects.delete(object.metadata.name)
      else objects.set(object.metadata.name, object)
    }
    return objects
  }

  it('WATCH-15, WATCH-30: a list and the watch from its version are the state, for every selection', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        fc.array(step, { maxLength: 25 }),
        async (before, after) => {
          const { client } = await startServer()
          for (const action of before) await perform(client, action)
          const started = await Promise.all(
            selections.map(async (selection) => {
              const { items, resourceVersion } = await client.list('Pod', selection)
              return { selection, items, resourceVersion }
            }),
          )
          const early = started.map(({ selection, resourceVersion }) =>
            watched(client, 'Pod', { ...selection, resourceVersion }),
          )
          for (const action of after) await perform(client, action)
          // A watch that is opened later, from the same version, tells the same story.
          const late = started.map(({ selection, resourceVersion }) =>
            watched(client, 'Pod', { ...selection, resourceVersion }),
          )
          await settled()
          for (const [index, { selection, items }] of started.entries()) {
            const expected = new Map(
              (await client.list('Pod', selection)).items.map((item) => [item.metadata.name, item]),
            )
            assert.deepEqual(addedUp(items, early[index] as Watched), expected)
            assert.deepEqual(late[index]?.events, early[index]?.events)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('API-217: pages show the very state of the first, whatever happens in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        async (before, between, limit) => {
          const { client } = await startServer()
          for (const action of before) await perform(client, action)
          const whole = await client.list('Pod')
          const pages: unknown[] = []
          let token: string | undefined
          do {
            const page = await client.list('Pod', {
              limit,
              ...(token === undefined ? {} : { continue: token }),
            })
            pages.push(...page.items)
            token = page.continue
            for (const action of between) await perform(client, action)
          } while (token !== undefined)
          assert.deepEqual(pages, whole.items)
        },
      ),
      { numRuns: 60 },
    )
  })
})
