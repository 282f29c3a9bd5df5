import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { convert } from 'xmlbuilder2'
import { gateOf } from './gate'
import { htmlReport } from './render/html/page'
import { junitReport } from './render/junit'
import { markdownReport } from './render/markdown'
import { terminalReport } from './render/terminal'
import { type ConformanceReport, reportOf } from './report'
import { ReportFolder, ReportFolderError } from './report-files'
import type { ScenarioRun, ScenarioText } from './scenario-run'
import { isIntact } from './seal'
import { verdictOf } from './verdict'

const target = { name: 'in-process', version: 'v1.36.2', provenance: { seed: '1' } }
const reference = { name: 'k3s', version: 'v1.36.2+k3s1', provenance: { image: 'k3s' }, live: true }

function reportWith(text: string): ConformanceReport {
  const scenario: ScenarioText = {
    id: `a.feature > ${text} > ${text}`,
    uri: 'features/a.feature',
    line: 3,
    feature: text,
    rule: text,
    name: text,
    tags: ['@core', '@PLACE-01', '@UPDATE-12'],
    textHash: 'a',
  }
  const run = (outcome: 'passed' | 'failed'): ScenarioRun => ({
    scenario,
    outcome,
    message: text,
    steps: [{ keyword: 'Given', text, outcome, durationMilliseconds: 1, message: text }],
    durationSeconds: 1,
    observation: {
      endState: { Pod: { [text]: { image: text } } },
      history: { pods: {}, revisions: {}, events: [text] },
      refusals: [{ request: text, code: 422, reason: text, message: text, causes: [] }],
      timeline: [
        { at: 0, node: text, state: 'Ready' },
        { at: 10, node: text, pod: text, state: 'Ready', revision: 'hash#2' },
      ],
    },
  })
  const verdicts = (['passed', 'failed'] as const).map((outcome) =>
    verdictOf({
      scenario,
      target: run(outcome),
      reference: run('passed'),
      targetCluster: target,
      referenceCluster: reference,
      slow: false,
    }),
  )
  return reportOf({
    metadata: {
      createdAt: '2026-01-01T00:00:00.000Z',
      toolVersion: '0.1.0',
      seed: 1,
      featuresHash: 'f'.repeat(64),
      reproduce: `npm run conformance -- --name ${text}`,
    },
    target,
    reference,
    gate: gateOf({ verdicts, reference, expected: 2, interrupted: false }),
    basis: {
      expected: 2,
      slow: false,
      filtered: false,
      interrupted: false,
      expectedDifferences: [],
    },
    verdicts,
  })
}

const hostile = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</style><svg onload=alert(1)>',
  '"><a href="javascript:alert(1)">x</a>',
  "' onmouseover='alert(1)",
  ']]></system-out><x/>',
  '<!--',
  '{{7*7}} <%= 7*7 %>',
  '`` | <b>x</b> | [x](javascript:alert(1))',
  '\u001b[31mred\u001b[0m \u0007\u202eevil',
  '\ud800 lone \ufffe',
]

describe('a report', () => {
  it('counts by verdict, level and behaviour group', () => {
    const { totals, answer, exitCode } = reportWith('plain')
    assert.equal(answer, 'not conformant')
    assert.equal(exitCode, 1)
    assert.deepEqual(totals.verdicts, { agree: 1, differ: 1, 'both-failed': 0, 'not-verified': 0 })
    assert.deepEqual(
      totals.groups.map(({ name, behaviours, proven }) => [name, behaviours, proven]),
      [
        ['PLACE', 1, 1],
        ['UPDATE', 1, 1],
      ],
    )
    assert.deepEqual(
      totals.levels.map(({ name, scenarios }) => [name, scenarios]),
      [['core', 2]],
    )
  })

  it('is sealed: a changed count or a missing scenario is noticed', () => {
    const report = reportWith('plain')
    assert.ok(isIntact(JSON.parse(JSON.stringify(report))))
    assert.ok(!isIntact({ ...report, exitCode: 0 }))
    assert.ok(!isIntact({ ...report, scenarios: report.scenarios.slice(1) }))
    const { seal: _, ...bare } = report as ConformanceReport & { seal: string }
    assert.ok(!isIntact(bare))
  })

  for (const text of hostile) {
    it(`renders ${JSON.stringify(text)} as text only`, () => {
      const report = reportWith(text)
      const html = htmlReport(report)
      assert.equal(html.match(/<script/g)?.length, 1)
      assert.doesNotMatch(html, /<img|<svg onload|<b>x|href="javascript|<!--|<x\/>/)
      const inTags = html.replace(/"[^"]*"/g, '""').match(/<[a-z][^>]*\son[a-z]+=/g)
      assert.equal(inTags, null)
      const suites = convert(junitReport(report), { format: 'object' }) as object
      assert.equal(JSON.stringify(suites).match(/"@name"/g)?.length, 4)
      assert.doesNotMatch(
        markdownReport(report).replace(/^Run again:.*$/m, ''),
        /<script|<img|\]\(|\|\s*<b>/,
      )
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not come through
      assert.doesNotMatch(terminalReport(report), /[\u0000-\u0009\u000b-\u001f\u202e]/)
    })
  }
})

describe('the report folder', () => {
  it('appears whole or not at all', () => {
    const parent = mkdtempSync(join(tmpdir(), 'dsc-report-'))
    const place = join(parent, 'latest')
    const abandoned = new ReportFolder(place)
    assert.ok(!existsSync(place))
    abandoned.discard()
    assert.deepEqual(readdirSync(parent), [])
    new ReportFolder(place).publish(reportWith('plain'))
    const files = [
      'badge.json',
      'badge.svg',
      'conformance.html',
      'conformance.json',
      'junit.xml',
      'summary.md',
    ]
    assert.deepEqual(readdirSync(place).sort(), files)
    assert.ok(isIntact(JSON.parse(readFileSync(join(place, 'conformance.json'), 'utf8'))))
    rmSync(parent, { recursive: true })
  })

  it('leaves the logs of containers behind when a run breaks, and nothing else', () => {
    const parent = mkdtempSync(join(tmpdir(), 'dsc-report-'))
    const place = join(parent, 'latest')
    for (const round of ['first', 'second']) {
      const broken = new ReportFolder(place)
      writeFileSync(join(broken.staging, 'cucumber-target.html'), '')
      assert.equal(broken.keepLogs(), undefined)
      writeFileSync(join(broken.staging, `k3s-${round}.log`), round)
      assert.equal(broken.keepLogs(), `${place}-logs`)
      broken.discard()
      assert.deepEqual(readdirSync(parent), ['latest-logs'])
      assert.deepEqual(readdirSync(`${place}-logs`), [`k3s-${round}.log`])
    }
    rmSync(parent, { recursive: true })
  })

  it('is refused in one line where it cannot be written', () => {
    const parent = mkdtempSync(join(tmpdir(), 'dsc-report-'))
    const file = join(parent, 'file')
    writeFileSync(file, '')
    assert.throws(() => new ReportFolder(join(file, 'latest')), ReportFolderError)
    rmSync(parent, { recursive: true })
  })
})
