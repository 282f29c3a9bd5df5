import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { kubeconfigOf } from '../controlplane/gateway/kubeconfig'
import { serveCluster } from '../controlplane/gateway/served-cluster'
import { wallClock } from '../controlplane/gateway/wall-clock'
import { startInProcessCluster } from '../controlplane/in-process-cluster'
import type { ClusterAccess } from '../targets/target'
import { compiledSources, keepCompiled } from './compiled-sources'
import type { ScenarioRun } from './scenario-run'

keepCompiled()
// Loaded late, so that threads get them compiled.
const { runInWorkers }: typeof import('./scenario-workers') = require('./scenario-workers')
const { Suite }: typeof import('./suite') = require('./suite')

/** Scenarios with nodes of the same names: on one cluster, one would find those of the other. */
const featureOf = (count: number): string => `Feature: F
  Rule: Every node MUST run one daemon pod
${Array.from({ length: count }, (_, index) => scenario(index + 1)).join('')}`

const scenario = (number: number): string => `    Scenario: Number ${number}
      Given a cluster with the nodes "a" and "b"
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "a" and "b"
`

const root = join(__dirname, '..', '..')
let folder = ''

/** A cluster that lives outside of the threads, and keeps time with the clock on the wall. */
async function served(run: string) {
  const cluster = await startInProcessCluster({ seed: 1, startAt: Date.now() })
  const server = await serveCluster({ cluster, wallClock, speed: 'real', port: 0 })
  const access: ClusterAccess = {
    name: 'k3s',
    run,
    seed: 1,
    kubeconfig: kubeconfigOf(server.access),
    version: { gitVersion: cluster.server.version, major: '1', minor: '36' },
    provenance: { nodes: 'simulated' },
  }
  return {
    access,
    cluster,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      cluster.stop()
    },
  }
}

async function run(
  clusters: readonly ClusterAccess[],
  count: number,
): Promise<readonly ScenarioRun[]> {
  const path = join(folder, 'f.feature')
  writeFileSync(path, featureOf(count))
  const support = { requireModule: ['ts-node/register'], require: ['steps/**/!(*.test).ts'] }
  const suite = await Suite.load({ root, support, paths: [path], tags: '', names: [] })
  const runs: ScenarioRun[] = []
  await runInWorkers({
    compiled: compiledSources(),
    count: clusters.length,
    clusters,
    scenarios: suite.scenarios,
    repeat: 1,
    task: { selection: suite.selection, target: 'k3s', seed: 1 },
    pageOf: () => join(folder, 'report', 'cucumber-target.html'),
    signal: new AbortController().signal,
    onFinished: (each) => runs.push(each),
  })
  return runs
}

describe('threads on live clusters', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-clusters-'))
    mkdirSync(join(folder, 'report'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('have one each, so that scenarios with nodes of the same names run at the same time', async () => {
    await using first = await served('one')
    await using second = await served('two')
    const runs = await run([first.access, second.access], 2)
    assert.deepEqual(
      runs.map(({ outcome, message }) => message ?? outcome),
      ['passed', 'passed'],
    )
    assert.ok(runs.every(({ observation }) => observation !== undefined))
    for (const { cluster } of [first, second]) {
      const { items } = await cluster.client('test').list('Node')
      assert.deepEqual(items, [], 'what a scenario made is gone when its thread has ended')
    }
  })

  it('lose the scenario that runs when a cluster goes, and the others take over the rest', async () => {
    await using first = await served('one')
    const second = await served('two')
    await second[Symbol.asyncDispose]()
    const runs = await run([first.access, second.access], 4)
    const passed = runs.filter(({ outcome }) => outcome === 'passed')
    assert.equal(runs.length, 4)
    assert.ok(passed.length >= 3, runs.map(({ outcome }) => outcome).join())
  })

  it('leave an error for every scenario when no cluster is left, never a pass', async () => {
    const gone = await served('one')
    await gone[Symbol.asyncDispose]()
    const runs = await run([gone.access], 3)
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      ['error', 'error', 'error'],
    )
    assert.match(runs[1]?.message ?? '', /^no thread is left for it: its cluster does not answer/)
  })
})
