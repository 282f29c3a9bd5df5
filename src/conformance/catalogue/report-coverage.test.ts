import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gateOf } from '../gate'
import { htmlReport } from '../render/html/page'
import { reportOf } from '../report'
import type { Outcome, ScenarioRun, ScenarioText } from '../scenario-run'
import { type ScenarioVerdict, verdictOf } from '../verdict'
import type { Behaviour } from './behaviour'
import type { BehaviourEvidence } from './read-coverage'
import { catalogueTotalsOf } from './report-coverage'

const target = { name: 'in-process', version: 'v1.36.2', provenance: {} }
const reference = { name: 'k3s', version: 'v1.36.2+k3s1', provenance: {}, live: true }

function behaviour(id: string, more: Partial<Behaviour> = {}): Behaviour {
  const base = { level: 'extended', needs: [], proof: 'scenario', file: 'f', line: 1 } as const
  return { ...base, id, group: 'PLACE', title: `Title of ${id}`, ...more }
}

function evidence(tested: readonly string[]): BehaviourEvidence {
  const group = (behaviours: readonly Behaviour[]) => [
    { name: 'PLACE', title: 'Where <pods> run', behaviours, file: 'f' },
  ]
  const numbers = ['01', '02', '03', '04', '05', '06']
  return {
    catalogues: {
      daemonSet: {
        name: 'DaemonSet',
        groups: group(
          numbers.map((number) =>
            behaviour(`PLACE-${number}`, number === '01' ? { level: 'core' } : {}),
          ),
        ),
      },
      controlPlane: {
        name: 'control plane',
        groups: group([behaviour('E2E-16'), behaviour('E2E-33', { outOfScope: 'not ours' })]),
      },
    },
    tested: new Set(tested),
  }
}

function verdict(
  tags: readonly string[],
  onTarget: Outcome,
  onReference: Outcome,
): ScenarioVerdict {
  const name = tags.join(' ')
  const scenario: ScenarioText = {
    id: name,
    uri: 'a.feature',
    line: 1,
    feature: 'F',
    rule: 'R',
    name,
    tags,
    textHash: name,
  }
  const run = (outcome: Outcome): ScenarioRun => ({
    scenario,
    outcome,
    steps: [],
    durationSeconds: 0,
    observation: {
      endState: {},
      history: { pods: {}, revisions: {}, events: [] },
      refusals: [],
      timeline: [],
    },
  })
  return verdictOf({
    scenario,
    target: run(onTarget),
    reference: run(onReference),
    targetCluster: target,
    referenceCluster: reference,
    slow: false,
  })
}

const verdicts = [
  verdict(['@PLACE-01', '@PLACE-02', '@E2E-16'], 'passed', 'passed'),
  verdict(['@PLACE-02', '@PLACE-03'], 'passed', 'failed'),
  verdict(['@PLACE-04'], 'failed', 'passed'),
]

describe('the behaviours in a report', () => {
  const [daemonSet, controlPlane] = catalogueTotalsOf(evidence(['PLACE-05', 'PLACE-01']), verdicts)

  it('are proven on a cluster where a scenario passed and none failed', () => {
    assert.deepEqual(daemonSet?.groups, [
      {
        name: 'PLACE',
        title: 'Where <pods> run',
        behaviours: 6,
        scenarios: 3,
        agree: 1,
        differ: 2,
        onTarget: 3,
        onReference: 2,
        onBoth: 1,
        byTestOnly: 1,
        unproven: ['PLACE-06'],
        outOfScope: 0,
      },
    ])
    assert.deepEqual(
      daemonSet?.levels.map(({ name, behaviours, onBoth }) => [name, behaviours, onBoth]),
      [
        ['core', 1, 1],
        ['extended', 5, 0],
      ],
    )
  })

  it('count once for each catalogue, and those out of scope are not missing', () => {
    const [group] = controlPlane?.groups ?? []
    assert.deepEqual(
      [group?.behaviours, group?.onBoth, group?.unproven, group?.outOfScope],
      [2, 1, [], 1],
    )
  })

  it('stand in the HTML with what is missing', () => {
    const html = htmlReport(
      reportOf({
        metadata: {
          createdAt: '2026-01-01T00:00:00.000Z',
          toolVersion: '0.1.0',
          seed: 1,
          featuresHash: 'f'.repeat(64),
          reproduce: 'npm run conformance',
        },
        target,
        reference,
        gate: gateOf({ verdicts, reference, expected: 3, interrupted: false }),
        basis: {
          expected: 3,
          slow: false,
          filtered: false,
          interrupted: false,
          expectedDifferences: [],
        },
        verdicts,
        behaviours: evidence(['PLACE-05']),
      }),
    )
    assert.match(html, /Proven on in-process v1\.36\.2<\/th><th scope="col">Proven on k3s/)
    const cells = [6, 3, 2, 1, 1, 0, 1, 3].map((number) => `<td>${number}</td>`).join('')
    assert.ok(
      html.includes(`PLACE <small>Where &lt;pods> run</small></th>${cells}`),
      html.slice(0, 9000),
    )
    assert.match(html, /PLACE: Where &lt;pods> run<\/dt><dd>PLACE-06<\/dd>/)
  })
})
