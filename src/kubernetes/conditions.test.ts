import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { timestampOf } from './clock'
import {
  conditionOf,
  isNodeReady,
  isPodAvailable,
  isPodReady,
  isPodTerminal,
  withCondition,
} from './conditions'
import type { Node, Pod, PodStatus } from './types'

const meta = { name: 'x', uid: 'u', resourceVersion: '1', creationTimestamp: '' }

function podWith(status: PodStatus): Pod {
  const metadata = { ...meta, namespace: 'default' }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] }, status }
}

function podReadySince(lastTransitionTime: string | undefined, status = 'True'): Pod {
  const time = lastTransitionTime === undefined ? {} : { lastTransitionTime }
  return podWith({ conditions: [{ type: 'Ready', status, ...time }] })
}

const noon = Date.parse('2026-01-01T12:00:00Z')

test('a pod is ready when its Ready condition is True', () => {
  assert.equal(isPodReady(podReadySince(undefined)), true)
  assert.equal(isPodReady(podReadySince(undefined, 'False')), false)
  assert.equal(isPodReady(podReadySince(undefined, 'Unknown')), false)
  assert.equal(isPodReady(podWith({})), false)
  assert.equal(
    isPodReady(podWith({ conditions: [{ type: 'PodScheduled', status: 'True' }] })),
    false,
  )
})

test('STATUS-08: a pod is available once it was ready for minReadySeconds, to the second', () => {
  const pod = podReadySince('2026-01-01T12:00:00Z')
  assert.equal(isPodAvailable(pod, 0, noon), true)
  assert.equal(isPodAvailable(pod, 0, noon - 5000), true)
  assert.equal(isPodAvailable(pod, 10, noon + 9_999), false)
  assert.equal(isPodAvailable(pod, 10, noon + 10_000), true)
  assert.equal(isPodAvailable(podReadySince('2026-01-01T12:00:00Z', 'False'), 0, noon), false)
})

test('STATUS-08: without a transition time a pod is available only when no time is asked for', () => {
  assert.equal(isPodAvailable(podReadySince(undefined), 0, noon), true)
  assert.equal(isPodAvailable(podReadySince(undefined), 1, noon), false)
})

test('STATUS-08: once available, a pod that stays ready stays available', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(2_000_000), fc.nat(2_000_000), (minimum, first, later) => {
      const pod = podReadySince(timestampOf(noon))
      if (isPodAvailable(pod, minimum, noon + first)) {
        assert.ok(isPodAvailable(pod, minimum, noon + first + later))
      }
    }),
  )
})

test('Failed and Succeeded are the terminal phases', () => {
  for (const phase of ['Failed', 'Succeeded']) assert.equal(isPodTerminal(podWith({ phase })), true)
  for (const phase of ['Pending', 'Running', 'Unknown']) {
    assert.equal(isPodTerminal(podWith({ phase })), false)
  }
  assert.equal(isPodTerminal(podWith({})), false)
})

test('a node is ready when its Ready condition is True', () => {
  const nodeWith = (status: string): Node => {
    const conditions = [{ type: 'Ready', status }]
    return { apiVersion: 'v1', kind: 'Node', metadata: meta, spec: {}, status: { conditions } }
  }
  assert.equal(isNodeReady(nodeWith('True')), true)
  assert.equal(isNodeReady(nodeWith('Unknown')), false)
})

test('a condition is added at the end', () => {
  const ready = { type: 'Ready', status: 'True' }
  const scheduled = { type: 'PodScheduled', status: 'True' }
  assert.deepEqual(withCondition(undefined, ready), [ready])
  assert.deepEqual(withCondition([scheduled], ready), [scheduled, ready])
})

test('a condition is replaced in place, with its time while the status stays', () => {
  const before = [
    { type: 'Ready', status: 'False', reason: 'A', lastTransitionTime: '2026-01-01T00:00:00Z' },
    { type: 'PodScheduled', status: 'True' },
  ]
  const sameStatus = {
    ...before[0],
    type: 'Ready',
    status: 'False',
    reason: 'B',
    lastTransitionTime: 'later',
  }
  assert.deepEqual(withCondition(before, sameStatus)[0], {
    type: 'Ready',
    status: 'False',
    reason: 'B',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  })
  const changed = { type: 'Ready', status: 'True', lastTransitionTime: 'later' }
  assert.deepEqual(withCondition<(typeof before)[number] | typeof changed>(before, changed), [
    changed,
    before[1],
  ])
})

test('the same list comes back when nothing changes', () => {
  const before = [
    { type: 'Ready', status: 'True', reason: undefined, lastTransitionTime: 'then' },
  ] as const
  assert.equal(
    withCondition<{ type: string; status: string; lastTransitionTime?: string }>(before, {
      type: 'Ready',
      status: 'True',
      lastTransitionTime: 'now',
    }),
    before,
  )
  assert.equal(conditionOf(before, 'Ready'), before[0])
  assert.equal(conditionOf(undefined, 'Ready'), undefined)
})

test('writing a condition twice is writing it once', () => {
  const condition = fc.record({
    type: fc.constantFrom('A', 'B', 'C'),
    status: fc.constantFrom('True', 'False'),
    lastTransitionTime: fc.constantFrom('t1', 't2'),
  })
  const lists = fc.uniqueArray(condition, { selector: ({ type }) => type })
  fc.assert(
    fc.property(lists, condition, (conditions, next) => {
      const once = withCondition(conditions, next)
      assert.equal(withCondition(once, next), once)
      assert.equal(conditionOf(once, next.type)?.status, next.status)
      assert.equal(new Set(once.map(({ type }) => type)).size, once.length)
    }),
  )
})
