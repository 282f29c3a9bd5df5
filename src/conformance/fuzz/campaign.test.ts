import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { startInProcessCluster } from '../../controlplane/in-process-cluster'
import type * as Status from '../../reconciler/status'
import { WorkQueue } from '../../reconciler/work-queue'
import { UsageError } from '../../targets/errors'
import { startInProcessTarget } from '../../targets/in-process-target'
import { runOn } from '../cluster-run'
import { Suite } from '../suite'
import { replay, runCampaign } from './campaign'
import { featureText } from './feature-text'
import type { Finding } from './finding'
import { type History, historyOf, historyText, type Step } from './history'
import { HistoryRun } from './history-run'
import { startWatchedTarget } from './watched-target'

/** The exports of a module, which CommonJS lets a test replace. */
type Writable<T> = { -readonly [K in keyof T]: T[K] }

const root = join(__dirname, '..', '..', '..')

/** Every step there is, each where it can happen. */
const everyStep: readonly Step[] = [
  { step: 'node joins', node: 'node-1' },
  { step: 'node joins', node: 'node-2' },
  { step: 'node joins', node: 'node-3' },
  { step: 'label added', node: 'node-1', label: 'disk=ssd' },
  { step: 'label added', node: 'node-2', label: 'disk=ssd' },
  { step: 'daemonset created', settings: { image: 'agent:v1', nodeSelector: 'disk=ssd' } },
  { step: 'time passes', seconds: 1.5 },
  { step: 'taint added', node: 'node-1', taint: 'dedicated=gpu:NoSchedule' },
  { step: 'taint removed', node: 'node-1', taint: 'dedicated=gpu:NoSchedule' },
  { step: 'node cordoned', node: 'node-2' },
  { step: 'node uncordoned', node: 'node-2' },
  { step: 'pod failed', node: 'node-1' },
  { step: 'pod succeeded', node: 'node-2' },
  { step: 'time passes', seconds: 30 },
  { step: 'readiness lost', node: 'node-1' },
  { step: 'readiness restored', node: 'node-1' },
  { step: 'pod deleted', node: 'node-2' },
  {
    step: 'daemonset changed',
    settings: {
      image: 'agent:v2',
      updateStrategy: 'RollingUpdate',
      maxSurge: '1',
      maxUnavailable: '0',
    },
  },
  { step: 'daemonset labelled', label: 'team=a' },
  { step: 'revision deleted', which: 'oldest' },
  { step: 'revision deleted', which: 'current' },
  { step: 'daemonset deleted', propagationPolicy: 'Orphan' },
  { step: 'daemonset created', settings: { image: 'agent:v2', minReadySeconds: '3' } },
  {
    step: 'daemonset changed',
    settings: { tolerations: 'dedicated Exists', readiness: 'after 2 seconds' },
  },
  { step: 'daemonset changed', settings: { nodeSelector: 'none', 'template label': 'track=a' } },
  { step: 'label removed', node: 'node-1', key: 'disk' },
  { step: 'all pods deleted' },
  { step: 'node stopped', node: 'node-3' },
  { step: 'time passes', seconds: 90 },
  { step: 'node resumed', node: 'node-3' },
  { step: 'node leaves', node: 'node-2' },
]

describe('histories', () => {
  test('are read as they were written', () => {
    const history: History = { seed: 7, steps: everyStep }
    assert.deepEqual(historyOf(historyText(history), 'x'), history)
  })

  test('that are none are refused by name and step', () => {
    const refused = (text: string, message: RegExp) =>
      assert.throws(
        () => historyOf(text, 'x.json'),
        (error) => error instanceof UsageError && message.test(error.message),
      )
    refused('{', /x\.json is not JSON/)
    refused('[]', /"seed" is not a whole number/)
    refused('{"seed":1}', /"steps" is not a list/)
    refused('{"seed":1,"steps":[{"step":"flies"}]}', /step 1 .*there is no such step/)
    refused('{"seed":1,"steps":[{"step":"node joins"}]}', /step 1 .*"node" is missing or wrong/)
  })

  test('happen as features tell them: same steps, same end', async () => {
    await using target = await startInProcessTarget({ name: 'in-process', seed: 1 })
    await using cluster = await target.openScenario('all steps')
    const run = new HistoryRun(cluster)
    const lines: (readonly string[])[] = []
    for (const step of everyStep) {
      const told = await run.execute(step)
      assert.ok(told, `${JSON.stringify(step)} can happen`)
      lines.push(told)
      assert.deepEqual(await run.rest(), [])
    }
    const { collisionCount: _, conditions: __, ...expected } = run.state.daemonSet?.status ?? {}
    const finding: Finding = {
      history: { seed: 7, steps: everyStep },
      title: 'all steps',
      details: ['all steps'],
      lines,
      isStepwise: true,
      expected,
    }
    assert.deepEqual(await outcomeOf(featureText(finding, 'dsc fuzz')), ['passed'])
  })
})

describe('a campaign', () => {
  test('KUBELET-22: makes both controllers look again while an image is pulled in vain', async () => {
    await using inProcess = await startWatchedTarget(1)
    await using reference = await startInProcessTarget({ name: 'other', seed: 2 })
    const stepsWith = async (image: string): Promise<number> => {
      const steps: readonly Step[] = [
        { step: 'node joins', node: 'node-1' },
        { step: 'daemonset created', settings: { image } },
        { step: 'taint added', node: 'node-1', taint: 'dedicated=gpu:NoSchedule' },
      ]
      const told = await replay({ seed: 3, steps }, { inProcess, reference, stepped: () => {} })
      assert.equal(told.finding, undefined)
      return told.steps
    }
    assert.equal(await stepsWith('agent:v1'), 3)
    assert.equal(await stepsWith('agent:non-existent'), 5)
  })

  test('STATUS-23: makes both controllers look again where a surge has come to a halt', async () => {
    await using inProcess = await startWatchedTarget(1)
    await using reference = await startInProcessTarget({ name: 'other', seed: 2 })
    const surge = { updateStrategy: 'RollingUpdate', maxUnavailable: '0', maxSurge: '1' }
    const steps: readonly Step[] = [
      { step: 'node joins', node: 'node-1' },
      { step: 'node joins', node: 'node-2' },
      {
        step: 'daemonset created',
        settings: { image: 'agent:v1', minReadySeconds: '6', ...surge },
      },
      { step: 'daemonset changed', settings: { image: 'agent:v2' } },
    ]
    const replayed = async (): Promise<number> => {
      const told = await replay({ seed: 3, steps }, { inProcess, reference, stepped: () => {} })
      assert.equal(told.finding, undefined)
      return told.steps
    }
    assert.equal(await replayed(), 4)
    // Nothing is left that would make the controllers look when a pod becomes available, on either node.
    const { addAfter } = WorkQueue.prototype
    WorkQueue.prototype.addAfter = function (key, milliseconds) {
      if (milliseconds < 6000) addAfter.call(this, key, milliseconds)
    }
    try {
      assert.equal(await replayed(), 6)
    } finally {
      WorkQueue.prototype.addAfter = addAfter
    }
  })

  test('finds nothing where both clusters are alike', async () => {
    await using inProcess = await startWatchedTarget(1)
    await using reference = await startInProcessTarget({ name: 'other', seed: 2 })
    const { tally, findings } = await runCampaign({ ...options(), inProcess, reference })
    assert.deepEqual(findings, [])
    assert.equal(tally.histories, options().histories)
  })

  test('shrinks a broken invariant to the steps that it takes, as a feature that fails with the fault alone', async () => {
    await using inProcess = await startWatchedTarget(1)
    const status: Writable<typeof Status> = require('../../reconciler/status')
    const { statusCountsOf } = status
    const campaign = () => runCampaign({ ...options(), histories: 1, inProcess })
    assert.deepEqual((await campaign()).findings, [])
    status.statusCountsOf = (survey) => ({ ...statusCountsOf(survey), numberMisscheduled: 7 })
    let text = ''
    try {
      const [finding] = (await campaign()).findings
      assert.ok(finding)
      assert.deepEqual(
        finding.history.steps.map(({ step }) => step),
        ['node joins', 'daemonset created'],
      )
      assert.match(finding.details.join(), /the status shows numberMisscheduled 7, and a recount 0/)
      text = featureText(finding, 'dsc fuzz')
      assert.match(text, new RegExp(`the seed of the history is ${finding.history.seed}`))
      assert.deepEqual(await outcomeOf(text), ['failed'])
    } finally {
      status.statusCountsOf = statusCountsOf
    }
    assert.deepEqual(await outcomeOf(text), ['passed'])
  })

  test('shrinks a divergence to the steps that it takes, and tells it as a feature', async () => {
    await using inProcess = await startWatchedTarget(1)
    await using reference = await startInProcessTarget({
      name: 'without a controller',
      seed: 1,
      start: (seeded) => startInProcessCluster({ ...seeded, controller: 'none' }),
    })
    const clusters = { inProcess, reference }
    const { findings } = await runCampaign({ ...options(), histories: 1, ...clusters })
    const [finding] = findings
    assert.ok(finding)
    assert.deepEqual(
      finding.history.steps.map(({ step }) => step),
      ['node joins', 'daemonset created'],
    )
    assert.match(finding.details.join('\n'), /end state .* reference nothing/)
    // On a cluster with a controller the reference's numbers are not met: the feature shows the divergence.
    assert.deepEqual(await outcomeOf(featureText(finding, 'dsc fuzz')), ['failed'])
    const again = await replay(finding.history, { ...clusters, stepped: () => {} })
    assert.deepEqual(again.finding?.details, finding.details)
  })
})

function options() {
  return {
    seed: 1,
    histories: 3,
    steps: 12,
    limitMilliseconds: Number.POSITIVE_INFINITY,
    shrinkMilliseconds: 30_000,
    now: Date.now,
    signal: new AbortController().signal,
    progress: { finished: () => {}, found: () => {}, shrunk: () => {} },
  }
}

/** How the scenarios of a feature end on the in-process cluster. */
async function outcomeOf(text: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'dsc-fuzz-'))
  try {
    const file = join(folder, 'random.feature')
    writeFileSync(file, text)
    const suite = await Suite.load({
      root,
      support: { requireModule: [], require: ['steps/**/!(*.test).ts'] },
      paths: [file],
      tags: '',
      names: [],
    })
    const options = {
      suite,
      folder,
      session: { seed: 1, env: {} },
      progress: { say: () => {}, finished: () => {} },
      signal: new AbortController().signal,
    }
    const { runs } = await runOn(options, 'in-process', 'target', { slow: true })
    return runs.map(({ outcome }) => outcome)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
