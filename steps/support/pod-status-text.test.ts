import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Pod } from '../../src/kubernetes/types'
import { type PodStatusText, podStatusOf } from './pod-status-text'

const now = Date.parse('2026-01-01T00:00:00Z')
const pod = {
  spec: { initContainers: [{ name: 'first' }], containers: [{ name: 'main' }, { name: 'side' }] },
} as unknown as Pod
const statusOf = (text: PodStatusText) => podStatusOf(text, pod, now) as Partial<Pod['status']>

describe('the status of a pod as features write it', () => {
  test('each state goes to the container of its place', () => {
    const { containerStatuses, initContainerStatuses } = statusOf({
      'init containers': 'exited 0 Completed',
      containers: 'ready, waiting CrashLoopBackOff',
    })
    const at = '2026-01-01T00:00:00Z'
    assert.deepEqual(
      initContainerStatuses?.map(({ name, state }) => ({ name, state })),
      [
        {
          name: 'first',
          state: {
            terminated: { exitCode: 0, startedAt: at, finishedAt: at, reason: 'Completed' },
          },
        },
      ],
    )
    assert.deepEqual(
      containerStatuses?.map(({ name, ready, state }) => ({ name, ready, state })),
      [
        { name: 'main', ready: true, state: { running: { startedAt: at } } },
        { name: 'side', ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } },
      ],
    )
  })

  test('restarts count, and tell when the last one was where that is known', () => {
    const { containerStatuses } = statusOf({
      containers: 'ready, ready',
      restarts: '2, 1',
      'ended seconds ago': '90',
    })
    const finishedAt = '2025-12-31T23:58:30Z'
    assert.deepEqual(
      containerStatuses?.map(({ restartCount, lastState }) => [restartCount, lastState]),
      [
        [2, { terminated: { exitCode: 1, startedAt: finishedAt, finishedAt } }],
        [1, undefined],
      ],
    )
  })

  test('what is not written is left out', () => {
    assert.deepEqual(statusOf({ phase: 'Failed' }), { phase: 'Failed', conditions: [] })
    assert.deepEqual(statusOf({ addresses: '10.0.0.1, fd00::1' }), {
      conditions: [],
      podIP: '10.0.0.1',
      podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
    })
  })

  test('a state that there is not, or for which there is no container, is refused', () => {
    assert.throws(() => statusOf({ containers: 'gone' }), /"gone" is no state of a container/)
    assert.throws(() => statusOf({ containers: 'ready, ready, ready' }), /no container for "ready"/)
  })
})
