import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { CatalogueError } from '../conformance/catalogue/catalogue-error'
import { packageRoot } from './package'
import { exitCodeOf, programOf } from './program'

class Output extends Writable {
  text = ''

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

async function dsc(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const [stdout, stderr] = [new Output(), new Output()]
  let code = 0
  const exit = (wanted: number): void => {
    code = wanted
  }
  try {
    await programOf({ stdout, stderr, env: {}, cwd: packageRoot, exit }).parseAsync([
      'node',
      'dsc',
      ...words,
    ])
  } catch (error) {
    code = exitCodeOf(error, 2, (line) => stderr.write(`${line}\n`))
  }
  return { code, stdout: stdout.text, stderr: stderr.text }
}

describe('dsc coverage', () => {
  it('counts every behaviour once, and fails as long as one has no proof', async () => {
    const { code, stdout } = await dsc('coverage', '--json')
    const { controlPlane, mistakes, ...daemonSet } = JSON.parse(stdout)
    let missing = mistakes.length
    for (const [all, catalogue] of [
      [370, daemonSet],
      [453, controlPlane],
    ]) {
      const { behaviours, proven, byTestOnly, unproven, outOfScope } = catalogue
      assert.equal(behaviours, all)
      assert.equal(proven + byTestOnly + unproven.length + outOfScope.length, all)
      missing += unproven.length
    }
    assert.equal(code, missing === 0 ? 0 : 1)
  })

  it('prints a row per group of both catalogues', async () => {
    const { stdout } = await dsc('coverage')
    assert.match(stdout, /^Behaviours of the DaemonSet\ngroup +behaviours +by scenario/)
    assert.match(stdout, /^PLACE +45 /m)
    assert.match(stdout, /^all +370 /m)
    assert.match(stdout, /^KUBECTL +56 /m)
    assert.match(stdout, /^all +453 /m)
  })

  it('refuses a report that is none, and a flag that is none, with exit code 2', async () => {
    const missing = await dsc('coverage', '--report', 'no/such/report.json')
    assert.equal(missing.code, 2)
    assert.match(missing.stderr, /^dsc: .*report\.json: cannot be read$/m)
    const other = await dsc('coverage', '--report', 'package.json')
    assert.equal(other.code, 2)
    assert.match(other.stderr, /wanted a ConformanceReport/)
    assert.equal((await dsc('coverage', '--jason')).code, 2)
  })

  it('names every line of a catalogue that cannot be used, with exit code 2', () => {
    const said: string[] = []
    const error = new CatalogueError(['a.yaml:1: no title', 'a.yaml:2: twice'])
    assert.equal(
      exitCodeOf(error, 2, (line) => said.push(line)),
      2,
    )
    assert.deepEqual(said, ['dsc: a.yaml:1: no title\na.yaml:2: twice'])
  })
})
