import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Labels, Node, Pod, PodSpec, Taint } from '../../kubernetes/types'
import { affinityTo, nodeOf, podOf } from '../../reconciler/testing/objects'
import { ClusterState } from './cluster-state'
import { filtersOf, fitOf, refusalOn } from './fit'
import { fitMessageOf, type PreemptionVerdict } from './fit-message'
import { candidateOf, ineligibilityOf } from './preemption'

const noVictims: PreemptionVerdict = { kind: 'no-victims' }
const allocatable = { cpu: '4', memory: '8Gi', pods: '110' }

function node(
  name: string,
  options: {
    readonly labels?: Labels
    readonly taints?: readonly Taint[]
    readonly unschedulable?: boolean
    readonly allocatable?: Record<string, string>
  } = {},
): Node {
  return nodeOf(name, { ...options, status: { allocatable: options.allocatable ?? allocatable } })
}

function pod(name: string, spec: Partial<PodSpec> = {}, labels: Labels = {}): Pod {
  const base = podOf({ name, labels })
  return { ...base, spec: { ...base.spec, ...spec } }
}

function requesting(
  name: string,
  requests: Record<string, string>,
  spec: Partial<PodSpec> = {},
): Pod {
  return pod(name, { containers: [{ name: 'app', image: 'x', resources: { requests } }], ...spec })
}

function stateOf(nodes: readonly Node[], placed: readonly [Pod, string][] = []): ClusterState {
  const state = new ClusterState()
  for (const each of nodes) state.setNode(each)
  for (const [present, nodeName] of placed) state.place(present, nodeName)
  return state
}

/** The nodes that take the pod, or the message why none does. */
function fit(state: ClusterState, candidate: Pod): readonly string[] | string {
  const found = fitOf(candidate, state, () => ({}))
  if (found.kind === 'fits') return found.views.map(({ name }) => name)
  return found.kind === 'refused' ? fitMessageOf(found.refusals, noVictims) : found.kind
}

const allInOne = (reason: string, preemption: string) =>
  `0/1 nodes are available: 1 ${reason}. no new claims to deallocate, preemption: 0/1 nodes are available: 1 ${preemption}.`
const unhelpful = 'Preemption is not helpful for scheduling'
const victimless = 'No preemption victims found for incoming pod'

test('SCHED-05: a cordoned node refuses all that do not tolerate it', () => {
  const state = stateOf([node('a', { unschedulable: true })])
  assert.equal(fit(state, pod('p')), allInOne('node(s) were unschedulable', unhelpful))
  const tolerations = [
    { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
  ]
  assert.deepEqual(fit(state, pod('p', { tolerations })), ['a'])
})

test('SCHED-07, SCHED-08: untolerated taints refuse, PreferNoSchedule does not', () => {
  const state = stateOf([node('a', { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] })])
  assert.equal(fit(state, pod('p')), allInOne('node(s) had untolerated taint(s)', unhelpful))
  assert.deepEqual(fit(state, pod('p', { tolerations: [{ key: 'k', value: 'v' }] })), ['a'])
  const soft = stateOf([node('a', { taints: [{ key: 'k', effect: 'PreferNoSchedule' }] })])
  assert.deepEqual(fit(soft, pod('p')), ['a'])
})

test('SCHED-09: the node selector and the required affinity must both hold', () => {
  const state = stateOf([node('a', { labels: { disk: 'ssd' } }), node('b')])
  assert.deepEqual(fit(state, pod('p', { nodeSelector: { disk: 'ssd' } })), ['a'])
  const message = fit(state, pod('p', { nodeSelector: { disk: 'hdd' } }))
  assert.match(
    String(message),
    /^0\/2 nodes are available: 2 node\(s\) didn't match Pod's node affinity\/selector\./,
  )
})

test('SCHED-10, SCHED-22: a pod that names its node is only refused by that one', () => {
  const state = stateOf([
    node('a', { allocatable: { ...allocatable, cpu: '1' } }),
    node('b'),
    node('c'),
  ])
  const daemon = requesting('p', { cpu: '1500m' }, { affinity: affinityTo(['a']) })
  const scarce = stateOf([node('a'), node('b'), node('c')], [[requesting('q', { cpu: '3' }), 'a']])
  assert.equal(
    fit(scarce, daemon),
    "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
  )
  assert.match(
    String(fit(state, daemon)),
    /preemption: 0\/3 nodes are available: 3 Preemption is not helpful/,
  )
  assert.match(
    String(fit(state, pod('p', { affinity: affinityTo(['gone']) }))),
    /^0\/3 nodes are available: 3 node\(s\) didn't satisfy plugin\(s\) \[NodeAffinity\]\./,
  )
})

test('SCHED-10: terms whose names contradict each other', () => {
  const term = (name: string) => ({ key: 'metadata.name', operator: 'In', values: [name] })
  const nodeSelectorTerms = [{ matchFields: [term('a'), term('b')] }]
  const affinity = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  }
  const message = fit(stateOf([node('a'), node('b')]), pod('p', { affinity }))
  assert.equal(message, '0/2 nodes are available: pod affinity terms conflict. not found')
})

test('SCHED-11: a host port is taken with the same protocol and an overlapping address', () => {
  const using = (name: string, hostIP?: string, protocol = 'TCP') =>
    pod(name, {
      containers: [
        {
          name: 'app',
          image: 'x',
          ports: [{ containerPort: 80, hostPort: 80, protocol, ...(hostIP ? { hostIP } : {}) }],
        },
      ],
    })
  const state = stateOf([node('a')], [[using('q', '10.0.0.1'), 'a']])
  const taken = allInOne("node(s) didn't have free ports for the requested pod ports", victimless)
  assert.equal(fit(state, using('p')), taken)
  assert.equal(fit(state, using('p', '10.0.0.1')), taken)
  assert.deepEqual(fit(state, using('p', '10.0.0.2')), ['a'])
  assert.deepEqual(fit(state, using('p', '10.0.0.1', 'UDP')), ['a'])
  state.remove('uid-of-q')
  assert.deepEqual(fit(state, using('p')), ['a'])
})

test('SCHED-12, SCHED-19: every resource that is missing is a reason of its own', () => {
  const big = requesting('p', { cpu: '5', memory: '9Gi', 'example.com/gpu': '1' })
  assert.equal(
    fit(stateOf([node('a')]), big),
    '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient example.com/gpu, 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  )
  const full = stateOf([node('a')], [[requesting('q', { cpu: '4' }), 'a']])
  assert.deepEqual(fit(full, requesting('p', { cpu: '0' })), ['a'])
})

test('SCHED-13: a node without allocatable values takes no pod at all', () => {
  const state = stateOf([node('a', { allocatable: {} })])
  assert.equal(fit(state, pod('p')), allInOne('Too many pods', unhelpful))
})

test('SCHED-14: pods that repel or attract each other', () => {
  const zone = (value: string) => ({ zone: value })
  const nodes = [node('a', { labels: zone('1') }), node('b', { labels: zone('2') }), node('c')]
  const term = (app: string) => ({ topologyKey: 'zone', labelSelector: { matchLabels: { app } } })
  const wanting = (kind: 'podAffinity' | 'podAntiAffinity', app: string) => ({
    affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [term(app)] } },
  })
  const state = stateOf(nodes, [[pod('web', {}, { app: 'web' }), 'a']])
  assert.deepEqual(fit(state, pod('p', wanting('podAffinity', 'web'))), ['a'])
  assert.deepEqual(fit(state, pod('p', wanting('podAntiAffinity', 'web'))), ['b', 'c'])
  assert.match(
    String(fit(state, pod('p', wanting('podAffinity', 'x')))),
    /3 node\(s\) didn't match pod affinity rules/,
  )
  // The first of a group joins itself, where there is a domain.
  assert.deepEqual(fit(state, pod('p', wanting('podAffinity', 'new'), { app: 'new' })), ['a', 'b'])
  state.place(pod('hermit', wanting('podAntiAffinity', 'web')), 'b')
  assert.deepEqual(fit(state, pod('p', {}, { app: 'web' })), ['a', 'c'])
  state.remove('uid-of-hermit')
  assert.deepEqual(fit(state, pod('p', {}, { app: 'web' })), ['a', 'b', 'c'])
})

test('SCHED-14: topology spread constraints', () => {
  const zone = (value: string) => ({ zone: value })
  const nodes = [node('a', { labels: zone('1') }), node('b', { labels: zone('2') }), node('c')]
  const spread = {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'web' } },
  }
  const state = stateOf(nodes, [[pod('web', {}, { app: 'web' }), 'a']])
  const candidate = pod('p', { topologySpreadConstraints: [spread] }, { app: 'web' })
  assert.deepEqual(fit(state, candidate), ['b'])
  state.removeNode('b')
  state.setNode(node('b', { labels: zone('2'), unschedulable: true }))
  assert.match(
    String(fit(state, candidate)),
    /1 node\(s\) didn't match pod topology spread constraints, 1 node\(s\) didn't match pod topology spread constraints \(missing required label\), 1 node\(s\) were unschedulable/,
  )
})

test('SCHED-19, SCHED-21: no nodes, and a message that speaks for all of them', () => {
  assert.equal(fit(stateOf([]), pod('p')), 'no-nodes')
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }]
  const message = fit(stateOf([node('a')]), pod('p', { volumes }))
  assert.equal(
    message,
    '0/1 nodes are available: persistentvolumeclaim "data" not found. not found',
  )
})

test('SCHED-25: pods that were placed count before anything has shown them', () => {
  const state = stateOf([node('a', { allocatable: { ...allocatable, pods: '1' } })])
  state.place(pod('q'), 'a')
  assert.equal(fit(state, pod('p')), allInOne('Too many pods', victimless))
  assert.equal(state.remove('uid-of-q'), 'a')
  assert.deepEqual(fit(state, pod('p')), ['a'])
})

/** Who would have to go for the pod, by node. */
function preempt(
  state: ClusterState,
  candidate: Pod,
  budgets: Parameters<typeof candidateOf>[0]['budgets'] = [],
) {
  const found = fitOf(candidate, state, () => ({}))
  assert.ok(found.kind === 'refused')
  const filters = filtersOf(candidate, state, () => ({}))
  const best = candidateOf({ pod: candidate, refusals: found.refusals, state, filters, budgets })
  return (
    best && { nodeName: best.nodeName, victims: best.victims.map(({ metadata }) => metadata.name) }
  )
}

test('SCHED-26: the smallest set of less important pods makes room', () => {
  const state = stateOf(
    [node('a'), node('b')],
    [
      [requesting('low', { cpu: '2' }, { priority: 1 }), 'a'],
      [requesting('lower', { cpu: '2' }, { priority: 0 }), 'a'],
      [requesting('equal', { cpu: '4' }, { priority: 10 }), 'b'],
    ],
  )
  const important = (cpu: string) => requesting('p', { cpu }, { priority: 10 })
  assert.deepEqual(preempt(state, important('2')), { nodeName: 'a', victims: ['lower'] })
  assert.deepEqual(preempt(state, important('3')), { nodeName: 'a', victims: ['low', 'lower'] })
  assert.equal(preempt(state, requesting('p', { cpu: '2' }, { priority: 0 })), undefined)
  assert.equal(preempt(state, important('5')), undefined)
})

test('SCHED-26: budgets are respected as far as possible', () => {
  const guarded = {
    ...requesting('guarded', { cpu: '4' }),
    metadata: { ...pod('guarded').metadata, labels: { app: 'db' } },
  }
  const state = stateOf(
    [node('a'), node('b')],
    [
      [guarded, 'a'],
      [requesting('free', { cpu: '4' }, { priority: 5 }), 'b'],
    ],
  )
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name: 'db',
      namespace: 'default',
      uid: 'b',
      resourceVersion: '1',
      creationTimestamp: '',
    },
    spec: { selector: { matchLabels: { app: 'db' } } },
    status: { currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1 },
  } as const
  const candidate = requesting('p', { cpu: '2' }, { priority: 10 })
  assert.equal(preempt(state, candidate, [budget])?.nodeName, 'b')
  assert.equal(preempt(state, candidate, [])?.nodeName, 'a')
})

test('SCHED-26, SCHED-28: who may not preempt, and for whom a place is kept', () => {
  const state = stateOf([node('a')], [[requesting('q', { cpu: '4' }), 'a']])
  assert.equal(
    ineligibilityOf(pod('p', { preemptionPolicy: 'Never' }), state),
    'not eligible due to preemptionPolicy=Never.',
  )
  state.nominate(requesting('vip', { cpu: '4' }, { priority: 10 }), 'a')
  state.remove('uid-of-q')
  assert.match(String(fit(state, requesting('p', { cpu: '1' }))), /1 Insufficient cpu/)
  assert.deepEqual(fit(state, requesting('p', { cpu: '1' }, { priority: 11 })), ['a'])
  state.withdraw('uid-of-vip')
  assert.deepEqual(fit(state, requesting('p', { cpu: '1' })), ['a'])
})

/** A node that every filter refuses, and a pod to ask it for; each line of `cures` satisfies one filter more. */
const cures: readonly {
  readonly plugin: string
  readonly reason: string
  cure(situation: Situation): Situation
}[] = [
  {
    plugin: 'NodeUnschedulable',
    reason: 'node(s) were unschedulable',
    cure: (one) => ({ ...one, node: { ...one.node, unschedulable: false } }),
  },
  {
    plugin: 'NodeName',
    reason: "node(s) didn't match the requested node name",
    cure: (one) => ({ ...one, spec: { ...one.spec, nodeName: 'a' } }),
  },
  {
    plugin: 'TaintToleration',
    reason: 'node(s) had untolerated taint(s)',
    cure: (one) => ({
      ...one,
      spec: { ...one.spec, tolerations: [{ key: 'k', operator: 'Exists' }] },
    }),
  },
  {
    plugin: 'NodeAffinity',
    reason: "node(s) didn't match Pod's node affinity/selector",
    cure: (one) => ({ ...one, node: { ...one.node, labels: { disk: 'ssd', zone: 'z' } } }),
  },
  {
    plugin: 'NodePorts',
    reason: "node(s) didn't have free ports for the requested pod ports",
    cure: (one) => ({ ...one, port: 81 }),
  },
  {
    plugin: 'NodeResourcesFit',
    reason: 'Insufficient cpu',
    cure: (one) => ({ ...one, cpu: '1' }),
  },
  {
    plugin: 'PodTopologySpread',
    reason: "node(s) didn't match pod topology spread constraints",
    cure: (one) => {
      const { topologySpreadConstraints: _, ...spec } = one.spec
      return { ...one, spec }
    },
  },
  {
    plugin: 'InterPodAffinity',
    reason: "node(s) didn't match pod anti-affinity rules",
    cure: (one) => ({ ...one, spec: { nodeName: 'a', tolerations: one.spec.tolerations ?? [] } }),
  },
]

interface Situation {
  readonly node: Parameters<typeof node>[1] & object
  readonly spec: Partial<PodSpec>
  readonly port: number
  readonly cpu: string
}

const hopeless: Situation = {
  node: {
    unschedulable: true,
    taints: [{ key: 'k', effect: 'NoSchedule' }],
    labels: { zone: 'z' },
  },
  spec: {
    nodeName: 'other',
    nodeSelector: { disk: 'ssd' },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'x' } },
      },
    ],
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'x' } } },
        ],
      },
    },
  },
  port: 80,
  cpu: '5',
}

/** What the filters of the situation say first. */
function firstRefusal({ node: options, spec, port, cpu }: Situation) {
  const containersOf = (containerPort: number, requested: string) => [
    {
      ...{ name: 'app', image: 'x', resources: { requests: { cpu: requested } } },
      ports: [{ containerPort, hostPort: containerPort, protocol: 'TCP' }],
    },
  ]
  const present = pod('present', { containers: containersOf(80, '1') }, { app: 'x' })
  // A second zone without any such pod makes one more in the first too many.
  const state = stateOf(
    [node('a', options), node('b', { labels: { disk: 'ssd', zone: 'other' } })],
    [[present, 'a']],
  )
  const asking = pod('asking', { containers: containersOf(port, cpu), ...spec }, { app: 'x' })
  const view = state.view('a')
  assert.ok(view?.node)
  return refusalOn(
    view,
    view.node,
    view.usage,
    filtersOf(asking, state, () => ({})),
  )
}

test('SCHED-04: filters run in a fixed order, up to the first refusal', () => {
  let situation = hopeless
  for (const { plugin, reason, cure } of cures) {
    const refusal = firstRefusal(situation)
    assert.equal(refusal?.plugin, plugin)
    assert.ok(refusal.reasons.includes(reason), `${plugin}: ${refusal.reasons}`)
    situation = cure(situation)
  }
  assert.equal(firstRefusal(situation), undefined)
})

test('SCHED-06: a pod with a node name fits that node only', () => {
  const state = stateOf([node('a'), node('b'), node('c')])
  assert.deepEqual(fit(state, pod('p', { nodeName: 'b' })), ['b'])
  assert.match(
    String(fit(state, pod('p', { nodeName: 'gone' }))),
    /^0\/3 nodes are available: 3 node\(s\) didn't match the requested node name\./,
  )
})

test('SCHED-20: the message ends with what preemption found, parts of 0 left out, sorted', () => {
  const preemption = (state: ClusterState, candidate: Pod) =>
    String(fit(state, candidate)).replace(/^.*?\. no new claims to deallocate, preemption: /, '')
  const full = requesting('q', { cpu: '4' })
  const mixed = stateOf([node('a'), node('b', { unschedulable: true })], [[full, 'a']])
  const asking = requesting('p', { cpu: '1' })
  assert.equal(
    preemption(mixed, asking),
    `0/2 nodes are available: 1 ${victimless}, 1 ${unhelpful}.`,
  )
  assert.equal(
    preemption(stateOf([node('a')], [[full, 'a']]), asking),
    `0/1 nodes are available: 1 ${victimless}.`,
  )
  assert.equal(
    preemption(stateOf([node('b', { unschedulable: true })]), asking),
    `0/1 nodes are available: 1 ${unhelpful}.`,
  )
})

test('SCHED-29: a daemon pod has one candidate; other pods may take any that passes', () => {
  const state = stateOf([node('a'), node('b', { unschedulable: true }), node('c'), node('d')])
  assert.deepEqual(fit(state, pod('daemon', { affinity: affinityTo(['c']) })), ['c'])
  assert.deepEqual(fit(state, pod('other')), ['a', 'c', 'd'])
})
