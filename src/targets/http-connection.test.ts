import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { HttpConnection } from './http-connection'
import { kubeConfigOf } from './kubeconfig'
import { startFakeApiServer } from './testing/fake-api-server'

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
