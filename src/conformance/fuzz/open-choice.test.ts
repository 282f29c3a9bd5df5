import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NormalObservation } from '../normal-form/normal-observation'
import { isOpenChoice } from './open-choice'

/** Two nodes, of which the given one has had its pod replaced by one of the second revision. */
function halfRolledOut(options: {
  readonly taken: 'node-1' | 'node-2'
  readonly updated?: number
  readonly type?: string
  readonly image?: string
  /** Whether a third node, on which the pod may stay and would not be created again, still has it. */
  readonly stays?: boolean
  /** How many such pods the status counts; default: as many as there are. */
  readonly misscheduled?: number
}): NormalObservation {
  const { taken, updated = 1, type = 'RollingUpdate', image = 'agent:v2' } = options
  const { stays = false, misscheduled = stays ? 1 : 0 } = options
  const other = taken === 'node-1' ? 'node-2' : 'node-1'
  // The first node has a longer past than the second.
  const past = (node: string) =>
    node === 'node-1'
      ? [`agent@${node}#1 (hash#1)`, `agent@${node}#2 (hash#1)`]
      : [`agent@${node}#1 (hash#1)`]
  const labels = (revision: number) => ({ 'controller-revision-hash': `hash#${revision}` })
  const newest = `agent@${taken}#${past(taken).length + 1}`
  return {
    endState: {
      DaemonSet: {
        agent: {
          spec: { updateStrategy: { type } },
          status: {
            desiredNumberScheduled: 2,
            updatedNumberScheduled: updated,
            numberMisscheduled: misscheduled,
          },
        },
      },
      ControllerRevision: {
        'agent-hash#1': { metadata: { labels: labels(1) }, revision: 1 },
        'agent-hash#2': { metadata: { labels: labels(2) }, revision: 2 },
      },
      Pod: {
        [newest]: { metadata: { labels: labels(2) }, spec: { image, nodeName: taken } },
        [`agent@${other}#${past(other).length}`]: {
          metadata: { labels: labels(1) },
          spec: { image: 'agent:v1', nodeName: other },
        },
        ...(stays ? { 'agent@node-3#1': { metadata: { labels: labels(1) } } } : {}),
      },
    },
    history: {
      pods: {
        [`agent@${taken}`]: [...past(taken), `${newest} (hash#2)`],
        [`agent@${other}`]: past(other),
        'agent@node-3': ['agent@node-3#1 (hash#1)'],
      },
      revisions: {},
      events: [],
    },
    refusals: [],
    timeline: [],
  }
}

test('UPDATE-24: which nodes an unfinished rollout took is open, whatever their past', () => {
  const [here, there] = [halfRolledOut({ taken: 'node-1' }), halfRolledOut({ taken: 'node-2' })]
  assert.equal(isOpenChoice(here, there), true)
})

test('UPDATE-24, UPDATE-25: whether a pod that would not be created again has had its turn is open as well', () => {
  const here = halfRolledOut({ taken: 'node-1', stays: true })
  assert.equal(isOpenChoice(here, halfRolledOut({ taken: 'node-2' })), true)
  const miscounted = halfRolledOut({ taken: 'node-2', misscheduled: 1 })
  assert.equal(isOpenChoice(here, miscounted), false)
})

test('nothing is open once a rollout has ended, or when the pods are other ones', () => {
  const differ = (change: object) => {
    const here = halfRolledOut({ taken: 'node-1', ...change })
    assert.equal(isOpenChoice(here, halfRolledOut({ taken: 'node-2' })), false)
  }
  differ({ updated: 2 })
  differ({ type: 'OnDelete' })
  differ({ image: 'agent:v3' })
})
