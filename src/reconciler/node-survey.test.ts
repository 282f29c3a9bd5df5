import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isPodAvailable } from '../kubernetes/conditions'
import { targetNodeNameOf } from '../kubernetes/node-affinity'
import type { DaemonSet, Pod } from '../kubernetes/types'
import { manage } from './manage'
import { surveyOf } from './node-survey'
import { minReadySecondsOf, type Observation, type Survey } from './observation'
import { PodIndex } from './pod-index'
import { rollingUpdate } from './rolling-update'
import { daemonSetOf, nodeOf, nodesOf, podOf, rolling, surging } from './testing/objects'
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
const history = fc.array(fc.record({ change, isSurveyed: fc.boolean() }), { maxLength: 40 })

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
