import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { messageOf, throwAll } from './aggregate'

function thrownBy(errors: readonly unknown[]): unknown {
  try {
    throwAll(errors)
  } catch (error) {
    return error
  }
  return 'nothing'
}

describe('errors of a pass', () => {
  test('MANAGE-35: none throws nothing', () => {
    assert.equal(thrownBy([]), 'nothing')
  })

  test('MANAGE-35: a single one is thrown as it is', () => {
    const only = new Error('only')
    assert.equal(thrownBy([only]), only)
  })

  test('MANAGE-35: several become one that says each message once and keeps all', () => {
    const errors = [new Error('a'), new Error('b'), new Error('a')]
    const thrown = thrownBy(errors)
    assert.ok(thrown instanceof AggregateError)
    assert.equal(thrown.message, '[a, b]')
    assert.deepEqual(thrown.errors, errors)
  })

  test('what is no error is told as text', () => {
    assert.equal(messageOf(new Error('a')), 'a')
    assert.equal(messageOf('a'), 'a')
  })
})
