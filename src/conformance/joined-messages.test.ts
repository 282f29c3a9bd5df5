import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Envelope } from '@cucumber/messages'
import { CucumberPage } from './cucumber-page'
import { JoinedMessages } from './joined-messages'
import { Suite } from './suite'

const feature = `Feature: F
  Background:
    Given it is so
  Rule: R
    Scenario Outline: <name>
      Given it is so
      Examples:
        | name |
        | One  |
        | Two  |
    Scenario: Three
      Given it is not so
`

let root = ''
let suite: Suite

/** What cucumber tells when it runs these scenarios, and no others. */
async function messagesOf(...names: readonly string[]): Promise<readonly Envelope[]> {
  const envelopes: Envelope[] = []
  await suite.run({
    only: '',
    chosen: suite.scenarios.filter(({ name }) => names.includes(name)),
    formats: {},
    observationOf: () => undefined,
    onMessage: (envelope) => void envelopes.push(envelope),
  })
  return envelopes
}

/** How often each kind of message is there. */
function countsOf(envelopes: readonly Envelope[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const [kind = ''] of envelopes.map(Object.keys)) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** Every name that a message gives to a part of a feature, or uses for one. */
function astIds(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') return /^astNodeIds?$/.test(key) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  const isList = Array.isArray(value)
  return Object.entries(value).flatMap(([name, each]) => astIds(each, isList ? key : name))
}

describe('messages of several runs of cucumber', () => {
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'dsc-messages-'))
    for (const name of ['steps', 'features']) mkdirSync(join(root, name))
    writeFileSync(join(root, 'package.json'), '{"type":"commonjs"}')
    writeFileSync(
      join(root, 'steps', 'steps.js'),
      `const { Given } = require(${JSON.stringify(require.resolve('@cucumber/cucumber'))})
Given('it is so', () => {})
Given('it is not so', () => { throw new Error('no') })`,
    )
    writeFileSync(join(root, 'features', 'f.feature'), feature)
    const support = { requireModule: [], require: ['steps/*.js'] }
    suite = await Suite.load({ root, support, paths: [], tags: '', names: [] })
  })
  after(() => rmSync(root, { recursive: true }))

  it('are joined to what one run tells', async () => {
    const whole = await messagesOf('One', 'Two', 'Three')
    const joined = new JoinedMessages()
    for (const name of ['Two', 'Three', 'One']) joined.take(await messagesOf(name))
    const all = joined.all()
    assert.deepEqual(countsOf(all), countsOf(whole))
    const document = JSON.stringify(all.find(({ gherkinDocument }) => gherkinDocument))
    const pickles = all.flatMap(({ pickle }) => pickle ?? [])
    for (const id of pickles.flatMap((pickle) => astIds(pickle))) {
      assert.ok(document.includes(`"id":"${id}"`), 'every name is one of the only document')
    }
    const [started] = all.flatMap(({ testRunStarted }) => testRunStarted?.id ?? [])
    assert.ok(
      all.every(({ testCase }) => testCase === undefined || testCase.testRunStartedId === started),
    )
    assert.equal(all.at(-1)?.testRunFinished?.success, false)
  })

  it('make one page', async () => {
    const page = new CucumberPage()
    const file = join(root, 'page.html')
    await page.write(file)
    assert.throws(() => readFileSync(file), /ENOENT/, 'nothing told, nothing written')
    page.take(await messagesOf('One'))
    page.take(await messagesOf('Two'))
    await page.write(file)
    const text = readFileSync(file, 'utf8')
    assert.match(text, /<\/html>\s*$/)
    assert.equal(text.split('"gherkinDocument"').length, 2)
    assert.equal(text.split('"testCaseFinished"').length, 3)
  })
})
