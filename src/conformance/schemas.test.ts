import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { mergedAttempts } from './attempts'
import { recordingOf } from './recording'
import { agreeing, reference, reportWith, runOf, scenarioNamed } from './testing/evidence'
import { type Schema, schemaProblems } from './testing/schema-problems'

function schema(name: string): Schema {
  return JSON.parse(readFileSync(join(__dirname, 'schemas', `${name}.schema.json`), 'utf8'))
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

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
    assert.deepEqual(schemaProblems(plain(report), schema('report')), [])
    assert.notDeepEqual(
      schemaProblems(plain({ ...report, exitCode: 7, extra: 1 }), schema('report')),
      [],
    )
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
    assert.deepEqual(schemaProblems(plain(recording), schema('recording')), [])
    assert.notDeepEqual(schemaProblems({}, schema('recording')), [])
  })

  it('describe the expected differences', () => {
    const entry = { scenario: 's', message: 'm', reason: 'r', owner: 'o', expires: '2027-01-31' }
    const problems = (fields: object) =>
      schemaProblems({ differences: [{ ...entry, ...fields }] }, schema('expected-differences'))
    assert.deepEqual(problems({ class: 'known-flaky', rate: '3/20', versions: '>=1.21 <1.31' }), [])
    assert.equal(problems({ expires: 'soon' }).length, 1)
    assert.equal(problems({ why: 'x' }).length, 1)
  })
})
