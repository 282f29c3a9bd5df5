import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Pod } from '../kubernetes/types'
import { daemonSetOf, epoch, podOf } from './testing/objects'
import { currentRevisionOf, decidingPodOf, isPodUpdated, updatedPodsOnNode } from './updated-pods'

describe('UPDATE-05, UPDATE-06: a pod is updated', () => {
  const cases: {
    readonly hash: string
    readonly generation: string | undefined
    readonly pod: { hash?: string; templateGeneration?: number }
    readonly expected: boolean
  }[] = [
    { hash: 'h', generation: '12', pod: { hash: 'h', templateGeneration: 12 }, expected: true },
    { hash: 'h', generation: '12', pod: { hash: 'h', templateGeneration: 11 }, expected: true },
    { hash: 'h', generation: '12', pod: { hash: 'other', templateGeneration: 12 }, expected: true },
    { hash: 'h', generation: '12', pod: { templateGeneration: 12 }, expected: true },
    { hash: 'h', generation: '12', pod: { hash: 'h' }, expected: true },
    { hash: '', generation: '12', pod: { hash: '', templateGeneration: 12 }, expected: true },
    { hash: '', generation: '12', pod: { hash: '', templateGeneration: 11 }, expected: false },
    {
      hash: 'h',
      generation: '12',
      pod: { hash: 'other', templateGeneration: 11 },
      expected: false,
    },
    { hash: 'h', generation: '12', pod: {}, expected: false },
    {
      hash: 'h',
      generation: undefined,
      pod: { hash: 'other', templateGeneration: 12 },
      expected: false,
    },
    { hash: 'h', generation: undefined, pod: { hash: 'h' }, expected: true },
  ]
  for (const { hash, generation, pod, expected } of cases) {
    test(`${JSON.stringify(pod)} of hash "${hash}", generation ${generation}: ${expected}`, () => {
      assert.equal(isPodUpdated(podOf(pod), { hash, templateGeneration: generation }), expected)
    })
  }

  test('UPDATE-05: not without labels', () => {
    const { labels: _, ...metadata } = podOf({}).metadata
    const revision = { hash: 'h', templateGeneration: '1' }
    for (const labels of [undefined, null]) {
      const pod = { ...podOf({}), metadata: { ...metadata, labels } } as unknown as Pod
      assert.equal(isPodUpdated(pod, revision), false)
    }
  })

  test('UPDATE-07: an unreadable annotation leaves the hash alone', () => {
    const annotations = { 'deprecated.daemonset.template.generation': 'x' }
    const revision = currentRevisionOf(daemonSetOf({ metadata: { annotations } }), 'h')
    assert.deepEqual(revision, { hash: 'h', templateGeneration: undefined })
  })
})

test('UPDATE-16, UPDATE-17: pods on a node are sorted by revision, terminating ones left out', () => {
  const revision = { hash: 'new', templateGeneration: undefined }
  const updated = podOf({ hash: 'new' })
  const old = podOf({ hash: 'old' })
  const terminating = podOf({ hash: 'old', deletedAt: epoch })
  const found = updatedPodsOnNode([terminating, old, updated], revision)
  assert.deepEqual(found, { kind: 'at-most-one-each', updated, old })
  const crowds = [
    [old, podOf({ hash: 'older' })],
    [updated, podOf({ hash: 'new' })],
  ]
  for (const pods of crowds) assert.equal(updatedPodsOnNode(pods, revision).kind, 'crowded')
  const nothing = { kind: 'at-most-one-each', updated: undefined, old: undefined }
  assert.deepEqual(updatedPodsOnNode(undefined, revision), nothing)
})

test('UPDATE-17, UPDATE-18, UPDATE-19: one pod alone decides on its node', () => {
  const revision = { hash: 'new', templateGeneration: undefined }
  const updated = podOf({ hash: 'new' })
  const old = podOf({ hash: 'old' })
  const terminating = podOf({ hash: 'old', deletedAt: epoch })
  assert.equal(decidingPodOf([old], revision), old)
  assert.equal(decidingPodOf([terminating, updated], revision), updated)
  for (const pods of [[], [terminating], [updated, old], [old, podOf({ hash: 'older' })]]) {
    assert.equal(decidingPodOf(pods, revision), undefined)
  }
})
