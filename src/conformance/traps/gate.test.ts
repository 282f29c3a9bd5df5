import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { mergedAttempts } from '../attempts'
import { parseExpectedDifferences } from '../expected-differences'
import type { ScenarioEvidence } from '../judgement'
import { ReportError, readReport } from '../read-report'
import { recordedRun, recordingOf } from '../recording'
import { reportChanges } from '../report-diff'
import { ReportFolder } from '../report-files'
import { sealed } from '../seal'
import { Suite } from '../suite'
import { agreeing, reference, reportWith, runOf, scenarioNamed } from '../testing/evidence'
import { verificationOf } from '../verify'

const scenario = scenarioNamed('trapped')
const passed = runOf(scenario)
const failed = runOf(scenario, 'failed')

/** The gate over one trapped scenario among others that agree. */
function gateWith(trapped: Partial<ScenarioEvidence>, basis = {}) {
  const evidence = { scenario, target: passed, reference: passed, ...trapped }
  return reportWith([...agreeing('one', 'two'), evidence], basis)
}

/** Each trap once made a gate green that should have been red; the rest of them is in the tests of the command line. */
describe('the gate goes red for', () => {
  it('nothing, when no trap is planted', () => {
    assert.equal(gateWith({}).exitCode, 0)
  })

  it('trap 4: a lost watch that returns quietly, whether it lost everything or a part', () => {
    const { observation: _, ...blind } = passed
    assert.equal(gateWith({ target: blind }).exitCode, 4)
    assert.equal(gateWith({ reference: blind }).exitCode, 4)
    const half = {
      ...passed,
      observation: {
        ...blind,
        endState: {},
        history: { pods: {}, revisions: {}, events: [] },
        refusals: [],
        timeline: [],
      },
    }
    assert.equal(gateWith({ target: half }).exitCode, 1)
  })

  it('trap 5: half a report', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dsc-trap-'))
    try {
      new ReportFolder(join(folder, 'latest')).publish(gateWith({}))
      const file = join(folder, 'latest', 'conformance.json')
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.slice(0, text.length / 2))
      assert.throws(() => readReport(file), ReportError)
      const { seal: _, ...report } = JSON.parse(text)
      writeFileSync(file, JSON.stringify({ ...report, scenarios: report.scenarios.slice(0, 1) }))
      assert.throws(() => readReport(file), ReportError)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('trap 6: scenarios that were not executed', () => {
    assert.equal(gateWith({ target: undefined }).exitCode, 4)
    assert.equal(gateWith({ reference: undefined }).exitCode, 4)
    assert.equal(gateWith({ target: undefined, reference: undefined }).exitCode, 4)
  })

  it('trap 7: fewer scenarios than required, and none at all', () => {
    assert.equal(gateWith({}, { expected: 4 }).exitCode, 4)
    assert.equal(reportWith([]).exitCode, 4)
    assert.equal(gateWith({}, { shard: { index: 1, count: 2 } }).exitCode, 4)
    assert.equal(gateWith({}, { rerun: 3 }).exitCode, 4)
    assert.equal(gateWith({}, { stopped: 'stopped after 1 failures' }).exitCode, 4)
    assert.equal(gateWith({}, { interrupted: true }).exitCode, 130)
    const partial = gateWith({}, { filtered: true, coreMissing: 1 })
    assert.equal(partial.exitCode, 4)
    assert.match(partial.reasons.join(), /1 scenarios of the @core profile were not selected/)
    assert.equal(gateWith({}, { filtered: true }).exitCode, 0)
  })

  it('trap 8: a failure behind "does not apply here"', () => {
    const young = { ...scenario, tags: ['@since-1.99'] }
    const exempt = gateWith({ scenario: young, reference: undefined })
    assert.equal(exempt.exitCode, 0)
    assert.equal(exempt.totals.notRequired, 1)
    assert.equal(gateWith({ scenario: young, target: failed, reference: undefined }).exitCode, 1)
    const all = reportWith([{ scenario: young, target: passed, reference: undefined }])
    assert.equal(all.exitCode, 4, 'a run in which nothing is required proves nothing')
  })

  it('trap 10: a retry that turns red to green', () => {
    const retried = mergedAttempts([failed, passed])
    assert.equal(gateWith({ target: retried }).exitCode, 1)
    assert.equal(gateWith({ reference: retried }).exitCode, 4)
    assert.equal(gateWith({ target: retried, reference: retried }).exitCode, 1)
  })

  it('trap 11: green in-process with a red reference', () => {
    assert.equal(gateWith({ reference: failed }).exitCode, 1)
    assert.equal(gateWith({ target: failed, reference: failed }).exitCode, 1)
    assert.equal(gateWith({ reference: runOf(scenario, 'error') }).exitCode, 3)
    assert.equal(gateWith({ target: runOf(scenario, 'undefined') }).exitCode, 2)
  })

  it('trap 13: a flaky scenario that was silently removed', () => {
    const text = `differences: [{ scenario: "${scenario.id}", message: m, reason: r, owner: o, expires: "2030-01-01" }]`
    const expectedDifferences = parseExpectedDifferences(text, 'list.yaml')
    assert.equal(reportWith(agreeing('one'), { expectedDifferences }).exitCode, 1)
    const whole = gateWith({})
    const [change] = reportChanges(whole, reportWith(agreeing('one', 'two')))
    assert.equal(change?.what, 'removed')
    const { seal: _, ...rest } = reportWith(agreeing('one', 'two'))
    const hidden = sealed({ ...rest, metadata: whole.metadata })
    assert.match(verificationOf(hidden, undefined).problems.join(), /hash of the features/)
    const { live: __, ...cluster } = reference
    const recording = recordingOf({ cluster, runs: [runOf(scenario, 'error')] }, '2026-01-01')
    const { run, reason } = recordedRun(recording, scenario)
    assert.equal(
      gateWith({ reference: run, ...(reason && { referenceReason: reason }) }).exitCode,
      4,
    )
  })
})

describe('a suite with a step that skips', () => {
  let root = ''
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'dsc-trap-'))
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    write('package.json', '{"type":"commonjs"}')
    write(
      'steps/steps.js',
      `const { Given } = require(${JSON.stringify(require.resolve('@cucumber/cucumber'))})
Given('it is supported', () => 'skipped')
Given('it holds', () => {})
Given('it will hold', () => 'pending')
`,
    )
    write(
      'features/a.feature',
      'Feature: A\n  Scenario: Skips\n    Given it is supported\n    Given it holds\n',
    )
  })
  after(() => rmSync(root, { recursive: true }))

  it('trap 8: never passes, so that no skip can hide in "supported"', async () => {
    const support = { requireModule: [], require: ['steps/*.js'] }
    const suite = await Suite.load({ root, support, paths: [], tags: '', names: [] })
    const [run] = await suite.run({ only: '', formats: {}, observationOf: () => undefined })
    assert.equal(run?.outcome, 'error')
    const trapped = { scenario: run?.scenario ?? scenario, target: run }
    assert.equal(reportWith([{ ...trapped, reference: passed }]).exitCode, 3)
  })
})
