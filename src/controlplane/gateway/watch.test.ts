import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { daemonSet, Served, WatchReader } from './testing/served'

const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'
const configMaps = '/api/v1/namespaces/default/configmaps'

describe('watches over HTTPS', () => {
  let served: Served
  before(async () => {
    served = await Served.start({ nodes: 1 })
  })
  after(() => served[Symbol.asyncDispose]())

  const watch = async (path: string, headers: Record<string, string> = {}): Promise<WatchReader> =>
    new WatchReader(await served.open('GET', path, { headers }))
  const version = (): string => served.cluster.server.resourceVersion
  const put = (name: string, data: object, labels: object = {}) =>
    served.ask('PUT', `${configMaps}/${name}`, { body: { metadata: { name, labels }, data } })

  it('WATCH-02: the header comes before any event', async () => {
    const response = await served.open('GET', `${configMaps}?watch=1&resourceVersion=${version()}`)
    assert.equal(response.statusCode, 200)
    assert.equal(response.headers['content-type'], 'application/json')
    assert.equal(response.headers['transfer-encoding'], 'chunked')
    response.destroy()
  })

  it('WATCH-01, WATCH-03, WATCH-05: changes after a version, one line each, in order', async () => {
    const from = version()
    await served.post(configMaps, { metadata: { name: 'w1' } })
    const reader = await watch(`${configMaps}?watch=true&resourceVersion=${from}`)
    await put('w1', { a: '1' })
    await served.ask('DELETE', `${configMaps}/w1`)
    await reader.until(() => reader.events.length >= 3)
    assert.deepEqual(
      reader.events.map(({ type }) => type),
      ['ADDED', 'MODIFIED', 'DELETED'],
    )
    const versions = reader.events.map(({ object }) => Number(object.metadata.resourceVersion))
    assert.deepEqual(
      versions,
      [...versions].sort((a, b) => a - b),
    )
    for (const { object } of reader.events) {
      assert.deepEqual([object.kind, object.apiVersion], ['ConfigMap', 'v1'])
    }
    reader.stop()
    const old = await watch(
      `/api/v1/watch/namespaces/default/configmaps/w1?resourceVersion=${from}`,
    )
    await old.until(() => old.events.length >= 3)
    old.stop()
  })

  it('WATCH-04: one object by its name', async () => {
    const reader = await watch(
      `${configMaps}?watch=1&fieldSelector=metadata.name%3Dkube-root-ca.crt`,
    )
    await reader.until(() => reader.events.length === 1)
    assert.equal(reader.events[0].type, 'ADDED')
    reader.stop()
  })

  it('WATCH-07: a version that is too old is an ERROR event, not an HTTP error', async () => {
    for (let index = 0; index < 130; index++) await put('old', { a: String(index) })
    await served.post(configMaps, { metadata: { name: 'old' } })
    for (let index = 0; index < 130; index++) await put('old', { a: String(index) })
    await served.cluster.advance(80_000)
    await put('old', { a: 'late' })
    const reader = await watch(`${configMaps}?watch=1&resourceVersion=1`)
    await reader.until(() => reader.ended)
    assert.equal(reader.response.statusCode, 200)
    const [event] = reader.events
    assert.deepEqual(
      [event.type, event.object.code, event.object.reason],
      ['ERROR', 410, 'Expired'],
    )
    assert.match(event.object.message, /^too old resource version: 1 \(\d+\)$/)
  })

  it('WATCH-09: versions and numbers that are none', async () => {
    assert.equal((await served.get(`${configMaps}?watch=1&resourceVersion=abc`)).code, 500)
    assert.equal((await served.get(`${configMaps}?watch=1&timeoutSeconds=x`)).code, 400)
  })

  it('WATCH-10: sendInitialEvents and its match', async () => {
    const alone = await served.get(`${configMaps}?watch=1&sendInitialEvents=true`)
    assert.equal(alone.code, 422)
    assert.match(
      alone.json.message,
      /ListOptions\.meta\.k8s\.io "" is invalid: resourceVersionMatch: Forbidden/,
    )
    assert.equal((await served.get(`${configMaps}?sendInitialEvents=true`)).code, 422)
  })

  it('WATCH-12, WATCH-13, WATCH-21: a watch-list ends its first part with a mark of the kind', async () => {
    const query =
      'allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&watch=true'
    const reader = await watch(`/api/v1/serviceaccounts?${query}&timeoutSeconds=300`)
    await reader.until(() => reader.events.some(({ type }) => type === 'BOOKMARK'))
    const mark = reader.events.at(-1)
    assert.deepEqual(mark.object, {
      kind: 'ServiceAccount',
      apiVersion: 'v1',
      metadata: {
        resourceVersion: mark.object.metadata.resourceVersion,
        annotations: { 'k8s.io/initial-events-end': 'true' },
      },
    })
    assert.ok(reader.events.length >= 5)
    reader.stop()
    const empty = await watch(`/apis/apps/v1/deployments?${query}`)
    await empty.until(() => empty.events.length === 1)
    assert.equal(empty.events[0].object.kind, 'Deployment')
    empty.stop()
  })

  it('WATCH-14, WATCH-18: a bookmark before the time-out, and a clean end', async () => {
    const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=3&resourceVersion=${version()}`
    const reader = await watch(`${daemonSets}?${query}`)
    await reader.until(() => reader.ended)
    assert.equal(reader.response.complete, true)
    assert.equal(reader.events.at(-1).type, 'BOOKMARK')
  })

  it('WATCH-15: objects come into a selection and leave it', async () => {
    const reader = await watch(
      `${configMaps}?watch=1&labelSelector=in%3Dyes&resourceVersion=${version()}`,
    )
    await served.post(configMaps, { metadata: { name: 'moving' } })
    await put('moving', { a: '1' }, { in: 'yes' })
    await put('moving', { a: '2' }, { in: 'yes' })
    await put('moving', { a: '3' }, { in: 'no' })
    await reader.until(() => reader.events.length >= 3)
    assert.deepEqual(
      reader.events.map(({ type, object }) => [type, object.data.a]),
      [
        ['ADDED', '1'],
        ['MODIFIED', '2'],
        ['DELETED', '2'],
      ],
    )
    reader.stop()
  })

  it('WATCH-25: a watch that is taken up at the last version seen misses and repeats nothing', async () => {
    const open = (from: string) =>
      watch(`${configMaps}?allowWatchBookmarks=true&resourceVersion=${from}&watch=true`)
    let last = version()
    const seen: string[] = []
    for (let round = 0; round < 4; round++) {
      const reader = await open(last)
      await served.post(configMaps, { metadata: { name: `retry-${round}` } })
      await reader.until(() => reader.events.length >= (round === 0 ? 1 : 2))
      reader.stop() // The connection breaks.
      for (const { type, object } of reader.events) {
        assert.match(object.metadata.resourceVersion, /^[1-9]\d*$/) // On every object, and on bookmarks.
        last = object.metadata.resourceVersion
        if (type !== 'BOOKMARK') seen.push(`${type} ${object.metadata.name}`)
      }
      await put(`retry-${round}`, { a: 'b' }) // While nobody is watching.
    }
    assert.deepEqual(seen, [
      'ADDED retry-0',
      'MODIFIED retry-0',
      'ADDED retry-1',
      'MODIFIED retry-1',
      'ADDED retry-2',
      'MODIFIED retry-2',
      'ADDED retry-3',
    ])
    const gone = await open('1')
    await gone.until(() => gone.ended)
    assert.deepEqual(
      gone.events.map(({ type, object }) => [type, object.code]),
      [['ERROR', 410]],
    )
  })

  it('WATCH-28: a watch has no deadline and is not compressed, and there may be many', async () => {
    const big = { metadata: { name: 'big' }, data: { text: 'x'.repeat(200_000) } }
    await served.post(configMaps, big)
    const reader = await watch(`${configMaps}?watch=true&timeout=1s`, { 'Accept-Encoding': 'gzip' })
    assert.equal(reader.response.headers['content-encoding'], undefined)
    await reader.until(() => reader.events.some(({ object }) => object.metadata.name === 'big'))
    const others = await Promise.all(
      Array.from({ length: 200 }, () =>
        watch(`${configMaps}?watch=1&resourceVersion=${version()}`),
      ),
    )
    await new Promise((done) => setTimeout(done, 1_500))
    assert.equal(reader.ended, false)
    await served.ask('DELETE', `${configMaps}/big`)
    for (const each of [reader, ...others]) {
      await each.until(() => each.events.at(-1)?.type === 'DELETED')
      each.stop()
    }
  })

  it('WATCH-29: the events of one type come in the order of their versions, whatever others do', async () => {
    const from = version()
    const open = (path: string) => watch(`${path}?watch=1&resourceVersion=${from}`)
    const readers = await Promise.all(
      [daemonSets, configMaps, '/api/v1/namespaces/default/pods'].map(open),
    )
    await served.post(daemonSets, daemonSet('ordered'))
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        served.post(configMaps, { metadata: { name: `ordered-${index}` } }),
      ),
    )
    await readers[0]?.until(() => (readers[0]?.events.length ?? 0) >= 2)
    await readers[1]?.until(() => (readers[1]?.events.length ?? 0) >= 30)
    await readers[2]?.until(() => (readers[2]?.events.length ?? 0) >= 1)
    for (const { events } of readers) {
      const versions = events.map(({ object }) => Number(object.metadata.resourceVersion))
      assert.deepEqual(
        versions,
        [...versions].sort((a, b) => a - b),
      )
    }
    for (const reader of readers) reader.stop()
    await served.ask('DELETE', `${daemonSets}/ordered`)
  })

  it('WATCH-27: tables, with columns in the first event only', async () => {
    const Accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const reader = await watch(`${daemonSets}?watch=true&resourceVersion=${version()}`, { Accept })
    await served.post(daemonSets, daemonSet('tabled'))
    await reader.until(() => reader.events.length >= 2)
    const [first, second] = reader.events
    assert.equal(first.object.kind, 'Table')
    assert.equal(first.object.columnDefinitions[0].name, 'Name')
    assert.equal(first.object.rows[0].cells[0], 'tabled')
    assert.equal(second.object.columnDefinitions, null)
    reader.stop()
  })

  it('WATCH-30: a list and a watch from its version miss nothing and repeat nothing', async () => {
    const list = (await served.get(configMaps)).json
    const reader = await watch(
      `${configMaps}?watch=1&resourceVersion=${list.metadata.resourceVersion}`,
    )
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        served.post(configMaps, { metadata: { name: `many-${index}` } }),
      ),
    )
    await reader.until(() => reader.events.length >= 50)
    const names = new Set(reader.events.map(({ object }) => object.metadata.name))
    assert.equal(names.size, 50)
    assert.equal(reader.events.length, 50)
    reader.stop()
  })

  it('TABLE-05: watches of metadata alone', async () => {
    const Accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'
    const reader = await watch(`${configMaps}?watch=1&allowWatchBookmarks=true`, { Accept })
    await reader.until(() => reader.events.at(-1)?.type === 'BOOKMARK')
    assert.equal(reader.events[0].object.kind, 'PartialObjectMetadata')
    assert.equal('data' in reader.events[0].object, false)
    reader.stop()
  })
})

describe('the end of a gateway', () => {
  it('WATCH-20: watches end with their last chunk', async () => {
    const served = await Served.start()
    const response = await served.open('GET', `${configMaps}?watch=1`)
    const reader = new WatchReader(response)
    await reader.until(() => reader.events.length > 0)
    await served.served[Symbol.asyncDispose]()
    await reader.until(() => reader.ended)
    assert.equal(response.complete, true)
    served.cluster.stop()
  })
})
