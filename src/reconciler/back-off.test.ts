import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { afterKill, type BackOffEntry, FailedPodBackOff, isInBackOff } from './back-off'

describe('back-off of failed daemon pods', () => {
  test('MANAGE-16: the first kill is immediate, then gaps double up to 15 min', () => {
    const gaps: number[] = []
    let entry: BackOffEntry | undefined
    let now = 0
    assert.equal(isInBackOff(entry, now), false)
    for (let kill = 0; kill < 13; kill++) {
      entry = afterKill(entry, now)
      gaps.push(entry.milliseconds / 1000)
      now += entry.milliseconds
    }
    assert.deepEqual(gaps, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  })

  test('MANAGE-16: the wait ends exactly when the back-off has passed', () => {
    const entry = afterKill(undefined, 1000)
    assert.equal(isInBackOff(entry, 1999), true)
    assert.equal(isInBackOff(entry, 2000), false)
  })

  test('MANAGE-19: after more than 30 min unused it starts afresh', () => {
    const entry = { milliseconds: 900_000, since: 0 }
    assert.equal(afterKill(entry, 1_800_000).milliseconds, 900_000)
    assert.deepEqual(afterKill(entry, 1_800_001), { milliseconds: 1_000, since: 1_800_001 })
  })

  test('MANAGE-19: expired entries are forgotten, others are not', () => {
    const backOff = new FailedPodBackOff()
    backOff.killed('old', 0)
    backOff.killed('young', 1_700_000)
    backOff.killed('new', 1_800_001)
    assert.equal(backOff.get('old'), undefined)
    assert.deepEqual(backOff.get('young'), { milliseconds: 1_000, since: 1_700_000 })
  })

  test('MANAGE-19: expired entries are looked for once a minute, not at every kill', () => {
    const backOff = new FailedPodBackOff()
    backOff.killed('old', 0)
    backOff.killed('looking', 1_799_999)
    backOff.killed('next', 1_859_998)
    assert.notEqual(backOff.get('old'), undefined)
    backOff.killed('last', 1_859_999)
    assert.equal(backOff.get('old'), undefined)
  })
})
