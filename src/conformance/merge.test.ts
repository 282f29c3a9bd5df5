import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ofShard } from './basis'
import { mergedReport } from './merge'
import { ReportError } from './read-report'
import { reportChanges } from './report-diff'
import { sealed } from './seal'
import { agreeing, reportWith, runOf, scenarioNamed } from './testing/evidence'
import { variedReport } from './testing/varied-report'
import { verificationOf } from './verify'

const all = agreeing('one', 'two', 'three', 'four', 'five')
const features = all.map(({ scenario }) => scenario)

function shard(index: number, count = 3, basis = {}) {
  const report = reportWith(
    ofShard(all, { index, count }),
    { shard: { index, count }, ...basis },
    features,
  )
  return { path: `${index}.json`, report }
}

describe('shards', () => {
  it('prove nothing alone', () => {
    const { report } = shard(1)
    assert.equal(report.exitCode, 4)
    assert.match(report.reasons.join(), /shard 1 of 3 proves nothing alone/)
    assert.deepEqual(verificationOf(report, undefined).problems, [])
  })

  it('are together what one run would have been, in whatever order they come', () => {
    const merged = mergedReport([shard(3), shard(1), shard(2)], undefined)
    const single = reportWith(all)
    assert.equal(merged.exitCode, 0)
    assert.deepEqual(
      merged.scenarios.map(({ scenario }) => scenario.id),
      single.scenarios.map(({ scenario }) => scenario.id),
    )
    assert.deepEqual(reportChanges(single, merged), [])
    assert.deepEqual(verificationOf(merged, undefined).problems, [])
  })

  it('keep what stands beside the verdicts: since when what holds, and the tests of Kubernetes', () => {
    const { versions, upstream } = variedReport()
    const beside = { ...(versions && { versions }), ...(upstream && { upstream }) }
    const parts = [1, 2, 3].map((index) => {
      const { path, report } = shard(index)
      const { seal: _, ...rest } = report
      return { path, report: sealed({ ...rest, ...beside }) }
    })
    const merged = mergedReport(parts, undefined)
    assert.deepEqual(
      { versions: merged.versions, upstream: merged.upstream },
      { versions, upstream },
    )
  })

  it('of which one is missing are incomplete', () => {
    const merged = mergedReport([shard(3), shard(1)], undefined)
    assert.equal(merged.exitCode, 4)
    assert.match(merged.reasons.join(), /shards 2 are missing/)
    assert.deepEqual(verificationOf(merged, undefined).problems, [])
  })

  it('that do not belong together are refused', () => {
    const refused = (...parts: Parameters<typeof mergedReport>[0][number][]) =>
      assert.throws(() => mergedReport(parts, undefined), ReportError)
    refused(shard(1), shard(1))
    refused(shard(1), shard(1, 2))
    refused(shard(1), shard(2, 3, { slow: true }))
    refused({ path: 'whole.json', report: reportWith(all) })
    const { path, report } = shard(2)
    refused(shard(1), { path, report: { ...report, metadata: { ...report.metadata, seed: 2 } } })
    refused(shard(1), {
      path,
      report: { ...report, target: { ...report.target, version: 'v1.21.0' } },
    })
  })
})

describe('the changes between two reports', () => {
  it('name verdict, evidence, and scenarios that are new or gone', () => {
    const scenario = scenarioNamed('one')
    const before = reportWith(agreeing('one', 'two', 'three'))
    const same = agreeing('two', 'four')
    const failed = { scenario, target: runOf(scenario, 'failed'), reference: runOf(scenario) }
    const changes = reportChanges(before, reportWith([failed, ...same]))
    assert.deepEqual(
      changes.map(({ what, id }) => `${what} ${id.split(' > ')[2]}`),
      ['removed three', 'verdict one', 'added four'],
    )
    const other = {
      scenario,
      target: runOf(scenario, 'passed', 'x'),
      reference: runOf(scenario, 'passed', 'x'),
    }
    const [change] = reportChanges(before, reportWith([other, ...agreeing('two', 'three')]))
    assert.equal(change?.what, 'evidence')
    assert.equal(change?.detail, 'target: end state / Pod / pod / state: "Ready" -> "x"')
  })
})
