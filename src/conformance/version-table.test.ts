import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordingOf } from './recording'
import type { ScenarioRun } from './scenario-run'
import { runOf, scenarioNamed } from './testing/evidence'
import { versionTableOf } from './version-table'

function recorded(version: string, ...runs: readonly ScenarioRun[]) {
  return recordingOf({ cluster: { name: 'k3s', version, provenance: {} }, runs }, '2026-01-01')
}

const scenarios = ['old', 'new', 'changed', 'broken', 'added'].map((name) => scenarioNamed(name))
const [old, fresh, changed, broken, added] = scenarios.map((scenario) => ({
  good: runOf(scenario),
  bad: runOf(scenario, 'failed'),
  other: runOf(scenario, 'passed', 'else'),
}))

describe('several recordings side by side', () => {
  it('tell since which release a scenario holds, whatever order they come in', () => {
    assert.ok(old && fresh && changed && broken && added)
    const table = versionTableOf([
      recorded('v1.31.0', old.good, fresh.good, changed.good, broken.bad, added.good),
      recorded('v1.9.11', old.good, fresh.bad, changed.other, broken.good),
      recorded('v1.21.2', old.good, fresh.good, changed.other, broken.good),
    ])
    assert.deepEqual(table.versions, ['v1.9.11', 'v1.21.2', 'v1.31.0'])
    const since = Object.fromEntries(
      table.rows.map((row) => [row.scenario.split(' > ')[2], row.since]),
    )
    assert.deepEqual(since, {
      old: 'always',
      new: 'v1.21.2',
      changed: 'v1.31.0',
      broken: 'never',
      added: 'v1.31.0',
    })
  })

  it('go by the tag of a scenario for what lies between two recordings, unless one denies it', () => {
    assert.ok(old && fresh && changed)
    const recordings = [
      recorded('v1.21.2', old.good, changed.other),
      recorded('v1.31.0', old.good, fresh.good, changed.good),
    ]
    const sinceWith = (minor: number) => {
      const { rows } = versionTableOf(recordings, () => minor)
      return Object.fromEntries(rows.map((row) => [row.scenario.split(' > ')[2], row.since]))
    }
    assert.deepEqual(sinceWith(25), { changed: 'v1.25', new: 'v1.25', old: 'always' })
    assert.deepEqual(sinceWith(20), { changed: 'v1.31.0', new: 'v1.20', old: 'always' })
    assert.deepEqual(sinceWith(40), { changed: 'v1.31.0', new: 'v1.31.0', old: 'always' })
  })

  it('say nothing of a release whose recording is of another text', () => {
    assert.ok(old)
    const stale = { ...old.good, scenario: { ...old.good.scenario, textHash: 'another' } }
    const { rows } = versionTableOf([recorded('v1.21.2', stale), recorded('v1.31.0', old.good)])
    assert.deepEqual(rows[0]?.cells, ['not recorded', 'holds'])
  })
})
