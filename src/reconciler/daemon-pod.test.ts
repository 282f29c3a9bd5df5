import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Affinity, PodSpec, Toleration } from '../kubernetes/types'
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
    const automaticOne = exists('not-ready', 'NoExecute')
    const different: Toleration[] = [
      exists('not-ready', 'NoSchedule'),
      exists('readiness', 'NoExecute'),
      { ...automaticOne, operator: 'Equal' },
      { ...automaticOne, value: 'yes' },
      { operator: 'Exists' },
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists' },
      { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
    ]
    for (const own of different) {
      assert.deepEqual(daemonTolerationsOf({ tolerations: [own] }), [own, ...automatic])
    }
  })

  test('PLACE-31: an empty value is none', () => {
    const own = { ...exists('not-ready', 'NoExecute'), value: '' }
    assert.deepEqual(daemonTolerationsOf({ tolerations: [own] }), automatic)
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

  test('MANAGE-43: without a hash there is no label for it', () => {
    const expected = { app: 'agent', 'pod-template-generation': '1' }
    assert.deepEqual(daemonPodLabels(daemonSetOf(), ''), expected)
  })

  test('MANAGE-43: a template without metadata has no labels to add to', () => {
    const template = { spec: { containers: [] } }
    assert.deepEqual(daemonPodLabels(daemonSetOf({ spec: { template } }), 'abc'), {
      'controller-revision-hash': 'abc',
      'pod-template-generation': '1',
    })
  })
})

describe('names of daemon pods', () => {
  const generateNameOf = (name: string) =>
    daemonPodFactory(daemonSetOf({ name }), 'abc')('node-a').metadata?.generateName

  test('MANAGE-42: the name of the DaemonSet and a dash', () => {
    assert.equal(generateNameOf('agent'), 'agent-')
    assert.equal(generateNameOf('a'), 'a-')
    const longest = 'a'.repeat(253)
    assert.equal(generateNameOf(longest), `${longest}-`)
  })

  test('MANAGE-42: no dash where no pod name could begin that way', () => {
    for (const name of ['a'.repeat(254), 'agent_x', 'an Agent']) {
      assert.equal(generateNameOf(name), name)
    }
  })
})

describe('what daemon pods are made from', () => {
  const specOf = (podSpec: Partial<PodSpec>) =>
    daemonPodFactory(daemonSetOf({ podSpec }), 'abc')('node-a')['spec']

  test('PLACE-29, PLACE-30, PLACE-31: tolerations and network of the template count', () => {
    const own = { key: 'dedicated', operator: 'Exists' }
    assert.deepEqual(specOf({ hostNetwork: true, tolerations: [own] }), {
      containers: [{ name: 'app', image: 'agent:1' }],
      hostNetwork: true,
      tolerations: [own, ...automatic, exists('network-unavailable', 'NoSchedule')],
      affinity: affinityTo(['node-a']),
    })
  })

  test('MANAGE-45: a template that says nothing makes pods of what is automatic', () => {
    const daemonSet = daemonSetOf({ spec: { template: {} } })
    assert.deepEqual(daemonPodFactory(daemonSet, '')('node-a')['spec'], {
      tolerations: automatic,
      affinity: affinityTo(['node-a']),
    })
  })

  test('a frozen template makes frozen pods of the same content', () => {
    const plain = daemonSetOf()
    const { template } = plain.spec
    const spec = Object.freeze({ ...template.spec, containers: Object.freeze([]) }) as PodSpec
    const podOf = (shared: PodSpec) =>
      daemonPodFactory(
        daemonSetOf({ spec: { template: { ...template, spec: shared } } }),
        'abc',
      )('node-a')
    const frozen = podOf(spec)
    assert.deepEqual(frozen, podOf({ ...spec }))
    assert.ok(isDeeplyFrozen(frozen))
  })

  test('pods of a template that may still change are not frozen', () => {
    const pod = daemonPodFactory(daemonSetOf(), 'abc')('node-a')
    assert.equal(Object.isFrozen(pod), false)
    assert.equal(Object.isFrozen(pod['spec']), false)
  })

  test('an affinity is frozen unless it takes over what may still change', () => {
    assert.ok(isDeeplyFrozen(withNodeAffinityTo('node-a', undefined)))
    assert.ok(isDeeplyFrozen(withNodeAffinityTo('node-a', Object.freeze({}))))
    const tied = withNodeAffinityTo('node-a', { podAffinity: {} })
    assert.equal(Object.isFrozen(tied), false)
    assert.equal(Object.isFrozen(tied.nodeAffinity), false)
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

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen)
}
