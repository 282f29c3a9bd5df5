import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { mainCommand, packageRoot } from './package'
import { dsc } from './testing/dsc'

const scenario = `Feature: Watched
  Scenario: Two nodes
    Given a cluster with 2 nodes
`

/** A process whose output is waited for, piece by piece. */
class Told {
  readonly child: ChildProcess
  #text = ''
  #read = 0

  constructor(words: readonly string[]) {
    const [command, ...before] = mainCommand
    this.child = spawn(command, [...before, ...words], { cwd: packageRoot })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#text += chunk
        this.child.emit('told')
      })
    }
    this.child.on('exit', () => this.child.emit('told'))
  }

  /** Waits until what comes after the last match matches. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const rest = this.#text.slice(this.#read)
      const found = pattern.exec(rest)
      if (found !== null) {
        this.#read += found.index + found[0].length
        return rest.slice(0, found.index + found[0].length)
      }
      assert.equal(this.child.exitCode, null, `it ended without ${pattern}:\n${this.#text}`)
      await once(this.child, 'told')
    }
  }
}

describe('dsc run --watch', () => {
  let folder = ''
  let feature = ''

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-watch-'))
    feature = join(folder, 'watched.feature')
    writeFileSync(feature, scenario)
  })
  after(() => rmSync(folder, { recursive: true }))

  it('runs a saved feature again, shows what is wrong with half of one, goes on, and ends with 130', async () => {
    const output = join(folder, 'latest')
    const words = ['run', '--watch', '--reference', 'in-process', '--output', output, feature]
    const told = new Told(words)
    try {
      await told.until(/conformant: exit code 0[\s\S]*Waiting for a saved file/)
      writeFileSync(feature, `${scenario}    Nonsense\n`)
      const broken = await told.until(/Waiting for a saved file/)
      assert.match(broken, /watched\.feature saved: running 1 of the features/)
      assert.match(broken, /watched\.feature:4: /)
      writeFileSync(feature, scenario.replace('2 nodes', '3 nodes'))
      await told.until(/conformant: exit code 0[\s\S]*Waiting for a saved file/)
      told.child.kill('SIGINT')
      const [code] = (await once(told.child, 'exit')) as [number]
      assert.equal(code, 130)
      assert.ok(existsSync(join(output, 'conformance.json')))
      assert.deepEqual(readdirSync(folder).sort(), ['latest', 'watched.feature'])
    } finally {
      told.child.kill('SIGKILL')
    }
  })

  it('is refused with flags and clusters that make no sense, in one error', async () => {
    for (const [words, message] of [
      [['--list', '--shard', '1/2'], /^dsc: --watch: makes no sense with --list, --shard$/m],
      [['--rerun-failed'], /makes no sense with --rerun-failed/],
      [['--pause-on-failure'], /makes no sense with --pause-on-failure/],
      [['--target', 'k3s'], /--watch: runs in-process, .* not with --target k3s/],
      [['--reference', 'k3s'], /not with --reference k3s/],
    ] as const) {
      const { code, stderr } = await dsc(['run', '--watch', ...words, feature])
      assert.equal(code, 2, words.join(' '))
      assert.match(stderr, message)
    }
  })
})
