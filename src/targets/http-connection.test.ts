import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { HttpConnection } from './http-connection'
import { plainRequestsOver } from './http-plain-requests'
import { kubeConfigOf } from './kubeconfig'
import { answerJson, startFakeApiServer } from './testing/fake-api-server'

const request = { method: 'GET', path: '/readyz', userAgent: 'test' } as const

describe('a connection that is closed', () => {
  it('ends what is under way, also where nobody ever answers, and refuses what comes later', async () => {
    // Takes connections and says nothing, as the address of a container that has gone does.
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket.resume().on('error', () => {})))
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    await using api = await startFakeApiServer(() => {})
    const server = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`
    try {
      const connection = new HttpConnection(await kubeConfigOf(api.kubeconfig({ server })))
      const asked = connection.request(request)
      const watched = connection.open(request, 600_000)
      while (sockets.length < 2) await once(silent, 'connection')
      connection.close()
      for (const pending of [asked, watched, connection.request(request)]) {
        await assert.rejects(pending, /the connection to https:\S+ is closed/)
      }
      await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')))
    } finally {
      for (const socket of sockets) socket.destroy()
      silent.close()
    }
  })
})

describe('a plain request', () => {
  it('goes out with its own headers, and brings every line of the answer back', async () => {
    await using api = await startFakeApiServer((_request, response) => {
      response.setHeader('Warning', ['299 - "one"', '299 - "two"'])
      answerJson(response, { kind: 'Table' })
    })
    const ask = plainRequestsOver(new HttpConnection(await kubeConfigOf(api.kubeconfig())))
    const headers = { accept: 'application/json;as=Table', 'content-type': 'text/odd' }
    const answer = await ask({ method: 'POST', path: '/api?a=b', headers, body: { a: 1 } })
    assert.deepEqual(
      [answer.status, answer.headers['warning'], JSON.parse(answer.body)],
      [200, ['299 - "one"', '299 - "two"'], { kind: 'Table' }],
    )
    const [request] = api.requests
    assert.equal(request?.headers.authorization, 'Bearer secret-token')
    assert.equal(request?.headers['user-agent'], 'daemonset-conformance')
    assert.equal(request?.headers.accept, headers.accept)
    assert.equal(request?.headers['content-type'], 'text/odd')
  })

  it('takes a refusal, JSON or not, as the answer', async () => {
    await using api = await startFakeApiServer(({ path }, response) => {
      if (path === '/status') answerJson(response, { kind: 'Status', code: 422 }, 422)
      else response.writeHead(404).end('404 page not found')
    })
    const ask = plainRequestsOver(new HttpConnection(await kubeConfigOf(api.kubeconfig())))
    const refused = await ask({ method: 'GET', path: '/status' })
    assert.deepEqual([refused.status, JSON.parse(refused.body).code], [422, 422])
    const missing = await ask({ method: 'GET', path: '/missing' })
    assert.deepEqual([missing.status, missing.body], [404, '404 page not found'])
  })

  it('fails where there is no answer at all', async () => {
    await using api = await startFakeApiServer((_request, response) => response.destroy())
    const ask = plainRequestsOver(new HttpConnection(await kubeConfigOf(api.kubeconfig())))
    await assert.rejects(ask({ method: 'GET', path: '/gone' }), /^Error: GET https:\S+\/gone: /)
  })
})
