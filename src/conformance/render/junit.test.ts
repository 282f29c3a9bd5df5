import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { convert } from 'xmlbuilder2'
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
    assert.deepEqual(states, [undefined, 'failure', 'failure', 'failure', 'skipped', 'failure'])
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
