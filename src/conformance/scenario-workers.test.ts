import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ClusterRunOptions } from './cluster-run'
import { compiledSources, keepCompiled } from './compiled-sources'
import type { ScenarioRun } from './scenario-run'

keepCompiled()
// Loaded late, so that threads get them compiled.
const { workOf }: typeof import('./scenario-workers') = require('./scenario-workers')
const { runOn }: typeof import('./cluster-run') = require('./cluster-run')
const { Suite }: typeof import('./suite') = require('./suite')

let root = ''

const steps = `
const { Given } = require(${JSON.stringify(require.resolve('@cucumber/cucumber'))})
class ExpectationError extends Error {}
Given('it is so', () => {})
Given('the cluster does not', () => { throw new ExpectationError('no pod') })
Given('the thread ends', () => { process.exit(0) })
Given('it never ends', () => new Promise(() => { setInterval(() => {}, 1000) }))
`

const feature = `Feature: F
  Scenario: One
    Given it is so
  Scenario: Two
    Given the cluster does not
  Scenario: Three
    Given it is so
  @end
  Scenario: Four
    Given the thread ends
  Scenario: Five
    Given it is so
  Scenario: Six
    Given it is so
  @stuck
  Scenario: Seven
    Given it never ends
`

function spread(tags: string, options: Partial<ClusterRunOptions> = {}) {
  const compiled = compiledSources()
  assert.ok(compiled, 'ts-node has compiled something')
  return run(tags, { workers: { count: 2, compiled }, ...options })
}

async function run(tags: string, options: Partial<ClusterRunOptions>) {
  const support = { requireModule: [], require: ['steps/*.js'] }
  const suite = await Suite.load({ root, support, paths: [], tags, names: [] })
  const { runs, stopped } = await runOn(
    {
      suite,
      folder: join(root, 'report'),
      session: { seed: 1 },
      progress: { say: () => {}, finished: () => {} },
      signal: new AbortController().signal,
      ...options,
    },
    'in-process',
    'target',
    { slow: true },
  )
  return { runs, stopped, outcomes: runs.map(({ outcome }) => outcome) }
}

function withoutTimes(runs: readonly ScenarioRun[]): unknown {
  return JSON.parse(
    JSON.stringify(runs, (key, value) => (/^duration/.test(key) ? undefined : value)),
  )
}

describe('the work of several threads', () => {
  const scenarios = ['a', 'b @slow', 'c', 'd', 'e @slow'].map((name) => ({
    ...{ id: name, uri: '', line: 1, feature: '', rule: '', name, textHash: '' },
    tags: name.endsWith('@slow') ? ['@slow'] : [],
  }))
  const piecesOf = (live: boolean, repeat = 1) =>
    workOf({ scenarios, repeat, count: 2, live }).map(({ scenarios: piece, attempt }) =>
      [attempt, ...piece.map(({ name }) => name[0])].join(''),
    )

  it('is every n-th scenario in the process, and on live clusters one after the other, slow ones first', () => {
    assert.deepEqual(piecesOf(false), ['1ace', '1bd'])
    assert.deepEqual(piecesOf(true), ['1b', '1e', '1a', '1c', '1d'])
  })

  it('is done once more after it is done once', () => {
    assert.deepEqual(piecesOf(false, 2), ['1ace', '1bd', '2ace', '2bd'])
    assert.deepEqual(piecesOf(true, 2).slice(4, 6), ['1d', '2b'])
  })
})

describe('scenarios in several threads', () => {
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'dsc-workers-'))
    for (const name of ['steps', 'features', 'report']) mkdirSync(join(root, name))
    writeFileSync(join(root, 'package.json'), '{"type":"commonjs"}')
    writeFileSync(join(root, 'steps', 'steps.js'), steps)
    writeFileSync(join(root, 'features', 'f.feature'), feature)
  })
  after(() => rmSync(root, { recursive: true }))

  it('show what they show one after the other, in the order of the features', async () => {
    const both = await spread('not @end and not @stuck', { repeat: 2 })
    assert.deepEqual(both.outcomes, ['passed', 'failed', 'passed', 'passed', 'passed'])
    const inOrder = await run('not @end and not @stuck', { repeat: 2 })
    assert.deepEqual(withoutTimes(both.runs), withoutTimes(inOrder.runs))
    assert.equal(both.runs[0]?.attempts?.length, 2)
    const pages = readdirSync(join(root, 'report'))
    assert.deepEqual(pages.sort(), ['cucumber-target-2.html', 'cucumber-target.html'])
  })

  it('leave an error for what a thread owes that ends early, never a pass', async () => {
    const { runs, outcomes } = await spread('not @stuck')
    // The second thread has Two, Four and Six.
    assert.deepEqual(outcomes, ['passed', 'failed', 'passed', 'error', 'passed', 'error'])
    assert.match(runs[5]?.message ?? '', /the worker thread of this scenario broke: it ended early/)
  })

  it('leave an error for every scenario where the steps cannot be loaded', async () => {
    writeFileSync(
      join(root, 'steps', 'main-only.js'),
      `if (!require('node:worker_threads').isMainThread) throw new Error('not here')`,
    )
    try {
      const { runs, outcomes } = await spread('not @stuck and not @end')
      assert.deepEqual(new Set(outcomes), new Set(['error']))
      assert.match(runs[0]?.message ?? '', /not here/)
    } finally {
      rmSync(join(root, 'steps', 'main-only.js'))
    }
  })

  it('end at once when the run is interrupted, and keep what has ended', async () => {
    const interrupt = new AbortController()
    const { outcomes } = await spread('not @end', {
      signal: interrupt.signal,
      progress: {
        say: () => {},
        // Six ends last but for the one that never does.
        finished: ({ scenario }) => scenario.name === 'Five' && interrupt.abort(),
      },
    })
    assert.ok(outcomes.length < 6 && outcomes.includes('passed'), outcomes.join())
  })

  it('stop after as many failures as are allowed', async () => {
    const { stopped, outcomes } = await spread('not @end and not @stuck', { maxFailures: 1 })
    assert.match(stopped ?? '', /stopped on in-process after 1 failures/)
    assert.equal(outcomes.filter((outcome) => outcome === 'failed').length, 1)
  })
})
