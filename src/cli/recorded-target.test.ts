import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ConformanceReport } from '../conformance/report'
import { sealed } from '../conformance/seal'
import { packageRoot } from './package'
import { dsc } from './testing/dsc'

const recordings = join(packageRoot, 'reports', 'recordings')
const newest = join(recordings, 'v1.36.2.json')
const older = join(recordings, 'v1.21.2-k3s1.json')
const features = 'features/use-cases'

describe('a recording as the target', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-recorded-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  const run = (name: string, target: string, ...words: readonly string[]) =>
    dsc([
      ...['run', '--quiet', '--target', `recording:${target}`],
      ...['--reference', `recording:${newest}`, '--output', join(folder, name), ...words],
    ])
  const reportIn = (name: string): ConformanceReport =>
    JSON.parse(readFileSync(join(folder, name, 'conformance.json'), 'utf8'))

  it('is held against the reference without running anything, and says so', async () => {
    const { code, stdout } = await run('same', newest)
    assert.equal(code, 0, stdout)
    assert.match(stdout, /The target is a recording as well, reports\/recordings\/v1\.36\.2\.json/)
    assert.doesNotMatch(stdout, /Running/)
    const { target, metadata } = reportIn('same')
    assert.equal(target.name, 'recording:reports/recordings/v1.36.2.json')
    assert.ok(target.provenance['recordedAt'])
    assert.match(metadata.reproduce, /--target recording:reports\/recordings\/v1\.36\.2\.json/)
    const file = join(folder, 'same', 'conformance.json')
    assert.equal((await dsc(['verify', file])).code, 0)
  })

  it('of an older release differs where that did, and owes an answer to what is younger', async () => {
    const words = ['features/use-cases', 'features/rollout/surge.feature']
    assert.equal((await run('older', older, ...words)).code, 1)
    const { scenarios } = reportIn('older')
    const verdicts = new Set(scenarios.map(({ verdict }) => verdict))
    assert.ok(verdicts.has('differ') && verdicts.has('agree'))
    const surge = scenarios.filter(({ scenario }) => scenario.uri.endsWith('surge.feature'))
    for (const { verdict, required, reason = '' } of surge) {
      assert.deepEqual([verdict, required], ['not-verified', true])
      assert.equal(reason, 'did not run on the target')
    }
  })

  it('is not verified where it is of another text', async () => {
    const { seal: _, ...recording } = JSON.parse(readFileSync(newest, 'utf8'))
    const scenarios = Object.fromEntries(
      Object.entries<object>(recording.scenarios).map(([id, each]) => [
        id,
        id.startsWith('use-cases/') ? { ...each, textHash: '0'.repeat(64) } : each,
      ]),
    )
    const stale = join(folder, 'stale.json')
    writeFileSync(stale, JSON.stringify(sealed({ ...recording, scenarios })))
    assert.equal((await run('stale', stale, features)).code, 4)
    const { scenarios: found } = reportIn('stale')
    assert.ok(found.every(({ verdict, required }) => verdict === 'not-verified' && required))
  })

  it('is refused where it cannot be read, and where it would have to be looked into again', async () => {
    const absent = await run('absent', join(folder, 'absent.json'), features)
    assert.equal(absent.code, 2)
    assert.match(absent.stderr, /absent\.json/)
    const blame = await run('blame', newest, '--blame', features)
    assert.equal(blame.code, 2)
    assert.match(blame.stderr, /--blame: nobody can look again into what was recorded/)
    const pause = await run('pause', newest, '--pause-on-failure', features)
    assert.equal(pause.code, 2)
  })
})
