import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ObservedEvent } from '../../src/targets/observation'
import { burstsOf, refusedAttemptsOf } from './attempts'

function observed(at: number, change: { type?: string; reason?: string; name?: string } = {}) {
  const { type = 'ADDED', reason = 'FailedCreate', name = 'agent' } = change
  const object = { reason, involvedObject: { kind: 'DaemonSet', name } }
  return { at, type, kind: 'Event', object } as unknown as ObservedEvent
}

describe('attempts that were refused', () => {
  test('are told by events of the DaemonSet, new ones and ones that count', () => {
    const events = [
      observed(10),
      observed(20, { type: 'MODIFIED' }),
      observed(30, { type: 'DELETED' }),
      observed(40, { reason: 'SuccessfulCreate' }),
      observed(50, { name: 'other' }),
    ]
    assert.deepEqual(refusedAttemptsOf(events, 'agent'), [10, 20])
  })

  test('come in bursts, between which there is a pause', () => {
    assert.deepEqual(burstsOf([0, 5, 15, 1_015, 3_015, 3_020]), [
      { pauseMilliseconds: 1_000, attempts: 1 },
      { pauseMilliseconds: 2_000, attempts: 2 },
    ])
    assert.deepEqual(burstsOf([]), [])
  })
})
