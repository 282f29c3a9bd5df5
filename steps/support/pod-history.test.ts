import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Pod } from '../../src/kubernetes/types'
import type { Observation, ObservedEvent } from '../../src/targets/observation'
import { isGone, isServing, momentsOf, podsByNode } from './pod-history'

describe('the history of daemon pods', () => {
  test('shows every state from the given change on, and what led to it', () => {
    const moments = momentsOf(
      observed([
        ['ADDED', pod({ name: 'agent-1' })],
        ['ADDED', pod({ name: 'other-1', daemonSet: 'other' })],
        ['ADDED', pod({ name: 'agent-2' })],
        ['DELETED', pod({ name: 'agent-1' })],
      ]),
      { daemonSet: 'agent', from: 2 },
    )
    assert.deepEqual(
      moments.map(({ now, pods, change }) => ({
        now,
        pods: pods.map(({ metadata }) => metadata.name),
        change: `${change.type} ${change.pod.metadata.name} ${change.previous !== undefined}`,
      })),
      [
        { now: 1002, pods: ['agent-1', 'agent-2'], change: 'ADDED agent-2 false' },
        { now: 1003, pods: ['agent-2'], change: 'DELETED agent-1 true' },
      ],
    )
  })

  test('a pod serves while it is available and stays', () => {
    assert(isServing(pod({ readySince: '2026-01-01T00:00:00Z' }), 0, 0))
    assert(!isServing(pod({}), 0, 0))
    assert(!isServing(pod({ readySince: '2026-01-01T00:00:00Z', isDeleted: true }), 0, 0))
    const now = Date.parse('2026-01-01T00:00:04Z')
    assert(!isServing(pod({ readySince: '2026-01-01T00:00:00Z' }), 5, now))
  })

  test('MANAGE-11: a pod holds nothing back once it has ended and been deleted', () => {
    assert(isGone(pod({ isDeleted: true, phase: 'Failed' })))
    assert(!isGone(pod({ isDeleted: true, phase: 'Running' })))
    assert(!isGone(pod({ phase: 'Failed' })))
  })

  test('pods belong to the node they are meant for', () => {
    const nodes = podsByNode([
      pod({ name: 'a', node: 'node-a' }),
      pod({ name: 'b', node: 'node-b' }),
    ])
    assert.deepEqual([...nodes.keys()], ['node-a', 'node-b'])
  })
})

interface PodText {
  readonly name?: string
  readonly daemonSet?: string
  readonly node?: string
  readonly phase?: string
  readonly readySince?: string
  readonly isDeleted?: boolean
}

function pod(text: PodText): Pod {
  const { name = 'agent-1', daemonSet = 'agent', node = 'node-a', phase = 'Running' } = text
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: text.readySince }
  return {
    metadata: {
      name,
      uid: `uid of ${name}`,
      ownerReferences: [{ kind: 'DaemonSet', name: daemonSet, controller: true }],
      ...(text.isDeleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { nodeName: node },
    status: { phase, conditions: text.readySince === undefined ? [] : [ready] },
  } as unknown as Pod
}

function observed(changes: readonly (readonly [ObservedEvent['type'], Pod])[]): Observation {
  return {
    scenario: 'a scenario',
    namespace: 'default',
    startedAt: 1000,
    events: changes.map(([type, object], at) => ({ at, type, kind: 'Pod', object })),
    refusals: [],
  }
}
