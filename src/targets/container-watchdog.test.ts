import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Watchdog } from './container-watchdog'

const folder = mkdtempSync(join(tmpdir(), 'dsc-watchdog-'))
after(() => rmSync(folder, { recursive: true }))

/** An engine that answers one code after the other, and resolves when it was asked that often. */
async function engineOf(codes: readonly number[]) {
  const socketPath = join(folder, `${codes.join('-')}.sock`)
  const asked: string[] = []
  let server: Server | undefined
  const done = new Promise<void>((resolve) => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.writeHead(codes[asked.length - 1] ?? 500).end()
      if (asked.length === codes.length) resolve()
    })
  })
  await new Promise<void>((resolve) => server?.listen(socketPath, resolve))
  const watchdog = new Watchdog({ protocol: 'http', connection: { socketPath } })
  return { watchdog, asked, done, close: () => server?.close() }
}

const container = { kind: 'container', id: 'abc' } as const

test('a container is removed, with its volumes, when the pipe to its owner closes', async () => {
  const { watchdog, asked, done, close } = await engineOf([204])
  watchdog.watch(container)
  assert.deepEqual(asked, [])
  watchdog.release()
  await done
  close()
  assert.deepEqual(asked, ['DELETE /containers/abc?force=true&v=true'])
})

test('an engine that is busy is asked again', async () => {
  const { watchdog, asked, done, close } = await engineOf([500, 404])
  watchdog.watch(container)
  watchdog.release()
  await done
  close()
  assert.equal(asked.length, 2)
})

test('a network is removed after the containers in it, and again while one holds it', async () => {
  const { watchdog, asked, done, close } = await engineOf([204, 204, 403, 204])
  watchdog.watch({ kind: 'network', id: 'net' })
  watchdog.watch(container)
  watchdog.watch({ kind: 'container', id: 'def' })
  watchdog.release()
  await done
  close()
  assert.deepEqual(asked.slice(0, 2).sort(), [
    'DELETE /containers/abc?force=true&v=true',
    'DELETE /containers/def?force=true&v=true',
  ])
  assert.deepEqual(asked.slice(2), ['DELETE /networks/net', 'DELETE /networks/net'])
})
