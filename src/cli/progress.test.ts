import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import type { Outcome, ScenarioRun, ScenarioText } from '../conformance/scenario-run'
import { lineProgress, type Verbosity, verbosityFor } from './progress'

function scenario(uri: string, name: string): ScenarioText {
  const id = `${uri} > ${name}`
  return { id, uri, line: 1, feature: 'F', rule: '', name, tags: [], textHash: '' }
}

function run(text: ScenarioText, outcome: Outcome = 'passed'): ScenarioRun {
  const message = outcome === 'passed' ? {} : { message: 'no\u001b[2J pod\nat all' }
  return { scenario: text, outcome, ...message, steps: [], durationSeconds: 1 }
}

/** What is told of ten scenarios in two features, each of which takes a second; the second one fails. */
function told(verbosity: Verbosity, repeat = 1): readonly string[] {
  const out = new PassThrough()
  let seconds = 100
  const progress = lineProgress(out, { verbosity, now: () => seconds * 1000 })
  const all = Array.from({ length: 10 }, (_, index) => scenario(index < 4 ? 'a' : 'b', `${index}`))
  // The cluster takes a minute to come up.
  seconds += 60
  progress.started?.(all)
  let done = 0
  for (let attempt = 0; attempt < repeat; attempt++) {
    for (const each of all) {
      seconds += 1
      progress.finished(run(each, each.name === '1' ? 'failed' : 'passed'), ++done, 10 * repeat)
    }
  }
  return String(out.read()).trimEnd().split('\n')
}

describe('the progress of a run', () => {
  it('tells somebody who watches of every scenario, with the rest of the time from the fifth on', () => {
    const lines = told('scenarios')
    assert.equal(lines[0], '[1/10 0:01] passed a > 0')
    assert.deepEqual(lines.slice(1, 4), [
      '[2/10 0:02] failed a > 1',
      '    no [2J pod',
      '    at all',
    ])
    assert.equal(lines[6], '[5/10 0:05, 0:05 left] passed b > 4')
    assert.equal(lines.at(-1), '[10/10 0:10] passed b > 9')
  })

  it('tells a log of what did not pass, and a line for every feature', () => {
    assert.deepEqual(told('features'), [
      '[2/10 0:02] failed a > 1',
      '    no [2J pod',
      '    at all',
      '[4/10 0:04] 3 of 4 passed: a',
      '[10/10 0:10] 6 of 6 passed: b',
    ])
    assert.equal(told('features', 2).filter((line) => line.endsWith('6 of 6 passed: b')).length, 2)
  })

  it('tells only of failures when it is to be quiet', () => {
    assert.equal(told('failures').length, 3)
    assert.equal(verbosityFor(new PassThrough(), { quiet: true }), 'failures')
    assert.equal(verbosityFor(new PassThrough(), { quiet: false }), 'features')
    const terminal = Object.assign(new PassThrough(), { isTTY: true })
    assert.equal(verbosityFor(terminal, { quiet: false }), 'scenarios')
  })
})
