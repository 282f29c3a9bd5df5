import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type ConformanceOptions, runConformance } from './conformance-run'
import { htmlReport } from './render/html/page'
import type { ConformanceReport } from './report'
import { Suite } from './suite'

const root = join(__dirname, '..', '..')

/** The fields of a report that tell what a clock on the wall said; all others follow from the seed. */
const wallClock: ReadonlySet<string> = new Set([
  'createdAt',
  'durationMilliseconds',
  'durationSeconds',
  'seal',
])

describe('two runs with the same seed', () => {
  let folder = ''
  let suite: Suite
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-seed-'))
    suite = await Suite.load({
      root,
      support: { requireModule: [], require: ['steps/**/!(*.test).ts'] },
      paths: ['features/rollout/rolling-update.feature', 'features/lifecycle/events.feature'],
      tags: '',
      names: [],
    })
  })
  after(() => rmSync(folder, { recursive: true }))

  function run(seed: number): Promise<ConformanceReport> {
    const options: ConformanceOptions = {
      suite,
      target: 'in-process',
      reference: { kind: 'live', target: 'in-process' },
      expectedDifferences: [],
      slow: true,
      folder,
      session: { seed, env: {} },
      seed,
      createdAt: new Date().toISOString(),
      toolVersion: '0.0.0',
      reproduce: 'npm run conformance',
      progress: { say: () => {}, finished: () => {} },
      signal: new AbortController().signal,
    }
    return runConformance(options)
  }

  it('give the same report and the same page, apart from the fields of the wall clock', async () => {
    const [first, second] = [await run(1), await run(1)]
    assert.deepEqual(withoutWallClock(second), withoutWallClock(first))
    assert.equal(htmlReport(timeless(second)), htmlReport(timeless(first)))
  })

  it('differ from a run with another seed, so that the seed is known to matter', async () => {
    const [first, other] = [await run(1), await run(2)]
    assert.notDeepEqual(withoutWallClock(other), withoutWallClock(first))
    assert.equal(other.answer, first.answer)
  })

  it('have no field of the wall clock that the published schema does not know', () => {
    const schema = readFileSync(join(__dirname, 'schemas', 'report.schema.json'), 'utf8')
    for (const field of wallClock) assert.ok(schema.includes(`"${field}"`), field)
  })
})

function withoutWallClock(report: ConformanceReport): unknown {
  return JSON.parse(
    JSON.stringify(report, (field, value: unknown) => (wallClock.has(field) ? undefined : value)),
  )
}

/** The report with every clock on the wall at nought. */
function timeless(report: ConformanceReport): ConformanceReport {
  return JSON.parse(
    JSON.stringify(report, (field, value: unknown) =>
      wallClock.has(field) && typeof value === 'number' ? 0 : field === 'createdAt' ? '' : value,
    ),
  )
}
