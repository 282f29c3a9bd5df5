import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { convert } from 'xmlbuilder2'
import type { ConformanceReport } from '../report'
import { reportWith, runOf, scenarioNamed } from '../testing/evidence'
import { variedReport } from '../testing/varied-report'
import { junitReport } from './junit'

interface Element {
  readonly [name: string]: unknown
}

function listOf(value: unknown): readonly Element[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]) as readonly Element[]
}

function casesOf(xml: string): readonly Element[] {
  const { testsuites } = convert(xml, { format: 'object' }) as { readonly testsuites: Element }
  return listOf(testsuites['testsuite']).flatMap((suite) => listOf(suite['testcase']))
}

/** What the schema of Jenkins' xUnit plugin allows, and the two attributes that GitLab and GitHub actions read. */
const allowed: { readonly [element: string]: readonly string[] } = {
  testsuites: ['name', 'time', 'tests', 'failures', 'errors'],
  testsuite: ['name', 'file', 'timestamp', 'tests', 'failures', 'errors', 'skipped', 'time'],
  testcase: ['name', 'time', 'classname', 'file', 'line'],
  failure: ['message', 'type'],
  error: ['message', 'type'],
  skipped: ['message', 'type'],
  'system-out': [],
}

describe('JUnit XML', () => {
  const xml = junitReport(variedReport())

  it('has no element or attribute that CI systems do not know', () => {
    for (const [, name = '', rest = ''] of xml.matchAll(/<([a-z-]+)((?: [a-z]+="[^"]*")*)\/?>/g)) {
      const attributes = [...rest.matchAll(/ ([a-z]+)=/g)].map(([, attribute = '']) => attribute)
      assert.ok(name in allowed, name)
      for (const attribute of attributes) assert.ok(allowed[name]?.includes(attribute), attribute)
    }
  })

  it('names class, file and line, and is never dropped as a duplicate', () => {
    const twice = ['One', 'Two'].map((rule) => {
      const scenario = { ...scenarioNamed('same'), id: `a > ${rule} > same`, rule }
      return { scenario, target: runOf(scenario), reference: runOf(scenario) }
    })
    const cases = casesOf(junitReport(reportWith(twice)))
    assert.deepEqual(
      cases.map((each) => [each['@classname'], each['@name'], each['@file'], each['@line']]),
      [
        ['a', 'One: same', 'features/a.feature', '3'],
        ['a', 'Two: same', 'features/a.feature', '3'],
      ],
    )
  })

  it('tells a failure from an error and from what need not be verified', () => {
    const states = casesOf(xml).map((each) =>
      ['failure', 'error', 'skipped'].find((state) => state in each),
    )
    assert.deepEqual(states, [undefined, 'failure', 'skipped', 'skipped', 'skipped', 'failure'])
    assert.match(
      xml,
      /<skipped message="differs as listed: It is so since 1\.33\. \(owner: somebody/,
    )
  })

  it('is red exactly when the gate is', () => {
    const one = scenarioNamed('one')
    const good = { scenario: one, target: runOf(one), reference: runOf(one) }
    const bad = { ...good, target: runOf(one, 'failed') }
    const message = 'passed on the reference, failed on the target: no pod'
    const entry = { scenario: one.id, message, reason: 'r', owner: 'o', line: 3 }
    const listed = [{ ...entry, expires: '2030-01-01' }]
    const reports: readonly (readonly [number, ConformanceReport])[] = [
      [0, reportWith([good])],
      [1, reportWith([bad])],
      [0, reportWith([bad], { expectedDifferences: listed })],
      [1, reportWith([bad], { expectedDifferences: [{ ...entry, expires: '2020-01-01' }] })],
      [1, reportWith([good], { expectedDifferences: listed })],
      [4, reportWith([good], { expected: 2 })],
      [4, reportWith([good], { shard: { index: 1, count: 2 } })],
      [130, reportWith([good], { interrupted: true })],
      [4, reportWith([])],
    ]
    for (const [exitCode, report] of reports) {
      assert.equal(report.exitCode, exitCode)
      const xml = junitReport(report)
      const { testsuites } = convert(xml, { format: 'object' }) as { readonly testsuites: Element }
      const sum = (name: string): number =>
        listOf(testsuites['testsuite']).reduce((all, suite) => all + Number(suite[name]), 0)
      for (const count of ['@tests', '@failures', '@errors'])
        assert.equal(Number(testsuites[count]), sum(count), count)
      const bad = casesOf(xml).filter((each) => 'failure' in each || 'error' in each)
      assert.equal(bad.length, sum('@failures') + sum('@errors'))
      assert.equal(bad.length > 0, exitCode !== 0, xml)
      assert.equal(casesOf(xml).length, sum('@tests'))
    }
  })

  it('puts steps and the command to run it again into system-out, and keeps every text short', () => {
    const scenario = scenarioNamed('long')
    const long = 'x'.repeat(100_000)
    const target = { ...runOf(scenario, 'failed'), message: `${long}\u0000\u001b[2J` }
    const evidence = { scenario, target, reference: runOf(scenario) }
    const text = junitReport(reportWith([evidence]))
    assert.ok(text.length < 60_000, `${text.length}`)
    assert.match(
      text,
      /<system-out>failed: Given it is so\nno pod\nRun again: npm run .* features\/a\.feature:3/,
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/)
  })
})
