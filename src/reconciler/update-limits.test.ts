import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { daemonSetOf, rolling, strategies, surging } from './testing/objects'
import { allowsSurge, isRolling, updateLimitsOf } from './update-limits'

describe('limits of a rolling update', () => {
  const cases = [
    { strategy: rolling(0), desired: 0, maxUnavailable: 0, maxSurge: 0 },
    { strategy: rolling(1), desired: 2, maxUnavailable: 1, maxSurge: 0 },
    { strategy: rolling('10%'), desired: 5, maxUnavailable: 1, maxSurge: 0 },
    { strategy: rolling('50%'), desired: 3, maxUnavailable: 2, maxSurge: 0 },
    { strategy: rolling('50%'), desired: 2, maxUnavailable: 1, maxSurge: 0 },
    { strategy: rolling('100%'), desired: 2, maxUnavailable: 2, maxSurge: 0 },
    { strategy: surging('50%'), desired: 3, maxUnavailable: 0, maxSurge: 2 },
    { strategy: surging('100%'), desired: 2, maxUnavailable: 0, maxSurge: 2 },
    { strategy: surging(7), desired: 2, maxUnavailable: 0, maxSurge: 7 },
  ]
  for (const { strategy, desired, ...expected } of cases) {
    test(`UPDATE-09: ${JSON.stringify(strategy.rollingUpdate)} of ${desired}`, () => {
      assert.deepEqual(updateLimitsOf(daemonSetOf({ strategy }), desired), expected)
    })
  }

  test('UPDATE-11: both 0 with nodes to update: one may be unavailable', () => {
    const expected = { maxUnavailable: 1, maxSurge: 0 }
    for (const strategy of [rolling(0), rolling('0%'), surging('0%'), { type: 'RollingUpdate' }]) {
      assert.deepEqual(updateLimitsOf(daemonSetOf({ strategy }), 3), expected)
    }
  })

  test('UPDATE-26: a percentage of nothing is nothing', () => {
    const strategy = rolling('50%')
    const expected = { maxUnavailable: 0, maxSurge: 0 }
    assert.deepEqual(updateLimitsOf(daemonSetOf({ strategy }), 0), expected)
  })

  test('UPDATE-12, UPDATE-57: when surge is allowed', () => {
    const allows = (strategy: ReturnType<typeof rolling>) => allowsSurge(daemonSetOf({ strategy }))
    assert.equal(allows(surging(1)), true)
    assert.equal(allows(surging('1%')), true)
    assert.equal(allows(surging('0%')), false)
    assert.equal(allows(rolling(1)), false)
    assert.equal(allows(strategies.OnDelete), false)
    assert.equal(allows({ ...surging(1), type: 'OnDelete' }), false)
  })

  test('UPDATE-57: without a strategy nothing is rolled out', () => {
    const { updateStrategy: _, ...spec } = daemonSetOf().spec
    assert.equal(isRolling({ ...daemonSetOf(), spec }), false)
    assert.equal(allowsSurge({ ...daemonSetOf(), spec }), false)
  })

  test('UPDATE-12: a limit that nobody can read allows no surge', () => {
    assert.equal(allowsSurge(daemonSetOf({ strategy: surging('some') })), false)
  })
})
