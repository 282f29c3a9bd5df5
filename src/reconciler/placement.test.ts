import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { DaemonSet, Node, PodSpec, PodTemplateSpec } from '../kubernetes/types'
import { compilePlacement, type Placement, placementOn } from './placement'
import { daemonSetOf, nodeOf, strategies } from './testing/objects'

interface Case {
  readonly title: string
  readonly podSpec?: Partial<PodSpec>
  readonly node?: Parameters<typeof nodeOf>[1]
  readonly kind: Placement['kind']
  readonly reason?: RegExp
}

const affinity = (key: string, operator: string, values?: readonly string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key, operator, ...(values ? { values: [...values] } : {}) }] },
      ],
    },
  },
})
const nothingAllocatable: Node['status'] = { allocatable: { cpu: '0', memory: '0', pods: '0' } }

const cases: readonly Case[] = [
  { title: 'PLACE-02: nothing asked for', kind: 'run' },
  {
    title: 'PLACE-05: too few resources for the pod',
    podSpec: {
      containers: [{ name: 'app', resources: { requests: { memory: '75M', cpu: '75m' } } }],
    },
    node: { status: nothingAllocatable },
    kind: 'run',
  },
  {
    title: 'PLACE-05: enough resources for the pod',
    podSpec: { containers: [{ name: 'app', resources: { requests: { memory: '75M' } } }] },
    node: { status: { allocatable: { memory: '200M', cpu: '200m' } } },
    kind: 'run',
  },
  {
    title: 'PLACE-06: another node is named',
    podSpec: { containers: [], nodeName: 'other' },
    kind: 'remove',
    reason: /names the node "other"/,
  },
  {
    title: 'PLACE-06: this node is named',
    podSpec: { containers: [], nodeName: 'node-a' },
    kind: 'run',
  },
  {
    title: 'PLACE-05: host ports',
    podSpec: { containers: [{ name: 'app', ports: [{ containerPort: 666, hostPort: 666 }] }] },
    kind: 'run',
  },
  {
    title: 'PLACE-09: nodeSelector without its label',
    podSpec: { containers: [], nodeSelector: { type: 'production' } },
    kind: 'remove',
    reason: /no label "type", nodeSelector asks for "production"/,
  },
  {
    title: 'PLACE-09: nodeSelector with another value',
    podSpec: { containers: [], nodeSelector: { type: 'production' } },
    node: { labels: { type: 'test' } },
    kind: 'remove',
    reason: /label "type" is "test", nodeSelector asks for "production"/,
  },
  {
    title: 'PLACE-09: nodeSelector of which one label is right and another is not',
    podSpec: { containers: [], nodeSelector: { type: 'production', zone: 'a' } },
    node: { labels: { type: 'production', zone: 'b' } },
    kind: 'remove',
    reason: /label "zone" is "b", nodeSelector asks for "a"/,
  },
  {
    title: 'PLACE-09: nodeSelector with its label',
    podSpec: { containers: [], nodeSelector: { type: 'production' } },
    node: { labels: { type: 'production' } },
    kind: 'run',
  },
  {
    title: 'PLACE-14: node affinity that does not match',
    podSpec: { containers: [], affinity: affinity('type', 'In', ['test']) },
    node: { labels: { type: 'production' } },
    kind: 'remove',
    reason: /no term of the required node affinity/,
  },
  {
    title: 'PLACE-14: node affinity that matches',
    podSpec: { containers: [], affinity: affinity('type', 'In', ['test', 'production']) },
    node: { labels: { type: 'production' } },
    kind: 'run',
  },
  {
    title: 'PLACE-17: Gt compares numbers',
    podSpec: { containers: [], affinity: affinity('cores', 'Gt', ['8']) },
    node: { labels: { cores: '16' } },
    kind: 'run',
  },
  { title: 'PLACE-37: a cordoned node', node: { unschedulable: true }, kind: 'run' },
  {
    title: 'PLACE-33: a node that is not ready',
    node: { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    kind: 'run',
  },
  {
    title: 'PLACE-38: a network that is unavailable, as a condition',
    node: { status: { conditions: [{ type: 'NetworkUnavailable', status: 'True' }] } },
    kind: 'run',
  },
  {
    title: 'PLACE-38: a network that is unavailable, as a taint',
    node: { taints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }] },
    kind: 'keep',
    reason: /"node.kubernetes.io\/network-unavailable:NoSchedule" is not tolerated/,
  },
  {
    title: 'PLACE-30: the same taint with hostNetwork',
    podSpec: { containers: [], hostNetwork: true },
    node: { taints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }] },
    kind: 'run',
  },
  {
    title: 'PLACE-22: an untolerated NoSchedule taint',
    node: { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] },
    kind: 'keep',
    reason: /the taint "dedicated=gpu:NoSchedule" is not tolerated/,
  },
  {
    title: 'PLACE-23: an untolerated NoExecute taint',
    node: { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoExecute' }] },
    kind: 'remove',
    reason: /the taint "dedicated=gpu:NoExecute" is not tolerated/,
  },
  {
    title: 'PLACE-03: NoExecute decides over NoSchedule, whatever the order',
    node: {
      taints: [
        { key: 'a', effect: 'NoSchedule' },
        { key: 'b', effect: 'NoExecute' },
      ],
    },
    kind: 'remove',
  },
  {
    title: 'PLACE-24: PreferNoSchedule',
    node: { taints: [{ key: 'dedicated', effect: 'PreferNoSchedule' }] },
    kind: 'run',
  },
  {
    title: 'PLACE-25: a tolerated taint',
    podSpec: {
      containers: [],
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }],
    },
    node: { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] },
    kind: 'run',
  },
  {
    title: 'PLACE-26: tolerationSeconds do not matter',
    podSpec: {
      containers: [],
      tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }],
    },
    node: { taints: [{ key: 'a', effect: 'NoExecute' }] },
    kind: 'run',
  },
  {
    title: 'PLACE-27: a needless toleration',
    podSpec: { containers: [], tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
    kind: 'run',
  },
  ...(['not-ready', 'unreachable'] as const).map(
    (condition): Case => ({
      title: `PLACE-34: ${condition}:NoExecute`,
      node: { taints: [{ key: `node.kubernetes.io/${condition}`, effect: 'NoExecute' }] },
      kind: 'run',
    }),
  ),
  ...(['not-ready', 'unreachable'] as const).map(
    (condition): Case => ({
      title: `PLACE-35: ${condition} with both effects`,
      node: {
        taints: [
          { key: `node.kubernetes.io/${condition}`, effect: 'NoExecute' },
          { key: `node.kubernetes.io/${condition}`, effect: 'NoSchedule' },
        ],
      },
      kind: 'keep',
    }),
  ),
  {
    title: 'PLACE-36: all three pressures',
    node: {
      taints: ['disk', 'memory', 'pid'].map((resource) => ({
        key: `node.kubernetes.io/${resource}-pressure`,
        effect: 'NoSchedule',
      })),
    },
    kind: 'run',
  },
]

for (const [type, strategy] of Object.entries(strategies)) {
  describe(`placement with ${type}`, () => {
    for (const { title, podSpec, node, kind, reason } of cases) {
      test(`${title}: ${kind}`, () => {
        const daemonSet: DaemonSet = daemonSetOf({ strategy, ...(podSpec ? { podSpec } : {}) })
        const placement = placementOn(nodeOf('node-a', node), daemonSet)
        assert.equal(placement.kind, kind)
        if (reason !== undefined) {
          assert.match(placement.kind === 'run' ? '' : placement.reason, reason)
        }
      })
    }
  })
}

test('PLACE-07: a named node whose labels do not match gets no pod', () => {
  const daemonSet = daemonSetOf({
    podSpec: { nodeName: 'node-a', nodeSelector: { type: 'production' } },
  })
  assert.equal(placementOn(nodeOf('node-a'), daemonSet).kind, 'remove')
  const matching = nodeOf('node-a', { labels: { type: 'production' } })
  assert.equal(placementOn(matching, daemonSet).kind, 'run')
})

test('PLACE-02: a template without a spec asks for nothing', () => {
  const { spec: _, ...template } = daemonSetOf().spec.template
  for (const spec of [undefined, null]) {
    const place = compilePlacement({ ...template, spec } as unknown as PodTemplateSpec)
    assert.deepEqual(place(nodeOf('node-a')), { kind: 'run' })
  }
})

test('PLACE-02: a node without a spec has no taints', () => {
  const { spec: _, ...node } = nodeOf('node-a')
  assert.deepEqual(placementOn(node as Node, daemonSetOf()), { kind: 'run' })
})

describe('what a placement depends on', () => {
  const text = fc.constantFrom('a', 'b', 'c')
  const texts = fc.dictionary(text, text)
  const effect = fc.constantFrom('NoSchedule', 'NoExecute')
  const decisive = fc.record({
    labels: texts,
    taints: fc.array(fc.record({ key: text, value: text, effect }), { maxLength: 2 }),
    nodeSelector: texts,
    tolerations: fc.array(fc.record({ key: text, value: text }), { maxLength: 2 }),
    hostNetwork: fc.boolean(),
    nodeName: fc.constantFrom(undefined, 'node-0', 'other'),
    zone: fc.option(text, { nil: undefined }),
  })
  const others = fc.record({
    metadata: fc.record({ annotations: texts, uid: text, resourceVersion: text }),
    spec: fc.record({ unschedulable: fc.boolean(), podCIDR: text, providerID: text }),
    status: fc.record({
      capacity: texts,
      allocatable: texts,
      conditions: fc.array(
        fc.record({
          type: fc.constantFrom('Ready', 'DiskPressure'),
          status: fc.constantFrom('True', 'False', 'Unknown'),
        }),
      ),
      addresses: fc.array(fc.record({ type: text, address: text })),
      images: fc.array(fc.record({ names: fc.array(text) })),
    }),
    podSpec: fc.record({
      priority: fc.nat(),
      schedulerName: text,
      restartPolicy: text,
      containers: fc.array(fc.record({ name: text, image: text, ports: fc.constant([]) })),
      hostPID: fc.boolean(),
    }),
    templateLabels: texts,
  })

  test('PLACE-04: only name, labels and taints of the node count, and five fields of the template', () => {
    fc.assert(
      fc.property(decisive, others, others, (given, some, more) => {
        const { labels, taints, nodeSelector, tolerations, hostNetwork, nodeName, zone } = given
        const placed = ({ metadata, spec, status, podSpec, templateLabels }: typeof some) => {
          const node = {
            ...nodeOf('node-0', { labels, taints }),
            metadata: { ...nodeOf('node-0').metadata, ...metadata, labels },
            spec: { ...spec, taints },
            status,
          } as Node
          const fields = {
            ...{ ...podSpec, nodeSelector, tolerations, hostNetwork },
            ...(nodeName === undefined ? {} : { nodeName }),
            ...(zone === undefined ? {} : { affinity: affinity('a', 'In', [zone]) }),
          } as Partial<PodSpec>
          return placementOn(
            node,
            daemonSetOf({ podSpec: fields, templateMetadata: { labels: templateLabels } }),
          )
        }
        assert.deepEqual(placed(some), placed(more))
      }),
    )
    // And each of them does count.
    const kinds = (podSpec: Partial<PodSpec>, node: Parameters<typeof nodeOf>[1]) =>
      placementOn(nodeOf('node-0', node), daemonSetOf({ podSpec })).kind
    const network = {
      taints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }],
    }
    assert.equal(kinds({}, {}), 'run')
    assert.equal(kinds({ nodeName: 'other' }, {}), 'remove')
    assert.equal(kinds({ nodeSelector: { a: 'b' } }, {}), 'remove')
    assert.equal(kinds({ nodeSelector: { a: 'b' } }, { labels: { a: 'b' } }), 'run')
    assert.equal(kinds({ affinity: affinity('a', 'Exists') }, {}), 'remove')
    assert.equal(kinds({}, network), 'keep')
    assert.equal(kinds({ hostNetwork: true }, network), 'run')
    assert.equal(kinds({ tolerations: [{ operator: 'Exists' }] }, network), 'run')
  })
})
