import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gateOf } from './gate'
import type { NormalObservation } from './normal-form/normal-observation'
import type { ClusterInfo, Outcome, ScenarioRun, ScenarioText } from './scenario-run'
import { type ScenarioVerdict, type VerdictInput, verdictOf } from './verdict'

const target: ClusterInfo = { name: 'in-process', version: 'v1.36.2', provenance: {} }
const reference: ClusterInfo = { name: 'k3s', version: 'v1.36.2+k3s1', provenance: {} }

function scenario(tags: readonly string[] = []): ScenarioText {
  const id = 'placement/nodes.feature > Every node MUST run one pod > One pod'
  const uri = 'features/placement/nodes.feature'
  return { id, uri, line: 3, feature: 'Nodes', rule: '', name: 'One pod', tags, textHash: 'a' }
}

function observed(numberReady: number, message = 'no'): NormalObservation {
  return {
    endState: { DaemonSet: { agent: { status: { numberReady } } } },
    history: { pods: {}, revisions: {}, events: [] },
    refusals: [{ request: 'create Pod', code: 422, reason: 'Invalid', message, causes: [] }],
    timeline: [],
  }
}

function run(outcome: Outcome, observation = observed(3)): ScenarioRun {
  return {
    scenario: scenario(),
    outcome,
    ...(outcome === 'passed' ? {} : { message: 'because\nof this' }),
    steps: [],
    durationSeconds: 1,
    observation,
  }
}

function judge(input: Partial<VerdictInput>): ScenarioVerdict {
  return verdictOf({
    scenario: scenario(),
    target: run('passed'),
    reference: run('passed'),
    targetCluster: target,
    referenceCluster: reference,
    slow: false,
    ...input,
  })
}

function gate(...verdicts: readonly ScenarioVerdict[]) {
  return gateOf({ verdicts, reference, expected: verdicts.length, interrupted: false })
}

describe('the verdict of a scenario', () => {
  it('agrees when it passed on both and both showed the same', () => {
    assert.equal(judge({}).verdict, 'agree')
  })

  it('differs when both passed but showed different things, and says where', () => {
    const verdict = judge({ reference: run('passed', observed(2)) })
    assert.equal(verdict.verdict, 'differ')
    assert.deepEqual(verdict.differences, [
      { path: 'end state / DaemonSet / agent / status / numberReady', target: 3, reference: 2 },
    ])
  })

  it('differs when only the target failed, and when only the reference failed', () => {
    const onTarget = judge({ target: run('failed') })
    assert.equal(onTarget.verdict, 'differ')
    assert.equal(onTarget.reason, 'passed on the reference, failed on the target: because')
    const onReference = judge({ reference: run('failed') })
    assert.equal(onReference.verdict, 'differ')
    assert.equal(onReference.reason, 'passed on the target, failed on the reference: because')
  })

  it('is both-failed when it failed on both, whatever was observed', () => {
    assert.equal(judge({ target: run('failed'), reference: run('failed') }).verdict, 'both-failed')
  })

  it('is not verified when a run broke, is missing, or left no observation', () => {
    const { observation: _, ...blind } = run('passed')
    for (const input of [
      { target: run('error') },
      { target: undefined },
      { reference: run('error') },
      { reference: undefined },
      { referenceCluster: undefined },
      { target: blind },
      { reference: blind },
    ]) {
      const verdict = judge(input)
      assert.equal(verdict.verdict, 'not-verified')
      assert.equal(verdict.required, true)
    }
  })

  it('compares the wording of refusals within one minor version only', () => {
    const worded = { reference: run('passed', observed(3, 'never')) }
    assert.equal(judge(worded).verdict, 'differ')
    const older = { ...reference, version: 'v1.21.2+k3s1' }
    assert.equal(judge({ ...worded, referenceCluster: older }).verdict, 'agree')
  })

  it('exempts a scenario that is younger than the reference, but not one that fails on the target', () => {
    const older = { ...reference, version: 'v1.21.2+k3s1' }
    const young = {
      scenario: scenario(['@since-1.27']),
      referenceCluster: older,
      reference: undefined,
    }
    const exempt = judge(young)
    assert.equal(exempt.verdict, 'not-verified')
    assert.equal(exempt.required, false)
    assert.equal(judge({ ...young, target: run('failed') }).verdict, 'differ')
    assert.equal(judge({ ...young, target: run('error') }).required, true)
    assert.equal(judge({ ...young, target: undefined }).required, true)
  })

  it('exempts a scenario that is younger than both clusters, so that neither has run it', () => {
    const older = (cluster: ClusterInfo) => ({ ...cluster, version: 'v1.21.2+k3s1' })
    const young = { scenario: scenario(['@since-1.27']), target: undefined, reference: undefined }
    const both = { ...young, targetCluster: older(target), referenceCluster: older(reference) }
    assert.equal(judge(both).required, false)
    assert.match(judge(both).reason ?? '', /holds since Kubernetes 1\.27, the reference is v1\.21/)
    const newer = { ...young, targetCluster: older(target), referenceCluster: reference }
    assert.equal(judge(newer).required, true, 'an old target is not held equal to a new reference')
  })

  it('exempts what the nodes of a cluster do not fit, and says of which, but not what failed on the target', () => {
    const real = { ...reference, provenance: { nodes: 'real:2' } }
    const needsReal = scenario(['@real-kubelet'])
    const nowhere = judge({ scenario: needsReal, target: undefined, reference: undefined })
    assert.equal(nowhere.verdict, 'not-verified')
    assert.equal(nowhere.required, false)
    assert.match(nowhere.reason ?? '', /^does not apply to the target: it needs nodes that run/)
    const half = { scenario: needsReal, targetCluster: real, reference: undefined }
    assert.match(judge(half).reason ?? '', /^does not apply to the reference: it needs nodes/)
    assert.equal(judge(half).required, false)
    assert.equal(judge({ ...half, target: run('failed') }).verdict, 'differ')
    const both = { scenario: needsReal, targetCluster: real, referenceCluster: real }
    assert.equal(judge(both).verdict, 'agree')
    assert.equal(judge({ ...both, reference: undefined }).required, true)
    const ordinary = judge({ targetCluster: real, referenceCluster: real, target: undefined })
    assert.match(ordinary.reason ?? '', /^does not apply to the target: it makes simulated nodes/)
  })

  it('exempts slow scenarios on a live reference unless they were asked for', () => {
    const slow = { scenario: scenario(['@slow']), reference: undefined }
    assert.equal(judge(slow).required, false)
    assert.equal(judge({ ...slow, slow: true }).required, true)
  })
})

describe('the gate', () => {
  const agree = judge({})

  it('is green only when everything required agrees', () => {
    assert.deepEqual(gate(agree), { exitCode: 0, answer: 'conformant', reasons: [] })
  })

  it('exits 1 on a difference and on a scenario that failed on both', () => {
    assert.equal(gate(agree, judge({ target: run('failed') })).exitCode, 1)
    const bothFailed = judge({ target: run('failed'), reference: run('failed') })
    assert.equal(gate(agree, bothFailed).exitCode, 1)
  })

  it('exits 2 when a step has no definition', () => {
    assert.equal(gate(agree, judge({ target: run('undefined') })).exitCode, 2)
  })

  it('exits 3 when the harness broke, but 1 when a difference was seen as well', () => {
    const broken = judge({ reference: run('error') })
    assert.equal(gate(agree, broken).exitCode, 3)
    assert.equal(gate(broken, judge({ target: run('failed') })).exitCode, 1)
  })

  it('exits 4 when something required was not verified, or there was nothing to verify', () => {
    assert.equal(gate(agree, judge({ reference: undefined })).exitCode, 4)
    assert.equal(gate().exitCode, 4)
    const exempt = judge({ scenario: scenario(['@slow']), reference: undefined })
    assert.equal(gate(exempt).exitCode, 4)
    assert.equal(gate(agree, exempt).exitCode, 0)
  })

  it('exits 4 without a reference, and when scenarios are missing', () => {
    const input = { verdicts: [agree], reference, expected: 1, interrupted: false }
    assert.equal(gateOf({ ...input, reference: undefined }).exitCode, 4)
    assert.equal(gateOf({ ...input, expected: 2 }).exitCode, 4)
  })

  it('exits 130 when somebody stopped the run', () => {
    const input = { verdicts: [agree], reference, expected: 1, interrupted: true }
    assert.equal(gateOf(input).exitCode, 130)
  })
})
