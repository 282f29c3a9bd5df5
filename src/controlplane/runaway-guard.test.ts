import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import { RunawayGuard } from './runaway-guard'
import { VirtualClock } from './virtual-clock'

describe('the guard against clients that run in circles', () => {
  it('refuses what exceeds the limit at one moment, and nothing at the next', () => {
    const clock = new VirtualClock(0)
    const guard = new RunawayGuard(clock, 2)
    guard.admit()
    guard.admit()
    assert.throws(
      () => guard.admit(),
      (error) => StatusError.is(error, 'TooManyRequests'),
    )
    clock.advanceTo(1)
    assert.doesNotThrow(() => guard.admit())
  })
})
