import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { mainCommand, packageRoot } from './package'

const image = 'rancher/k3s:v1.36.2-k3s1'

/** A container engine that has the image, takes its time to make a container, and never gets it started. */
async function fakeEngine(socket: string) {
  const containers = new Set<string>()
  const asked: string[] = []
  const starting: (() => void)[] = []
  let making: (() => void) | undefined
  const isMaking = new Promise<void>((resolve) => {
    making = resolve
  })
  let make: (() => void) | undefined
  const mayMake = new Promise<void>((resolve) => {
    make = resolve
  })
  const answer = (response: ServerResponse, body: unknown, code = 200): void => {
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.resume()
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*$/, '')
    asked.push(`${request.method} ${path}`)
    if (path === '/info') answer(response, { ServerVersion: '1', OperatingSystem: '', MemTotal: 1 })
    else if (path === '/version') answer(response, { ApiVersion: '1.44', Version: '1' })
    else if (path.startsWith('/images/')) answer(response, { Id: 'sha256:1', RepoDigests: [] })
    else if (path === '/containers/create') {
      making?.()
      await mayMake
      containers.add('c1')
      answer(response, { Id: 'c1' }, 201)
    } else if (path === '/containers/c1' && request.method === 'DELETE') {
      const code = containers.delete('c1') ? 204 : 404
      response.writeHead(code).end()
      for (const end of starting.splice(0)) end()
    } else if (path === '/containers/c1/start' && containers.has('c1')) {
      starting.push(() => answer(response, { message: 'no such container' }, 404))
    } else if (path === '/containers/json') answer(response, [])
    else if (path === '/networks') answer(response, [])
    else answer(response, { message: `no such container: ${path}` }, 404)
  }
  const server = createServer((request, response) => void handle(request, response))
  server.listen(socket)
  await once(server, 'listening')
  return {
    containers,
    asked,
    isMaking,
    make: () => make?.(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('Ctrl-C while a cluster starts', () => {
  it('ends the run with exit code 130, and removes a container that is made only afterwards', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dsc-start-'))
    const socket = join(folder, 'engine.sock')
    const reports = join(folder, 'reports')
    try {
      await using engine = await fakeEngine(socket)
      const [program, ...words] = mainCommand
      const target = ['--target', 'k3s', '--image', image, '--reference', 'none']
      const output = ['--output', join(reports, 'latest')]
      const feature = join('features', 'lifecycle', 'events.feature')
      const child = spawn(program, [...words, 'run', ...target, ...output, feature], {
        cwd: packageRoot,
        env: {
          ...process.env,
          DOCKER_HOST: `unix://${socket}`,
          TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
          XDG_STATE_HOME: folder,
        },
      })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
      const ended = once(child, 'exit')
      await Promise.race([
        engine.isMaking,
        ended.then(() => assert.fail(`it ended early: ${said} ${engine.asked.join(', ')}`)),
      ])
      child.kill('SIGINT')
      engine.make()
      const [code] = await ended
      assert.equal(code, 130, said)
      assert.match(said, /^interrupted before a cluster was up: nothing is left of it/m)
      assert.deepEqual([...engine.containers], [], engine.asked.join('\n'))
      assert.deepEqual(readdirSync(reports), [], 'no half report')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
