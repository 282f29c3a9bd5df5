import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom, uuid } from '../../kubernetes/random'
import type { KubernetesObject } from '../../kubernetes/types'
import type { Observation, ObservedEvent } from '../../targets/observation'
import { differencesOf } from '../compare'
import type { NormalObservation } from './normal-observation'
import { normalise } from './normalise'

/** One small history, as two clusters with other names, uids and times would show it. */
function observationWith(options: {
  readonly seed: number
  readonly namespace: string
  readonly hashes: readonly [string, string]
  readonly suffix: string
  readonly secondsPerEvent: number
  readonly resourceVersion: number
}): Observation {
  const { namespace, hashes, suffix } = options
  const random = seededRandom(options.seed)
  const daemonSetUid = uuid(random)
  const meta = (name: string, uid: string, more: object = {}) => ({
    namespace,
    name,
    uid,
    resourceVersion: String(options.resourceVersion),
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...more,
  })
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    name: 'agent',
    uid: daemonSetUid,
    controller: true,
    blockOwnerDeletion: true,
  }
  const revision = (n: 0 | 1, uid: string) => ({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: meta(`agent-${hashes[n]}`, uid, {
      labels: { 'controller-revision-hash': hashes[n] },
      ownerReferences: [owner],
    }),
    revision: n + 1,
    data: { spec: {} },
  })
  const pod = (n: 0 | 1, letters: string, uid: string, phase: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(`agent-${letters}${suffix}`, uid, {
      generateName: 'agent-',
      labels: { 'controller-revision-hash': hashes[n] },
      ownerReferences: [owner],
    }),
    spec: { nodeName: 'node-a', containers: [{ name: 'agent', image: `agent:v${n}` }] },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: phase === 'Running' ? 'True' : 'False' }],
    },
  })
  const created = (podName: string, uid: string) => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta(`agent.${uid.slice(0, 8)}`, uid),
    involvedObject: { kind: 'DaemonSet', name: 'agent' },
    type: 'Normal',
    reason: 'SuccessfulCreate',
    message: `Created pod: ${podName}`,
  })
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: meta('agent', daemonSetUid, { generation: 1 }),
    spec: { selector: {}, template: {} },
    status: { numberReady: 1 },
  }
  const [revisionUid, secondRevisionUid, podUid, secondPodUid, eventUid] = Array.from(
    { length: 5 },
    () => uuid(random),
  ) as [string, string, string, string, string]
  const events: [ObservedEvent['type'], ObservedEvent['kind'], object][] = [
    ['ADDED', 'DaemonSet', daemonSet],
    ['ADDED', 'ControllerRevision', revision(0, revisionUid)],
    ['ADDED', 'Pod', pod(0, 'ab', podUid, 'Pending')],
    ['ADDED', 'Event', created(`agent-ab${suffix}`, eventUid)],
    ['MODIFIED', 'Pod', pod(0, 'ab', podUid, 'Running')],
    ['ADDED', 'ControllerRevision', revision(1, secondRevisionUid)],
    ['DELETED', 'Pod', pod(0, 'ab', podUid, 'Running')],
    ['ADDED', 'Pod', pod(1, 'cd', secondPodUid, 'Running')],
  ]
  return {
    scenario: 'x',
    namespace,
    startedAt: 0,
    events: events.map(([type, kind, object], index) => ({
      at: index * options.secondsPerEvent * 1000,
      type,
      kind,
      object: object as unknown as KubernetesObject,
    })),
    refusals: [
      {
        at: 1,
        verb: 'delete',
        kind: 'Pod',
        name: `agent-ab${suffix}`,
        code: 404,
        reason: 'NotFound',
        message: `pods "agent-ab${suffix}" not found in ${namespace}`,
        causes: [],
      },
    ],
  }
}

const first = normalise(
  observationWith({
    seed: 1,
    namespace: 'dsc-1',
    hashes: ['5f6b8c9d7', '6c7d9f5b4'],
    suffix: 'x7k',
    secondsPerEvent: 0,
    resourceVersion: 10,
  }),
)
const second = normalise(
  observationWith({
    seed: 2,
    namespace: 'dsc-run9-17',
    hashes: ['76d8bf9c5', '48f7c6d9b'],
    suffix: 'q2w',
    secondsPerEvent: 3,
    resourceVersion: 90210,
  }),
)

describe('the normal form', () => {
  it('is the same for the same history under other names, uids, hashes and times', () => {
    assert.deepEqual(differencesOf(first, second, { wording: true }), [])
    assert.deepEqual(first.endState, second.endState)
  })

  it('names pods after controller, node and number, and revisions after their order', () => {
    assert.deepEqual(first.history.pods, {
      'agent@node-a': ['agent@node-a#1 (hash#1)', 'agent@node-a#2 (hash#2)'],
    })
    assert.deepEqual(first.history.revisions, { 'agent-hash#1': [1], 'agent-hash#2': [2] })
    assert.deepEqual(Object.keys(first.endState['Pod'] ?? {}), ['agent@node-a#2'])
    assert.equal(first.refusals[0]?.message, 'pods "agent@node-a#1" not found in <namespace>')
    assert.deepEqual(first.history.events, ['agent: Normal SuccessfulCreate: Created pod: <pod>'])
  })

  it('points owner references at aliases instead of uids', () => {
    const pods = first.endState['Pod'] as { readonly [alias: string]: unknown }
    assert.match(JSON.stringify(pods), /"uid":"uid\(DaemonSet\/agent\)"/)
  })

  it('keeps the moments at which a pod changed for people, without comparing them', () => {
    assert.deepEqual(
      first.timeline.map(({ pod, state }) => `${pod} ${state}`),
      [
        'agent@node-a#1 Pending',
        'agent@node-a#1 Ready',
        'agent@node-a#1 gone',
        'agent@node-a#2 Ready',
      ],
    )
    assert.notEqual(first.timeline[1]?.at, second.timeline[1]?.at)
  })

  it('shows a real difference', () => {
    const altered = structuredClone(second) as unknown as {
      history: { pods: { [place: string]: string[] } }
    }
    altered.history.pods['agent@node-a']?.pop()
    const [difference] = differencesOf(first, altered as never, { wording: true })
    assert.equal(difference?.path, 'history / pods / agent@node-a / 1')
  })

  it('takes alike nodes for interchangeable, and others not', () => {
    const observed = (rolled: string, labels: object = {}): NormalObservation => {
      const other = rolled === 'node-1' ? 'node-10' : 'node-1'
      return {
        endState: {
          Node: {
            'node-1': { labels: { ...labels, host: 'node-1' } },
            'node-10': { labels: { host: 'node-10' } },
          },
          Pod: { [`agent@${rolled}#2`]: { node: rolled }, [`agent@${other}#1`]: { node: other } },
        },
        history: {
          pods: {
            [`agent@${rolled}`]: ['old', `agent@${rolled}#2 (hash#2)`],
            [`agent@${other}`]: ['old'],
          },
          revisions: {},
          events: [],
        },
        refusals: [],
        timeline: [],
      } as unknown as NormalObservation
    }
    const exact = { wording: true }
    assert.deepEqual(differencesOf(observed('node-1'), observed('node-10'), exact), [])
    const gpu = { gpu: 'yes' }
    assert.notDeepEqual(differencesOf(observed('node-1', gpu), observed('node-10', gpu), exact), [])
  })
})
