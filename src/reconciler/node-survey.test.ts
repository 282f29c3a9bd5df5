import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isPodAvailable } from '../kubernetes/conditions'
import { targetNodeNameOf } from '../kubernetes/node-affinity'
import type { DaemonSet, Pod } from '../kubernetes/types'
import { manage } from './manage'
import { NodeSurvey, surveyOf } from './node-survey'
import { minReadySecondsOf, type Observation, type Sight, type Survey } from './observation'
import { PodIndex } from './pod-index'
import { rollingUpdate } from './rolling-update'
import {
  daemonSetOf,
  epoch,
  nodeOf,
  nodesOf,
  type PodOptions,
  podOf,
  rolling,
  surging,
} from './testing/objects'
import { PlanningModel } from './testing/planning-model'
import { updateLimitsOf } from './update-limits'
import { currentRevisionOf, isPodUpdated, updatedPodsOnNode } from './updated-pods'

const nodeCount = 4
/** One more than there are: pods may belong to a node that does not exist. */
const nodeName = fc.nat({ max: nodeCount }).map((index) => `node-${index}`)

const change = fc.oneof(
  fc.record({
    what: fc.constant('pod' as const),
    node: nodeName,
    isOld: fc.boolean(),
    isBound: fc.boolean(),
    phase: fc.constantFrom('Pending', 'Running', 'Running', 'Failed', 'Succeeded'),
    isReady: fc.boolean(),
  }),
  fc.record({
    what: fc.constantFrom('ready', 'unready', 'terminating', 'gone', 'old'),
    node: nodeName,
  }),
  fc.record({ what: fc.constantFrom('later', 'template', 'node-gone', 'node-back') }),
  fc.record({
    what: fc.constant('taint' as const),
    node: nodeName,
    effect: fc.constantFrom('NoSchedule', 'NoExecute'),
  }),
)
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

const daemonSet = fc
  .record({
    strategy: fc.oneof(
      fc.integer({ min: 1, max: 3 }).map(rolling),
      fc.integer({ min: 1, max: 3 }).map(surging),
    ),
    minReadySeconds: fc.constantFrom(0, 10),
  })
  .map(({ strategy, minReadySeconds }) => daemonSetOf({ strategy, spec: { minReadySeconds } }))

/** Changes, and whether a survey is made after each; several changes may fall between two surveys. */
const history = fc.array(fc.record({ change, isSurveyed: fc.boolean() }), {
  maxLength: 40,
  size: 'max',
})

describe('the survey that is kept from sync to sync', () => {
  test('STATUS-13: says what a fresh one says, whatever has happened', () => {
    fc.assert(
      fc.property(daemonSet, history, (drawn, steps) => {
        const cluster = new SurveyedCluster(drawn)
        for (const { change: one, isSurveyed } of steps) {
          cluster.carryOut(one)
          if (!isSurveyed) continue
          const { survey, ...sight } = cluster.observe()
          assert.deepEqual(shown(survey), shown(surveyOf(sight)))
        }
      }),
      { numRuns: 300 },
    )
  })

  test('MANAGE-01: every node at which there is something to do is among the unsettled ones', () => {
    fc.assert(
      fc.property(daemonSet, history, (drawn, steps) => {
        const cluster = new SurveyedCluster(drawn)
        for (const { change: one } of steps) cluster.carryOut(one)
        const observation = cluster.observe()
        const { nodes, pods } = observation
        const missing = [...pods.keys()].filter((name) => !nodes.has(name))
        const everywhere = { unsettledNodes: () => [...nodes.keys(), ...missing] }
        const survey = { ...observation.survey, ...everywhere }
        assert.deepEqual(manage(observation), manage({ ...observation, survey }))
      }),
      { numRuns: 300 },
    )
  })

  test('UPDATE-14, UPDATE-15: a rollout deletes what it would if it looked at every pod', () => {
    fc.assert(
      fc.property(daemonSet, history, (drawn, steps) => {
        const cluster = new SurveyedCluster(drawn)
        for (const { change: one } of steps) cluster.carryOut(one)
        const observation = cluster.observe()
        if (updateLimitsOf(drawn, nodeCount).maxSurge > 0) return
        const named = rollingUpdate(observation).map(
          (action) => action.verb === 'delete' && action.pod,
        )
        assert.deepEqual(named, replacedOneByOne(observation))
      }),
      { numRuns: 300 },
    )
  })
})

describe('what one node counts for', () => {
  const owner = daemonSetOf()
  const none = surveyOf(new PlanningModel(owner, []).sight()).totals
  const ready = { readySince: epoch }
  const current = { hash: 'hash-1' } // Of a model's first revision.
  const effect = (kind: string) => ({ taints: [{ key: 'a', effect: kind }] })
  const cases: {
    readonly title: string
    readonly node: Parameters<typeof nodeOf>[1]
    readonly pods: readonly PodOptions[]
    readonly totals: Partial<Survey['totals']>
    readonly isSettled: boolean
  }[] = [
    {
      title: 'STATUS-01: an empty one',
      node: {},
      pods: [],
      totals: { desired: 1 },
      isSettled: false,
    },
    {
      title: 'STATUS-10: one with an available pod of the present template',
      node: {},
      pods: [{ ...current, ...ready }],
      totals: { desired: 1, current: 1, ready: 1, available: 1, updated: 1 },
      isSettled: true,
    },
    {
      title: 'UPDATE-20: one with a pod of the present template that is not available',
      node: {},
      pods: [current],
      totals: { desired: 1, current: 1, updated: 1, down: 1 },
      isSettled: true,
    },
    {
      title: 'UPDATE-22: one with an available pod of another template',
      node: {},
      pods: [ready],
      totals: { desired: 1, current: 1, ready: 1, available: 1, outdated: 1, candidate: 1 },
      isSettled: true,
    },
    {
      title: 'UPDATE-21: one with a pod of another template that is not available',
      node: {},
      pods: [{}],
      totals: { desired: 1, current: 1, outdated: 1, down: 1, lagging: 1 },
      isSettled: true,
    },
    {
      title: 'UPDATE-17: one with two pods',
      node: {},
      pods: [current, ready],
      totals: { desired: 1, current: 1, updated: 1, outdated: 1, down: 1 },
      isSettled: false,
    },
    {
      title: 'MANAGE-08: one whose pod is terminating',
      node: {},
      pods: [{ ...current, ...ready, deletedAt: epoch }],
      totals: { desired: 1, current: 1, ready: 1, available: 1, updated: 1, down: 1 },
      isSettled: false,
    },
    {
      title: 'MANAGE-07: one that may keep its pod',
      node: effect('NoSchedule'),
      pods: [{ ...current, ...ready }],
      totals: { misscheduled: 1 },
      isSettled: true,
    },
    {
      title: 'MANAGE-07: one that may keep one of its pods',
      node: effect('NoSchedule'),
      pods: [current, current],
      totals: { misscheduled: 1, down: 1 },
      isSettled: false,
    },
    {
      title: 'MANAGE-07: an empty one that gets no pod',
      node: effect('NoSchedule'),
      pods: [],
      totals: {},
      isSettled: true,
    },
    {
      title: 'MANAGE-06: one that may keep none of its pods',
      node: effect('NoExecute'),
      pods: [{ ...current, ...ready }],
      totals: { misscheduled: 1 },
      isSettled: false,
    },
    {
      title: 'MANAGE-06: one that may keep none, and one of two goes already',
      node: effect('NoExecute'),
      pods: [
        { ...current, ...ready },
        { ...current, deletedAt: epoch },
      ],
      totals: { misscheduled: 1 },
      isSettled: false,
    },
    {
      title: 'MANAGE-08: one that may keep none, and all go already',
      node: effect('NoExecute'),
      pods: [{ ...current, ...ready, deletedAt: epoch }],
      totals: { misscheduled: 1, down: 1 },
      isSettled: true,
    },
  ]
  for (const { title, node, pods, totals, isSettled } of cases) {
    test(title, () => {
      const model = new PlanningModel(owner, [nodeOf('node-0', node)])
      model.pods = pods.map((pod) => podOf({ owner, nodeName: 'node-0', ...pod }))
      const expected = { totals: { ...none, ...totals }, unsettled: isSettled ? [] : ['node-0'] }
      assert.deepEqual(shown(surveyOf(model.sight())), expected)
    })
  }

  test('MANAGE-22, STATUS-04: a missing one comes last, and only its pods count', () => {
    const model = new PlanningModel(owner, nodesOf(1))
    model.pods = [podOf({ owner, ...current, aimedAt: 'gone' })]
    const expected = {
      totals: { ...none, desired: 1, down: 1 },
      unsettled: ['node-0', 'gone'],
    }
    assert.deepEqual(shown(surveyOf(model.sight())), expected)
  })
})

describe('what a kept survey looks at again', () => {
  const owner = daemonSetOf({ spec: { minReadySeconds: 10 } })

  /** A survey that is kept, two ready pods to look at, and the nodes it has looked at since the last time. */
  function keeping() {
    const model = new PlanningModel(owner, nodesOf(2))
    const pod = (nodeName: string, options: PodOptions = {}) =>
      podOf({ owner, nodeName, readySince: epoch, ...options })
    model.pods = [pod('node-0', { hash: 'h' }), pod('node-1', { templateGeneration: 1 })]
    const first: Sight = { ...model.sight(), hash: 'h', now: epoch + 60_000 }
    const kept = new NodeSurvey()
    const look = (sight: Sight, ...changed: readonly string[]) => {
      const pods = new WatchedMap(sight.pods)
      const { totals } = kept.surveyOf({ ...sight, pods }, changed)
      assert.deepEqual(totals, surveyOf(sight).totals)
      return { totals, seen: pods.seen }
    }
    return { first, look, pod }
  }

  test('all nodes at first, then those of which it is told', () => {
    const { first, look, pod } = keeping()
    assert.deepEqual(look(first).seen, ['node-0', 'node-1'])
    assert.deepEqual(look(first).seen, [])
    const pods = new Map(first.pods).set('node-1', [pod('node-1', { hash: 'other' })])
    const { seen, totals } = look({ ...first, pods }, 'node-1')
    assert.deepEqual(seen, ['node-1'])
    assert.equal(totals.updated, 1)
  })

  test('STATUS-23: nodes whose pod becomes available with time, for as long as it has not', () => {
    const { first, look, pod } = keeping()
    const at = (seconds: number) => ({ ...first, now: epoch + seconds * 1000 })
    const pods = new Map(first.pods).set('node-0', [
      podOf({ owner, nodeName: 'node-0', hash: 'h' }),
    ])
    assert.equal(look({ ...at(0), pods }).totals.available, 0)
    assert.deepEqual(look({ ...at(9), pods }).seen, ['node-1']) // The other is not ready.
    const { seen, totals } = look({ ...at(10), pods })
    assert.deepEqual([seen, totals.available], [['node-1'], 1])
    assert.deepEqual(look({ ...at(11), pods }).seen, [])
    const young = new Map(pods).set('node-0', [pod('node-0', { readySince: epoch + 11_000 })])
    assert.deepEqual(look({ ...at(12), pods: young }, 'node-0').seen, ['node-0'])
    assert.deepEqual(look({ ...at(13), pods: young }).seen, ['node-0'])
  })

  test('all nodes when the hash, the generation, minReadySeconds or the nodes change', () => {
    const { first, look } = keeping()
    const { daemonSet } = first
    const annotations = { 'deprecated.daemonset.template.generation': '2' }
    const placed = new Map([...first.nodes].slice(1))
    const patient = { ...daemonSet, spec: { ...daemonSet.spec, minReadySeconds: 90 } }
    const changes: [Partial<Sight>, keyof Survey['totals'], number][] = [
      [{ hash: 'other' }, 'updated', 1],
      [
        { daemonSet: daemonSetOf({ spec: daemonSet.spec, metadata: { annotations } }) },
        'updated',
        1,
      ],
      [{ daemonSet: patient }, 'available', 0],
      [{ nodes: placed }, 'desired', 1],
    ]
    for (const [change, name, expected] of changes) {
      look(first)
      const { seen, totals } = look({ ...first, ...change })
      assert.deepEqual([...seen].sort(), ['node-0', 'node-1'])
      assert.equal(totals[name], expected)
    }
  })
})

/** Notes whose pods are asked for. */
class WatchedMap extends Map<string, readonly Pod[]> {
  readonly seen: string[] = []

  override get(name: string): readonly Pod[] | undefined {
    this.seen.push(name)
    return super.get(name)
  }
}

function shown(survey: Survey) {
  return { totals: survey.totals, unsettled: survey.unsettledNodes() }
}

/** The pods that a rollout without surge deletes, found the long way: all pods are looked at in turn. */
function replacedOneByOne({ daemonSet, nodes, pods, hash, now }: Observation): readonly Pod[] {
  const revision = currentRevisionOf(daemonSet, hash)
  const desired = [...nodes].filter(([, { placement }]) => placement.kind === 'run')
  const { maxUnavailable } = updateLimitsOf(daemonSet, desired.length)
  let unavailable = desired.filter(([name]) => !pods.has(name)).length
  const atOnce: Pod[] = []
  const candidates: Pod[] = []
  for (const present of pods.values()) {
    const found = updatedPodsOnNode(present, revision)
    const both =
      found.kind === 'crowded' ? [] : [found.updated, found.old].filter((pod) => pod !== undefined)
    const [pod] = both
    const isUp = pod !== undefined && isPodAvailable(pod, minReadySecondsOf(daemonSet), now)
    if (both.length !== 1 || pod === undefined || !isUp) unavailable++
    if (both.length !== 1 || pod === undefined || isPodUpdated(pod, revision)) continue
    if (isUp) candidates.push(pod)
    else atOnce.push(pod)
  }
  return [...atOnce, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))]
}

/** A cluster whose pods are followed by an index, as those of the controller are. */
class SurveyedCluster {
  readonly #model: PlanningModel
  readonly #index = new PodIndex()
  #indexed = new Map<string, Pod>()
  #nodes
  #made = 0

  constructor(daemonSet: DaemonSet) {
    this.#model = new PlanningModel(daemonSet, nodesOf(nodeCount))
    this.#nodes = this.#model.sight().nodes
  }

  observe(): Observation {
    this.#follow()
    const controlled = this.#index.controlledBy(this.#model.daemonSet)
    const sight = { ...this.#model.sight(), nodes: this.#nodes, pods: controlled.podMap }
    return { ...this.#model.observe(), ...sight, survey: controlled.surveyOf(sight) }
  }

  carryOut(change: Change): void {
    const model = this.#model
    switch (change.what) {
      case 'pod':
        model.pods.push(this.#podOf(change as Extract<Change, { what: 'pod' }>))
        break
      case 'later':
        model.now += 6_000
        break
      case 'template':
        model.changeTemplate()
        break
      case 'node-gone':
        model.nodes = model.nodes.slice(1)
        break
      case 'node-back':
        model.nodes = nodesOf(nodeCount)
        break
      case 'taint':
        this.#taint(change as Extract<Change, { what: 'taint' }>)
        break
      default:
        this.#changePods(change as { what: string; node: string })
    }
    if (/^(?:node|taint)/.test(change.what)) this.#nodes = model.sight().nodes
    this.#follow()
  }

  #podOf(drawn: Extract<Change, { what: 'pod' }>): Pod {
    const { daemonSet, hash, now } = this.#model
    return podOf({
      owner: daemonSet,
      name: `pod-${this.#made++}`,
      hash: drawn.isOld ? 'old' : hash,
      phase: drawn.phase,
      createdAt: now,
      ...(drawn.isBound ? { nodeName: drawn.node } : { aimedAt: drawn.node }),
      ...(drawn.isReady && drawn.phase === 'Running' ? { readySince: now } : {}),
    })
  }

  #taint({ node, effect }: { readonly node: string; readonly effect: string }): void {
    const model = this.#model
    model.nodes = model.nodes.map((one) =>
      one.metadata.name === node ? nodeOf(node, { taints: [{ key: 'a', effect }] }) : one,
    )
  }

  #changePods({ what, node }: { readonly what: string; readonly node: string }): void {
    const model = this.#model
    const isThere = (pod: Pod) => targetNodeNameOf(pod) === node
    if (what === 'ready') model.makeReady(isThere)
    else if (what === 'unready') model.makeUnready(isThere)
    else if (what === 'gone') model.pods = model.pods.filter((pod) => !isThere(pod))
    else {
      const metadata = what === 'old' ? { labels: { app: 'agent' } } : { deletionTimestamp: 'now' }
      model.pods = model.pods.map((pod) =>
        isThere(pod) ? { ...pod, metadata: { ...pod.metadata, ...metadata } } : pod,
      )
    }
  }

  #follow(): void {
    const { pods } = this.#model
    const after = new Map(pods.map((pod) => [pod.metadata.name, pod]))
    for (const [name, pod] of this.#indexed) if (!after.has(name)) this.#index.delete(pod)
    for (const [name, pod] of after) {
      const previous = this.#indexed.get(name)
      if (previous !== pod) this.#index.set(pod, previous)
    }
    this.#indexed = after
  }
}
