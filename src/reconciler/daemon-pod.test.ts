import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Affinity, Toleration } from '../kubernetes/types'
import { daemonPodFactory, daemonPodLabels, withNodeAffinityTo } from './daemon-pod'
import { daemonTolerationsOf } from './daemon-tolerations'
import { affinityTo, daemonSetOf } from './testing/objects'

const exists = (condition: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect,
})
const automatic = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
]

describe('tolerations of daemon pods', () => {
  test('PLACE-29: six come by themselves, in this order', () => {
    assert.deepEqual(daemonTolerationsOf({}), automatic)
  })

  test('PLACE-30: hostNetwork adds one, last', () => {
    const expected = [...automatic, exists('network-unavailable', 'NoSchedule')]
    assert.deepEqual(daemonTolerationsOf({ hostNetwork: true }), expected)
  })

  test('PLACE-31: an equal one is replaced in place and loses its seconds', () => {
    const own = { ...exists('not-ready', 'NoExecute'), tolerationSeconds: 30 }
    const other = { key: 'dedicated', operator: 'Exists' }
    const expected = [automatic[0], other, ...automatic.slice(1)]
    assert.deepEqual(daemonTolerationsOf({ tolerations: [own, other] }), expected)
  })

  test('PLACE-31: one that differs is kept beside the automatic one', () => {
    const own = exists('not-ready', 'NoSchedule')
    assert.deepEqual(daemonTolerationsOf({ tolerations: [own] }), [own, ...automatic])
  })
})

describe('affinity of daemon pods', () => {
  const wanted = affinityTo(['node-a'])
  const preferred = [
    {
      weight: 1,
      preference: { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] },
    },
  ]
  const required = (terms: object[]): Affinity =>
    ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
      },
    }) as Affinity
  const expression = { key: 'type', operator: 'In', values: ['production'] }
  const cases: [string, Affinity | undefined, Affinity][] = [
    ['no affinity', undefined, wanted],
    ['an empty affinity', {}, wanted],
    ['an empty node affinity', { nodeAffinity: {} }, wanted],
    ['a label term', required([{ matchExpressions: [expression] }]), wanted],
    ['a field term for another node', affinityTo(['node-b']), wanted],
    ['several terms', required([{ matchExpressions: [expression] }, { matchFields: [] }]), wanted],
    [
      'preferred terms only',
      { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } },
      {
        nodeAffinity: {
          ...wanted.nodeAffinity,
          preferredDuringSchedulingIgnoredDuringExecution: preferred,
        },
      },
    ],
    [
      'preferred terms and pod affinity beside required ones',
      {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] },
        nodeAffinity: {
          ...required([{ matchExpressions: [expression] }]).nodeAffinity,
          preferredDuringSchedulingIgnoredDuringExecution: preferred,
        },
      },
      {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] },
        nodeAffinity: {
          ...wanted.nodeAffinity,
          preferredDuringSchedulingIgnoredDuringExecution: preferred,
        },
      },
    ],
  ]
  for (const [title, affinity, expected] of cases) {
    test(`PLACE-41, PLACE-42: ${title}`, () => {
      assert.deepEqual(withNodeAffinityTo('node-a', affinity), expected)
    })
  }
})

describe('labels of daemon pods', () => {
  test('MANAGE-43: hash and template generation override the template', () => {
    const daemonSet = daemonSetOf({
      templateGeneration: 3,
      templateMetadata: { labels: { app: 'agent', 'controller-revision-hash': 'mine' } },
    })
    assert.deepEqual(daemonPodLabels(daemonSet, 'abc'), {
      app: 'agent',
      'controller-revision-hash': 'abc',
      'pod-template-generation': '3',
    })
  })

  test('MANAGE-43: without a readable annotation there is no generation label', () => {
    for (const annotations of [{}, { 'deprecated.daemonset.template.generation': 'many' }]) {
      const labels = daemonPodLabels(daemonSetOf({ metadata: { annotations } }), 'abc')
      assert.deepEqual(labels, { app: 'agent', 'controller-revision-hash': 'abc' })
    }
  })
})

test('MANAGE-42, MANAGE-44, MANAGE-45, MANAGE-46: the whole pod', () => {
  const daemonSet = daemonSetOf({
    templateMetadata: {
      name: 'ignored',
      generateName: 'ignored-',
      labels: { app: 'agent' },
      annotations: { note: 'kept' },
      finalizers: ['example.com/hold'],
    },
    podSpec: { nodeSelector: { disk: 'ssd' }, nodeName: 'node-a' },
  })
  assert.deepEqual(daemonPodFactory(daemonSet, 'abc')('node-a'), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'default',
      generateName: 'agent-',
      labels: { app: 'agent', 'controller-revision-hash': 'abc', 'pod-template-generation': '1' },
      annotations: { note: 'kept' },
      finalizers: ['example.com/hold'],
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          name: 'agent',
          uid: 'uid-of-agent',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      containers: [{ name: 'app', image: 'agent:1' }],
      nodeSelector: { disk: 'ssd' },
      nodeName: 'node-a', // PLACE-08
      tolerations: automatic,
      affinity: affinityTo(['node-a']),
    },
  })
})

test('pods of one revision share everything but the node', () => {
  const podFor = daemonPodFactory(daemonSetOf(), 'abc')
  const [a, b] = [podFor('node-a'), podFor('node-b')]
  assert.equal(a.metadata, b.metadata)
  assert.equal(
    (a['spec'] as { containers: unknown }).containers,
    (b['spec'] as { containers: unknown }).containers,
  )
})
