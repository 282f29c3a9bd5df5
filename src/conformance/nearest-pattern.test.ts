import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nearestPattern } from './nearest-pattern'

const patterns = [
  'a cluster with {int} nodes',
  'a cluster with nodes {names}',
  'the DaemonSet {string} is deleted',
]

function nearest(text: string): string | undefined {
  return nearestPattern(text, patterns, (pattern) => pattern)
}

describe('the nearest pattern', () => {
  it('is the one that shares most words, values aside', () => {
    assert.equal(nearest('a cluster of 3 nodes'), patterns[0])
    assert.equal(nearest('the DaemonSet "agent" gets deleted'), patterns[2])
  })

  it('is none where nothing is much like it', () => {
    assert.equal(nearest('nobody knows 1 "y"'), undefined)
    assert.equal(nearest(''), undefined)
  })
})
