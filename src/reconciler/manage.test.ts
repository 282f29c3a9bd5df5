import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Pod } from '../kubernetes/types'
import { manage } from './manage'
import {
  daemonSetOf,
  epoch,
  nodeOf,
  nodesOf,
  type PodOptions,
  podOf,
  rolling,
  strategies,
  surging,
} from './testing/objects'
import { PlanningModel } from './testing/planning-model'

/** One node, and pods on it; the hash of the current revision is the model's. */
function withPods(
  daemonSet = daemonSetOf(),
  pods: readonly PodOptions[] = [],
  node = nodeOf('node-0'),
): PlanningModel {
  const model = new PlanningModel(daemonSet, [node])
  model.pods = pods.map((pod) => podOf({ owner: daemonSet, nodeName: 'node-0', ...pod }))
  return model
}

function plan(model: PlanningModel): string[] {
  return manage(model.observe()).map((action) =>
    action.verb === 'delete'
      ? `delete ${action.pod.metadata.name} (${action.cause})`
      : `${action.verb} ${action.nodeName}`,
  )
}

const noSchedule = nodeOf('node-0', { taints: [{ key: 'a', effect: 'NoSchedule' }] })
const noExecute = nodeOf('node-0', { taints: [{ key: 'a', effect: 'NoExecute' }] })

for (const [type, strategy] of Object.entries(strategies)) {
  describe(`manage with ${type}`, () => {
    const daemonSet = daemonSetOf({ strategy })

    test('MANAGE-01, PLACE-01: one create per node without a pod', () => {
      assert.deepEqual(plan(withPods(daemonSet)), ['create node-0'])
      assert.deepEqual(manage(new PlanningModel(daemonSet, []).observe()), [])
      assert.equal(manage(new PlanningModel(daemonSet, nodesOf(5)).observe()).length, 5)
    })

    test('MANAGE-03, PLACE-44: a pod that is only aimed at the node is a pod of the node', () => {
      assert.deepEqual(plan(withPods(daemonSet, [{}])), [])
      const model = withPods(daemonSet)
      model.pods = [podOf({ owner: daemonSet, aimedAt: 'node-0' })]
      assert.deepEqual(plan(model), [])
    })

    test('MANAGE-04, MANAGE-05: of several pods the bound, then the oldest, then the first by name stays', () => {
      const model = withPods(daemonSet, [
        { name: 'young', createdAt: epoch + 1000, readySince: epoch },
        { name: 'b', createdAt: epoch },
        { name: 'a', createdAt: epoch },
      ])
      const unbound = podOf({
        owner: daemonSet,
        name: 'oldest',
        aimedAt: 'node-0',
        createdAt: epoch - 1000,
      })
      model.pods.push(unbound)
      assert.deepEqual(plan(model).sort(), [
        'delete b (duplicate)',
        'delete oldest (duplicate)',
        'delete young (duplicate)',
      ])
    })

    test('MANAGE-08, MANAGE-09: a terminating pod blocks its node and is not deleted again', () => {
      assert.deepEqual(plan(withPods(daemonSet, [{ deletedAt: epoch }])), [])
    })

    test('MANAGE-04: a pod of which nobody has said anything yet is a running one', () => {
      const model = withPods(daemonSet, [{ name: 'a' }, { name: 'b' }])
      model.pods = model.pods.map(({ status: _, ...pod }) => pod as Pod)
      assert.deepEqual(plan(model), ['delete b (duplicate)'])
    })

    test('MANAGE-11: a terminal pod that is being deleted counts as absent', () => {
      for (const phase of ['Failed', 'Succeeded']) {
        assert.deepEqual(plan(withPods(daemonSet, [{ phase, deletedAt: epoch }])), [
          'create node-0',
        ])
      }
    })

    test('MANAGE-12, MANAGE-14: a failed pod is killed; running ones beside it are pruned to one', () => {
      const cases: [readonly PodOptions[], readonly string[]][] = [
        [[{ name: 'a' }], []],
        [[], ['create node-0']],
        [[{ name: 'f', phase: 'Failed' }], ['delete f (failed)']],
        [
          [{ name: 'f', phase: 'Failed' }, { name: 'a' }, { name: 'b' }, { name: 'c' }],
          ['delete b (duplicate)', 'delete c (duplicate)', 'delete f (failed)'],
        ],
      ]
      for (const [pods, expected] of cases) {
        assert.deepEqual(plan(withPods(daemonSet, pods)).sort(), expected)
      }
    })

    test('MANAGE-16, MANAGE-17: kill, wait for the whole back-off, kill again', () => {
      const model = withPods(daemonSet, [{ name: 'first', phase: 'Failed' }])
      model.apply(manage(model.observe()))
      const failAgain = () => {
        model.pods = [
          podOf({ owner: daemonSet, name: 'next', nodeName: 'node-0', phase: 'Failed' }),
        ]
      }
      failAgain()
      model.now += 999
      const [wait] = manage(model.observe())
      assert.equal(wait?.verb === 'wait' ? wait.milliseconds : undefined, 1000)
      model.now += 1
      assert.deepEqual(plan(model), ['delete next (failed)'])
      model.apply(manage(model.observe()))
      failAgain()
      model.now += 1_500
      const [longer] = manage(model.observe())
      assert.equal(longer?.verb === 'wait' ? longer.milliseconds : undefined, 2000)
    })

    test('MANAGE-18: of several failed pods on a node one is killed', () => {
      const model = withPods(daemonSet, [
        { name: 'a', phase: 'Failed' },
        { name: 'b', phase: 'Failed' },
      ])
      assert.deepEqual(plan(model), ['delete a (failed)', 'wait node-0'])
    })

    test('MANAGE-20: a succeeded pod is deleted and replaced in a later pass', () => {
      const model = withPods(daemonSet, [{ name: 's', phase: 'Succeeded' }])
      assert.deepEqual(plan(model), ['delete s (succeeded)'])
      model.apply(manage(model.observe()))
      assert.deepEqual(plan(model), ['create node-0'])
    })

    test('MANAGE-06: where no pod may stay, all that are not terminating go', () => {
      const pods: PodOptions[] = [
        { name: 'a' },
        { name: 'f', phase: 'Failed' },
        { name: 's', phase: 'Succeeded' },
        { name: 't', deletedAt: epoch },
      ]
      assert.deepEqual(plan(withPods(daemonSet, pods, noExecute)), [
        'delete a (misplaced)',
        'delete f (misplaced)',
        'delete s (misplaced)',
      ])
    })

    test('MANAGE-07: where pods may stay but not start, duplicates and terminal ones still go', () => {
      const keeping = (pods: readonly PodOptions[]) => plan(withPods(daemonSet, pods, noSchedule))
      assert.deepEqual(keeping([]), [])
      assert.deepEqual(keeping([{ name: 'a' }]), [])
      assert.deepEqual(keeping([{ name: 'a' }, { name: 'b' }]), ['delete b (duplicate)'])
      assert.deepEqual(keeping([{ name: 'f', phase: 'Failed' }]), ['delete f (failed)'])
      assert.deepEqual(keeping([{ name: 's', phase: 'Succeeded' }]), ['delete s (succeeded)'])
    })

    test('MANAGE-22, MANAGE-23, MANAGE-24: pods of a missing node', () => {
      const model = new PlanningModel(daemonSet, [])
      const pending = podOf({ owner: daemonSet, name: 'pending', aimedAt: 'gone' })
      const held = podOf({ owner: daemonSet, name: 'held', aimedAt: 'gone', deletedAt: epoch })
      const bound = podOf({ owner: daemonSet, name: 'bound', nodeName: 'gone' })
      model.pods = [pending, held, bound, podOf({ owner: daemonSet, name: 'nowhere' })]
      assert.deepEqual(plan(model).sort(), [
        'delete held (node-missing)',
        'delete pending (node-missing)',
      ])
    })
  })
}

describe('what manage says of its actions', () => {
  const noSurge = daemonSetOf({ strategy: rolling(1) })
  const surge = daemonSetOf({ strategy: surging(1) })
  const hash = 'hash-1' // That of a model's first revision.
  const ready = { readySince: epoch }
  const cases: {
    readonly title: string
    readonly daemonSet: typeof surge
    readonly pods: readonly PodOptions[]
    readonly node?: typeof noExecute
    readonly reasons: readonly string[]
  }[] = [
    {
      title: 'MANAGE-01: an empty node',
      daemonSet: noSurge,
      pods: [],
      reasons: ['the node has no daemon pod'],
    },
    {
      title: 'MANAGE-04: a duplicate',
      daemonSet: noSurge,
      pods: [{ name: 'a' }, { name: 'b' }],
      reasons: ['the node already runs the daemon pod a'],
    },
    {
      title: 'MANAGE-06: a misplaced pod, for the reason of the placement',
      daemonSet: noSurge,
      pods: [{ name: 'a' }],
      node: noExecute,
      reasons: ['the taint "a:NoExecute" is not tolerated'],
    },
    {
      title: 'MANAGE-18: a failed pod, and another that waits',
      daemonSet: noSurge,
      pods: [
        { name: 'a', phase: 'Failed' },
        { name: 'b', phase: 'Failed' },
      ],
      reasons: ['the daemon pod has failed', 'the failed daemon pod b is in back-off'],
    },
    {
      title: 'MANAGE-20: a succeeded pod',
      daemonSet: noSurge,
      pods: [{ phase: 'Succeeded' }],
      reasons: ['the daemon pod has succeeded'],
    },
    {
      title: 'MANAGE-10: a pod that is going while surge is allowed',
      daemonSet: surge,
      pods: [{ deletedAt: epoch }],
      reasons: ['no daemon pod runs on the node, and surge does not wait for the old one to go'],
    },
    {
      title: 'UPDATE-34: two of a sort while surge is allowed',
      daemonSet: surge,
      pods: [
        { name: 'a', hash },
        { name: 'b', hash },
      ],
      reasons: ['the node already runs a preferred daemon pod of the same sort'],
    },
    {
      title: 'UPDATE-35: an old pod that is not ready',
      daemonSet: surge,
      pods: [{ hash: 'old' }, { hash }],
      reasons: ['it is not ready, and a daemon pod of the current revision runs beside it'],
    },
    {
      title: 'UPDATE-36: an old pod whose successor is available',
      daemonSet: surge,
      pods: [
        { hash: 'old', ...ready },
        { hash, ...ready },
      ],
      reasons: ['the daemon pod of the current revision beside it is available'],
    },
  ]
  for (const { title, daemonSet, pods, node, reasons } of cases) {
    test(title, () => {
      const actions = manage(withPods(daemonSet, pods, node).observe())
      assert.deepEqual(
        actions.map(({ reason }) => reason),
        reasons,
      )
      assert.deepEqual(new Set(actions.map(({ nodeName }) => nodeName)), new Set(['node-0']))
    })
  }

  test('MANAGE-22: a pod that waits for a node which does not exist', () => {
    const model = new PlanningModel(noSurge, [])
    model.pods = [podOf({ owner: noSurge, aimedAt: 'gone' })]
    const [action] = manage(model.observe())
    assert.equal(action?.reason, 'the node gone does not exist')
    assert.equal(action?.nodeName, 'gone')
  })

  test('MANAGE-22: nothing, where there is neither the node nor a pod', () => {
    const observation = new PlanningModel(noSurge, []).observe()
    const survey = { ...observation.survey, unsettledNodes: () => ['nowhere'] }
    assert.deepEqual(manage({ ...observation, survey }), [])
  })
})

describe('manage with surge', () => {
  const daemonSet = daemonSetOf({ strategy: surging(1), spec: { minReadySeconds: 15 } })
  const at = (model: PlanningModel) => ({ hash: model.hash, templateGeneration: 1 })

  test('MANAGE-10: a node whose pod is terminating gets a new one at once', () => {
    assert.deepEqual(plan(withPods(daemonSet, [{ deletedAt: epoch }])), ['create node-0'])
    assert.deepEqual(plan(withPods(daemonSet, [{ deletedAt: epoch }], noSchedule)), [])
  })

  test('MANAGE-20, MANAGE-21: a terminal pod does not delay its replacement, nor does its back-off', () => {
    const succeeded = withPods(daemonSet, [{ name: 's', phase: 'Succeeded' }])
    assert.deepEqual(plan(succeeded), ['delete s (succeeded)', 'create node-0'])
    const failed = withPods(daemonSet, [{ name: 'f', phase: 'Failed' }])
    assert.deepEqual(plan(failed), ['delete f (failed)', 'create node-0'])
    failed.apply(manage(failed.observe()))
    failed.pods = [podOf({ owner: daemonSet, nodeName: 'node-0', phase: 'Failed' })]
    assert.deepEqual(plan(failed), ['wait node-0', 'create node-0'])
  })

  test('UPDATE-34: the preferred pod of each sort is kept', () => {
    const model = withPods(daemonSet)
    const pod = (options: PodOptions): Pod =>
      podOf({ owner: daemonSet, nodeName: 'node-0', ...options })
    model.pods = [
      pod({ name: 'old-1', hash: 'old', readySince: epoch, createdAt: epoch }),
      pod({ name: 'old-2', hash: 'older', readySince: epoch, createdAt: epoch + 1000 }),
      pod({ name: 'new-1', ...at(model), createdAt: epoch + 2000 }),
      pod({ name: 'new-2', ...at(model), createdAt: epoch + 3000 }),
    ]
    assert.deepEqual(plan(model), ['delete old-2 (duplicate)', 'delete new-2 (duplicate)'])
  })

  const pair = (old: PodOptions, current: PodOptions, now: number) => {
    const model = withPods(daemonSet)
    model.now = now
    model.pods = [
      podOf({ owner: daemonSet, nodeName: 'node-0', name: 'old', hash: 'old', ...old }),
      podOf({
        owner: daemonSet,
        nodeName: 'node-0',
        name: 'new',
        ...at(model),
        createdAt: epoch + 1000,
        ...current,
      }),
    ]
    return plan(model)
  }

  test('UPDATE-35: an old pod that is not ready goes, even if the new one is not ready either', () => {
    assert.deepEqual(pair({}, {}, epoch), ['delete old (outdated)'])
  })

  test('UPDATE-37: an old ready pod stays until the new one is available', () => {
    const ready = { readySince: epoch }
    assert.deepEqual(pair(ready, {}, epoch), [])
    assert.deepEqual(pair(ready, { readySince: epoch }, epoch + 10_000), [])
  })

  test('UPDATE-36: an old ready pod goes once the new one is available', () => {
    const ready = { readySince: epoch }
    assert.deepEqual(pair(ready, { readySince: epoch }, epoch + 20_000), ['delete old (outdated)'])
  })

  test('UPDATE-38: a pod without labels is an old one', () => {
    const model = withPods(daemonSet)
    const { labels: _, ...metadata } = podOf({ name: 'old', nodeName: 'node-0' }).metadata
    model.pods = [
      { ...podOf({ nodeName: 'node-0' }), metadata },
      podOf({ nodeName: 'node-0', name: 'new', ...at(model), createdAt: epoch + 1000 }),
    ]
    assert.deepEqual(plan(model), ['delete old (outdated)'])
  })

  test('UPDATE-38: the template generation does not make a pod current here', () => {
    const old = { hash: 'old', templateGeneration: 1 }
    assert.deepEqual(
      pair({ ...old, readySince: epoch }, { hash: 'older', templateGeneration: 1 }, epoch),
      ['delete new (duplicate)'],
    )
  })

  test('UPDATE-59: without surge the older pod stays, whatever its revision', () => {
    const model = withPods(daemonSetOf({ strategy: rolling(1) }))
    model.pods = [
      podOf({ owner: daemonSet, nodeName: 'node-0', name: 'old', hash: 'old' }),
      podOf({
        owner: daemonSet,
        nodeName: 'node-0',
        name: 'new',
        ...at(model),
        createdAt: epoch + 1000,
      }),
    ]
    assert.deepEqual(plan(model), ['delete new (duplicate)'])
  })
})
