import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Expectations } from './expectations'

describe('expectations', () => {
  test('MANAGE-37: nothing recorded is satisfied', () => {
    assert.equal(new Expectations().areSatisfied('a', 0), true)
  })

  test('MANAGE-36, MANAGE-38, MANAGE-39: both counters have to be lowered to 0', () => {
    const expectations = new Expectations()
    expectations.set('a', { creates: 2, deletes: 1, now: 0 })
    expectations.creationObserved('a')
    expectations.creationObserved('a')
    assert.equal(expectations.areSatisfied('a', 0), false)
    expectations.deletionObserved('a')
    assert.equal(expectations.areSatisfied('a', 0), true)
    expectations.deletionObserved('a') // Below 0 is satisfied too.
    assert.equal(expectations.areSatisfied('a', 0), true)
  })

  test('MANAGE-28: skipped creates lower the counter at once', () => {
    const expectations = new Expectations()
    expectations.set('a', { creates: 100, deletes: 0, now: 0 })
    expectations.creationObserved('a', 85)
    assert.equal(expectations.areSatisfied('a', 0), false)
    for (let i = 0; i < 15; i++) expectations.creationObserved('a')
    assert.equal(expectations.areSatisfied('a', 0), true)
  })

  test('MANAGE-37: after more than 5 min they no longer count', () => {
    const expectations = new Expectations()
    expectations.set('a', { creates: 1, deletes: 0, now: 0 })
    assert.equal(expectations.areSatisfied('a', 300_000), false)
    assert.equal(expectations.areSatisfied('a', 300_001), true)
  })

  test('MANAGE-36: a new pass overwrites what was expected', () => {
    const expectations = new Expectations()
    expectations.set('a', { creates: 5, deletes: 5, now: 0 })
    expectations.set('a', { creates: 0, deletes: 0, now: 0 })
    assert.equal(expectations.areSatisfied('a', 0), true)
  })

  test('MANAGE-41: a forgotten key starts clean, and keys do not touch each other', () => {
    const expectations = new Expectations()
    expectations.set('a', { creates: 1, deletes: 0, now: 0 })
    expectations.set('b', { creates: 1, deletes: 0, now: 0 })
    expectations.forget('a')
    expectations.creationObserved('a')
    assert.equal(expectations.areSatisfied('a', 0), true)
    assert.equal(expectations.areSatisfied('b', 0), false)
  })
})
