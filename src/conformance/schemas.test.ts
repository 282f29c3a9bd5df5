import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { mergedAttempts } from './attempts'
import { readRecording, recordedRun, recordingOf } from './recording'
import { agreeing, reference, reportWith, runOf, scenarioNamed } from './testing/evidence'
import { schemaProblems } from './testing/schema-problems'
import { variedReport } from './testing/varied-report'

const problemsOf = {
  report: schemaProblems('report'),
  recording: schemaProblems('recording'),
  'expected-differences': schemaProblems('expected-differences'),
} as const
const reports = join(__dirname, '..', '..', 'reports')

const scenario = scenarioNamed('differs')
const flaky = mergedAttempts([runOf(scenario), runOf(scenario, 'failed')])
const ours = runOf(scenario, 'failed')

describe('the published schemas', () => {
  it('describe every part of a report', () => {
    const report = reportWith(
      [
        ...agreeing('one'),
        {
          scenario,
          target: flaky,
          reference: runOf(scenario),
          secondLook: { ours, again: runOf(scenario) },
        },
        {
          scenario: scenarioNamed('x'),
          target: runOf(scenarioNamed('x'), 'passed', 'a'),
          reference: runOf(scenarioNamed('x')),
        },
        {
          scenario: scenarioNamed('y'),
          target: runOf(scenarioNamed('y')),
          reference: undefined,
          referenceReason: 'stale',
        },
      ],
      { shard: { index: 1, count: 2 }, repeat: 2, stopped: 'stopped' },
    )
    assert.deepEqual(problemsOf.report(report), [])
    assert.deepEqual(problemsOf.report(variedReport()), [])
    assert.equal(problemsOf.report({ ...report, exitCode: 7, extra: 1 }).length, 2)
  })

  it('describe every part of a recording', () => {
    const host = { platform: 'linux/x64', processors: 2 }
    const circumstances = { toolVersion: '0.1.0', featuresHash: 'f'.repeat(64), seed: 1, host }
    const { live: _, ...cluster } = reference
    const recording = recordingOf(
      { cluster, runs: [runOf(scenario), ...(flaky ? [flaky] : [])] },
      '2026-01-01T00:00:00Z',
      circumstances,
    )
    assert.deepEqual(problemsOf.recording(recording), [])
    assert.notDeepEqual(problemsOf.recording({}), [])
  })

  it('describe the recordings that are here, and what a report takes of them', () => {
    const files = globSync('recordings/**/*.json', { cwd: reports })
    assert.ok(files.length >= 3, files.join())
    for (const file of files) {
      const recording = readRecording(join(reports, file))
      assert.deepEqual(problemsOf.recording(recording), [], file)
      const scenarios = Object.entries(recording.scenarios).map(([id, { textHash }]) => {
        const text = { ...scenario, id, textHash }
        return { scenario: text, target: undefined, reference: recordedRun(recording, text).run }
      })
      assert.deepEqual(problemsOf.report(reportWith(scenarios)), [], file)
    }
  })

  it('describe the expected differences', () => {
    const entry = { scenario: 's', message: 'm', reason: 'r', owner: 'o', expires: '2027-01-31' }
    const problems = (fields: object) =>
      problemsOf['expected-differences']({ differences: [{ ...entry, ...fields }] })
    assert.deepEqual(problems({ class: 'known-flaky', rate: '3/20', versions: '>=1.21 <1.31' }), [])
    assert.notDeepEqual(problems({ expires: 'soon' }), [])
    assert.notDeepEqual(problems({ why: 'x' }), [])
    const file = join(reports, 'expected-differences.yaml')
    if (!existsSync(file)) return
    assert.deepEqual(problemsOf['expected-differences'](parse(readFileSync(file, 'utf8'))), [])
  })
})
