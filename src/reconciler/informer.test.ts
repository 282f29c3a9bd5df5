import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import { Informer } from './informer'
import { FakeClient } from './testing/fake-client'
import { drained, ManualClock } from './testing/manual-clock'
import { nodeOf } from './testing/objects'

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
