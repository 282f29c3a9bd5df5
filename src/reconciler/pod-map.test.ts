import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Pod } from '../kubernetes/types'
import { byPreference, isBound, isGone, isRunning, isTerminating, podMapOf } from './pod-map'
import { epoch, podOf } from './testing/objects'

describe('pod map', () => {
  test('MANAGE-05: pods of a node come in the order of preference, other nodes apart', () => {
    const young = podOf({ name: 'a', nodeName: 'node-0', createdAt: epoch + 1000 })
    const old = podOf({ name: 'c', nodeName: 'node-0' })
    const twin = podOf({ name: 'b', nodeName: 'node-0' })
    const aimed = podOf({ name: 'first', aimedAt: 'node-0', createdAt: epoch - 1000 })
    const beside = podOf({ name: 'beside', nodeName: 'node-1' })
    const map = podMapOf([aimed, young, old, beside, twin])
    assert.deepEqual([...map.keys()], ['node-0', 'node-1'])
    assert.deepEqual(map.get('node-0'), [twin, old, young, aimed])
    assert.deepEqual(map.get('node-1'), [beside])
  })

  test('MANAGE-05: none is preferred to itself', () => {
    const pod = podOf({ nodeName: 'node-0' })
    assert.equal(byPreference(pod, pod), 0)
  })

  test('MANAGE-11, PLACE-45: pods that are gone, or belong nowhere, are left out', () => {
    const gone = podOf({ nodeName: 'node-0', phase: 'Succeeded', deletedAt: epoch })
    assert.equal(podMapOf([gone, podOf({})]).size, 0)
  })

  test('MANAGE-11: running, terminating, ended, gone', () => {
    const shown = (options: Parameters<typeof podOf>[0]) => {
      const pod = podOf(options)
      return [isRunning(pod), isTerminating(pod), isGone(pod)]
    }
    assert.deepEqual(shown({}), [true, false, false])
    assert.deepEqual(shown({ deletedAt: epoch }), [false, true, false])
    assert.deepEqual(shown({ phase: 'Failed' }), [false, false, false])
    assert.deepEqual(shown({ phase: 'Failed', deletedAt: epoch }), [false, true, true])
    const pod = podOf({})
    const nulled = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: null } }
    assert.equal(isTerminating(nulled as unknown as Pod), false)
  })

  test('MANAGE-23: bound is who has a node name that says something', () => {
    const named = (nodeName: unknown) =>
      isBound({ ...podOf({}), spec: { containers: [], nodeName } } as unknown as Pod)
    assert.equal(named('node-0'), true)
    for (const nothing of [undefined, null, '']) assert.equal(named(nothing), false)
  })
})
