import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { StatusError } from '../../kubernetes/status-error'
import type { Draft, Kind } from '../../kubernetes/types'
import { valuesOf } from './arbitrary-values.test'
import { schemaOfModels, schemaPath, schemaText } from './generate'
import { prune } from './prune'
import { shapeOfType } from './schema'

function refusalOf(kind: Kind, object: Draft): string {
  try {
    prune(kind, object)
  } catch (error) {
    assert(StatusError.is(error, 'BadRequest'))
    return error.message
  }
  return assert.fail('the object was read')
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const part of Object.values(value)) deepFrozen(part)
    Object.freeze(value)
  }
  return value
}

const daemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default', labels: { app: 'agent' } },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        containers: [
          { name: 'agent', image: 'agent:1', resources: { requests: { cpu: '100m' } } },
          { name: 'side', image: 'side:1', ports: [{ containerPort: 80 }] },
        ],
      },
    },
  },
}

describe('schema', () => {
  it('is what the models of client-node say today', () => {
    assert.equal(readFileSync(schemaPath, 'utf8'), schemaText(schemaOfModels()))
  })
})

describe('prune', () => {
  it('API-138: names unknown fields with their path and drops them', () => {
    const { object, problems } = prune('DaemonSet', {
      ...daemonSet,
      spec: {
        ...daemonSet.spec,
        paused: true,
        template: {
          spec: {
            containers: [
              { name: 'a', imag: 'x' },
              { name: 'b', ports: [{ port: 1 }] },
            ],
          },
        },
      },
      metadata: { name: 'agent', foo: 1 } as Draft,
    } as unknown as Draft)
    assert.deepEqual(problems, [
      'unknown field "metadata.foo"',
      'unknown field "spec.template.spec.containers[0].imag"',
      'unknown field "spec.template.spec.containers[1].ports[0].port"',
      'unknown field "spec.paused"',
    ])
    assert.deepEqual(object.metadata, { name: 'agent' })
  })

  it('gives back the same object when it is in order, frozen or not', () => {
    assert.equal(prune('DaemonSet', daemonSet).object, daemonSet)
    const frozen = deepFrozen(structuredClone(daemonSet))
    assert.equal(prune('DaemonSet', frozen).object, frozen)
    assert.equal(prune('DaemonSet', frozen).object, frozen)
  })
})

describe('prune, on values it cannot read', () => {
  it('API-127: refuses a value of another JSON type than its field', () => {
    const broken = (spec: unknown): Draft => ({ ...daemonSet, spec }) as Draft
    assert.equal(
      refusalOf('DaemonSet', { ...daemonSet, metadata: { name: 1 } } as unknown as Draft),
      'DaemonSet in version "v1" cannot be handled as a DaemonSet: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
    )
    assert.match(
      refusalOf('DaemonSet', broken({ minReadySeconds: 'x' })),
      /cannot unmarshal string into Go struct field DaemonSetSpec\.spec\.minReadySeconds of type int32$/,
    )
    assert.match(
      refusalOf('DaemonSet', broken({ minReadySeconds: 1.5 })),
      /cannot unmarshal number 1\.5 into Go struct field DaemonSetSpec\.spec\.minReadySeconds of type int32$/,
    )
    assert.match(
      refusalOf('DaemonSet', broken({ template: { spec: { containers: {} } } })),
      /cannot unmarshal object into Go struct field PodSpec\.spec\.template\.spec\.containers of type \[\]v1\.Container$/,
    )
    assert.match(
      refusalOf('Pod', { spec: { volumes: [{ name: 'v', hostPath: { path: true } }] } }),
      /cannot unmarshal bool into Go struct field HostPathVolumeSource\.spec\.volumes\.VolumeSource\.hostPath\.path of type string$/,
    )
    assert.match(
      refusalOf('DaemonSet', broken({ updateStrategy: { rollingUpdate: { maxSurge: true } } })),
      /cannot unmarshal bool .*rollingUpdate\.maxSurge of type int32$/,
    )
  })

  it('API-17: refuses a template generation that is no 64-bit integer', () => {
    const annotated = (text: string): Draft => ({
      ...daemonSet,
      metadata: {
        name: 'agent',
        annotations: { 'deprecated.daemonset.template.generation': text },
      },
    })
    assert.equal(prune('DaemonSet', annotated('-5')).problems.length, 0)
    assert.match(refusalOf('DaemonSet', annotated('x')), /strconv\.ParseInt: parsing "x": invalid/)
    assert.match(refusalOf('DaemonSet', annotated('9223372036854775808')), /out of range$/)
  })
})

describe('prune, on values that have a canonical form', () => {
  it('API-194: takes a quantity that is null for none', () => {
    const spec = { hard: { pods: null, cpu: '1' } }
    const { object } = prune('ResourceQuota', { metadata: { name: 'q' }, spec } as Draft)
    assert.deepEqual(object, { metadata: { name: 'q' }, spec: { hard: { pods: '0', cpu: '1' } } })
  })

  it('API-194: drops what equals absence and keeps what does not', () => {
    const { object } = prune('Pod', {
      metadata: { name: 'a', labels: {}, creationTimestamp: null } as unknown as Draft,
      spec: {
        hostNetwork: false,
        priority: 0,
        automountServiceAccountToken: false,
        securityContext: {},
        nodeSelector: {},
        containers: [{ name: 'a', command: [], env: [{ name: 'A', value: '' }], stdin: false }],
      },
    } as Draft)
    assert.deepEqual(object, {
      metadata: { name: 'a' },
      spec: {
        priority: 0,
        automountServiceAccountToken: false,
        securityContext: {},
        containers: [{ name: 'a', env: [{ name: 'A' }] }],
      },
    })
  })

  it('gives quantities and times their canonical form', () => {
    const { object } = prune('Node', {
      metadata: { name: 'n', creationTimestamp: '2026-01-01T02:00:00.5+02:00' },
      status: { capacity: { cpu: 4, memory: '8192Mi', 'example.com/x': '1000m' } },
    } as unknown as Draft)
    assert.deepEqual(object, {
      metadata: { name: 'n', creationTimestamp: '2026-01-01T00:00:00Z' },
      status: { capacity: { cpu: '4', memory: '8Gi', 'example.com/x': '1' } },
    })
    assert.match(refusalOf('Node', { status: { capacity: { cpu: 'lots' } } }), /quantit/)
    assert.match(
      refusalOf('Lease', { spec: { renewTime: '2026-01-01T00:00:00Z' } }),
      /as "2006-01-02T15:04:05\.000000Z07:00": cannot parse "Z" as "\.000000"$/,
    )
    assert.deepEqual(
      prune('Lease', { spec: { renewTime: '2026-01-01T01:00:00.500000+01:00' } }).object,
      {
        spec: { renewTime: '2026-01-01T00:00:00.500000Z' },
      },
    )
  })

  it('API-51: keeps a maxUnavailable of 0', () => {
    const updateStrategy = { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
    const draft = { spec: { updateStrategy, minReadySeconds: 0 } }
    assert.deepEqual(prune('DaemonSet', draft).object, { spec: { updateStrategy } })
  })

  it('leaves arbitrary data as it is', () => {
    const revision = { data: { spec: { template: { $patch: 'replace', x: null, y: [] } } } }
    assert.equal(prune('ControllerRevision', revision).object, revision)
  })
})

describe('prune, for any object of the right shape', () => {
  for (const kind of ['DaemonSet', 'Pod', 'Node', 'Event', 'Service'] as const) {
    it(`is done after one pass over a ${kind}`, () => {
      fc.assert(
        fc.property(valuesOf(shapeOfType(kind)), (draft) => {
          const once = prune(kind, { ...(draft as Draft), metadata: {} })
          const again = prune(kind, once.object)
          assert.deepEqual(once.problems, [])
          assert.equal(again.object, once.object)
        }),
        { numRuns: 60 },
      )
    })
  }
})
