import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { warmFiles, writeWarmState } from '../targets/warm-state'
import { dsc } from './testing/dsc'

/** The part of a container engine that `dsc down` asks: which containers there are, and to remove them. */
class FakeEngine {
  readonly socket: string
  readonly removed: string[] = []
  containers: readonly string[] = []
  volumes: readonly string[] = []
  readonly #server: Server

  constructor(folder: string) {
    this.socket = join(folder, 'engine.sock')
    this.#server = createServer(({ method, url = '' }, response) => {
      const answer = (code: number, body: unknown): void => {
        response.writeHead(code, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      }
      const [, kind = '', name = ''] = /\/(containers|volumes)\/([^/?]+)/.exec(url) ?? []
      if (method === 'DELETE') {
        const there = kind === 'volumes' ? this.volumes : this.containers
        if (!there.includes(name)) return answer(404, { message: `no such ${kind}` })
        this.removed.push(`${kind}/${name}`)
        response.writeHead(204).end()
        return
      }
      if (/\/containers\/json/.test(url))
        return answer(
          200,
          this.containers.map((Id) => ({ Id })),
        )
      answer(200, {})
    })
  }

  async listen(): Promise<void> {
    // The client keeps its connection over tests that take a while.
    this.#server.keepAliveTimeout = 0
    await new Promise<void>((resolve) => this.#server.listen(this.socket, resolve))
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

describe('dsc up and dsc down', () => {
  const host = process.env['DOCKER_HOST']
  let folder = ''
  let engine: FakeEngine
  let env: { readonly XDG_STATE_HOME: string }

  // One for all tests: the library finds the engine once in a process.
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-warm-'))
    env = { XDG_STATE_HOME: folder }
    engine = new FakeEngine(folder)
    await engine.listen()
    // The library that finds the engine reads the environment of the process.
    process.env['DOCKER_HOST'] = `unix://${engine.socket}`
  })
  after(() => {
    if (host === undefined) delete process.env['DOCKER_HOST']
    else process.env['DOCKER_HOST'] = host
    engine.close()
    rmSync(folder, { recursive: true })
  })

  it('refuses what is no k3s', async () => {
    const { code, stderr } = await dsc(['up', 'in-process'], env)
    assert.equal(code, 2)
    assert.match(stderr, /up in-process: only a k3s with simulated nodes can be kept up/)
  })

  it('removes container, volumes and state, each whether or not the others are there', async () => {
    engine.containers = ['unknown']
    engine.volumes = ['left']
    writeWarmState(env, {
      kind: 'WarmK3s',
      container: 'gone',
      volumes: ['left', 'gone-too'],
      image: 'i',
      imageId: 'i',
      controller: 'built-in',
      startedAt: '2026-01-01T00:00:00.000Z',
      kubeconfig: '',
    })
    const { code, stdout, stderr } = await dsc(['down'], env)
    assert.equal(code, 0, stderr)
    assert.deepEqual(engine.removed, ['containers/unknown', 'volumes/left'])
    assert.match(stdout, /^removed container unknown\nremoved volume left\n$/)
    engine.containers = []
    assert.match((await dsc(['down'], env)).stdout, /^there was no warm k3s\n$/)
  })

  it('removes a state file that cannot be used, which a run refuses', async () => {
    const { state } = warmFiles(env)
    mkdirSync(dirname(state), { recursive: true })
    writeFileSync(state, '{')
    const words = ['run', '--reference', 'k3s', '--output', join(folder, 'latest')]
    const run = await dsc([...words, 'features/placement/one-pod-per-node.feature'], env)
    assert.equal(run.code, 3, run.stdout)
    assert.match(run.stderr, /warm-k3s\.json cannot be used .*run dsc down/)
    assert.equal((await dsc(['down'], env)).code, 0)
    assert.match((await dsc(['down'], env)).stdout, /there was no warm k3s/)
  })
})
