import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { resources } from '../../kubernetes/resources'
import { StatusError } from '../../kubernetes/status-error'
import { deepFrozen } from '../json-body'
import type { JsonObject } from './json'
import { typeStrategies } from './merge-keys'
import { strategicPatched } from './strategic-merge-patch'

const daemonSet = deepFrozen({
  metadata: {
    name: 'agent',
    labels: { app: 'agent', tier: 'node' },
    finalizers: ['a/x', 'b/y'],
    ownerReferences: [{ uid: '1', name: 'one' }],
  },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'main',
            image: 'main:1',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
            ports: [{ containerPort: 80, protocol: 'TCP' }],
            command: ['run', 'fast'],
          },
          { name: 'sidecar', image: 'sidecar:1' },
        ],
        tolerations: [{ key: 'a', operator: 'Exists' }],
        volumes: [
          { name: 'data', hostPath: { path: '/data' } },
          { name: 'tmp', emptyDir: {} },
        ],
        nodeSelector: { disk: 'ssd', zone: 'a' },
      },
    },
  },
}) as unknown as JsonObject

type Containers = { name: string; image?: string; env?: { name: string; value: string }[] }[]

function podSpec(patch: object): {
  containers: Containers
  tolerations: object[]
  volumes: object[]
  nodeSelector: object
} {
  const result = strategicPatched('DaemonSet', daemonSet, {
    spec: { template: { spec: patch as JsonObject } },
  }) as unknown as { spec: { template: { spec: ReturnType<typeof podSpec> } } }
  return result.spec.template.spec
}

function metadata(patch: object): { [field: string]: unknown } {
  const result = strategicPatched('DaemonSet', daemonSet, { metadata: patch as JsonObject })
  return result['metadata'] as { [field: string]: unknown }
}

describe('strategic merge patch (API-160)', () => {
  it('merges containers by name, and their env, ports and mounts by their keys', () => {
    const { containers } = podSpec({
      containers: [
        {
          name: 'main',
          image: 'main:2',
          env: [
            { name: 'B', value: '3' },
            { name: 'C', value: '4' },
          ],
          ports: [{ containerPort: 81 }],
          command: ['stop'],
        },
      ],
    })
    assert.deepEqual(containers, [
      {
        name: 'main',
        image: 'main:2',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '3' },
          { name: 'C', value: '4' },
        ],
        ports: [{ containerPort: 81 }, { containerPort: 80, protocol: 'TCP' }],
        command: ['stop'],
      },
      { name: 'sidecar', image: 'sidecar:1' },
    ])
  })

  it('replaces lists without a merge key as a whole', () => {
    assert.deepEqual(podSpec({ tolerations: [{ key: 'b' }] }).tolerations, [{ key: 'b' }])
  })

  it('deletes with null and merges maps', () => {
    assert.deepEqual(podSpec({ nodeSelector: { zone: null, arch: 'arm' } }).nodeSelector, {
      disk: 'ssd',
      arch: 'arm',
    })
  })

  it('merges finalizers as a set of values', () => {
    assert.deepEqual(metadata({ finalizers: ['c/z', 'a/x'] })['finalizers'], ['c/z', 'a/x', 'b/y'])
  })

  it('merges conditions by type', () => {
    const pod = deepFrozen({
      status: {
        conditions: [
          { type: 'Ready', status: 'False' },
          { type: 'Initialized', status: 'True' },
        ],
        containerStatuses: [{ name: 'a', ready: false }],
      },
    }) as unknown as JsonObject
    const result = strategicPatched('Pod', pod, {
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [{ name: 'b' }],
      },
    })
    assert.deepEqual(result, {
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'Initialized', status: 'True' },
        ],
        containerStatuses: [{ name: 'b' }],
      },
    })
  })

  it('replaces the selector of a disruption budget', () => {
    const budget = { spec: { selector: { matchLabels: { a: 'b' } } } }
    assert.deepEqual(
      strategicPatched('PodDisruptionBudget', budget, {
        spec: { selector: { matchLabels: { c: 'd' } } },
      }),
      { spec: { selector: { matchLabels: { c: 'd' } } } },
    )
  })

  it('knows every kind, and every type that a field names', () => {
    for (const kind of Object.keys(resources)) assert.ok(typeStrategies[kind], kind)
    for (const type of Object.values(typeStrategies)) {
      for (const field of Object.values(type)) {
        if ('type' in field && field.type !== undefined) assert.ok(typeStrategies[field.type])
      }
    }
  })
})

describe('strategic merge patch, directives (API-161)', () => {
  it('$patch: replace in a map, as rollout undo sends it', () => {
    const result = strategicPatched('DaemonSet', daemonSet, {
      spec: {
        template: {
          $patch: 'replace',
          spec: { containers: [{ name: 'only', image: 'only:1' }], nodeSelector: null },
        },
      },
    })
    assert.deepEqual(result['spec'], {
      template: { spec: { containers: [{ name: 'only', image: 'only:1' }] } },
    })
  })

  it('$patch: replace as a list item', () => {
    const { containers } = podSpec({ containers: [{ $patch: 'replace' }, { name: 'new' }] })
    assert.deepEqual(containers, [{ name: 'new' }])
  })

  it('$patch: delete in a map and with the key of a list item', () => {
    assert.deepEqual(podSpec({ nodeSelector: { $patch: 'delete' } }).nodeSelector, {})
    assert.deepEqual(podSpec({ containers: [{ $patch: 'delete', name: 'main' }] }).containers, [
      { name: 'sidecar', image: 'sidecar:1' },
    ])
    assert.deepEqual(
      metadata({ ownerReferences: [{ $patch: 'delete', uid: '1' }] })['ownerReferences'],
      [],
    )
  })

  it('$patch: merge says what happens anyway', () => {
    assert.deepEqual(podSpec({ nodeSelector: { $patch: 'merge', a: 'b' } }).nodeSelector, {
      disk: 'ssd',
      zone: 'a',
      a: 'b',
    })
  })

  it('$deleteFromPrimitiveList takes values out', () => {
    const result = metadata({ '$deleteFromPrimitiveList/finalizers': ['a/x', 'none'] })
    assert.deepEqual(result['finalizers'], ['b/y'])
  })

  it('$setElementOrder orders what the patch names and keeps the others near their places', () => {
    const { containers } = podSpec({
      '$setElementOrder/containers': [{ name: 'sidecar' }, { name: 'main' }],
      containers: [{ name: 'main', image: 'main:2' }],
    })
    assert.deepEqual(
      containers.map(({ name, image }) => `${name} ${image}`),
      ['sidecar sidecar:1', 'main main:2'],
    )
    const only = podSpec({ '$setElementOrder/containers': [{ name: 'sidecar' }, { name: 'main' }] })
    assert.deepEqual(
      only.containers.map(({ name }) => name),
      ['sidecar', 'main'],
    )
    const added = podSpec({
      '$setElementOrder/containers': [{ name: 'main' }, { name: 'new' }],
      containers: [{ name: 'new' }],
    })
    assert.deepEqual(
      added.containers.map(({ name }) => name),
      ['main', 'new', 'sidecar'],
    )
  })

  it('$setElementOrder works for lists of values', () => {
    const result = metadata({
      '$setElementOrder/finalizers': ['b/y', 'a/x', 'c/z'],
      finalizers: ['c/z'],
    })
    assert.deepEqual(result['finalizers'], ['b/y', 'a/x', 'c/z'])
  })

  it('$retainKeys drops the other fields of a volume', () => {
    const { volumes } = podSpec({
      volumes: [{ name: 'data', $retainKeys: ['name', 'emptyDir'], emptyDir: {} }],
    })
    assert.deepEqual(volumes, [
      { name: 'data', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
    ])
  })

  it('drops directives and nulls from what is new', () => {
    const { containers } = podSpec({
      containers: [
        {
          name: 'new',
          image: null,
          '$setElementOrder/env': [{ name: 'Z' }],
          env: [
            { name: 'Z', value: 'z' },
            { $patch: 'delete', name: 'Y' },
          ],
        },
      ],
    })
    assert.deepEqual(
      containers.find(({ name }) => name === 'new'),
      {
        name: 'new',
        env: [{ name: 'Z', value: 'z' }],
      },
    )
  })

  it('refuses an unknown $patch', () => {
    assert.throws(
      () => metadata({ $patch: 'explode' }),
      (error) => error instanceof StatusError && error.code === 422,
    )
    assert.throws(
      () => podSpec({ containers: [{ $patch: 'explode', name: 'main' }] }),
      (error) => error instanceof StatusError && error.code === 500,
    )
  })

  it('API-162: refuses a list item without its merge key', () => {
    assert.throws(
      () => podSpec({ containers: [{ image: 'y' }] }),
      (error) =>
        error instanceof StatusError &&
        error.code === 500 &&
        error.reason === '' &&
        error.message === 'map: map[image:y] does not contain declared merge key: name',
    )
  })

  it('does not reach prototypes', () => {
    const patch = JSON.parse('{"metadata": {"labels": {"__proto__": {"polluted": true}}}}')
    assert.throws(() => strategicPatched('DaemonSet', daemonSet, patch), /__proto__/)
    const labels = metadata({ labels: { constructor: 'x' } })['labels'] as object
    assert.equal(Object.hasOwn(labels, 'constructor'), true)
  })
})

describe('strategic merge patch, laws', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd')
  const items = fc.uniqueArray(
    fc.record({
      name,
      image: fc.constantFrom('x:1', 'x:2'),
      command: fc.array(fc.string(), { maxLength: 2 }),
    }),
    { selector: (item) => item.name, maxLength: 4 },
  )
  const pod = fc.record({ spec: fc.record({ containers: items }) }) as fc.Arbitrary<JsonObject>

  it('shares what the patch leaves alone, and is the document itself when nothing changes', () => {
    const same = strategicPatched('DaemonSet', daemonSet, {
      metadata: { labels: { app: 'agent' }, finalizers: ['a/x'], annotations: null },
      spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'sidecar:1' }] } } },
    })
    assert.equal(same, daemonSet)
    const changed = strategicPatched('DaemonSet', daemonSet, { metadata: { labels: { app: 'x' } } })
    assert.equal(changed['spec'], daemonSet['spec'])
  })

  it('carrying a patch out twice is carrying it out once', () => {
    fc.assert(
      fc.property(pod, pod, (document, patch) => {
        const once = strategicPatched('Pod', deepFrozen(document), patch)
        assert.deepEqual(strategicPatched('Pod', once, patch), once)
      }),
    )
  })

  it('a merged list has the items of both, each once', () => {
    fc.assert(
      fc.property(items, items, (before, change) => {
        const result = strategicPatched(
          'Pod',
          { spec: { containers: before } },
          { spec: { containers: change } },
        ) as unknown as { spec: { containers: { name: string }[] } }
        const names = result.spec.containers.map((item) => item.name)
        const expected = new Set([...before, ...change].map((item) => item.name))
        assert.deepEqual(new Set(names), expected)
        assert.equal(names.length, expected.size)
      }),
    )
  })

  it('the order given by $setElementOrder is the order of the result', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 }),
        items,
        (order, before) => {
          const result = strategicPatched(
            'Pod',
            { spec: { containers: before } },
            { spec: { '$setElementOrder/containers': order.map((item) => ({ name: item })) } },
          ) as unknown as { spec: { containers: { name: string }[] } }
          const names = result.spec.containers.map((item) => item.name)
          assert.deepEqual(
            names,
            order.filter((item) => names.includes(item)),
          )
        },
      ),
    )
  })
})
