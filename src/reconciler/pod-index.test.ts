import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { controllerReferenceTo } from '../kubernetes/owner-references'
import { controllerRevisionHashLabel } from '../kubernetes/pods'
import type { DaemonSet, Pod } from '../kubernetes/types'
import { hashLabelOf } from './history'
import { PodIndex } from './pod-index'
import { podMapOf } from './pod-map'
import { daemonSetOf, epoch, nodesOf, podOf } from './testing/objects'
import { PlanningModel } from './testing/planning-model'

const daemonSet = daemonSetOf()
const other = daemonSetOf({ name: 'other' })

function indexOf(...pods: readonly Pod[]): PodIndex {
  const index = new PodIndex()
  for (const pod of pods) index.set(pod, undefined)
  return index
}

describe('pod index', () => {
  test('MANAGE-48: kind, name, namespace and uid all have to agree', () => {
    const reference = controllerReferenceTo(daemonSet)
    const owned = (change: object, inNamespace = 'default'): Pod => {
      const pod = podOf({ owner: daemonSet, nodeName: 'node-0' })
      const ownerReferences = [{ ...reference, ...change }]
      return { ...pod, metadata: { ...pod.metadata, ownerReferences, namespace: inNamespace } }
    }
    const index = indexOf(
      owned({ kind: 'ReplicaSet' }),
      owned({ name: 'namesake' }),
      owned({ uid: 'another' }),
      owned({}, 'elsewhere'),
    )
    assert.equal(index.controlledBy(daemonSet).podMap.size, 0)
    assert.deepEqual([...index.orphansIn('default')], [])
  })

  test('MANAGE-48: of two that share a uid, one is forgotten with its last pod, the other kept', () => {
    const namesake = daemonSetOf({ name: 'namesake', uid: daemonSet.metadata.uid })
    const [own, others] = [podOf({ owner: daemonSet }), podOf({ owner: namesake })]
    const index = indexOf(own, others)
    const [before, beside] = [index.controlledBy(daemonSet), index.controlledBy(namesake)]
    index.delete(own)
    assert.notEqual(index.controlledBy(daemonSet), before)
    assert.equal(index.controlledBy(namesake), beside)
    index.delete(others)
    assert.notEqual(index.controlledBy(namesake), beside)
  })

  test('MANAGE-50, MANAGE-51: mismatched pods and orphans are told apart', () => {
    const mismatched = podOf({ owner: daemonSet, labels: { app: 'other' }, nodeName: 'node-0' })
    const orphan = podOf({ labels: { app: 'agent' }, nodeName: 'node-0' })
    const index = indexOf(mismatched, orphan)
    const controlled = index.controlledBy(daemonSet)
    assert.deepEqual([...controlled.mismatched], [mismatched])
    assert.equal(controlled.podMap.size, 0)
    assert.deepEqual([...controlled.matching()], [])
    assert.deepEqual([...index.orphansIn('default')], [orphan])
    assert.deepEqual([...index.orphansIn('elsewhere')], [])
  })

  test('MANAGE-11, HISTORY-24: gone pods are off the map, yet their revisions are live', () => {
    const gone = podOf({
      owner: daemonSet,
      nodeName: 'node-0',
      hash: 'a',
      phase: 'Failed',
      deletedAt: epoch,
    })
    const nowhere = podOf({ owner: daemonSet, hash: 'b' })
    const controlled = indexOf(gone, nowhere).controlledBy(daemonSet)
    assert.equal(controlled.podMap.size, 0)
    assert.deepEqual(controlled.liveHashes(hashLabelOf), new Set(['a']))
  })

  test('MANAGE-11: a pod alone on its node leaves the map when it is gone, and its node with it', () => {
    const states = [
      podOf({ owner: daemonSet, name: 'a', nodeName: 'node-0', phase: 'Failed' }),
      podOf({ owner: daemonSet, name: 'a', nodeName: 'node-0', phase: 'Failed', deletedAt: epoch }),
    ] as const
    const index = indexOf(states[0])
    const { podMap } = index.controlledBy(daemonSet)
    assert.deepEqual([...podMap], [['node-0', [states[0]]]])
    index.set(states[1], states[0])
    assert.deepEqual([...podMap], [])
    index.set(states[0], states[1])
    assert.deepEqual([...podMap], [['node-0', [states[0]]]])
  })

  test('MANAGE-50: a pod that changes its labels, its node or its owner is filed anew', () => {
    const a = podOf({ owner: daemonSet, name: 'a', nodeName: 'node-0' })
    const b = podOf({ owner: daemonSet, name: 'b', nodeName: 'node-0' })
    const index = indexOf(a, b)
    const controlled = index.controlledBy(daemonSet)
    assert.deepEqual(controlled.podMap.get('node-0'), [a, b])
    const relabelled = podOf({ owner: daemonSet, name: 'a', nodeName: 'node-0', labels: {} })
    index.set(relabelled, a)
    assert.deepEqual(controlled.podMap.get('node-0'), [b])
    assert.deepEqual([...controlled.mismatched], [relabelled])
    assert.deepEqual([...controlled.matching()], [b])
    const moved = podOf({ owner: daemonSet, name: 'b', nodeName: 'node-1' })
    index.set(moved, b)
    assert.deepEqual([...controlled.podMap], [['node-1', [moved]]])
    assert.equal(index.isBound('node-0', 'default/agent'), true) // By the one with other labels.
    index.delete(relabelled)
    assert.equal(index.isBound('node-0', 'default/agent'), false)
    assert.deepEqual([...controlled.mismatched], [])
    const handed = podOf({ owner: other, name: 'b', nodeName: 'node-1' })
    index.set(handed, moved)
    assert.deepEqual([...controlled.podMap], [])
    assert.deepEqual([...index.controlledBy(other).podMap], [['node-1', [handed]]])
    assert.equal(index.isBound('node-1', 'default/agent'), false)
    assert.equal(index.isBound('node-1', 'default/other'), true)
    const orphaned = podOf({ name: 'b', nodeName: 'node-1' })
    index.set(orphaned, handed)
    assert.deepEqual([...index.orphansIn('default')], [orphaned])
    assert.equal(index.isBound('node-1', 'default/other'), false)
    index.delete(orphaned)
    assert.deepEqual([...index.orphansIn('default')], [])
  })

  test('MANAGE-50: another selector files all pods anew', () => {
    const a = podOf({ owner: daemonSet, name: 'a', nodeName: 'node-0' })
    const b = podOf({ owner: daemonSet, name: 'b', nodeName: 'node-0', labels: { app: 'b' } })
    const index = indexOf(a, b)
    assert.deepEqual([...index.controlledBy(daemonSet).podMap.values()], [[a]])
    const selector = { matchLabels: { app: 'b' } }
    const controlled = index.controlledBy(daemonSetOf({ spec: { selector } }))
    assert.deepEqual([...controlled.podMap.values()], [[b]])
    assert.deepEqual([...controlled.mismatched], [a])
  })

  test('MANAGE-50: a change that leaves the labels alone leaves the pod where it is', () => {
    const a = podOf({ owner: daemonSet, name: 'a', nodeName: 'node-0' })
    const b = podOf({ owner: daemonSet, name: 'b', nodeName: 'node-0', labels: {} })
    const index = indexOf(a, b)
    const controlled = index.controlledBy(daemonSet)
    const [newA, newB] = [
      { ...a, status: { phase: 'Running' } },
      { ...b, status: { phase: 'Running' } },
    ] as const
    index.set(newA, a)
    index.set(newB, b)
    assert.deepEqual([...controlled.podMap.values()], [[newA]])
    assert.deepEqual([...controlled.mismatched], [newB])
  })

  test('MANAGE-05: a pod that joins another on its node replaces neither', () => {
    const a = podOf({ owner: daemonSet, name: 'a', nodeName: 'node-0' })
    const b = podOf({ owner: daemonSet, name: 'b', nodeName: 'node-1' })
    const index = indexOf(a, b)
    const { podMap } = index.controlledBy(daemonSet)
    const moved = podOf({ owner: daemonSet, name: 'b', nodeName: 'node-0' })
    index.set(moved, b)
    assert.deepEqual([...podMap], [['node-0', [a, moved]]])
  })

  test('MANAGE-48: a reference that changes in uid, name or kind alone is another', () => {
    const reference = controllerReferenceTo(daemonSet)
    for (const change of [{ uid: 'another' }, { name: 'another' }, { kind: 'ReplicaSet' }]) {
      const before = podOf({ owner: daemonSet, name: 'a', nodeName: 'node-0' })
      const ownerReferences = [{ ...reference, ...change }]
      const after = { ...before, metadata: { ...before.metadata, ownerReferences } }
      const index = indexOf(before)
      assert.equal(index.controlledBy(daemonSet).podMap.size, 1)
      index.set(after, before)
      assert.equal(index.controlledBy(daemonSet).podMap.size, 0)
      index.set(before, after)
      assert.equal(index.controlledBy(daemonSet).podMap.size, 1)
    }
  })

  test('MANAGE-51: an orphan stays one, with no references or with none that control', () => {
    const before = podOf({ name: 'a' })
    const after = { ...before, metadata: { ...before.metadata, ownerReferences: [] } }
    const index = indexOf(before)
    index.set(after, before)
    assert.deepEqual([...index.orphansIn('default')], [after])
  })

  test('QUEUE-20: a pod that went before it came is counted when it comes', () => {
    const bound = podOf({ owner: daemonSet, nodeName: 'node-0' })
    const index = new PodIndex()
    index.delete(bound)
    index.set(bound, undefined)
    assert.equal(index.isBound('node-0', 'default/agent'), true)
  })

  test('HISTORY-24: the hashes of the pod map and of gone pods that belong to a node', () => {
    const gone = { owner: daemonSet, phase: 'Failed', deletedAt: epoch } as const
    const index = indexOf(
      podOf({ owner: daemonSet, nodeName: 'node-0', hash: 'a' }),
      podOf({ owner: daemonSet, nodeName: 'node-0' }),
      podOf({ ...gone, nodeName: 'node-1', hash: 'b' }),
      podOf({ ...gone, hash: 'c' }),
    )
    const hashes = index.controlledBy(daemonSet).liveHashes(hashLabelOf)
    assert.deepEqual(hashes, new Set(['a', 'b']))
  })

  test('MANAGE-51: pods adopted just now are surveyed with the others', () => {
    const model = new PlanningModel(daemonSet, nodesOf(1))
    const controlled = new PodIndex().controlledBy(daemonSet)
    const sight = { ...model.sight(), pods: controlled.podMap }
    assert.equal(controlled.surveyOf(sight).totals.current, 0)
    const pods = podMapOf([podOf({ owner: daemonSet, nodeName: 'node-0' })])
    assert.equal(controlled.surveyOf({ ...sight, pods }).totals.current, 1)
    assert.equal(controlled.surveyOf({ ...sight, pods: podMapOf([]) }).totals.current, 0)
    assert.equal(controlled.surveyOf(sight).totals.current, 0)
  })

  test('deleting a pod that nobody knows changes nothing', () => {
    const a = podOf({ owner: daemonSet, name: 'a', nodeName: 'node-0' })
    const index = indexOf(a)
    index.delete(podOf({ owner: daemonSet, name: 'b' }))
    index.delete(podOf({ owner: other, name: 'c' }))
    index.delete(podOf({ name: 'd' }))
    assert.deepEqual([...index.controlledBy(daemonSet).podMap.values()], [[a]])
  })

  test('QUEUE-20: bound pods are found by the name of their DaemonSet, whatever its uid', () => {
    const earlier = daemonSetOf({ uid: 'an-earlier-one' })
    const bound = podOf({ owner: earlier, nodeName: 'node-0' })
    const pending = podOf({ owner: daemonSet, aimedAt: 'node-1' })
    const index = indexOf(bound, pending)
    assert.equal(index.isBound('node-0', 'default/agent'), true)
    assert.equal(index.isBound('node-1', 'default/agent'), false)
    assert.equal(index.isBound('node-0', 'default/other'), false)
    index.set({ ...pending, spec: { ...pending.spec, nodeName: 'node-1' } }, pending)
    assert.equal(index.isBound('node-1', 'default/agent'), true)
    index.delete(bound)
    assert.equal(index.isBound('node-0', 'default/agent'), false)
  })

  test('however pods come, change and go, the index equals a recount', () => {
    const state = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      owner: fc.constantFrom(daemonSet, other, undefined),
      labels: fc.constantFrom({ app: 'agent' }, { app: 'other' }),
      nodeName: fc.constantFrom(undefined, 'node-0', 'node-1'),
      aimedAt: fc.constantFrom(undefined, 'node-0', 'node-1'),
      phase: fc.constantFrom('Running', 'Failed'),
      deletedAt: fc.constantFrom(undefined, epoch),
      createdAt: fc.constantFrom(epoch, epoch + 1000),
    })
    const change = fc.record({
      pod: state.map((options) => podOf(defined(options))),
      isPresent: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const { index, pods } = replayed(changes)
        for (const owner of [daemonSet, other]) assertRecount(index, owner, pods)
        const orphans = pods.filter(({ metadata }) => !metadata.ownerReferences)
        assert.equal([...index.orphansIn('default')].length, orphans.length)
      }),
    )
  })

  test('the label that revisions are found by is the one pods carry', () => {
    assert.equal(hashLabelOf(podOf({ hash: 'a' })), 'a')
    assert.equal(controllerRevisionHashLabel, 'controller-revision-hash')
  })
})

/** An index that has seen pods come, change and go, and the pods that are there in the end. */
function replayed(changes: readonly { readonly pod: Pod; readonly isPresent: boolean }[]) {
  const index = new PodIndex()
  const pods = new Map<string, Pod>()
  index.controlledBy(daemonSet)
  for (const { pod, isPresent } of changes) {
    const previous = pods.get(pod.metadata.name)
    if (isPresent) {
      index.set(pod, previous)
      pods.set(pod.metadata.name, pod)
    } else if (previous !== undefined) {
      index.delete(previous)
      pods.delete(pod.metadata.name)
    }
  }
  return { index, pods: [...pods.values()] }
}

function assertRecount(index: PodIndex, owner: DaemonSet, pods: readonly Pod[]): void {
  const { name } = owner.metadata
  const owned = pods.filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === name)
  const matching = owned.filter(({ metadata }) => metadata.labels?.['app'] === name)
  const controlled = index.controlledBy(owner)
  assert.deepEqual(sorted(controlled.podMap), sorted(podMapOf(matching)))
  assert.equal([...controlled.mismatched].length, owned.length - matching.length)
  for (const nodeName of ['node-0', 'node-1']) {
    const isBound = owned.some(({ spec }) => spec.nodeName === nodeName)
    assert.equal(index.isBound(nodeName, `default/${name}`), isBound)
  }
}

function sorted(map: ReadonlyMap<string, readonly Pod[]>) {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}

function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
