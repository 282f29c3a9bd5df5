import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { UpdateLimits } from '../reconciler/update-limits'
import { Recorder } from '../targets/recorder'
import type { ReferenceChoice } from './choose-reference'
import { runOn } from './cluster-run'
import { type ConformanceOptions, runConformance } from './conformance-run'
import { recordingOf } from './recording'
import type { ConformanceReport } from './report'
import { Suite } from './suite'

/** The modules themselves, so that one of their functions can be exchanged for a faulty one. */
const limits: { updateLimitsOf: unknown } = require('../reconciler/update-limits')
const tolerations: { daemonTolerationsOf: unknown } = require('../reconciler/daemon-tolerations')

const root = join(__dirname, '..', '..')
const createdAt = '2026-01-01T00:00:00.000Z'

/** Real features on the real in-process cluster; the healthy run is the reference that the faulty one is held against. */
describe('a fault in the reconciler', () => {
  let folder = ''
  let suite: Suite
  let reference: ReferenceChoice
  const said: string[] = []

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-fault-'))
    suite = await Suite.load({
      root,
      support: { requireModule: [], require: ['steps/**/!(*.test).ts'] },
      paths: [
        'features/rollout/rolling-update.feature',
        'features/placement/taints-and-tolerations.feature',
      ],
      tags: '',
      names: [],
    })
    const healthy = await runOn(options(), 'in-process', 'reference', { slow: true })
    assert.deepEqual(
      healthy.runs.filter(({ outcome }) => outcome !== 'passed').map(({ scenario }) => scenario.id),
      [],
    )
    reference = {
      kind: 'recording',
      path: 'healthy.json',
      recording: recordingOf(healthy, createdAt),
    }
  })
  after(() => rmSync(folder, { recursive: true }))

  function options(): Omit<ConformanceOptions, 'reference'> {
    return {
      suite,
      target: 'in-process',
      expectedDifferences: [],
      slow: true,
      folder,
      session: { seed: 1, env: {} },
      seed: 1,
      createdAt,
      toolVersion: '0.0.0',
      reproduce: '',
      progress: { say: (line) => said.push(line), finished: () => {} },
      signal: new AbortController().signal,
    }
  }

  function run(): Promise<ConformanceReport> {
    return runConformance({ ...options(), reference })
  }

  async function runWith(
    module: { [name: string]: unknown },
    name: string,
    faulty: (original: never) => unknown,
  ): Promise<ConformanceReport> {
    const original = module[name]
    assert.equal(typeof original, 'function')
    module[name] = faulty(original as never)
    try {
      return await run()
    } finally {
      module[name] = original
    }
  }

  it('is needed: without one the gate is green', async () => {
    const { exitCode, reasons } = await run()
    assert.deepEqual(reasons, [])
    assert.equal(exitCode, 0)
    assert.match(said.join('\n'), /rests on a recording, not on a live cluster/)
  })

  it('turns the gate red when maxUnavailable is ignored, and names the scenarios', async () => {
    const { exitCode, reasons } = await runWith(
      limits,
      'updateLimitsOf',
      (original: (daemonSet: never, desired: number) => UpdateLimits) =>
        (daemonSet: never, desired: number) => ({
          ...original(daemonSet, desired),
          maxUnavailable: desired,
        }),
    )
    assert.equal(exitCode, 1)
    assert.ok(
      reasons.some((reason) => /rolling-update\.feature > maxUnavailable MUST limit/.test(reason)),
      reasons.join('\n'),
    )
    assert.ok(reasons.every((reason) => !/taints-and-tolerations/.test(reason)))
  })

  it('trap 4: turns the gate red when the watches of the recorder end without a word', async () => {
    const { exitCode, answer } = await runWith(
      Recorder.prototype as unknown as { [name: string]: unknown },
      'start',
      (original: () => Promise<void>) =>
        async function (this: Recorder) {
          await original.call(this)
          this.stop()
        },
    )
    assert.equal(exitCode, 1, answer)
  })

  it('turns the gate red when the automatic tolerations are missing, and names the scenarios', async () => {
    const { exitCode, reasons } = await runWith(
      tolerations,
      'daemonTolerationsOf',
      () => (spec: { readonly tolerations?: readonly unknown[] }) => spec.tolerations ?? [],
    )
    assert.equal(exitCode, 1)
    assert.ok(
      reasons.some((reason) => /taints-and-tolerations\.feature/.test(reason)),
      reasons.join('\n'),
    )
  })
})
