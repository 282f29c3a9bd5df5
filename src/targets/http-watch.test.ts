import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import { HttpClient } from './http-client'
import { HttpConnection } from './http-connection'
import { kubeConfigOf } from './kubeconfig'
import {
  answerJson,
  type FakeApiServer,
  type FakeRequest,
  startFakeApiServer,
} from './testing/fake-api-server'

const line = (type: string, name: string, resourceVersion: string) =>
  `${JSON.stringify({ type, object: { kind: 'Pod', metadata: { name, resourceVersion } } })}\n`

const expired = { kind: 'Status', reason: 'Expired', code: 410, message: 'too old' }

/** Watches pods and resolves with what was told when enough was, or when the watch ended. */
async function told(server: FakeApiServer, enough: number, resourceVersion?: string) {
  const connection = new HttpConnection(await kubeConfigOf(server.kubeconfig()))
  const client = new HttpClient(connection, { name: 'tester' })
  const lines: string[] = []
  return await new Promise<{ lines: string[]; error: Error | undefined }>((resolve) => {
    const options = { namespace: 'n', ...(resourceVersion && { resourceVersion }) }
    const watch = client.watch('Pod', options, {
      event({ type, object }) {
        lines.push(`${type} ${object.metadata.name}`)
        if (lines.length < enough) return
        watch.stop()
        resolve({ lines, error: undefined })
      },
      ended: (error) => resolve({ lines, error }),
    })
  })
}

/** A server whose n-th watch request is answered by the n-th function; all but watches are lists. */
function serverOf(
  watches: readonly ((response: ServerResponse, request: FakeRequest) => void)[],
  items: readonly object[] = [],
) {
  let count = 0
  return startFakeApiServer((request, response) => {
    if (request.query.get('watch') !== 'true') {
      answerJson(response, { metadata: { resourceVersion: '3' }, items })
      return
    }
    const answer = watches[count++] ?? (() => {})
    answer(response, request)
  })
}

const versionsAsked = (server: FakeApiServer) =>
  server.requests
    .filter(({ query }) => query.has('watch'))
    .map(({ query }) => query.get('resourceVersion'))

test('WATCH-03: events are told in order, however the bytes are cut', async () => {
  const text = line('ADDED', 'ä', '5') + line('MODIFIED', 'ä', '6') + line('DELETED', 'ä', '7')
  await using server = await serverOf([
    (response) => {
      const bytes = Buffer.from(text)
      let at = 0
      const next = () => {
        if (at >= bytes.length) return
        response.write(bytes.subarray(at, at + 7))
        at += 7
        setImmediate(next)
      }
      next()
    },
  ])
  const { lines } = await told(server, 3, '4')
  assert.deepEqual(lines, ['ADDED ä', 'MODIFIED ä', 'DELETED ä'])
  assert.deepEqual(versionsAsked(server), ['4'])
  assert.equal(server.requests[0]?.query.get('allowWatchBookmarks'), 'true')
})

test('WATCH-06: without a version the present objects come first, then what follows them', async () => {
  const present = { metadata: { name: 'old', resourceVersion: '2' } }
  await using server = await serverOf(
    [(response) => response.write(line('MODIFIED', 'old', '4'))],
    [present],
  )
  const { lines } = await told(server, 2)
  assert.deepEqual(lines, ['ADDED old', 'MODIFIED old'])
  assert.deepEqual(versionsAsked(server), ['3'])
})

test('WATCH-18: when the server ends the stream, the watch resumes from the last version seen', async () => {
  await using server = await serverOf([
    (response) => response.end(line('ADDED', 'a', '5') + line('BOOKMARK', '', '9')),
    (response) => response.write(line('ADDED', 'b', '10')),
  ])
  const { lines } = await told(server, 2, '4')
  assert.deepEqual(lines, ['ADDED a', 'ADDED b'])
  assert.deepEqual(versionsAsked(server), ['4', '9'])
})

test('a connection that breaks off is opened again from the last version seen', async () => {
  await using server = await serverOf([
    (response) => {
      response.write(line('ADDED', 'a', '5'), () => response.destroy())
    },
    (response) => response.write(line('ADDED', 'b', '6')),
  ])
  const { lines } = await told(server, 2, '4')
  assert.deepEqual(lines, ['ADDED a', 'ADDED b'])
  assert.deepEqual(versionsAsked(server), ['4', '5'])
})

test('WATCH-07: a version that is too old ends the watch with Expired, as an event or as an answer', async () => {
  const asEvent = await serverOf([
    (response) => response.end(`${JSON.stringify({ type: 'ERROR', object: expired })}\n`),
  ])
  const asAnswer = await serverOf([(response) => answerJson(response, expired, 410)])
  for (const server of [asEvent, asAnswer]) {
    const { lines, error } = await told(server, 1, '1')
    assert.deepEqual(lines, [])
    assert.ok(StatusError.is(error, 'Expired'))
    await server[Symbol.asyncDispose]()
  }
})

test('a server that is gone ends the watch with the reason', async () => {
  const server = await serverOf([])
  await server[Symbol.asyncDispose]()
  const { error } = await told(server, 1, '1')
  assert.match(String(error), /ECONNREFUSED/)
})

test('WATCH-24: a server that ends every stream at once is not asked for ever', async () => {
  const end = (response: ServerResponse) => void response.writeHead(200).end()
  await using server = await serverOf([end, end, end, end, end, end, end, end])
  const { error } = await told(server, 1, '1')
  assert.match(String(error), /ended the watch at once/)
})
