import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { packageRoot } from './package'
import { exitCodeOf } from './program'
import { serveProgramOf } from './serve-program'

const main = join(__dirname, 'main.ts')
const readyMilliseconds = 60_000

describe('dsc serve and dsc advance', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-serve-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  const dsc = (...args: string[]): ChildProcess =>
    spawn(process.execPath, ['--require', require.resolve('ts-node/register'), main, ...args], {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const ended = (child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> =>
    new Promise((done) => {
      let out = ''
      let err = ''
      child.stdout?.on('data', (text) => {
        out += text
      })
      child.stderr?.on('data', (text) => {
        err += text
      })
      child.on('close', (code) => done({ code, out, err }))
    })
  const firstLine = (child: ChildProcess): Promise<string> =>
    new Promise((done, failed) => {
      let out = ''
      const timer = setTimeout(() => failed(new Error(`not ready: ${out}`)), readyMilliseconds)
      child.stdout?.on('data', (text) => {
        out += text
        if (!out.includes('\n')) return
        clearTimeout(timer)
        done(out.split('\n', 1)[0] ?? '')
      })
      child.on('close', () => failed(new Error(`it ended: ${out}`)))
    })

  /** Runs a command in this process. */
  const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const written = { out: '', err: '' }
    const into = (name: 'out' | 'err') =>
      new Writable({
        write(chunk, _encoding, done) {
          written[name] += String(chunk)
          done()
        },
      })
    const program = serveProgramOf({
      stdout: into('out'),
      stderr: into('err'),
      env: {},
      cwd: folder,
      exit: () => undefined,
    })
    try {
      await program.parseAsync(['node', 'dsc', ...args])
      return { code: 0, ...written }
    } catch (error) {
      const code = exitCodeOf(error, 2, (line) => {
        written.err += line
      })
      return { code, ...written }
    }
  }

  it('says that it is ready, writes a kubeconfig for its owner, and ends on Ctrl-C', async () => {
    const path = join(folder, 'dsc.kubeconfig')
    const where = ['--kubeconfig', path]
    const server = dsc('serve', '--nodes', '2', '--speed', 'manual', ...where)
    const end = ended(server)
    assert.match(await firstLine(server), /^ready https:\/\/127\.0\.0\.1:\d+ \(2 nodes, \d+ ms\)$/)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.match(readFileSync(path, 'utf8'), /current-context: daemonset-conformance/)
    const first = await run('advance', '1h30m', ...where)
    const second = await run('advance', '30m', ...where)
    const timeIn = ({ out }: { out: string }) => Date.parse(/it is (\S+) in/.exec(out)?.[1] ?? '')
    assert.deepEqual([first.code, second.code], [0, 0], first.err)
    assert.equal(timeIn(second) - timeIn(first), 30 * 60_000)
    const kubeconfig = readFileSync(path)
    server.kill('SIGINT')
    assert.equal((await end).code, 0)
    assert.equal(existsSync(path), false, 'the kubeconfig of a server that is gone')
    writeFileSync(path, kubeconfig)
    const late = await run('advance', '5m', ...where)
    assert.equal(late.code, 3)
    assert.match(late.err, /cannot be reached/)
  })

  it('ends on a termination request too, and leaves a kubeconfig that is no longer its own', async () => {
    const path = join(folder, 'taken.kubeconfig')
    const server = dsc('serve', '--nodes', '0', '--quiet', '--kubeconfig', path)
    const end = ended(server)
    await firstLine(server)
    writeFileSync(path, 'somebody else has put this here')
    server.kill('SIGTERM')
    const { code, out } = await end
    assert.deepEqual([code, out.split('\n').length], [0, 2], out)
    assert.equal(readFileSync(path, 'utf8'), 'somebody else has put this here')
  })

  it('refuses what it cannot do, in one line', async () => {
    for (const args of [
      ['serve', '--nodes', 'many'],
      ['serve', '--port', '70000'],
      ['serve', '--speed', 'warp'],
      ['serve', '--fleet', 'nosuch.yaml'],
      ['serve', '--nodes', '3', '--fleet', 'x.yaml'],
      ['advance', 'soon'],
      ['advance', '5m', '--kubeconfig', 'nosuch'],
    ]) {
      const { code, err } = await run(...args)
      assert.equal(code, 2, args.join(' '))
      assert.notEqual(err, '')
    }
  })
})
