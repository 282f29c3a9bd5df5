import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { exitCodeOf, programOf } from './program'

class Output extends Writable {
  text = ''

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

describe('dsc fuzz', () => {
  let cwd = ''
  before(() => {
    cwd = mkdtempSync(join(tmpdir(), 'dsc-fuzz-'))
  })
  after(() => rmSync(cwd, { recursive: true }))

  async function fuzz(...words: readonly string[]) {
    const [stdout, stderr] = [new Output(), new Output()]
    let code = -1
    const exit = (wanted: number): void => {
      code = wanted
    }
    try {
      const program = programOf({ stdout, stderr, env: {}, cwd, exit })
      await program.parseAsync(['node', 'dsc', 'fuzz', ...words])
    } catch (error) {
      code = exitCodeOf(error, 2, (line) => stderr.write(`${line}\n`))
    }
    return { code, stdout: stdout.text, stderr: stderr.text }
  }

  it('tells how far it has come, and ends with 0 when nothing was found', async () => {
    const { code, stdout } = await fuzz('--histories', '2', '--steps', '5', '--seed', '3')
    assert.match(stdout, /^\[1\/2 \d+ s\] \d+ steps in 1 histories$/m)
    assert.match(stdout, /^\d+ steps in 2 histories, 0 findings; seed 3$/m)
    assert.equal(code, 0)
    assert.equal(existsSync(join(cwd, 'reports')), false)
  })

  it('replays a history, ends with 1 and writes it down when it shows something', async () => {
    const statuses: { isStatusCurrent: unknown } = require('../reconciler/status')
    const { isStatusCurrent } = statuses
    const steps = [{ step: 'daemonset created', settings: { image: 'agent:v1' } }]
    writeFileSync(join(cwd, 'one.json'), JSON.stringify({ seed: 5, steps }))
    assert.equal((await fuzz('--replay', 'one.json')).code, 0)
    statuses.isStatusCurrent = () => false
    try {
      const { code, stdout } = await fuzz('--replay', 'one.json', '--output', 'found')
      assert.equal(code, 1)
      assert.match(stdout, /update DaemonSet agent changed nothing/)
      assert.match(stdout, /repeat: dsc fuzz --replay found\/random-history-5\.json$/m)
    } finally {
      statuses.isStatusCurrent = isStatusCurrent
    }
    const [json, feature] = ['json', 'feature'].map((extension) =>
      readFileSync(join(cwd, 'found', `random-history-5.${extension}`), 'utf8'),
    )
    assert.deepEqual(JSON.parse(json ?? ''), { seed: 5, steps })
    assert.match(feature ?? '', /^# Found by dsc fuzz; the seed of the history is 5\.$/m)
  })

  it('refuses what is no history, no duration and no cluster with 2', async () => {
    writeFileSync(join(cwd, 'bad.json'), '{"seed":1,"steps":[{"step":"flies"}]}')
    const bad = await fuzz('--replay', 'bad.json')
    assert.equal(bad.code, 2)
    assert.match(bad.stderr, /bad\.json: step 1 .*there is no such step/)
    assert.equal((await fuzz('--replay', 'nowhere.json')).code, 2)
    assert.equal((await fuzz('--time', 'soon')).code, 2)
    assert.equal((await fuzz('--reference', 'recording:x.json')).code, 2)
    assert.equal((await fuzz('--reference', 'moon')).code, 2)
  })
})
