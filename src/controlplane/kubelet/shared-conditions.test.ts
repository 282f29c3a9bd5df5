import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Pod, PodCondition } from '../../kubernetes/types'
import { deepFrozen } from '../json-body'
import { conditionsOf, type Situation } from './pod-conditions'
import { sharedConditionsOf } from './shared-conditions'

const conditions: readonly (readonly PodCondition[] | undefined)[] = [
  undefined,
  deepFrozen([]),
  deepFrozen([{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }]),
  deepFrozen([{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:01Z' }]),
]

const container = fc.record({
  name: fc.constantFrom('a', 'b'),
  ready: fc.boolean(),
  starts: fc.constantFrom(0, 1),
  state: fc.constantFrom({ kind: 'waiting' }, { kind: 'running' }),
})

/** Situations that differ in few things, so that many are alike. */
const situation = fc
  .record({
    present: fc.constantFrom(...conditions),
    generation: fc.constantFrom(1, 2),
    observedGeneration: fc.constantFrom(undefined, 1),
    gates: fc.constantFrom(undefined, [{ conditionType: 'gate' }]),
    initContainers: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.tuple(container)),
    containers: fc.array(container, { minLength: 1, maxLength: 2 }),
    hasSandbox: fc.boolean(),
    ending: fc.constantFrom(undefined, { at: 1, exitCode: 0, result: {} }),
    result: fc.constantFrom(undefined, {}, { disruption: 'evicted' }),
    phase: fc.constantFrom('Pending', 'Running', 'Failed'),
    now: fc.constantFrom(0, 1000),
  })
  .map(({ present, generation, observedGeneration, gates, phase, now, ...run }) => {
    const pod = {
      metadata: { generation },
      spec: {
        readinessGates: gates,
        initContainers: run.initContainers.map(({ name }) => ({ name })),
      },
      status: { conditions: present, observedGeneration },
    }
    return { pod: pod as unknown as Pod, run, phase, now } as unknown as Situation
  })

test('KUBELET-12: conditions that are shared are those that each pod would have by itself', () => {
  fc.assert(
    fc.property(fc.array(situation, { minLength: 2, maxLength: 12 }), (situations) => {
      for (const one of situations) assert.deepEqual(sharedConditionsOf(one), conditionsOf(one))
    }),
    { numRuns: 1000 },
  )
})

test('KUBELET-12: pods in the same situation share their conditions', () => {
  const [one] = fc.sample(
    situation.filter(
      ({ pod, run }) => pod.spec.readinessGates === undefined && run.initContainers.length === 0,
    ),
    { numRuns: 1, seed: 1 },
  )
  assert.ok(one)
  assert.equal(sharedConditionsOf({ ...one, run: { ...one.run } }), sharedConditionsOf(one))
})
