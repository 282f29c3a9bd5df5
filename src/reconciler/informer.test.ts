import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Watcher, WatchOptions } from '../kubernetes/client'
import { StatusError } from '../kubernetes/status-error'
import type { Node } from '../kubernetes/types'
import { Informer } from './informer'
import { FakeClient } from './testing/fake-client'
import { drained, ManualClock } from './testing/manual-clock'
import { nodeOf, podOf } from './testing/objects'

/** An informer of nodes and what its handlers were told. */
function observed() {
  const clock = new ManualClock()
  const client = new FakeClient(() => clock.now())
  const informer = new Informer(client, clock, 'Node')
  const told: string[] = []
  informer.handle({
    added: ({ metadata: { name } }) => told.push(`added ${name}`),
    updated: ({ metadata: { name } }) => told.push(`updated ${name}`),
    deleted: ({ metadata: { name } }) => told.push(`deleted ${name}`),
  })
  const put = (name: string, labels: Record<string, string> = {}) =>
    client.put('Node', { ...nodeOf(name, { labels }) })
  return { clock, client, informer, put, told: () => told.splice(0) }
}

describe('informer', () => {
  test('lists, then follows the watch; the cache is changed before handlers run', async () => {
    const { client, informer, put, told } = observed()
    put('a')
    await informer.start()
    assert.deepEqual(told(), ['added a'])
    informer.handle({ deleted: () => assert.equal(informer.get('a'), undefined) })
    put('b')
    put('a', { x: 'y' })
    client.drop('Node', { name: 'a' })
    await drained()
    assert.deepEqual(told(), ['added b', 'updated a', 'deleted a'])
    assert.deepEqual([...informer.objects.keys()], ['b'])
  })

  test('handlers added later are told of what is there', async () => {
    const { informer, put } = observed()
    put('a')
    await informer.start()
    const told: string[] = []
    informer.handle({ added: ({ metadata: { name } }) => told.push(name) })
    assert.deepEqual(told, ['a'])
  })

  test('GATES-03: its resource version is that of the newest event, deletions included', async () => {
    const { client, informer, put } = observed()
    assert.equal(informer.resourceVersion, '')
    const { metadata } = put('a')
    await informer.start()
    assert.equal(informer.resourceVersion, metadata.resourceVersion)
    client.drop('Node', { name: 'a' })
    await drained()
    assert.equal(informer.resourceVersion, String(Number(metadata.resourceVersion) + 1))
  })

  test('a failing first list is tried again, with pauses that double', async () => {
    const { clock, client, informer } = observed()
    client.refuse = ({ verb }) => (verb === 'list' ? new Error('down') : undefined)
    void informer.start()
    await clock.advance(800 + 1_600)
    assert.equal(client.count('list', 'Node'), 3)
    client.refuse = () => undefined
    await clock.advance(3_199)
    assert.equal(informer.synced, false)
    await clock.advance(1)
    assert.equal(informer.synced, true)
  })

  test('after 410 Expired it lists anew and reports what has changed meanwhile', async () => {
    const { clock, client, informer, put, told } = observed()
    put('a')
    put('b')
    await informer.start()
    told()
    client.endWatches('Node', new StatusError('Expired', 'too old'))
    client.drop('Node', { name: 'a' })
    put('b', { x: 'y' })
    put('c')
    await clock.advance(800)
    assert.deepEqual(told(), ['updated b', 'added c', 'deleted a'])
    put('d')
    await drained()
    assert.deepEqual(told(), ['added d'])
  })

  test('a watch that times out is opened again where it ended, without a list', async () => {
    const { clock, client, informer, put, told } = observed()
    await informer.start()
    await clock.advance(300_000)
    client.endWatches('Node', undefined)
    put('a')
    await drained()
    assert.deepEqual(told(), ['added a'])
    assert.equal(client.count('list', 'Node'), 1)
  })

  test('WATCH-24: a watch that ends at once is a failure', async () => {
    const { clock, client, informer } = observed()
    await informer.start()
    client.endWatches('Node', undefined)
    await drained()
    assert.equal(client.count('list', 'Node'), 1)
    await clock.advance(800)
    assert.equal(client.count('list', 'Node'), 2)
  })

  test('starting twice lists once, and both wait for the first list', async () => {
    const { client, informer } = observed()
    await Promise.all([informer.start(), informer.start()])
    assert.equal(informer.synced, true)
    await informer.start()
    assert.equal(client.count('list', 'Node'), 1)
  })

  test('handlers may leave out what they do not care for', async () => {
    const { client, informer, put, told } = observed()
    informer.handle({})
    put('a')
    await informer.start()
    put('a', { x: 'y' })
    client.drop('Node', { name: 'a' })
    await drained()
    assert.deepEqual(told(), ['added a', 'updated a', 'deleted a'])
    informer.handle({})
  })

  test('a change that handlers have seen already is not reported again', async () => {
    const { clock, client, informer, put, told } = observed()
    put('a')
    await informer.start()
    told()
    client.endWatches('Node', new StatusError('Expired', 'too old'))
    await clock.advance(800)
    assert.equal(client.count('list', 'Node'), 2)
    assert.deepEqual(told(), [])
  })

  test('WATCH-24: an event makes a short watch a sound one, and the pause short again', async () => {
    const { clock, client, informer, put } = observed()
    client.refuse = ({ verb }) => (verb === 'list' ? new Error('down') : undefined)
    void informer.start()
    await clock.advance(800)
    client.refuse = () => undefined
    await clock.advance(1_600)
    assert.equal(informer.synced, true)
    const lists = client.count('list', 'Node')
    put('a')
    await drained()
    client.endWatches('Node', undefined)
    await clock.advance(60_000)
    assert.equal(client.count('list', 'Node'), lists)
    client.endWatches('Node', new Error('lost'))
    await clock.advance(799)
    assert.equal(client.count('list', 'Node'), lists)
    await clock.advance(1)
    assert.equal(client.count('list', 'Node'), lists + 1)
  })

  test('WATCH-24: a second is long enough for a watch, and an error never is sound', async () => {
    const { clock, client, informer } = observed()
    await informer.start()
    await clock.advance(1_000)
    client.endWatches('Node', undefined)
    await clock.advance(60_000)
    assert.equal(client.count('list', 'Node'), 1)
    client.endWatches('Node', new Error('lost'))
    await clock.advance(800)
    assert.equal(client.count('list', 'Node'), 2)
    await clock.advance(999)
    client.endWatches('Node', undefined)
    await clock.advance(60_000)
    assert.equal(client.count('list', 'Node'), 3)
  })

  test('pauses between lists grow no longer than half a minute', async () => {
    const { clock, client, informer } = observed()
    client.refuse = ({ verb }) => (verb === 'list' ? new Error('down') : undefined)
    void informer.start()
    await clock.advance(800 + 1_600 + 3_200 + 6_400 + 12_800 + 25_600)
    const lists = client.count('list', 'Node')
    assert.equal(lists, 7)
    await clock.advance(29_999)
    assert.equal(client.count('list', 'Node'), lists)
    await clock.advance(1 + 30_000)
    assert.equal(client.count('list', 'Node'), lists + 2)
  })

  test('stopping releases whoever waits, and an answer that comes later is ignored', async () => {
    const { client, informer, put, told } = observed()
    put('a')
    const started = informer.start()
    informer.stop()
    await started
    await drained()
    assert.equal(informer.synced, false)
    assert.deepEqual(told(), [])
    assert.equal(client.count('list', 'Node'), 1)
  })

  test('API-193: items of a list get the kind and version that the wire leaves out', async () => {
    const { clock, client } = observed()
    const { kind: _, apiVersion: __, ...bare } = nodeOf('a')
    const full = nodeOf('b')
    client.list = async () => ({ items: [bare, full] as never[], resourceVersion: '7' })
    const informer = new Informer(client, clock, 'Node')
    await informer.start()
    assert.deepEqual(informer.get('a'), { ...bare, apiVersion: 'v1', kind: 'Node' })
    assert.equal(informer.get('b'), full)
    assert.equal(informer.resourceVersion, '7')
  })

  test('it watches what it has listed, from there on', async () => {
    const { clock, client } = observed()
    const asked: WatchOptions[] = []
    client.watch = (_kind, options) => {
      asked.push(options)
      return { stop: () => undefined }
    }
    client.put('Pod', { ...podOf({ name: 'a' }) })
    const informer = new Informer(client, clock, 'Pod', { namespace: 'default' })
    await informer.start()
    assert.deepEqual(asked, [{ namespace: 'default', resourceVersion: informer.resourceVersion }])
  })

  test('what a watch says after it was left is ignored, and so is an unknown object that goes', async () => {
    const { clock, client, informer, told } = observed()
    const watchers: Watcher<Node>[] = []
    client.watch = (_kind, _options, watcher) => {
      watchers.push(watcher as unknown as Watcher<Node>)
      return { stop: () => undefined }
    }
    await informer.start()
    watchers[0]?.event({ type: 'DELETED', object: nodeOf('never-seen') })
    assert.deepEqual(told(), [])
    watchers[0]?.ended(new Error('lost'))
    await clock.advance(800)
    watchers[0]?.event({ type: 'ADDED', object: nodeOf('a') })
    watchers[0]?.ended(new Error('lost again'))
    assert.deepEqual([told(), watchers.length, clock.pending], [[], 2, 0])
    watchers[1]?.event({ type: 'ADDED', object: nodeOf('a') })
    assert.deepEqual(told(), ['added a'])
    informer.stop()
    watchers[1]?.event({ type: 'DELETED', object: nodeOf('a') })
    watchers[1]?.ended(undefined)
    assert.deepEqual([told(), watchers.length, clock.pending], [[], 2, 0])
  })

  test('a stopped informer is silent', async () => {
    const { clock, client, informer, put, told } = observed()
    await informer.start()
    informer.stop()
    put('a')
    client.endWatches('Node', new Error('lost'))
    await clock.advance(60_000)
    assert.deepEqual(told(), [])
    assert.equal(clock.pending, 0)
  })
})
