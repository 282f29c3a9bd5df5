import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mergedAttempts } from './attempts'
import { entriesFor, partialityOf, withEntries } from './expect'
import { ExpectedDifferencesError, parseExpectedDifferences } from './expected-differences'
import { rateOf } from './known-flaky'
import { agreeing, reportWith, runOf, scenarioNamed } from './testing/evidence'

const scenario = scenarioNamed('fails')
const failing = { scenario, target: runOf(scenario, 'failed'), reference: runOf(scenario) }
const explanation = { reason: 'known since May', owner: 'somebody', expires: '2030-01-31' }
const all = (): boolean => true

function reportExpecting(text: string, target = failing.target, basis = {}) {
  const expectedDifferences = parseExpectedDifferences(text, 'list.yaml')
  return reportWith([{ ...failing, target }], { ...basis, expectedDifferences })
}

describe('expected differences written by dsc expect', () => {
  it('explain the very report that they come from', () => {
    const report = reportWith([...agreeing('one'), failing])
    const text = withEntries('', entriesFor(report, explanation, all), 'list.yaml')
    assert.match(text, /^# yaml-language-server: \$schema=/)
    assert.equal(report.exitCode, 1)
    assert.equal(reportExpecting(text).exitCode, 0)
  })

  it('keep every comment and entry that is there, and renew one of the same scenario', () => {
    const before = `# Why we keep this list.
differences:
  # Ask Ada first.
  - scenario: ${scenario.id}
    message: something else # seen in May
    reason: old
    owner: ada
    expires: 2029-01-01
  - { scenario: other, message: m, reason: r, owner: bob, expires: "2029-01-01" }
`
    const text = withEntries(
      before,
      entriesFor(reportWith([failing]), explanation, all),
      'list.yaml',
    )
    for (const part of [
      '# Why we keep this list.',
      '# Ask Ada first.',
      'scenario: other',
      'owner: somebody',
    ]) {
      assert.ok(text.includes(part), text)
    }
    assert.equal(parseExpectedDifferences(text, 'list.yaml').length, 2)
  })

  it('are refused for the report of a filtered, partial, interrupted or stopped run', () => {
    assert.equal(partialityOf(reportWith([failing])), undefined)
    for (const basis of [
      { filtered: true },
      { shard: { index: 1, count: 2 } },
      { rerun: 1 },
      { interrupted: true },
      { stopped: 'stopped' },
    ]) {
      assert.notEqual(partialityOf(reportWith([failing], basis)), undefined)
    }
    const broken = scenarioNamed('broken')
    const half = [
      failing,
      { scenario: broken, target: runOf(broken, 'error'), reference: runOf(broken) },
    ]
    assert.equal(partialityOf(reportWith(half)), '1 required scenario was not verified')
  })
})

describe('a known-flaky scenario', () => {
  const attempts = (failures: number, passes: number) =>
    mergedAttempts([
      ...Array.from({ length: passes }, () => runOf(scenario)),
      ...Array.from({ length: failures }, () => runOf(scenario, 'failed')),
    ]) ?? runOf(scenario)
  const measured = reportWith([{ ...failing, target: attempts(2, 8) }])
  const list = withEntries('', entriesFor(measured, explanation, all), 'list.yaml')

  it('is listed with its measured rate, and explained whether it fails or passes', () => {
    assert.match(list, /class: known-flaky\n +rate: 2\/10\n/)
    assert.equal(reportExpecting(list, attempts(2, 8)).exitCode, 0)
    assert.equal(reportExpecting(list, runOf(scenario)).exitCode, 0)
    assert.equal(reportExpecting(list, runOf(scenario, 'failed')).exitCode, 0)
  })

  it('turns the gate red when it fails more often, in another way, or has been cured', () => {
    assert.match(
      reportExpecting(list, attempts(6, 4)).reasons.join(),
      /6 of 10 attempts, listed is 2\/10: measure again/,
    )
    const other = { ...attempts(0, 30) }
    assert.match(reportExpecting(list, other).reasons.join(), /passed 30 times in a row/)
    const changed = mergedAttempts([
      runOf(scenario),
      { ...runOf(scenario, 'failed'), message: 'else' },
    ])
    assert.match(reportExpecting(list, changed).reasons.join(), /another message/)
    const part = list.replace('message: no pod', 'message: pod')
    assert.match(reportExpecting(part, attempts(2, 8)).reasons.join(), /another message/)
  })

  it('needs a rate, and a steady difference must have none', () => {
    const entry = 'scenario: s, message: m, reason: r, owner: o, expires: "2029-01-01"'
    for (const extra of [
      'class: known-flaky',
      'rate: 1/2',
      'class: x',
      'class: known-flaky, rate: 3/2',
    ]) {
      assert.throws(
        () => parseExpectedDifferences(`differences: [{ ${entry}, ${extra} }]`, 'l'),
        ExpectedDifferencesError,
      )
    }
    assert.deepEqual(
      [rateOf('3/20'), rateOf('0/5'), rateOf('5/5'), rateOf('x')],
      [0.15, undefined, undefined, undefined],
    )
  })
})
