import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Draft, Kind } from '../../kubernetes/types'
import { problemsOf, storedAs, updated } from './samples.test'
import { strategies } from './strategies'

const born = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
const named = (name: string, extra: object = {}) => ({ ...born, name, ...extra })
const placed = (name: string, extra: object = {}) => named(name, { namespace: 'default', ...extra })

describe('nodes', () => {
  const node = (spec: object, status: object = {}): Draft => ({
    metadata: named('n'),
    spec,
    status,
  })

  it('API-188: may come with their status, and get allocatable from capacity', () => {
    const { status } = storedAs('Node', node({}, { capacity: { cpu: '4', pods: 110 } }))
    assert.deepEqual(status.allocatable, { cpu: '4', pods: '110' })
  })

  it('refuse taints that are malformed or repeated', () => {
    const taint = { key: 'a', effect: 'NoSchedule' }
    assert.deepEqual(
      problemsOf(
        'Node',
        node({ taints: [taint, taint, { key: 'b' }, { key: 'c', effect: 'No' }] }),
      ),
      [
        'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
        'metadata.taints[2].effect: Required value',
        'metadata.taints[3].effect: Unsupported value: "No": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      ],
    )
    assert.deepEqual(
      problemsOf('Node', node({ taints: [taint, { key: 'a', effect: 'NoExecute' }] })),
      [],
    )
  })

  it('refuse amounts below 0, and other address blocks than before', () => {
    assert.deepEqual(
      problemsOf('Node', node({}, { capacity: { cpu: '-1' }, allocatable: { pods: '0.5' } })),
      [
        'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
        'status.allocatable.pods: Invalid value: "500m": must be an integer',
      ],
    )
    const stored = storedAs('Node', node({ podCIDR: '10.0.0.0/24' }))
    assert.deepEqual(stored.spec.podCIDRs, ['10.0.0.0/24'])
    const moved = { ...stored, spec: { podCIDR: '10.0.1.0/24' } } as unknown as Draft
    assert.deepEqual(updated('Node', stored, moved).problems, [
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ])
  })

  it('API-227: are selectable by spec.unschedulable', () => {
    const fields = strategies.Node.fieldsOf(storedAs('Node', node({ unschedulable: true })))
    assert.equal(fields['spec.unschedulable'], 'true')
  })

  it('are in no namespace', () => {
    assert.deepEqual(problemsOf('Node', { metadata: named('n', { namespace: 'x' }) }), [
      'metadata.namespace: Forbidden: not allowed on this type',
    ])
  })
})

describe('namespaces', () => {
  it('API-188: get phase, finalizer and label', () => {
    const namespace = storedAs('Namespace', { metadata: named('n') })
    assert.deepEqual(namespace.spec, { finalizers: ['kubernetes'] })
    assert.deepEqual(namespace.status, { phase: 'Active' })
    assert.deepEqual(namespace.metadata.labels, { 'kubernetes.io/metadata.name': 'n' })
  })

  it('API-236: change their finalizers through finalize only', () => {
    const stored = storedAs('Namespace', { metadata: named('n') })
    const draft = { ...stored, spec: {} } as unknown as Draft
    assert.deepEqual(updated('Namespace', stored, draft).object.spec, stored.spec)
    assert.deepEqual(updated('Namespace', stored, draft, 'finalize').object.spec, {})
  })

  it('API-133: have DNS labels for names', () => {
    const [problem] = problemsOf('Namespace', { metadata: named('a.b') })
    assert.match(problem ?? '', /^metadata\.name: Invalid value: "a\.b": must not contain dots/)
  })
})

describe('controller revisions', () => {
  const revision = (extra: object): Draft => ({ metadata: placed('r'), ...extra })

  it('API-60, API-61, API-191: need data that is an object', () => {
    assert.deepEqual(problemsOf('ControllerRevision', revision({ revision: -1 })), [
      'revision: Invalid value: -1: must be greater than or equal to 0',
      'data: Required value: data is mandatory',
    ])
    assert.deepEqual(problemsOf('ControllerRevision', revision({ data: null })), [
      'data: Required value: data is mandatory',
    ])
    assert.deepEqual(problemsOf('ControllerRevision', revision({ data: [] })), [
      'data: Required value: data must be a valid JSON object',
    ])
    assert.deepEqual(problemsOf('ControllerRevision', revision({ data: {} })), [])
  })

  it('API-62: keep their data', () => {
    const stored = storedAs('ControllerRevision', revision({ data: { a: 1 }, revision: 2 }))
    const draft = (extra: object) => ({ ...stored, ...extra }) as unknown as Draft
    assert.deepEqual(updated('ControllerRevision', stored, draft({ revision: 1 })).problems, [])
    assert.deepEqual(updated('ControllerRevision', stored, draft({ data: { a: 2 } })).problems, [
      'data: Invalid value: {"a":2}: field is immutable',
    ])
  })
})

describe('metadata of all kinds', () => {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'x', uid: '1' }
  const withOwners = (...ownerReferences: object[]): Draft => ({
    metadata: placed('c', { ownerReferences }),
  })

  it('API-192: checks owners', () => {
    const references = [
      { ...owner, controller: true },
      { ...owner, name: 'y', controller: true },
    ]
    assert.deepEqual(problemsOf('ConfigMap', withOwners(...references)), [
      `metadata.ownerReferences: Invalid value: ${JSON.stringify(references)}: Only one reference can have Controller set to true. Found "true" in references for Pod/x and Pod/y`,
    ])
    assert.deepEqual(problemsOf('ConfigMap', withOwners({ ...owner, uid: '' })), [
      'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
    ])
    const [event] = problemsOf('ConfigMap', withOwners({ ...owner, kind: 'Event' }))
    assert.match(event ?? '', /\/v1, Kind=Event is disallowed from being an owner$/)
  })

  it('API-203: checks finalizers', () => {
    assert.deepEqual(problemsOf('ConfigMap', { metadata: placed('c', { finalizers: ['mine'] }) }), [
      'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ])
    const stored = storedAs('ConfigMap', { metadata: placed('c', { finalizers: ['x/y'] }) })
    const metadata = { ...stored.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' }
    const deleted = { ...stored, metadata }
    const draft = { ...stored, metadata: { ...metadata, finalizers: ['x/y', 'x/z'] } }
    assert.deepEqual(
      [...new Set(updated('ConfigMap', deleted, draft as unknown as Draft).problems)],
      [
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x/z"}',
      ],
    )
  })
})

describe('the other kinds', () => {
  const cases: readonly (readonly [Kind, object, readonly string[]])[] = [
    [
      'Lease',
      { spec: { leaseDurationSeconds: 0 } },
      ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
    ],
    [
      'Event',
      { involvedObject: { namespace: 'other' } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    ['Event', { involvedObject: { kind: 'Node', name: 'n' } }, []],
    [
      'ConfigMap',
      { data: { 'a/b': '' } },
      [
        "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ],
    ],
    [
      'Secret',
      { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } },
      ['data[tls.key]: Required value'],
    ],
    [
      'PodDisruptionBudget',
      { spec: { minAvailable: '200%' } },
      ['spec.minAvailable: Invalid value: "200%": must not be greater than 100%'],
    ],
    [
      'ResourceQuota',
      { spec: { hard: { pods: '5', foo: '1' } } },
      [
        'spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
        'spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota',
      ],
    ],
    ['Service', { spec: {} }, ['spec.ports: Required value']],
    ['Service', { spec: { ports: [{ port: 80 }] } }, []],
    ['ServiceAccount', {}, []],
  ]
  for (const [kind, body, expected] of cases) {
    it(`${kind} ${JSON.stringify(body)}`, () => {
      assert.deepEqual(problemsOf(kind, { metadata: placed('x'), ...body }), expected)
    })
  }

  it('API-209: system priority classes have their own numbers', () => {
    const classOf = (name: string, value: number) =>
      problemsOf('PriorityClass', { metadata: named(name), value })
    assert.deepEqual(classOf('system-node-critical', 2_000_001_000), [])
    assert.deepEqual(classOf('mine', 2_000_000_000), [
      'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
    ])
    assert.equal(classOf('system-mine', 5).length, 1)
  })

  it('API-147, API-148: leases need a version and may be made by PUT', () => {
    assert.equal(strategies.Lease.unconditionalUpdate, false)
    assert.equal(strategies.Lease.createOnUpdate, true)
    assert.equal(strategies.DaemonSet.unconditionalUpdate, true)
    assert.equal(strategies.DaemonSet.createOnUpdate, false)
  })

  it('secrets store texts as bytes', () => {
    const secret = storedAs('Secret', { metadata: placed('s'), stringData: { a: 'b' } })
    assert.deepEqual(secret.data, { a: 'Yg==' })
    assert.equal(secret.stringData, undefined)
    assert.equal(secret.type, 'Opaque')
  })
})
