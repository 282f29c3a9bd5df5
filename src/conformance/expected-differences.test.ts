import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ExpectedDifferencesError,
  expectationsOf,
  maxCovered,
  parseExpectedDifferences,
} from './expected-differences'
import type { ScenarioVerdict, Verdict } from './verdict'

const today = '2026-06-01'
const run = { target: 'in-process', referenceVersion: 'v1.36.2', today }

function verdict(id: string, kind: Verdict, reason = 'because'): ScenarioVerdict {
  return {
    scenario: { id, uri: '', line: 1, feature: '', rule: '', name: id, tags: [], textHash: '' },
    verdict: kind,
    reason,
    required: true,
    differences: [],
    target: undefined,
    reference: undefined,
  }
}

function entries(fields: object = {}) {
  const entry = {
    scenario: 'a.feature > One',
    message: 'because',
    reason: 'known',
    owner: 'team',
    expires: '2026-12-31',
    ...fields,
  }
  return parseExpectedDifferences(JSON.stringify({ differences: [entry] }), 'x.yaml')
}

describe('expected differences', () => {
  it('explain a difference that still has the pinned message', () => {
    const verdicts = [verdict('a.feature > One', 'differ')]
    const { explained, violations } = expectationsOf(entries(), verdicts, run)
    assert.deepEqual([...explained.keys()], ['a.feature > One'])
    assert.deepEqual(violations, [])
  })

  for (const [title, fields, verdicts, message] of [
    ['the difference is gone', {}, [verdict('a.feature > One', 'agree')], /is gone/],
    ['the message is another', {}, [verdict('a.feature > One', 'differ', 'x')], /another message/],
    ['it was not run', {}, [], /no such scenario/],
    ['it was not verified', {}, [verdict('a.feature > One', 'not-verified')], /not verified/],
    [
      'it has expired',
      { expires: '2026-05-31' },
      [verdict('a.feature > One', 'differ')],
      /expired/,
    ],
    [
      'it covers too much',
      { scenario: '*' },
      Array.from({ length: maxCovered + 1 }, (_, i) => verdict(`s${i}`, 'differ')),
      /covers 21 scenarios/,
    ],
  ] as const) {
    it(`fail the gate when ${title}`, () => {
      const { explained, violations } = expectationsOf(entries(fields), verdicts, run)
      assert.equal(explained.size, 0)
      assert.equal(violations.length, 1)
      assert.match(violations[0] ?? '', message)
    })
  }

  it('hold only for their target and version range', () => {
    const verdicts = [verdict('a.feature > One', 'differ')]
    const size = (fields: object) => expectationsOf(entries(fields), verdicts, run).explained.size
    assert.equal(size({ target: 'k3s' }), 0)
    assert.equal(size({ versions: '>=1.21 <1.31' }), 0)
    assert.equal(size({ versions: '>=1.31' }), 1)
  })

  for (const [text, message] of [
    ['differences: [', /x\.yaml:1:\d+: /],
    ['other: 1', /wanted a list "differences"/],
    ['differences:\n  - scenario: 3', /x\.yaml:2: scenario: wanted text, found 3/],
    [
      'differences:\n  - {scenario: a, message: b, reason: c, owner: d, expires: soon}',
      /YYYY-MM-DD/,
    ],
    [
      'differences:\n  - {scenario: a, message: b, reason: c, owner: d, expires: "2026-01-01", x: y}',
      /unknown field x/,
    ],
    [
      'differences:\n  - {scenario: a, message: b, reason: c, owner: d, expires: "2026-01-01", versions: "1.2"}',
      /wanted bounds/,
    ],
  ] as const) {
    it(`are refused when they read ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseExpectedDifferences(text, 'x.yaml'),
        (error) => error instanceof ExpectedDifferencesError && message.test(error.message),
      )
    })
  }
})
