import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { keepCompiled } from '../conformance/compiled-sources'
import type { ConformanceReport } from '../conformance/report'

keepCompiled()
// Loaded late, so that threads get it compiled.
const { dsc }: typeof import('./testing/dsc') = require('./testing/dsc')

let folder = ''
let feature = ''

const text = `@core
Feature: Placement of an agent
  Rule: Every node MUST run one daemon pod
    @PLACE-01
    Scenario: First
      Given a cluster with 2 nodes
    @PLACE-01
    Scenario: Second
      Given a cluster with 2 nodes
    @PLACE-01
    Scenario: Third
      Given a cluster with 2 nodes
`

function reportIn(name: string): ConformanceReport {
  return JSON.parse(readFileSync(join(folder, name, 'conformance.json'), 'utf8'))
}

function run(name: string, ...words: readonly string[]) {
  const output = ['--output', join(folder, name)]
  return dsc(['run', '--reference', 'in-process', '--quiet', ...output, ...words, feature])
}

/** A wrong promise for the second scenario, so that something fails on both clusters. */
function wrong(): string {
  return text.replace(
    /(Scenario: Second\n +Given a cluster with 2 nodes)/,
    '$1\n      Then "node-1" carries the taint "a=b:NoSchedule"',
  )
}

describe('dsc run', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-run-'))
    feature = join(folder, 'agent.feature')
    writeFileSync(feature, text)
  })
  after(() => rmSync(folder, { recursive: true }))

  it('--list prints every scenario with its place, --dry-run what would run where; neither writes', async () => {
    const list = await run('none', '--list')
    assert.equal(list.code, 0)
    assert.match(list.stdout, /agent\.feature:5 .*First.*@core @PLACE-01/)
    assert.match(list.stdout, /^3 scenarios$/m)
    const dry = await run('none', '--dry-run')
    assert.equal(dry.code, 0)
    assert.match(dry.stdout, /live reference: in-process/)
    assert.throws(() => reportIn('none'))
  })

  it('never lets a name or a step steer the terminal', async () => {
    const hostile = join(folder, 'hostile.feature')
    const steered = '\u001b[2J\u202e'
    writeFileSync(
      hostile,
      `Feature: A\n  Scenario: a${steered}\n    Given a cluster without nodes\n`,
    )
    const list = await dsc(['run', '--list', hostile])
    assert.equal(list.code, 0, list.stderr)
    assert.match(list.stdout, /^1 scenario$/m)
    writeFileSync(hostile, `Feature: A\n  Scenario: a\n    Given a ${steered} cluster\n`)
    const wrong = await dsc(['run', '--list', hostile])
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /hostile\.feature:3: no step definition fits/)
    for (const text of [list.stdout, wrong.stderr])
      assert.ok(!text.includes('\u001b') && !text.includes('\u202e'))
  })

  it('--repeat keeps every attempt', async () => {
    assert.equal((await run('repeat', '--repeat', '3')).code, 0)
    const { scenarios, basis } = reportIn('repeat')
    assert.equal(basis.repeat, 3)
    for (const { target, reference } of scenarios) {
      assert.equal(target?.attempts?.length, 3)
      assert.equal(reference?.attempts?.length, 3)
    }
  })

  it('--parallel gives what one scenario after the other gives, and is refused where it cannot', async () => {
    await run('in-order')
    const { code, stdout } = await run('spread', '--parallel', '2')
    assert.equal(code, 0, stdout)
    assert.match(stdout, /3 scenarios on in-process \(\S+\), 2 at a time/)
    assert.ok(reportIn('spread').upstream?.some(({ scenarios }) => scenarios.length > 0))
    const files = ['in-order', 'spread'].map((name) => join(folder, name, 'conformance.json'))
    assert.match((await dsc(['diff', ...files])).stdout, /0 of 3 scenarios changed/)
    const real = ['--target', 'k3s?nodes=real:2', '--reference', 'none']
    const refused = await dsc(['run', ...real, '--parallel', '2', feature])
    assert.equal(refused.code, 2)
    assert.match(
      refused.stderr,
      /--parallel: scenarios run at the same time only in-process and on/,
    )
    const paused = await run('paused', '--parallel', '2', '--pause-on-failure')
    assert.equal(paused.code, 2)
    assert.match(paused.stderr, /--parallel and --pause-on-failure exclude each other/)
    const recorded = await dsc([
      'record',
      '--reference',
      'kubeconfig:x',
      '--parallel',
      '2',
      feature,
    ])
    assert.equal(recorded.code, 2)
    assert.match(recorded.stderr, /--parallel: scenarios run at the same time only/)
  })

  it('--shard and dsc merge give together what one run gives', async () => {
    for (const part of ['1/2', '2/2']) {
      assert.equal((await run(`shard-${part[0]}`, '--shard', part)).code, 4)
    }
    const files = ['shard-2', 'shard-1'].map((name) => join(folder, name, 'conformance.json'))
    const merged = await dsc(['merge', ...files, '--output', join(folder, 'merged')])
    assert.equal(merged.code, 0, merged.stdout + merged.stderr)
    assert.equal((await dsc(['verify', join(folder, 'merged', 'conformance.json')])).code, 0)
    await run('whole')
    const paths = ['whole', 'merged'].map((name) => join(folder, name, 'conformance.json'))
    assert.match((await dsc(['diff', ...paths])).stdout, /^0 of 3 scenarios changed$/m)
    const some = await dsc(['merge', files[0] ?? '', '--output', join(folder, 'some')])
    assert.equal(some.code, 4)
  })

  it('writes to the page of the CI job and marks feature files there', async () => {
    const summary = join(folder, 'summary.md')
    const words = [
      'run',
      '--reference',
      'in-process',
      '--shard',
      '1/2',
      '--output',
      join(folder, 'ci'),
      feature,
    ]
    const { code } = await dsc(words, { GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: 'true' })
    assert.equal(code, 4)
    assert.match(readFileSync(summary, 'utf8'), /^# DaemonSet conformance: incomplete/)
  })

  it('--blame and --pause-on-failure say where they cannot work', async () => {
    const blame = await run('blame', '--blame')
    assert.equal(blame.code, 2)
    assert.match(blame.stderr, /--blame needs a live k3s/)
    const pause = await run('pause', '--pause-on-failure')
    assert.equal(pause.code, 2)
    assert.match(pause.stderr, /--pause-on-failure: no cluster of this run can be reached/)
  })

  it('--image is refused where no k3s takes part, and the variable for other runs is not', async () => {
    const { code, stderr } = await run('image', '--image', 'v0.0.0')
    assert.equal(code, 2)
    assert.match(stderr, /--image v0\.0\.0: no k3s takes part in this run/)
    const words = ['run', '--reference', 'in-process', '--quiet', feature]
    const variable = await dsc([...words, '--output', join(folder, 'variable')], {
      DSC_K3S_IMAGE: 'v0.0.0',
    })
    assert.equal(variable.code, 0, variable.stderr)
  })
})

describe('dsc run with a scenario that fails', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-run-'))
    feature = join(folder, 'agent.feature')
    writeFileSync(feature, wrong())
  })
  after(() => rmSync(folder, { recursive: true }))

  it('stops with --fail-fast and --max-failures, and is never green', async () => {
    assert.equal((await run('fast', '--fail-fast')).code, 1)
    const { scenarios, basis, reasons } = reportIn('fast')
    assert.match(basis.stopped ?? '', /stopped on in-process after 1 failures/)
    assert.match(reasons.join(), /stopped on in-process/)
    assert.deepEqual(
      scenarios.map(({ target }) => target?.outcome),
      ['passed', 'failed', undefined],
    )
    await run('two', '--max-failures', '2')
    assert.equal(reportIn('two').basis.stopped, undefined)
  })

  it('--rerun-failed runs what did not agree, and proves nothing alone', async () => {
    await run('again')
    const { code, stdout } = await run('again', '--rerun-failed')
    assert.notEqual(code, 0)
    assert.match(stdout, /Running 1 scenario /)
    assert.equal(reportIn('again').basis.rerun, 1)
    writeFileSync(feature, text)
    assert.equal((await run('again', '--rerun-failed')).code, 4)
    assert.match(
      (await run('again', '--rerun-failed')).stderr,
      /every required scenario of the last report agrees/,
    )
  })
})

describe('dsc run --reference none', () => {
  const manifest = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      nodeSelector: { logs: 'yes' }
      containers: [{ name: agent, image: 'agent:v1' }]
`
  const own = (node: string) => `Feature: Our agent
  Scenario: It runs where logs are written
    Given a cluster with the node "${node}" labelled "logs=yes"
    When the manifest "agent.yaml" is applied
    Then "agent" is available on exactly "web"
`
  function alone(...words: readonly string[]) {
    const output = ['--output', join(folder, 'own')]
    return dsc(['run', '--reference', 'none', ...output, ...words, feature])
  }

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-own-'))
    feature = join(folder, 'our-agent.feature')
    writeFileSync(join(folder, 'agent.yaml'), manifest)
    writeFileSync(feature, own('web'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('runs a feature and a manifest of the user on the target, and says that nothing was compared', async () => {
    const { code, stdout, stderr } = await alone()
    assert.equal(code, 0, stdout + stderr)
    assert.match(stdout, /There is no reference, as asked/)
    assert.match(stdout, /^passed, not compared: exit code 0$/m)
    const report = reportIn('own')
    assert.equal(report.answer, 'passed, not compared')
    assert.equal(report.reference, undefined)
    assert.equal(report.totals.verdicts.agree, 0)
    for (const name of ['summary.md', 'badge.json', 'badge.svg']) {
      const text = readFileSync(join(folder, 'own', name), 'utf8')
      assert.doesNotMatch(text, /: conformant|>conformant|#116329/, name)
    }
    assert.match(
      readFileSync(join(folder, 'own', 'junit.xml'), 'utf8'),
      /failures="0" errors="0" skipped="0"/,
    )
    const verified = await dsc(['verify', join(folder, 'own', 'conformance.json')])
    assert.equal(verified.code, 0, verified.stdout)
  })

  it('fails where the target fails, and is incomplete where something did not run', async () => {
    writeFileSync(feature, own('db'))
    const failed = await alone()
    assert.equal(failed.code, 1, failed.stdout)
    assert.match(failed.stdout, /^failed, not compared: exit code 1$/m)
    assert.match(readFileSync(join(folder, 'own', 'junit.xml'), 'utf8'), /failures="1" errors="0"/)
    writeFileSync(feature, own('web'))
    assert.equal((await alone('--shard', '1/2')).code, 4)
  })

  it('refuses a manifest that is not there as a wrong input', async () => {
    writeFileSync(feature, own('web').replace('agent.yaml', 'absent.yml'))
    const { code, stdout } = await alone()
    assert.equal(code, 2, stdout)
    assert.match(stdout, /absent\.yml: wanted a readable file/)
  })
})

describe('dsc run with a cluster that cannot be had', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-run-'))
    feature = join(folder, 'agent.feature')
    writeFileSync(feature, text)
  })
  after(() => rmSync(folder, { recursive: true }))

  it('finds that out before the first scenario runs', async () => {
    const words = ['run', '--output', join(folder, 'none'), feature]
    const noReference = await dsc([...words, '--reference', `kubeconfig:${join(folder, 'none')}`])
    assert.equal(noReference.code, 3)
    assert.match(noReference.stderr, /there is no kubeconfig at/)
    assert.doesNotMatch(noReference.stdout, /Running|passed/)
    const noTarget = await dsc([...words, '--target', 'recording:x', '--reference', 'in-process'])
    assert.equal(noTarget.code, 2)
    assert.doesNotMatch(noTarget.stdout, /Running|passed/)
  })
})

describe('a filtered run', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-run-'))
    feature = join(folder, 'agent.feature')
    writeFileSync(feature, text)
  })
  after(() => rmSync(folder, { recursive: true }))

  it('says so in terminal, summary and badge, and has no green badge', async () => {
    const { code, stdout } = await run('filtered', '--name', 'First')
    assert.equal(code, 0)
    assert.match(stdout, /^filtered: 1 scenario of other files ran, none of the suite's \d+$/m)
    const read = (name: string) => readFileSync(join(folder, 'filtered', name), 'utf8')
    assert.match(read('summary.md'), /^# DaemonSet conformance: conformant \(filtered run\)$/m)
    assert.match(read('summary.md'), /^\| core scenarios \| 1 \|/m)
    assert.match(read('badge.json'), /"message":"filtered, 1\/1"/)
    assert.doesNotMatch(read('badge.svg'), /conformant|#116329/)
  })
})
