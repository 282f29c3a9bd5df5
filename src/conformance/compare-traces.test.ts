import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KubernetesObject } from '../kubernetes/types'
import type { ObservedEvent } from '../targets/observation'
import { timeDifferences, traceDifferences } from './compare-traces'
import { aliasesOf } from './normal-form/aliases'
import type { Traces } from './normal-form/normal-observation'
import { tracesOf } from './normal-form/traces'

type Life = 'made' | 'bound' | 'ready' | 'unready' | 'failed' | 'deleting' | 'gone'

let version = 0

function podEvent(at: number, name: string, life: Life, revision = 'h1'): ObservedEvent {
  const status = {
    phase:
      life === 'failed' ? 'Failed' : life === 'ready' || life === 'unready' ? 'Running' : 'Pending',
    conditions: [{ type: 'Ready', status: life === 'ready' ? 'True' : 'False' }],
  }
  const metadata = {
    name: `agent-${name}`,
    generateName: 'agent-',
    namespace: 'ns',
    uid: name,
    resourceVersion: String(++version),
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { 'controller-revision-hash': revision },
    ...(life === 'deleting' || life === 'gone' ? { deletionTimestamp: 'now' } : {}),
  }
  const affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-a'] }] },
        ],
      },
    },
  }
  const spec = { affinity, ...(life === 'made' ? {} : { nodeName: 'node-a' }) }
  const object = { kind: 'Pod', metadata, spec, status } as unknown as KubernetesObject
  return {
    at,
    type: life === 'made' ? 'ADDED' : life === 'gone' ? 'DELETED' : 'MODIFIED',
    kind: 'Pod',
    object,
  }
}

function revisionEvent(at: number, type: ObservedEvent['type'], revision: number): ObservedEvent {
  const metadata = {
    name: 'agent-h1',
    namespace: 'ns',
    uid: 'r1',
    resourceVersion: String(++version),
    creationTimestamp: `2026-01-01T00:00:0${at}Z`,
    labels: { 'controller-revision-hash': 'h1' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'd', controller: true },
    ],
  }
  const object = { kind: 'ControllerRevision', metadata, revision } as unknown as KubernetesObject
  return { at, type, kind: 'ControllerRevision', object }
}

function daemonSetEvent(at: number, generation: number, observedGeneration: number): ObservedEvent {
  const annotations = { 'deprecated.daemonset.template.generation': String(generation) }
  const metadata = {
    name: 'agent',
    namespace: 'ns',
    uid: 'd',
    resourceVersion: String(++version),
    generation,
    annotations,
  }
  const object = {
    kind: 'DaemonSet',
    metadata,
    status: { observedGeneration },
  } as unknown as KubernetesObject
  return {
    at,
    type: generation === 1 && observedGeneration === 0 ? 'ADDED' : 'MODIFIED',
    kind: 'DaemonSet',
    object,
  }
}

function traced(...events: readonly ObservedEvent[]): Traces {
  const observation = { scenario: 's', namespace: 'ns', startedAt: 0, events, refusals: [] }
  return tracesOf(observation, aliasesOf(observation))
}

function lifeOf(name: string, ...lives: readonly Life[]): readonly ObservedEvent[] {
  return lives.map((life, index) => podEvent(index * 1000, name, life))
}

const words = (traces: Traces, object: string): readonly string[] =>
  (traces[object] ?? []).map(({ what }) => what)

describe('the traces of an observation', () => {
  it('tell what a pod went through, until its deletion is requested', () => {
    const traces = traced(...lifeOf('x', 'made', 'bound', 'ready', 'deleting', 'unready', 'gone'))
    assert.deepEqual(words(traces, 'agent@node-a#1'), [
      'created (h1)',
      'bound to node-a',
      'ready',
      'deletion requested',
      'gone',
    ])
  })

  it('tell a crash loop once, however long it lasted', () => {
    const loop: readonly Life[] = [
      'ready',
      'unready',
      'ready',
      'unready',
      'ready',
      'unready',
      'ready',
    ]
    const short = traced(...lifeOf('x', 'made', 'bound', ...loop.slice(0, 4)))
    const long = traced(...lifeOf('x', 'made', 'bound', ...loop))
    assert.deepEqual(traceDifferences(short, long), [])
  })

  it('tell whether a pod was made beside the old one, and whether it was ready when that was deleted', () => {
    const surge = traced(
      ...lifeOf('x', 'made', 'bound', 'ready'),
      ...lifeOf('y', 'made', 'bound', 'ready'),
      ...lifeOf('x', 'deleting', 'gone'),
    )
    assert.equal(words(surge, 'agent@node-a#2')[0], 'created (h1) beside #1')
    assert.ok(words(surge, 'agent@node-a#1').includes('deletion requested beside a ready #2'))
  })

  it('tell of a pod that was there before its revision, and of an observedGeneration that went back', () => {
    const traces = traced(
      daemonSetEvent(0, 1, 0),
      ...lifeOf('x', 'made'),
      revisionEvent(1, 'ADDED', 1),
      daemonSetEvent(2, 2, 2),
      daemonSetEvent(3, 2, 1),
      revisionEvent(4, 'MODIFIED', 2),
      revisionEvent(5, 'DELETED', 2),
    )
    assert.deepEqual(words(traces, 'agent@node-a#1'), ['created (hash#1), before its revision'])
    assert.deepEqual(words(traces, 'DaemonSet agent'), [
      'generation 1, template 1',
      'generation 2, template 2',
      'observedGeneration went back from 2 to 1',
    ])
    assert.deepEqual(words(traces, 'ControllerRevision agent-hash#1'), [
      'created as 1',
      'renumbered to 2',
      'gone',
    ])
  })
})

describe('the comparison of traces', () => {
  const steady: readonly Life[] = ['made', 'bound', 'ready']

  it('never fails for times, and shows those that lie furthest apart', () => {
    const quick = traced(...lifeOf('x', ...steady))
    const slow = traced(...lifeOf('y', ...steady).map((event) => ({ ...event, at: event.at * 10 })))
    assert.deepEqual(traceDifferences(quick, slow), [])
    assert.deepEqual(timeDifferences(quick, slow, 1), [
      { object: 'agent@node-a#1', what: 'ready', targetSeconds: 2, referenceSeconds: 20 },
    ])
  })

  it('shows the first difference of an object, with what came before it on both sides', () => {
    const [difference, ...more] = traceDifferences(
      traced(...lifeOf('x', ...steady, 'failed')),
      traced(...lifeOf('x', ...steady, 'unready')),
    )
    assert.deepEqual(more, [])
    assert.equal(difference?.path, 'trace / agent@node-a#1')
    assert.deepEqual([difference?.target, difference?.reference], ['failed', 'unready'])
    assert.deepEqual(difference?.before?.reference, [
      '0.0 s: created (h1)',
      '1.0 s: bound to node-a',
      '2.0 s: ready',
    ])
  })

  it('leaves open how far a kubelet had come with a pod that was deleted on both', () => {
    const early = traced(...lifeOf('x', 'made', 'deleting', 'gone'))
    const late = traced(...lifeOf('x', ...steady, 'deleting', 'gone'))
    assert.deepEqual(traceDifferences(early, late), [])
    assert.equal(traceDifferences(early, traced(...lifeOf('x', ...steady))).length, 1)
  })

  it('notices a rollout that makes the new pod before the old one is gone, and a surge that does not wait', () => {
    const replaced = traced(
      ...lifeOf('x', ...steady, 'deleting', 'gone'),
      ...lifeOf('y', ...steady),
    )
    const overlapping = traced(
      ...lifeOf('x', ...steady, 'deleting'),
      ...lifeOf('y', ...steady),
      ...lifeOf('x', 'gone'),
    )
    assert.deepEqual(
      traceDifferences(replaced, overlapping).map(({ path }) => path),
      ['trace / agent@node-a#2'],
    )
    const waited = traced(
      ...lifeOf('x', ...steady),
      ...lifeOf('y', ...steady),
      ...lifeOf('x', 'deleting', 'gone'),
    )
    const hasty = traced(
      ...lifeOf('x', ...steady),
      ...lifeOf('y', 'made'),
      ...lifeOf('x', 'deleting'),
      ...lifeOf('y', 'bound', 'ready'),
      ...lifeOf('x', 'gone'),
    )
    assert.deepEqual(
      traceDifferences(waited, hasty).map(({ path }) => path),
      ['trace / agent@node-a#1'],
    )
  })
})
