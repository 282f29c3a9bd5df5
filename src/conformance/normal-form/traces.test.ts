import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '../../kubernetes/types'
import type { Observation, ObservedEvent } from '../../targets/observation'
import { aliasesOf } from './aliases'
import { tracesOf } from './traces'

const owner = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  name: 'agent',
  uid: 'd',
  controller: true,
}

type State = 'pending' | 'ready' | 'deleting' | 'failed and deleting'

/** One change of a daemon pod on node-a. */
function podEvent(
  at: number,
  type: ObservedEvent['type'],
  name: string,
  state: State,
): ObservedEvent {
  const isDeleting = state.endsWith('deleting')
  const pod = {
    metadata: {
      name,
      uid: name,
      namespace: 'x',
      generateName: 'agent-',
      resourceVersion: String(at),
      ownerReferences: [owner],
      ...(isDeleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { nodeName: 'node-a', containers: [] },
    status: {
      phase: state.startsWith('failed') ? 'Failed' : state === 'pending' ? 'Pending' : 'Running',
      conditions: [{ type: 'Ready', status: state === 'ready' ? 'True' : 'False' }],
    },
  }
  return { at, type, kind: 'Pod', object: pod as unknown as KubernetesObject }
}

function milestonesOf(events: readonly ObservedEvent[]): Record<string, readonly string[]> {
  const observation: Observation = {
    scenario: 's',
    namespace: 'x',
    startedAt: 0,
    events,
    refusals: [],
  }
  const traces = tracesOf(observation, aliasesOf(observation))
  return Object.fromEntries(
    Object.entries(traces).map(([alias, trace]) => [alias, trace.map(({ what }) => what)]),
  )
}

test('MANAGE-11: a pod is not beside one that has ended and only waits for its removal', () => {
  const replaced = (last: State) =>
    milestonesOf([
      podEvent(0, 'ADDED', 'one', 'pending'),
      podEvent(1, 'MODIFIED', 'one', last),
      podEvent(2, 'ADDED', 'two', 'pending'),
    ])['agent@node-a#2']?.[0]
  assert.doesNotMatch(replaced('failed and deleting') ?? '', /beside/)
  assert.match(replaced('deleting') ?? '', /beside #1/)
})

test('UPDATE-36: a pod was deleted beside a ready one only if that one stayed', () => {
  const deletion = (secondDeletedAt: number) =>
    milestonesOf([
      podEvent(0, 'ADDED', 'one', 'ready'),
      podEvent(1, 'ADDED', 'two', 'ready'),
      podEvent(100, 'MODIFIED', 'one', 'deleting'),
      podEvent(secondDeletedAt, 'MODIFIED', 'two', 'deleting'),
    ])['agent@node-a#1']?.at(-1)
  assert.equal(deletion(60_000), 'deletion requested beside a ready #2')
  assert.equal(deletion(150), 'deletion requested')
})
