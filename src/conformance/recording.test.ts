import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  RecordingError,
  readRecording,
  recordedRun,
  recordingOf,
  recordingText,
  refreshed,
  unrecordedIn,
} from './recording'
import { newestRecording } from './reference'
import type { ScenarioText, SuiteRun } from './scenario-run'

const scenario: ScenarioText = {
  id: 'a.feature > Rule > One',
  uri: 'features/a.feature',
  line: 1,
  feature: 'A',
  rule: 'Rule',
  name: 'One',
  tags: [],
  textHash: 'abc',
}

function suiteRun(version: string): SuiteRun {
  const run = { scenario, steps: [], durationSeconds: 2 }
  return {
    cluster: { name: 'k3s', version, provenance: { image: 'rancher/k3s' } },
    runs: [
      { ...run, outcome: 'passed' },
      { ...run, scenario: { ...scenario, id: 'b' }, outcome: 'error', message: 'lost' },
    ],
  }
}

describe('a recording', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-recording-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  function file(name: string, text: string): string {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }

  const text = recordingText(recordingOf(suiteRun('v1.21.2+k3s1'), '2026-01-02T00:00:00Z'))

  it('comes back from its file as it was, without the scenarios that broke', () => {
    const recording = readRecording(file('whole.json', text))
    assert.equal(recording.cluster.version, 'v1.21.2+k3s1')
    assert.equal(recordedRun(recording, scenario).run?.outcome, 'passed')
    assert.match(recordedRun(recording, { ...scenario, id: 'b' }).reason ?? '', /does not hold/)
  })

  it('says nothing about a scenario whose text has changed', () => {
    const recording = readRecording(file('whole.json', text))
    const answer = recordedRun(recording, { ...scenario, textHash: 'other' })
    assert.equal(answer.run, undefined)
    assert.match(answer.reason ?? '', /^stale/)
  })

  it('is refused when it is cut, edited, of another kind, or no JSON', () => {
    for (const [name, broken, message] of [
      ['cut.json', text.slice(0, -20), /not JSON/],
      ['edited.json', text.replace('"passed"', '"failed"'), /seal does not fit/],
      ['kind.json', text.replace('"Recording"', '"Report"'), /wanted kind Recording/],
      ['list.json', '3', /wanted a JSON object/],
    ] as const) {
      const path = file(name, broken)
      assert.throws(
        () => readRecording(path),
        (error) => {
          assert.ok(error instanceof RecordingError)
          assert.ok(error.message.startsWith(path))
          assert.match(error.message, message)
          return true
        },
      )
      rmSync(path)
    }
    assert.throws(() => readRecording(join(folder, 'absent.json')), /cannot be read/)
  })

  it('takes scenarios that were recorded again, from the same version only', () => {
    const old = recordingOf(suiteRun('v1.36.2'), '2026-01-01T00:00:00Z')
    const changed = { ...scenario, textHash: 'new' }
    assert.deepEqual(unrecordedIn(old, [scenario, changed]), [changed])
    const run = suiteRun('v1.36.2')
    const again = { ...run, runs: run.runs.map((each) => ({ ...each, scenario: changed })) }
    const newer = recordingOf(again, '2026-02-02T00:00:00Z')
    const whole = refreshed(old, newer, [changed])
    assert.equal(recordedRun(whole, changed).run?.outcome, 'passed')
    assert.equal(whole.scenarios[scenario.id]?.recordedAt, '2026-02-02T00:00:00Z')
    assert.equal(readRecording(file('again.json', recordingText(whole))).scenarioCount, 1)
    rmSync(join(folder, 'again.json'))
    const other = recordingOf(suiteRun('v1.35.0'), '2026-02-02T00:00:00Z')
    assert.throws(() => refreshed(old, other, [changed]), RecordingError)
  })

  it('stands in for a live reference when it is of the newest Kubernetes', () => {
    for (const version of ['v1.36.2', 'v1.9.0']) {
      file(`${version}.json`, recordingText(recordingOf(suiteRun(version), '2026-01-01T00:00:00Z')))
    }
    assert.equal(newestRecording(folder)?.recording.cluster.version, 'v1.36.2')
    assert.equal(newestRecording(join(folder, 'absent')), undefined)
    file('broken.json', '{}')
    assert.throws(() => newestRecording(folder), RecordingError)
  })
})
