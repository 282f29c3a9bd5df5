import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isPodAvailable } from '../kubernetes/conditions'
import type { DaemonSet, Node, Pod } from '../kubernetes/types'
import type { Action } from './action'
import { manage } from './manage'
import { placementOn } from './placement'
import { isTerminating, podMapOf } from './pod-map'
import { rollingUpdate } from './rolling-update'
import { daemonSetOf, epoch, nodeOf, podOf, rolling, surging } from './testing/objects'
import { PlanningModel } from './testing/planning-model'
import { allowsSurge, updateLimitsOf } from './update-limits'

const limits = fc.oneof(
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
)
const strategy = fc.oneof(
  limits.map(rolling),
  limits.map(surging),
  fc.constant({ type: 'OnDelete' }),
)
const effect = fc.constantFrom(undefined, undefined, undefined, 'NoSchedule', 'NoExecute')
const nodes = fc
  .array(effect, { maxLength: 8 })
  .map((effects) =>
    effects.map((one, index) =>
      nodeOf(`node-${index}`, one === undefined ? {} : { taints: [{ key: 'a', effect: one }] }),
    ),
  )
const pod = fc.record({
  node: fc.integer({ min: 0, max: 9 }),
  revision: fc.constantFrom('hash-1', 'older', 'oldest'),
  phase: fc.constantFrom('Pending', 'Running', 'Running', 'Failed', 'Succeeded'),
  isReady: fc.boolean(),
  isTerminating: fc.boolean(),
  isBound: fc.boolean(),
  age: fc.integer({ min: 0, max: 5 }),
})

type PodDraw = typeof pod extends fc.Arbitrary<infer T> ? T : never

function podOfDraw(draw: PodDraw, index: number, daemonSet: DaemonSet): Pod {
  const nodeName = `node-${draw.node}`
  return podOf({
    owner: daemonSet,
    name: `pod-${index}`,
    hash: draw.revision,
    phase: draw.phase,
    createdAt: epoch - draw.age * 1000,
    ...(draw.isBound ? { nodeName } : { aimedAt: nodeName }),
    ...(draw.isReady && draw.phase === 'Running' ? { readySince: epoch } : {}),
    ...(draw.isTerminating ? { deletedAt: epoch } : {}),
  })
}

const cluster = fc.record({ strategy, nodes, pods: fc.array(pod, { maxLength: 20 }) })

function modelOf(draw: { strategy: object; nodes: Node[]; pods: PodDraw[] }): PlanningModel {
  // Two generations: no pod is updated by its generation label alone.
  const daemonSet = daemonSetOf({ strategy: draw.strategy as never, templateGeneration: 9 })
  const model = new PlanningModel(daemonSet, draw.nodes)
  model.pods = draw.pods.map((one, index) => podOfDraw(one, index, daemonSet))
  return model
}

/** Pods that neither are being deleted nor have ended. */
const live = (pods: readonly Pod[]) =>
  pods.filter(
    (one) => !isTerminating(one) && ['Pending', 'Running'].includes(one.status.phase ?? ''),
  )

describe('properties of the plans', () => {
  test('the same observation gives the same plan', () => {
    fc.assert(
      fc.property(cluster, (draw) => {
        const model = modelOf(draw)
        assert.deepEqual(manage(model.observe()), manage(model.observe()))
      }),
    )
  })

  test('a manage plan that was carried out is followed by replacements and then by an empty one', () => {
    fc.assert(
      fc.property(cluster, (draw) => {
        const model = modelOf(draw)
        // What is being deleted goes in the end; until then it may hold a node up or be named again.
        model.pods = model.pods.filter((one) => !isTerminating(one))
        for (let pass = 0; pass < 3; pass++) {
          model.apply(manage(model.observe()))
          model.now += 3_600_000 // No back-off lasts so long.
        }
        assert.deepEqual(manage(model.observe()), [])
      }),
    )
  })

  test('manage leaves at most one live pod per node without surge, two with it', () => {
    fc.assert(
      fc.property(cluster, (draw) => {
        const model = modelOf(draw)
        model.apply(manage(model.observe()))
        const limit = allowsSurge(model.daemonSet) ? 2 : 1
        for (const node of model.nodes) {
          const pods = podMapOf(model.pods).get(node.metadata.name) ?? []
          assert.ok(live(pods).length <= limit)
        }
      }),
    )
  })

  test('manage creates only where a pod should run, and never beside a live one without surge', () => {
    fc.assert(
      fc.property(cluster, (draw) => {
        const model = modelOf(draw)
        const observation = model.observe()
        for (const action of manage(observation)) {
          if (action.verb !== 'create') continue
          const placed = observation.nodes.get(action.nodeName)
          assert.equal(placed?.placement.kind, 'run')
          assert.equal(live(observation.pods.get(action.nodeName) ?? []).length, 0)
        }
      }),
    )
  })

  test('UPDATE-23: a rollout without surge makes no more unavailable than maxUnavailable', () => {
    fc.assert(
      fc.property(cluster, (draw) => {
        const model = modelOf({ ...draw, strategy: rolling(2) })
        const desired = model.status().desiredNumberScheduled
        const { maxUnavailable } = updateLimitsOf(model.daemonSet, desired)
        const before = unavailableNodes(model)
        const plan = rollingUpdate(model.observe())
        assert.ok(plan.every(({ verb }) => verb === 'delete'))
        model.apply(plan)
        assert.ok(unavailableNodes(model) <= Math.max(before, maxUnavailable))
      }),
    )
  })

  test('UPDATE-48: a surge rollout goes beyond maxSurge only beside unavailable pods', () => {
    fc.assert(
      fc.property(cluster, limits, (draw, limit) => {
        const model = modelOf({ ...draw, strategy: surging(limit) })
        model.pods = model.pods.filter(({ spec }) => isKnown(model, spec.nodeName))
        const observation = model.observe()
        const { maxSurge } = updateLimitsOf(model.daemonSet, model.status().desiredNumberScheduled)
        const besideAvailable = rollingUpdate(observation).filter(
          ({ verb, nodeName }) =>
            verb === 'create' &&
            (observation.pods.get(nodeName) ?? []).some(
              (one) => !isTerminating(one) && isPodAvailable(one, 0, model.now),
            ),
        )
        assert.ok(besideAvailable.length <= maxSurge)
      }),
    )
  })

  test('every rollout ends with one available pod of the current revision per eligible node', () => {
    fc.assert(
      fc.property(fc.oneof(limits.map(rolling), limits.map(surging)), nodes, (chosen, drawn) => {
        const model = new PlanningModel(daemonSetOf({ strategy: chosen }), drawn)
        model.sync()
        model.makeReady()
        model.changeTemplate()
        const roundLimit = 4 * drawn.length + 4
        for (let round = 0; round < roundLimit; round++) {
          model.sync()
          assert.ok(
            chosen.rollingUpdate?.maxSurge === 0 || availableNodes(model) >= eligible(model),
          )
          model.makeReady()
        }
        assert.deepEqual(model.sync(), { creates: 0, deletes: 0 })
        assert.equal(model.pods.length, eligible(model))
        assert.ok(model.pods.every((one) => !model.isOld(one)))
      }),
    )
  })

  test('MANAGE-26, UPDATE-24: the order of nodes and pods changes which come first, never how many', () => {
    const shuffled = cluster.chain((draw) =>
      fc.record({
        draw: fc.constant(draw),
        nodes: fc.shuffledSubarray(draw.nodes, { minLength: draw.nodes.length }),
        order: fc.shuffledSubarray([...draw.pods.keys()], { minLength: draw.pods.length }),
      }),
    )
    const tally = (actions: readonly Action[]) => {
      const count = (verb: Action['verb']) => actions.filter((one) => one.verb === verb).length
      return { creates: count('create'), deletes: count('delete'), waits: count('wait') }
    }
    const outcome = (step: () => readonly Action[]) => {
      try {
        return tally(step())
      } catch (error) {
        return String(error).replace(/node-\d+/g, 'a node') // UPDATE-49
      }
    }
    fc.assert(
      fc.property(shuffled, ({ draw, nodes: others, order }) => {
        const one = modelOf(draw)
        const other = modelOf({ ...draw, nodes: others })
        other.pods = order.map((index) => one.pods[index] as Pod)
        assert.deepEqual(
          outcome(() => manage(one.observe())),
          outcome(() => manage(other.observe())),
        )
        if (one.daemonSet.spec.updateStrategy?.type === 'OnDelete') return
        assert.deepEqual(
          outcome(() => rollingUpdate(one.observe())),
          outcome(() => rollingUpdate(other.observe())),
        )
      }),
    )
  })

  test('UPDATE-54: under random disturbance a surge never doubles a version on a node', () => {
    const disturbance = fc.record({
      second: fc.integer({ min: 0, max: 200 }),
      node: fc.integer({ min: 0, max: 4 }),
      what: fc.constantFrom('delete' as const, 'readiness' as const),
    })
    fc.assert(
      fc.property(fc.array(disturbance, { maxLength: 12 }), (disturbances) => {
        const daemonSet = daemonSetOf({ strategy: surging('20%'), spec: { minReadySeconds: 10 } })
        const model = new PlanningModel(
          daemonSet,
          [0, 1, 2, 3, 4].map((index) => nodeOf(`node-${index}`)),
        )
        const readyAt = new Map<string, number>()
        const besideSince = new Map<string, number>()
        const disturb = (second: number) => {
          for (const { node, what } of disturbances.filter((one) => one.second === second)) {
            const nodeName = `node-${node}`
            besideSince.delete(nodeName)
            disturbOn(nodeName, what, { model, readyAt })
          }
        }
        /** One second: syncs, kubelets that need 7 seconds to make a pod ready, and a disturbance. */
        const tick = (second: number) => {
          model.sync()
          model.sync()
          model.now += 1_000
          model.makeReady(({ metadata: { name } }) => {
            if (!readyAt.has(name)) readyAt.set(name, model.now + 7_000)
            return model.now >= (readyAt.get(name) ?? 0)
          })
          disturb(second)
        }
        const check = () => {
          for (const [nodeName, pods] of podMapOf(model.pods)) {
            const versions = pods.map((one) => one.metadata.labels?.['controller-revision-hash'])
            assert.equal(new Set(versions).size, versions.length)
            assert.ok(versions.length <= 2)
            if (versions.length < 2) besideSince.delete(nodeName)
            else if (!besideSince.has(nodeName)) besideSince.set(nodeName, model.now)
            // An old pod goes within a minute of its sibling's coming, unless that is disturbed.
            assert.ok(model.now - (besideSince.get(nodeName) ?? model.now) <= 60_000)
          }
        }
        for (let second = -40; second < 0; second++) tick(second)
        assert.equal(availableNodes(model), 5)
        model.changeTemplate()
        for (let second = 0; second < 400; second++) {
          tick(second)
          check()
        }
        assert.equal(model.pods.length, 5)
        assert.ok(model.pods.every((one) => !model.isOld(one)))
      }),
      { numRuns: 40 },
    )
  })

  test('status counters equal a recount, one node at a time', () => {
    fc.assert(
      fc.property(cluster, (draw) => {
        const model = modelOf(draw)
        const pods = podMapOf(model.pods)
        const judged = model.nodes.map((node) => {
          const [first] = pods.get(node.metadata.name) ?? []
          return { runs: placementOn(node, model.daemonSet).kind === 'run', first }
        })
        const due = judged.filter(({ runs }) => runs)
        const count = (holds: (one: Pod) => boolean) =>
          due.filter(({ first }) => first !== undefined && holds(first)).length
        const available = count((one) => isPodAvailable(one, 0, model.now))
        assert.deepEqual(model.status(), {
          desiredNumberScheduled: due.length,
          currentNumberScheduled: count(() => true),
          numberMisscheduled: judged.filter(({ runs, first }) => !runs && first !== undefined)
            .length,
          numberReady: available,
          numberAvailable: available,
          numberUnavailable: due.length - available,
          updatedNumberScheduled: count((one) => !model.isOld(one)),
        })
      }),
    )
  })
})

/** Takes the first pod of a node away, or makes all its pods unready for 7 seconds. */
function disturbOn(
  nodeName: string,
  what: 'delete' | 'readiness',
  { model, readyAt }: { readonly model: PlanningModel; readonly readyAt: Map<string, number> },
): void {
  const victims = model.pods.filter(({ spec }) => spec.nodeName === nodeName)
  if (what === 'delete') {
    model.pods = model.pods.filter((one) => one !== victims[0])
    return
  }
  for (const { metadata } of victims) readyAt.set(metadata.name, model.now + 7_000)
  model.makeUnready((one) => victims.includes(one))
}

function isKnown(model: PlanningModel, nodeName: string | undefined): boolean {
  return model.nodes.some(({ metadata }) => metadata.name === nodeName)
}

function eligible(model: PlanningModel): number {
  return model.status().desiredNumberScheduled
}

/** Nodes of the rollout on which no pod is available. */
function unavailableNodes(model: PlanningModel): number {
  const { nodes: placed, pods } = model.observe()
  const names = new Set(pods.keys())
  for (const [name, { placement }] of placed) if (placement.kind === 'run') names.add(name)
  return names.size - availableNodes(model, names)
}

function availableNodes(model: PlanningModel, names?: ReadonlySet<string>): number {
  let count = 0
  for (const [nodeName, pods] of podMapOf(model.pods)) {
    if (names !== undefined && !names.has(nodeName)) continue
    if (pods.some((one) => !isTerminating(one) && isPodAvailable(one, 0, model.now))) count++
  }
  return count
}
