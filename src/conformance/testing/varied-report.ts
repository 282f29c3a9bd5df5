import type { CoverageTotal } from '../catalogue/report-coverage'
import type { UpstreamProof } from '../catalogue/upstream/upstream-coverage'
import type { ExpectedDifference } from '../expected-differences'
import type { ScenarioEvidence } from '../judgement'
import type { NormalObservation, TimelineEntry } from '../normal-form/normal-observation'
import type { ConformanceReport } from '../report'
import type { ScenarioRun, ScenarioText } from '../scenario-run'
import { observed, reportWith, runOf, scenarioNamed } from './evidence'

const scenarios = {
  agrees: scenarioNamed('It agrees', ['@core', '@PLACE-01']),
  differs: scenarioNamed('It differs', ['@core', '@UPDATE-12']),
  listed: scenarioNamed('It differs as listed', ['@extended', '@PLACE-02']),
  flaky: scenarioNamed('It is flaky', ['@extended', '@PLACE-03']),
  young: scenarioNamed('It is too young', ['@core', '@since-1.99']),
  wrong: scenarioNamed('It fails everywhere', ['@core']),
} as const satisfies { readonly [name: string]: ScenarioText }

const states = ['Pending', 'ContainerCreating', 'Running', 'Ready', 'Terminating', 'gone']

const timeline: readonly TimelineEntry[] = [10, 2].flatMap((node) => [
  { at: 0, node: `node-${node}`, state: 'Ready' },
  ...states.map((state, step) => ({
    at: step * 1000,
    node: `node-${node}`,
    pod: `agent@node-${node}#1`,
    state,
    revision: 'hash#1',
  })),
  {
    at: 6000,
    node: `node-${node}`,
    pod: `agent@node-${node}#2`,
    state: 'Ready',
    revision: 'hash#2',
  },
  { at: 7000, node: `node-${node}`, pod: `agent@node-${node}#3`, state: 'ErrImagePull' },
])

function rich(state: string): NormalObservation {
  return {
    ...observed(state),
    endState: {
      DaemonSet: {
        agent: {
          spec: {
            selector: { matchLabels: { app: 'agent' } },
            template: { spec: { dnsPolicy: 'ClusterFirst' } },
          },
        },
      },
      Node: {
        'node-10': { labels: { zone: 'a' }, taints: ['dedicated=gpu:NoSchedule'] },
        'node-2': {},
      },
      Pod: { pod: { state } },
    },
    history: {
      pods: {},
      revisions: {},
      events: ['agent: Normal SuccessfulCreate: Created pod: <pod>'],
      traces: { 'agent@node-2#1': [{ at: state === 'Ready' ? 100 : 900, what: 'ready' }] },
    },
    eventCounts: { 'agent: Normal SuccessfulCreate: Created pod: <pod>': 7 },
    refusals: [
      { request: 'create Pod', code: 403, reason: 'Forbidden', message: 'no', causes: [] },
    ],
    timeline,
    placements: {
      agent: {
        'node-10': 'runs here',
        'node-2': 'runs here',
        'gpu-10': 'gets no new pod: the taint "dedicated=gpu:NoSchedule" is not tolerated',
        'gpu-2': 'gets no new pod: the taint "dedicated=gpu:NoSchedule" is not tolerated',
      },
    },
  }
}

function richRun(
  scenario: ScenarioText,
  state = 'Ready',
  outcome: 'passed' | 'failed' = 'passed',
): ScenarioRun {
  const run = runOf(scenario, outcome, state)
  const table = [
    ['maxUnavailable', '1'],
    ['maxSurge', '0'],
  ]
  const step = { keyword: 'When', outcome: 'passed' as const, durationMilliseconds: 1 }
  return {
    ...run,
    steps: [
      { ...step, text: 'it has these fields', table },
      { ...step, text: 'this is applied', docString: 'kind: DaemonSet' },
      ...run.steps,
    ],
    observation: rich(state),
  }
}

const attempts = [
  { outcome: 'passed', durationSeconds: 1 },
  { outcome: 'failed', message: 'no pod', durationSeconds: 2, differs: 'end state / Pod' },
] as const

const evidence: readonly ScenarioEvidence[] = [
  {
    scenario: scenarios.agrees,
    target: richRun(scenarios.agrees),
    reference: { ...richRun(scenarios.agrees), recordedAt: '2026-02-03T04:05:06.000Z' },
  },
  {
    scenario: scenarios.differs,
    target: richRun(scenarios.differs, 'Ready', 'failed'),
    reference: richRun(scenarios.differs),
    secondLook: {
      again: richRun(scenarios.differs),
      ours: richRun(scenarios.differs, 'Ready', 'failed'),
    },
  },
  {
    scenario: scenarios.listed,
    target: richRun(scenarios.listed, 'Pending'),
    reference: richRun(scenarios.listed),
  },
  {
    scenario: scenarios.flaky,
    target: { ...richRun(scenarios.flaky, 'Ready', 'failed'), attempts },
    reference: richRun(scenarios.flaky),
  },
  { scenario: scenarios.young, target: richRun(scenarios.young), reference: undefined },
  {
    scenario: scenarios.wrong,
    target: runOf(scenarios.wrong, 'failed'),
    reference: runOf(scenarios.wrong, 'failed'),
  },
]

const entry = { owner: 'somebody', expires: '2030-01-01' }
const entries: readonly ExpectedDifference[] = [
  {
    ...entry,
    scenario: scenarios.listed.id,
    message: 'passed on both, but they showed different things: end state / Pod / pod / state',
    reason: 'It is so since 1.33.',
    issue: 'https://example.invalid/issues/1',
    line: 3,
  },
  {
    ...entry,
    scenario: scenarios.flaky.id,
    class: 'known-flaky',
    rate: '3/20',
    message: 'no pod',
    reason: 'The network is slow.',
    issue: 'javascript:alert(1)',
    line: 11,
  },
]

const upstream: readonly UpstreamProof[] = [
  {
    test: 'should run simple daemon',
    source: 'test/e2e/apps/daemon_set.go',
    isThroughApi: true,
    isConformance: true,
    behaviours: ['PLACE-01', 'STATUS-07'],
    byTestOnly: ['STATUS-07'],
    scenarios: [scenarios.agrees.id, scenarios.differs.id],
  },
  {
    test: 'should survive a restart',
    source: 'test/e2e/apps/daemon_restart.go',
    isThroughApi: true,
    isConformance: false,
    behaviours: ['QUEUE-28'],
    byTestOnly: ['QUEUE-28'],
    scenarios: [],
    because: 'no client can restart the controller',
  },
  {
    test: 'should be filtered away',
    source: 'test/e2e/apps/daemon_restart.go',
    isThroughApi: true,
    isConformance: false,
    behaviours: ['QUEUE-01'],
    byTestOnly: [],
    scenarios: ['b.feature > Not of this run'],
  },
  {
    test: 'TestPlacement',
    source: 'pkg/controller/daemon/daemon_controller_test.go',
    isThroughApi: false,
    isConformance: false,
    behaviours: ['PLACE-01', 'PLACE-02'],
    byTestOnly: [],
    scenarios: [],
  },
]

function total(name: string, counts: Partial<CoverageTotal>): CoverageTotal {
  const none = { behaviours: 4, scenarios: 0, agree: 0, differ: 0, onTarget: 0, onReference: 0 }
  const rest = { onBoth: 0, byTestOnly: 0, unproven: [], outOfScope: 0 }
  return { name, title: `Title of ${name}`, ...none, ...rest, ...counts }
}

/** A report in which everything occurs that a rendering can show. */
export function variedReport(): ConformanceReport {
  const report = reportWith(evidence, { expectedDifferences: entries })
  const proven = { scenarios: 3, agree: 2, differ: 1, onTarget: 3, onReference: 4, onBoth: 3 }
  // Cited by a scenario that was not for this run.
  const tested = { scenarios: 1, byTestOnly: 3, unproven: ['WATCH-04'] }
  return {
    ...report,
    totals: {
      ...report.totals,
      catalogues: [
        { name: 'DaemonSet', levels: [total('core', proven)], groups: [total('PLACE', proven)] },
        {
          name: 'control plane',
          levels: [total('extended', tested)],
          groups: [total('WATCH', tested)],
        },
      ],
    },
    upstream,
    versions: {
      versions: ['v1.21.2+k3s1', 'v1.36.2'],
      rows: [
        { scenario: scenarios.agrees.id, cells: ['holds', 'holds'], since: 'always' },
        { scenario: scenarios.listed.id, cells: ['shows otherwise', 'holds'], since: 'v1.36.2' },
        { scenario: scenarios.young.id, cells: ['not recorded', 'holds'], since: 'v1.99' },
        { scenario: scenarios.wrong.id, cells: ['fails', 'fails'], since: 'never' },
      ],
    },
  }
}
