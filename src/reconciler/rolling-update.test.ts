import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DaemonSet, Pod } from '../kubernetes/types'
import { rollingUpdate } from './rolling-update'
import {
  daemonSetOf,
  epoch,
  nodeOf,
  nodesOf,
  podOf,
  rolling,
  strategies,
  surging,
} from './testing/objects'
import { PlanningModel } from './testing/planning-model'

type Strategy = DaemonSet['spec']['updateStrategy'] & object

/** A DaemonSet whose pods run everywhere and are ready. */
function running(nodes: number, strategy: Strategy, minReadySeconds = 0): PlanningModel {
  const daemonSet = daemonSetOf({ strategy, spec: { minReadySeconds } })
  const model = new PlanningModel(daemonSet, nodesOf(nodes))
  assert.deepEqual(model.sync(), { creates: nodes, deletes: 0 })
  model.makeReady()
  return model
}

function expectSyncs(model: PlanningModel, ...tallies: readonly (readonly [number, number])[]) {
  for (const [creates, deletes] of tallies) assert.deepEqual(model.sync(), { creates, deletes })
}

const isOn =
  (...names: readonly string[]) =>
  ({ spec }: Pod) =>
    names.includes(spec.nodeName ?? '')

describe('rolling update without surge', () => {
  test('UPDATE-27, UPDATE-58: two at a time over five nodes, from OnDelete', () => {
    const model = running(5, strategies.OnDelete)
    model.changeTemplate()
    expectSyncs(model, [0, 0]) // UPDATE-56
    model.daemonSet = {
      ...model.daemonSet,
      spec: { ...model.daemonSet.spec, updateStrategy: rolling(2) },
    }
    expectSyncs(model, [0, 2], [2, 0], [0, 0])
    model.makeReady()
    expectSyncs(model, [0, 2], [2, 0])
    model.makeReady()
    expectSyncs(model, [0, 1], [1, 0])
    model.makeReady()
    expectSyncs(model, [0, 0])
  })

  test('UPDATE-20, UPDATE-28: new pods that never become ready stop the rollout', () => {
    const model = running(5, rolling(3))
    model.changeTemplate()
    expectSyncs(model, [0, 3], [3, 0], [0, 0], [0, 0])
  })

  test('UPDATE-29: a second change replaces just the pods that are not ready', () => {
    const model = running(5, rolling(2))
    model.changeTemplate()
    expectSyncs(model, [0, 2], [2, 0])
    model.changeTemplate()
    const unready = new Set(model.pods.filter((pod) => pod.status.phase === 'Pending'))
    const plan = rollingUpdate(model.observe())
    assert.deepEqual(
      new Set(plan.map((action) => (action.verb === 'delete' ? action.pod : undefined))),
      unready,
    )
    expectSyncs(model, [0, 2], [2, 0], [0, 0])
  })

  test('UPDATE-21: all old pods that are not available go at once', () => {
    const model = running(5, rolling(3))
    model.changeTemplate()
    model.makeUnready(() => true)
    expectSyncs(model, [0, 5], [5, 0], [0, 0])
    model.makeReady()
    expectSyncs(model, [0, 0])
  })

  test('UPDATE-30, UPDATE-65: healthy old pods are kept while others use the budget up', () => {
    for (const maxUnavailable of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11]) {
      const model = running(20, rolling(maxUnavailable))
      const names = Array.from({ length: 10 }, (_, index) => `node-${index}`)
      model.changeTemplate()
      model.makeUnready(isOn(...names))
      const expected = Math.max(maxUnavailable, 10)
      for (let change = 0; change < 2; change++) {
        expectSyncs(model, [0, expected], [expected, 0], [0, 0])
        assert.equal(model.status().numberReady, 20 - expected)
        model.changeTemplate()
      }
    }
  })

  test('UPDATE-31: 100 nodes in every state', () => {
    const model = running(100, rolling(10))
    model.changeTemplate()
    const newOnes = model.nodes.slice(0, 88).map(({ metadata }) => metadata.name)
    model.pods = model.pods.map((pod) =>
      newOnes.includes(pod.spec.nodeName ?? '') ? model.newPodOn(pod.spec.nodeName ?? '') : pod,
    )
    model.makeUnready(isOn('node-88', 'node-89'))
    expectSyncs(model, [0, 2], [2, 0], [0, 0])
  })

  test('UPDATE-03: a change of the strategy alone replaces nothing', () => {
    const model = running(5, strategies.OnDelete)
    model.daemonSet = {
      ...model.daemonSet,
      spec: { ...model.daemonSet.spec, updateStrategy: rolling(2) },
    }
    expectSyncs(model, [0, 0])
  })

  test('UPDATE-17, UPDATE-18, UPDATE-19: crowded, mixed and empty nodes use budget and are left alone', () => {
    const cases: ((model: PlanningModel) => readonly Pod[])[] = [
      (model) => [model.newPodOn('node-0'), model.newPodOn('node-0')],
      (model) => [oldPod(model, 'node-0'), oldPod(model, 'node-0')],
      (model) => [oldPod(model, 'node-0'), model.newPodOn('node-0')],
      () => [],
      (model) => [{ ...oldPod(model, 'node-0', epoch) }],
    ]
    for (const podsOf of cases) {
      const model = new PlanningModel(daemonSetOf({ strategy: rolling(1) }), nodesOf(2))
      model.pods = [...podsOf(model), oldPod(model, 'node-1')]
      assert.deepEqual(rollingUpdate(model.observe()), [])
      model.daemonSet = daemonSetOf({ strategy: rolling(2) })
      const plan = rollingUpdate(model.observe())
      assert.deepEqual(
        plan.map(({ nodeName }) => nodeName),
        ['node-1'],
      )
    }
  })

  test('UPDATE-10: a percentage follows the nodes that come and go during the rollout', () => {
    const model = running(4, rolling('25%'))
    model.changeTemplate()
    expectSyncs(model, [0, 1], [1, 0], [0, 0])
    model.nodes = nodesOf(8)
    expectSyncs(model, [4, 0])
    model.makeReady()
    expectSyncs(model, [0, 2]) // A quarter of eight.
    expectSyncs(model, [2, 0])
    model.makeReady()
    const shrunken = running(8, rolling('25%'))
    shrunken.changeTemplate()
    shrunken.nodes = nodesOf(4)
    shrunken.pods = shrunken.pods.filter(isOn('node-0', 'node-1', 'node-2', 'node-3'))
    expectSyncs(shrunken, [0, 1])
  })

  test('UPDATE-14: nodes without a pod are looked at, and nodes that only have one', () => {
    const tainted = nodeOf('node-2', { taints: [{ key: 'a', effect: 'NoSchedule' }] })
    const deleted = (maxUnavailable: number, pods: (model: PlanningModel) => readonly Pod[]) => {
      const model = new PlanningModel(daemonSetOf({ strategy: rolling(maxUnavailable) }), [
        ...nodesOf(2),
        tainted,
      ])
      model.pods = [oldPod(model, 'node-1'), ...pods(model)]
      return rollingUpdate(model.observe()).map(({ nodeName }) => nodeName)
    }
    // node-0 should run and has nothing: it uses the budget up.
    assert.deepEqual(
      deleted(1, () => []),
      [],
    )
    assert.deepEqual(
      deleted(2, () => []),
      ['node-1'],
    )
    // node-2 should not run, and counts as long as it has a pod.
    const onBoth = (model: PlanningModel) => [
      podOf({ ...newOf(model), nodeName: 'node-0', readySince: epoch }),
      model.newPodOn('node-2'),
    ]
    assert.deepEqual(deleted(1, onBoth), [])
    assert.deepEqual(deleted(2, onBoth), ['node-1'])
  })

  test('UPDATE-22: a node whose one old pod is available is a candidate', () => {
    for (const [maxUnavailable, expected] of [
      [1, 1],
      [2, 2],
      [5, 3],
    ] as const) {
      const model = new PlanningModel(
        daemonSetOf({ strategy: rolling(maxUnavailable) }),
        nodesOf(3),
      )
      model.pods = model.nodes.map(({ metadata }) => oldPod(model, metadata.name))
      const plan = rollingUpdate(model.observe())
      assert.equal(plan.length, expected)
      assert.ok(plan.every((action) => action.verb === 'delete' && model.pods.includes(action.pod)))
    }
  })

  test('UPDATE-25: nodes that should not run, or are gone, take part', () => {
    const tainted = nodeOf('node-0', { taints: [{ key: 'a', effect: 'NoSchedule' }] })
    const model = new PlanningModel(daemonSetOf({ strategy: rolling(1) }), [
      tainted,
      nodeOf('node-1'),
    ])
    model.pods = [oldPod(model, 'node-0'), oldPod(model, 'gone'), oldPod(model, 'node-1')]
    assert.equal(rollingUpdate(model.observe()).length, 1)
    model.makeUnready(isOn('gone'))
    const [only, ...others] = rollingUpdate(model.observe())
    assert.equal(only?.nodeName, 'gone')
    assert.deepEqual(others, [])
  })

  test('UPDATE-26: without eligible nodes a percentage is no budget, an integer is', () => {
    const tainted = nodesOf(3, { taints: [{ key: 'a', effect: 'NoSchedule' }] })
    const deleted = (strategy: Strategy) => {
      const model = new PlanningModel(daemonSetOf({ strategy }), tainted)
      model.pods = tainted.map(({ metadata }) => oldPod(model, metadata.name))
      return rollingUpdate(model.observe()).length
    }
    assert.equal(deleted(rolling('50%')), 0)
    assert.equal(deleted(surging('50%')), 0)
    assert.equal(deleted(rolling(2)), 2)
    assert.equal(deleted(surging(1)), 3) // UPDATE-46
  })

  test('UPDATE-55: ready is not available before minReadySeconds', () => {
    const model = running(3, rolling(1), 10)
    model.now += 10_000
    model.changeTemplate()
    expectSyncs(model, [0, 1], [1, 0])
    model.makeReady()
    model.now += 9_999
    expectSyncs(model, [0, 0])
    model.now += 1
    expectSyncs(model, [0, 1])
  })

  test('UPDATE-60: a rollback leaves pods alone that still are of the earlier revision', () => {
    const model = running(3, rolling(1))
    const first = { hash: model.hash, untouched: model.pods.slice(1) }
    model.changeTemplate()
    expectSyncs(model, [0, 1], [1, 0], [0, 0])
    model.changeTemplate() // Back to the first content: a new generation, but the first revision's hash.
    const observation = { ...model.observe(), hash: first.hash }
    const plan = rollingUpdate(observation)
    assert.equal(plan.length, 1)
    assert.ok(
      plan.every((action) => action.verb === 'delete' && !first.untouched.includes(action.pod)),
    )
  })
})

describe('rolling update with surge', () => {
  test('UPDATE-50: two at a time over five nodes', () => {
    const model = running(5, surging(2))
    model.changeTemplate()
    expectSyncs(model, [2, 0], [0, 0])
    model.makeReady()
    // The deletes of old pods come from manage (UPDATE-36), the creates from the step after it.
    assert.deepEqual(syncFully(model), { creates: 2, deletes: 2 })
    model.makeReady()
    assert.deepEqual(syncFully(model), { creates: 1, deletes: 2 })
    model.makeReady()
    assert.deepEqual(syncFully(model), { creates: 0, deletes: 1 })
    assert.deepEqual(syncFully(model), { creates: 0, deletes: 0 })
  })

  test('UPDATE-51, UPDATE-43: minReadySeconds, and an old pod that fails meanwhile', () => {
    const model = running(5, surging(3), 15)
    model.now += 100_000
    model.changeTemplate()
    expectSyncs(model, [3, 0])
    const fresh = model.pods.filter((pod) => !model.isOld(pod))
    const [first, second] = fresh
    model.makeReady((pod) => pod === first || pod === second)
    const lone = model.nodes.find(
      ({ metadata }) => !fresh.some((pod) => pod.spec.nodeName === metadata.name),
    )
    model.makeUnready((pod) => pod.spec.nodeName === lone?.metadata.name)
    expectSyncs(model, [1, 0], [0, 1]) // The unready old pod goes once its sibling is there (UPDATE-35).
    model.makeReady()
    model.now += 16_000
    assert.deepEqual(syncFully(model), { creates: 1, deletes: 3 })
    model.makeReady()
    model.now += 16_000
    assert.deepEqual(syncFully(model), { creates: 0, deletes: 1 })
  })

  test('UPDATE-43: every old pod that is not available gets a sibling, beyond maxSurge', () => {
    const model = running(5, surging(3))
    model.changeTemplate()
    model.makeUnready(() => true)
    expectSyncs(model, [5, 0])
  })

  test('UPDATE-46, UPDATE-52: an old pod that should not run goes out of surplus', () => {
    const model = running(5, surging(1))
    model.nodes[0] = nodeOf('node-0', { taints: [{ key: 'a', effect: 'NoSchedule' }] })
    model.changeTemplate()
    expectSyncs(model, [1, 1], [0, 0])
    model.makeReady()
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(syncFully(model), { creates: 1, deletes: 1 })
      model.makeReady()
    }
    assert.deepEqual(syncFully(model), { creates: 0, deletes: 1 })
    assert.deepEqual(syncFully(model), { creates: 0, deletes: 0 })
  })

  test('UPDATE-44: an unavailable old pod that should not run is deleted at once', () => {
    const tainted = nodeOf('node-0', { taints: [{ key: 'a', effect: 'NoSchedule' }] })
    const model = new PlanningModel(daemonSetOf({ strategy: surging(1) }), [
      tainted,
      nodeOf('node-1'),
    ])
    model.pods = [oldPod(model, 'node-0')]
    model.makeUnready(() => true)
    const verbs = rollingUpdate(model.observe()).map(({ verb, nodeName }) => `${verb} ${nodeName}`)
    assert.deepEqual(verbs, ['delete node-0'])
  })

  test('UPDATE-47: an old pod goes when its sibling is available, and uses budget before', () => {
    const model = new PlanningModel(daemonSetOf({ strategy: surging(1) }), nodesOf(2))
    model.pods = [oldPod(model, 'node-0'), model.newPodOn('node-0'), oldPod(model, 'node-1')]
    assert.deepEqual(rollingUpdate(model.observe()), [])
    model.makeReady()
    const verbs = rollingUpdate(model.observe()).map(({ verb, nodeName }) => `${verb} ${nodeName}`)
    assert.deepEqual(verbs, ['delete node-0', 'create node-1'])
  })

  test('UPDATE-40, UPDATE-42: crowded nodes use budget, nodes with just a new pod never do', () => {
    const model = new PlanningModel(daemonSetOf({ strategy: surging(1) }), nodesOf(2))
    model.pods = [model.newPodOn('node-0'), oldPod(model, 'node-1')]
    assert.equal(rollingUpdate(model.observe()).length, 1)
    model.pods.push(model.newPodOn('node-0'))
    assert.equal(rollingUpdate(model.observe()).length, 0)
  })

  test('UPDATE-39: terminating pods count as neither, and the generation tells old from new', () => {
    const model = new PlanningModel(daemonSetOf({ strategy: surging(1) }), nodesOf(2))
    const plan = () =>
      rollingUpdate(model.observe()).map(({ verb, nodeName }) => `${verb} ${nodeName}`)
    // Beside a new pod that is not available an old one would be surging; a terminating one is not.
    model.pods = [model.newPodOn('node-0'), oldPod(model, 'node-0'), oldPod(model, 'node-1')]
    assert.deepEqual(plan(), [])
    model.pods = [model.newPodOn('node-0'), oldPod(model, 'node-0', epoch), oldPod(model, 'node-1')]
    assert.deepEqual(plan(), ['create node-1'])
    model.pods = [oldPod(model, 'node-0', epoch), oldPod(model, 'node-1')]
    assert.deepEqual(plan(), ['create node-1'])
    const alike = podOf({ ...newOf(model), nodeName: 'node-1', hash: 'other', readySince: epoch })
    model.pods = [alike]
    assert.deepEqual(plan(), [])
  })

  test('UPDATE-41: a node counts as available by its old pod, without one by its new pod', () => {
    const taints = [{ key: 'a', effect: 'NoSchedule' }]
    const deleted = (onNode1: (model: PlanningModel) => readonly Pod[]) => {
      const tainted = ['t-0', 't-1'].map((name) => nodeOf(name, { taints }))
      const nodes = [...nodesOf(2), ...tainted]
      const model = new PlanningModel(daemonSetOf({ strategy: surging(1) }), nodes)
      const ready = (nodeName: string) => podOf({ ...newOf(model), nodeName, readySince: epoch })
      // One of the nodes that should run has its old pod, both that should not have old ones: a surplus of
      // one over the desired two, if node-1 counts.
      model.pods = [ready('node-0'), oldPod(model, 't-0'), ...onNode1(model)]
      return rollingUpdate(model.observe())
        .filter(({ verb }) => verb === 'delete')
        .map(({ nodeName }) => nodeName)
    }
    const ready = (model: PlanningModel) =>
      podOf({ ...newOf(model), nodeName: 'node-1', readySince: epoch })
    assert.deepEqual(
      deleted((model) => [oldPod(model, 'node-1')]),
      ['t-0'],
    )
    assert.deepEqual(
      deleted((model) => [ready(model)]),
      ['t-0'],
    )
    assert.deepEqual(
      deleted((model) => [model.newPodOn('node-1')]),
      [],
    )
    // An old pod that is there decides, however available the new one beside it is.
    const unready = (model: PlanningModel) => podOf({ ...oldOf(model), nodeName: 'node-1' })
    assert.deepEqual(
      deleted((model) => [unready(model), ready(model)]),
      ['node-1'],
    )
    // Nodes that should not run count too.
    assert.deepEqual(
      deleted((model) => [oldPod(model, 't-1')]),
      ['t-0'],
    )
  })

  test('UPDATE-49: an old pod on a node that is gone makes the step fail', () => {
    const model = new PlanningModel(daemonSetOf({ strategy: surging(1) }), nodesOf(1))
    model.pods = [oldPod(model, 'gone'), oldPod(model, 'node-0')]
    assert.throws(() => rollingUpdate(model.observe()), /couldn't get node for nodeName "gone"/)
    model.pods = [model.newPodOn('gone'), oldPod(model, 'node-0')]
    assert.equal(rollingUpdate(model.observe()).length, 1)
  })

  test('UPDATE-13: a percentage that comes to 0 falls back to one unavailable', () => {
    const model = new PlanningModel(daemonSetOf({ strategy: surging('0%') }), nodesOf(3))
    model.pods = model.nodes.map(({ metadata }) => oldPod(model, metadata.name))
    assert.deepEqual(
      rollingUpdate(model.observe()).map(({ verb }) => verb),
      ['delete'],
    )
  })
})

describe('what a rollout says of its actions', () => {
  const said = (strategy: Strategy, podsOf: (model: PlanningModel) => readonly Pod[]) => {
    const tainted = nodeOf('tainted', { taints: [{ key: 'a', effect: 'NoSchedule' }] })
    const nodes = [...nodesOf(1), tainted]
    const model = new PlanningModel(daemonSetOf({ strategy }), nodes)
    model.pods = [...podsOf(model)]
    return rollingUpdate(model.observe()).map((action) => ({
      verb: action.verb,
      nodeName: action.nodeName,
      ...(action.verb === 'delete' ? { cause: action.cause } : {}),
      reason: action.reason,
    }))
  }
  const unready = (model: PlanningModel, nodeName: string) => podOf({ ...oldOf(model), nodeName })
  const created = (reason: string) => [{ verb: 'create', nodeName: 'node-0', reason }]
  const deleted = (reason: string, nodeName = 'node-0') => [
    { verb: 'delete', nodeName, cause: 'outdated', reason },
  ]

  test('UPDATE-14, UPDATE-15: without surge, an unavailable and an available old pod', () => {
    assert.deepEqual(
      said(rolling(1), (model) => [unready(model, 'node-0')]),
      deleted('it is outdated and not available'),
    )
    assert.deepEqual(
      said(rolling(1), (model) => [oldPod(model, 'node-0')]),
      deleted('it is outdated, and maxUnavailable allows to do without it'),
    )
  })

  test('UPDATE-43, UPDATE-48: with surge, an unavailable and an available old pod that is alone', () => {
    assert.deepEqual(
      said(surging(1), (model) => [unready(model, 'node-0')]),
      created('the outdated daemon pod on the node is not available'),
    )
    assert.deepEqual(
      said(surging(1), (model) => [oldPod(model, 'node-0')]),
      created('the available daemon pod on the node is outdated, and maxSurge allows a new one'),
    )
  })

  test('UPDATE-44, UPDATE-46: with surge, an unavailable and an available old pod out of place', () => {
    assert.deepEqual(
      said(surging(1), (model) => [unready(model, 'tainted')]),
      deleted('it is outdated, not available, and should not run there', 'tainted'),
    )
    const both = (model: PlanningModel) => [
      podOf({ ...newOf(model), nodeName: 'node-0', readySince: epoch }),
      oldPod(model, 'tainted'),
    ]
    assert.deepEqual(
      said(surging(1), both),
      deleted(
        'it is outdated, should not run there, and enough other daemon pods are available',
        'tainted',
      ),
    )
  })

  test('UPDATE-47: with surge, an old pod beside an available new one', () => {
    const both = (model: PlanningModel) => [
      podOf({ ...newOf(model), nodeName: 'node-0', readySince: epoch }),
      oldPod(model, 'node-0'),
    ]
    assert.deepEqual(
      said(surging(1), both),
      deleted('the updated daemon pod beside it is available'),
    )
  })
})

/** What makes a pod one of the present revision, or of an earlier one. */
const newOf = (model: PlanningModel) => ({
  owner: model.daemonSet,
  hash: model.hash,
  templateGeneration: 1,
})
const oldOf = (model: PlanningModel) => ({
  owner: model.daemonSet,
  hash: 'an-earlier-one',
  templateGeneration: 0,
})

/** A ready pod of an earlier revision. */
function oldPod(model: PlanningModel, nodeName: string, deletedAt?: number): Pod {
  return podOf({
    ...oldOf(model),
    nodeName,
    readySince: epoch,
    ...(deletedAt === undefined ? {} : { deletedAt }),
  })
}

/** A sync whose manage step is observed at once, so that the rolling update follows it in any case. */
function syncFully(model: PlanningModel) {
  const before = model.sync()
  const after = before.creates + before.deletes > 0 ? model.sync() : { creates: 0, deletes: 0 }
  return { creates: before.creates + after.creates, deletes: before.deletes + after.deletes }
}
