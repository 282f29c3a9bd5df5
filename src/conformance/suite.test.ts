import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { FeatureError, Suite } from './suite'

/** A project of its own in a temporary folder, whose steps need no cluster. */
let root = ''

const steps = `
const { Given } = require(${JSON.stringify(require.resolve('@cucumber/cucumber'))})
class ExpectationError extends Error {}
Given('it is so', () => {})
Given('the cluster does not', () => { throw new ExpectationError('no pod') })
Given('the harness breaks', () => { throw new TypeError('oops') })
Given('it is skipped', () => 'skipped')
Given('two say so', () => {})
Given(/^two say so$/, () => {})
`

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function load(paths: readonly string[]): Promise<Suite> {
  const support = { requireModule: [], require: ['steps/*.js'] }
  return Suite.load({ root, support, paths, tags: '', names: [] })
}

describe('a suite', () => {
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'dsc-suite-'))
    write('steps/steps.js', steps)
    write('package.json', '{"type":"commonjs"}')
    write(
      'features/good.feature',
      `@core
Feature: Good
  Rule: It MUST be so
    @PLACE-01
    Scenario: Passes
      Given it is so
    Scenario: Fails
      Given the cluster does not
    Scenario: Breaks
      Given the harness breaks
    Scenario: Skips
      Given it is skipped
    @since-1.31
    Scenario: Young
      Given it is so
`,
    )
    write('features/undefined.feature', 'Feature: U\n  Scenario: S\n    Given nobody knows 1 "y"\n')
    write('features/nearly.feature', 'Feature: U\n  Scenario: S\n    Given it is really so\n')
    write('features/ambiguous.feature', 'Feature: A\n  Scenario: S\n    Given two say so\n')
    write(
      'features/outline.feature',
      `Feature: A
  Background:
    Given nobody knows
  Scenario Outline: S
    Given <what> is it
    Examples:
      | what |
      | this |
      | that |
`,
    )
    write(
      'features/broken.feature',
      'Feature: B\n  Scenario: S\n    Given it is so\n    Nonsense\n',
    )
    write('features/stepless.feature', 'Feature: B\n  Scenario: S\n    It is so\n')
    write('features/empty.feature', 'Feature: E\n')
  })
  after(() => rmSync(root, { recursive: true }))

  it('lists every scenario with id, rule, tags and the hash of its text', async () => {
    const { scenarios } = await load(['features/good.feature'])
    assert.equal(scenarios.length, 5)
    const [first] = scenarios
    assert.equal(first?.id, 'good.feature > It MUST be so > Passes')
    assert.equal(first?.rule, 'It MUST be so')
    assert.deepEqual(first?.tags, ['@core', '@PLACE-01'])
    assert.match(first?.textHash ?? '', /^[0-9a-f]{64}$/)
  })

  it('tells a failure of the cluster from a broken harness, and never takes a skip for a pass', async () => {
    const suite = await load(['features/good.feature'])
    for (let round = 1; round <= 2; round++) {
      const runs = await suite.run({ only: '', formats: {}, observationOf: () => undefined })
      assert.deepEqual(
        runs.map(({ outcome }) => outcome),
        ['passed', 'failed', 'error', 'error', 'passed'],
        `round ${round}`,
      )
      assert.equal(runs[1]?.message, 'no pod')
    }
  })

  it('leaves out what a tag expression excludes', async () => {
    const suite = await load(['features/good.feature'])
    const options = { formats: {}, observationOf: () => undefined }
    const runs = await suite.run({ ...options, only: 'not @since-1.31' })
    assert.equal(runs.length, 4)
  })

  for (const [name, message] of [
    [
      'undefined',
      /^\S*undefined\.feature:3: no step definition fits: nobody knows 1 "y"\n {4}a definition would begin: Given\('nobody knows \{int\} \{string\}'/,
    ],
    [
      'nearly',
      /^\S*nearly\.feature:3: no step definition fits: it is really so\n {4}nearest: it is so \(steps.steps\.js:4\)$/,
    ],
    [
      'ambiguous',
      /^\S*ambiguous\.feature:3: 2 step definitions fit: two say so\n {4}steps.steps\.js:8: two say so\n {4}steps.steps\.js:9: \^two say so\$$/,
    ],
    [
      'outline',
      /^\S*:3: no step[^\n]*nobody knows\n[^\n]*\n\S*:5: no step[^\n]*this is it\n[^\n]*\n\S*:5: [^\n]*that is it\n[^\n]*$/,
    ],
    ['broken', /broken\.feature:4: /],
    ['stepless', /stepless\.feature:2: the scenario has no steps/],
    ['empty', /no scenario to run in .*empty\.feature/],
    ['absent', /absent\.feature/],
  ] as const) {
    it(`refuses a feature that is ${name}, naming the place`, async () => {
      await assert.rejects(load([`features/${name}.feature`]), (error) => {
        assert.ok(error instanceof FeatureError)
        assert.match(error.message, message)
        return true
      })
    })
  }

  it('refuses a tag expression that cannot be read, naming the flag', async () => {
    const support = { requireModule: [], require: ['steps/*.js'] }
    await assert.rejects(
      Suite.load({ root, support, paths: [], tags: '@@@ and (', names: [] }),
      (error) => {
        assert.ok(error instanceof FeatureError)
        assert.match(error.message, /^--tags: Tag expression "@@@ and \(" could not be parsed/)
        return true
      },
    )
  })

  it('takes a word that is no file for a command that does not exist', async () => {
    await assert.rejects(load(['nonsense']), /no such feature file or folder, and no such command/)
  })

  it('knows which files define the steps of a feature', async () => {
    const { stepFiles } = await load(['features/good.feature'])
    assert.deepEqual([...stepFiles], [['features/good.feature', new Set(['steps/steps.js'])]])
  })
})
