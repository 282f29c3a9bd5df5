import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DaemonSet } from '../kubernetes/types'
import { isStatusCurrent, type StatusCounts, withStatusCounts } from './status'
import { daemonSetOf, epoch, nodeOf, nodesOf, podOf } from './testing/objects'
import { PlanningModel } from './testing/planning-model'

const none: StatusCounts = {
  currentNumberScheduled: 0,
  desiredNumberScheduled: 0,
  numberAvailable: 0,
  numberMisscheduled: 0,
  numberReady: 0,
  numberUnavailable: 0,
  updatedNumberScheduled: 0,
}

describe('status counts', () => {
  const daemonSet = daemonSetOf()
  const onNode0 = (options: Parameters<typeof podOf>[0]) =>
    podOf({ owner: daemonSet, nodeName: 'node-0', ...options })

  test('STATUS-24: without nodes everything is 0', () => {
    assert.deepEqual(new PlanningModel(daemonSet, []).status(), none)
  })

  test('STATUS-01, STATUS-09: nodes without a pod are desired and unavailable', () => {
    const counts = new PlanningModel(daemonSet, nodesOf(3)).status()
    assert.deepEqual(counts, { ...none, desiredNumberScheduled: 3, numberUnavailable: 3 })
  })

  test('STATUS-02: any pod makes its node scheduled, and several count once', () => {
    const phases = ['Pending', 'Failed', 'Succeeded', 'Running']
    for (const phase of phases) {
      const model = new PlanningModel(daemonSet, nodesOf(1))
      model.pods = [onNode0({ phase }), onNode0({ phase }), onNode0({ deletedAt: epoch })]
      assert.equal(model.status().currentNumberScheduled, 1)
    }
    const model = new PlanningModel(daemonSet, nodesOf(1))
    model.pods = [onNode0({ phase: 'Failed', deletedAt: epoch })]
    assert.equal(model.status().currentNumberScheduled, 0) // MANAGE-11
  })

  test('STATUS-03: nodes that should not run a pod but have one are misscheduled', () => {
    const model = new PlanningModel(daemonSet, [
      nodeOf('node-0', { taints: [{ key: 'a', effect: 'NoSchedule' }] }),
      nodeOf('node-1', { taints: [{ key: 'a', effect: 'NoExecute' }] }),
      nodeOf('node-2', { taints: [{ key: 'a', effect: 'NoExecute' }] }),
    ])
    const gone = podOf({ owner: daemonSet, nodeName: 'node-1', deletedAt: epoch })
    model.pods = [onNode0({ readySince: epoch }), onNode0({}), gone]
    assert.deepEqual(model.status(), { ...none, numberMisscheduled: 2 })
  })

  test('STATUS-04: pods of missing nodes count nowhere', () => {
    const model = new PlanningModel(daemonSet, [])
    model.pods = [onNode0({ readySince: epoch })]
    assert.deepEqual(model.status(), none)
  })

  test('STATUS-05, STATUS-06, STATUS-11: the oldest pod speaks for its node', () => {
    const model = new PlanningModel(daemonSet, nodesOf(1))
    const newer = onNode0({ readySince: epoch, createdAt: epoch + 1000, hash: model.hash })
    model.pods = [newer, onNode0({ createdAt: epoch })]
    assert.equal(model.status().numberReady, 0)
    assert.equal(model.status().updatedNumberScheduled, 0)
    model.pods = [onNode0({ deletedAt: epoch, readySince: epoch }), newer]
    assert.equal(model.status().numberReady, 1) // Terminating, yet ready.
  })

  test('STATUS-07, STATUS-08: available is ready for minReadySeconds, the very second included', () => {
    const slow = daemonSetOf({ spec: { minReadySeconds: 10 } })
    const model = new PlanningModel(slow, nodesOf(1))
    model.pods = [onNode0({ readySince: epoch })]
    const at = (now: number) => {
      model.now = now
      const { numberReady, numberAvailable, numberUnavailable } = model.status()
      return [numberReady, numberAvailable, numberUnavailable]
    }
    assert.deepEqual(at(epoch + 9_999), [1, 0, 1])
    assert.deepEqual(at(epoch + 10_000), [1, 1, 0])
  })

  test('STATUS-10: updated by hash or by template generation', () => {
    const model = new PlanningModel(daemonSet, nodesOf(3))
    model.pods = [
      podOf({ owner: daemonSet, nodeName: 'node-0', hash: model.hash }),
      podOf({ owner: daemonSet, nodeName: 'node-1', hash: 'other', templateGeneration: 1 }),
      podOf({ owner: daemonSet, nodeName: 'node-2', hash: 'other', templateGeneration: 0 }),
    ]
    assert.equal(model.status().updatedNumberScheduled, 2)
  })
})

describe('writing the status', () => {
  test('STATUS-16: current when all numbers agree and the generation was observed', () => {
    const daemonSet = daemonSetOf({ generation: 2, status: { observedGeneration: 2 } })
    assert.equal(isStatusCurrent(daemonSet, none), true)
    assert.equal(isStatusCurrent(daemonSet, { ...none, numberReady: 1 }), false)
    const unobserved = daemonSetOf({ generation: 2, status: { observedGeneration: 1 } })
    assert.equal(isStatusCurrent(unobserved, none), false)
    const ahead = daemonSetOf({ generation: 2, status: { observedGeneration: 3 } })
    assert.equal(isStatusCurrent(ahead, none), true)
  })

  test('STATUS-16: each of the seven numbers counts, and an absent one is 0', () => {
    const counts: StatusCounts = {
      currentNumberScheduled: 1,
      desiredNumberScheduled: 2,
      numberAvailable: 3,
      numberMisscheduled: 4,
      numberReady: 5,
      numberUnavailable: 6,
      updatedNumberScheduled: 7,
    }
    const daemonSet = daemonSetOf({ status: { ...counts, observedGeneration: 1 } })
    assert.equal(isStatusCurrent(daemonSet, counts), true)
    for (const [name, count] of Object.entries(counts)) {
      assert.equal(isStatusCurrent(daemonSet, { ...counts, [name]: count + 1 }), false, name)
      const { [name as keyof StatusCounts]: _, ...others } = daemonSet.status
      const without = { ...daemonSet, status: others } as DaemonSet
      assert.equal(isStatusCurrent(without, counts), false, name)
      assert.equal(isStatusCurrent(without, { ...counts, [name]: 0 }), true, name)
    }
  })

  test('STATUS-16: a DaemonSet without a status says that all numbers are 0', () => {
    const { status: _, ...unseen } = daemonSetOf()
    assert.equal(isStatusCurrent(unseen as DaemonSet, none), false)
    const { generation: __, ...metadata } = unseen.metadata
    assert.equal(isStatusCurrent({ ...unseen, metadata } as DaemonSet, none), true)
  })

  test('STATUS-13, STATUS-14, STATUS-15: nothing but the numbers and the generation changes', () => {
    const conditions = [{ type: 'Mine', status: 'True' }]
    const daemonSet = daemonSetOf({
      status: { conditions, collisionCount: 3, observedGeneration: 1 },
    })
    const counts = { ...none, numberReady: 4 }
    const written = withStatusCounts(daemonSet, counts, 7)
    const expected = { ...counts, conditions, collisionCount: 3, observedGeneration: 7 }
    assert.deepEqual(written.status, expected)
    const unraised = withStatusCounts(daemonSet, counts, undefined)
    assert.deepEqual(unraised.status, { ...expected, observedGeneration: 1 })
    assert.equal(written.spec, daemonSet.spec)
  })
})
