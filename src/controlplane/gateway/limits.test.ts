import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { InFlight } from './in-flight'
import { Served, WatchReader } from './testing/served'

const configMaps = '/api/v1/namespaces/default/configmaps'

describe('limits and bad input', () => {
  let served: Served
  before(async () => {
    served = await Served.start()
  })
  after(() => served[Symbol.asyncDispose]())

  const post = (body: string, type = 'application/json') =>
    served.post(configMaps, body, { 'Content-Type': type })

  it('API-111: a body over 3 MiB is 413', async () => {
    const { code, json } = await post(JSON.stringify({ data: { a: 'x'.repeat(3_200_000) } }))
    assert.deepEqual([code, json.reason], [413, 'RequestEntityTooLarge'])
    assert.equal(json.message, 'Request entity too large: limit is 3145728')
  })

  it('API-111: a JSON patch of more than 10,000 operations is 413', async () => {
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }))
    const path = '/api/v1/namespaces/default'
    const { code } = await served.patch(path, 'application/json-patch+json', operations)
    assert.equal(code, 413)
  })

  it('malformed JSON and YAML are 400 with the position', async () => {
    const json = await post('{"metadata": {"name": "a",, }}')
    assert.equal(json.code, 400)
    assert.match(json.json.message, /position 26|line 1 column 27/)
    const yaml = await post('metadata:\n  name: [a\n', 'application/yaml')
    assert.equal(yaml.code, 400)
    assert.match(yaml.json.message, /yaml: .*line \d+/)
  })

  it('no body can change what objects are made of', async () => {
    const plain = Object.keys(Object.prototype).length
    for (const body of [
      '{"metadata":{"name":"p1"},"data":{"__proto__":"x"}}',
      '{"metadata":{"name":"p2","__proto__":{"polluted":"yes"}}}',
      '{"metadata":{"name":"p3"},"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}',
    ]) {
      await post(body)
      await served.patch(`${configMaps}/p1`, 'application/merge-patch+json', body)
      await served.patch(`${configMaps}/p3`, 'application/strategic-merge-patch+json', body)
      await served.patch(`${configMaps}/p3?fieldManager=m`, 'application/apply-patch+yaml', body)
    }
    for (const path of [
      '/__proto__/polluted',
      '/metadata/__proto__/polluted',
      '/constructor/prototype/polluted',
    ]) {
      await served.patch(`${configMaps}/p3`, 'application/json-patch+json', [
        { op: 'add', path, value: 'yes' },
      ])
    }
    assert.equal(Object.keys(Object.prototype).length, plain)
    assert.equal('polluted' in {}, false)
  })

  it('alias bombs are refused in bounded time', async () => {
    const levels = ['a: &a0 [x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 12; level++) {
      const items = Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')
      levels.push(`b${level}: &a${level} [${items}]`)
    }
    const startedAt = performance.now()
    const { code } = await post(levels.join('\n'), 'application/yaml')
    assert.equal(code, 400)
    assert.ok(performance.now() - startedAt < 2_000)
  })

  it('documents of any depth are refused in bounded time', async () => {
    const depth = 100_000
    const startedAt = performance.now()
    for (const [body, type] of [
      [`${'['.repeat(depth)}${']'.repeat(depth)}`, 'application/json'],
      [`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`, 'application/json'],
      [`${'['.repeat(depth)}${']'.repeat(depth)}`, 'application/yaml'],
      ['- '.repeat(depth), 'application/yaml'],
      ['? '.repeat(depth), 'application/yaml'],
      ['{a: '.repeat(depth), 'application/yaml'],
      [
        Array.from({ length: 2_000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
        'application/yaml',
      ],
    ] as const) {
      assert.equal((await post(body, type)).code, 400)
      const patched = await served.patch(`${configMaps}/x`, 'application/merge-patch+json', body)
      assert.ok([400, 404].includes(patched.code))
      const applied = `${configMaps}/x?fieldManager=m`
      assert.equal((await served.patch(applied, 'application/apply-patch+yaml', body)).code, 400)
      const headers = { 'Content-Type': type }
      assert.equal((await served.ask('DELETE', `${configMaps}/x`, { body, headers })).code, 400)
    }
    assert.ok(performance.now() - startedAt < 5_000)
  })

  it('a foreign Host is 421', async () => {
    const { code } = await served.get('/api', { Host: 'evil.example:443' })
    assert.equal(code, 421)
    assert.equal((await served.get('/api', { Host: 'localhost:1' })).code, 200)
  })

  it('paths that cannot be decoded are no paths', async () => {
    assert.equal((await served.get('/api/v1/%zz')).code, 404)
    assert.equal((await served.get('//api/../../etc/passwd')).code, 404)
  })

  it('WATCH-19: watches that do not read are cut off, told to list again, and cost little memory', async () => {
    await served.post(configMaps, { metadata: { name: 'busy' }, data: { a: 'x'.repeat(20_000) } })
    const stalled: IncomingMessage[] = []
    for (let index = 0; index < 20; index++) {
      const response = await served.open('GET', `${configMaps}?watch=1`)
      response.pause()
      stalled.push(response)
    }
    const client = served.cluster.client('writer')
    const before = process.memoryUsage().arrayBuffers
    let most = before
    for (let index = 0; index < 25_000; index++) {
      await client.patch(
        'ConfigMap',
        { namespace: 'default', name: 'busy' },
        { type: 'merge', body: { data: { count: String(index) } } },
      )
      if (index % 100 !== 0) continue
      // Connections are written to between turns.
      await new Promise((done) => setImmediate(done))
      most = Math.max(most, process.memoryUsage().arrayBuffers)
    }
    // All of these events would be 10 GB; what waits are references to objects that the history keeps anyway.
    const each = (most - before) / stalled.length
    assert.ok(each < 4_000_000, `${each} bytes for each`)
    const [first, ...others] = stalled
    assert.ok(first)
    for (const response of others) response.destroy()
    const reader = new WatchReader(first)
    first.resume()
    await reader.until(() => reader.ended)
    const last = reader.events.at(-1)
    assert.ok(reader.events.length < 25_000)
    assert.deepEqual([last.type, last.object.code], ['ERROR', 410])
  })
})

describe('requests in flight', () => {
  it('API-122: too many are 429 with Retry-After; watches do not count', async () => {
    const served = await Served.start()
    const { url, token, authority } = served.served.access
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connectTls({
        host: '127.0.0.1',
        port: Number(new URL(url).port),
        ca: authority,
      })
      socket.on('error', () => undefined)
      socket.write(
        `POST ${configMaps} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n` +
          'Content-Length: 100\r\n\r\n{',
      )
      return socket
    })
    const isFull = async (): Promise<boolean> =>
      (await served.post(configMaps, { metadata: { generateName: 'x-' } })).code === 429
    const deadline = Date.now() + 10_000
    while (!(await isFull())) assert.ok(Date.now() < deadline, 'never full')
    const refused = await served.post(configMaps, {})
    assert.deepEqual([refused.code, refused.json.reason], [429, 'TooManyRequests'])
    assert.equal(refused.headers['retry-after'], '1')
    assert.equal((await served.get(configMaps)).code, 200)
    const watch = await served.open('GET', `${configMaps}?watch=1`)
    assert.equal(watch.statusCode, 200)
    watch.destroy()
    for (const socket of sockets) socket.destroy()
    await served[Symbol.asyncDispose]()
  })

  it('API-122: 400 reads and 200 writes are taken in, and one more for each that has left', () => {
    for (const [isRead, limit] of [
      [true, 400],
      [false, 200],
    ] as const) {
      const inFlight = new InFlight()
      const leave = Array.from({ length: limit }, () => inFlight.enter(isRead))
      const refused = { reason: 'TooManyRequests', code: 429 }
      assert.throws(() => inFlight.enter(isRead), refused)
      inFlight.enter(!isRead)() // The other sort has places of its own.
      leave[0]?.()
      leave[0]?.() // Leaving twice frees one place.
      inFlight.enter(isRead)
      assert.throws(() => inFlight.enter(isRead), refused)
    }
  })
})

describe('slow clients', () => {
  const patience = { headersMilliseconds: 200, requestMilliseconds: 400, checkMilliseconds: 50 }
  let served: Served
  before(async () => {
    served = await Served.start({ patience })
  })
  after(() => served[Symbol.asyncDispose]())

  /** Sends this and no more, and reads until the server ends the connection. */
  const sent = async (text: string): Promise<string> => {
    const { url, authority } = served.served.access
    const port = Number(new URL(url).port)
    const socket = connectTls({ host: '127.0.0.1', port, ca: authority })
    socket.write(text)
    let answer = ''
    for await (const chunk of socket) answer += String(chunk)
    return answer
  }

  it('are cut off when their headers do not end', async () => {
    const answer = await sent('GET /api HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*Connection: close/)
  })

  it('are cut off when their body does not end', async () => {
    const { token } = served.served.access
    const answer = await sent(
      `POST ${configMaps} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"metadata":',
    )
    assert.doesNotMatch(answer, /^HTTP\/1\.1 2/)
    assert.equal((await served.get(configMaps)).json.items.length, 1) // kube-root-ca.crt
  })

  it('do not count as slow while they watch', async () => {
    const reader = new WatchReader(await served.open('GET', `${configMaps}?watch=1`))
    await new Promise((done) => setTimeout(done, 3 * patience.requestMilliseconds))
    await served.post(configMaps, { metadata: { name: 'late' } })
    await reader.until(() => reader.events.some(({ object }) => object.metadata.name === 'late'))
    reader.stop()
  })
})
