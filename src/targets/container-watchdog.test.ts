import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { watchOver } from './container-watchdog'

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
  return { socketPath, asked, done, close: () => server?.close() }
}

test('the container is removed, with its volumes, when the pipe to its owner closes', async () => {
  const engine = await engineOf([204])
  const release = watchOver('abc', {
    protocol: 'http',
    connection: { socketPath: engine.socketPath },
  })
  assert.deepEqual(engine.asked, [])
  release()
  await engine.done
  engine.close()
  assert.deepEqual(engine.asked, ['DELETE /containers/abc?force=true&v=true'])
})

test('an engine that is busy is asked again', async () => {
  const engine = await engineOf([500, 404])
  const connection = { socketPath: engine.socketPath }
  watchOver('abc', { protocol: 'http', connection })()
  await engine.done
  engine.close()
  assert.equal(engine.asked.length, 2)
})
