import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ControllerRevision, DaemonSet, Event, Node, Pod } from '../../kubernetes/types'
import { tableOf } from './table'

const now = Date.parse('2026-01-01T00:10:00Z')
const stored = {
  namespace: 'default',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
} as const

function cellsOf(kind: 'Pod', object: unknown): Readonly<Record<string, unknown>> {
  const { columnDefinitions, rows } = tableOf(kind, [object as Pod], now)
  const cells = rows[0]?.cells ?? []
  assert.equal(cells.length, columnDefinitions.length)
  return Object.fromEntries(columnDefinitions.map(({ name }, index) => [name, cells[index]]))
}

function pod(spec: object, status: object, metadata: object = {}): unknown {
  return { metadata: { ...stored, name: 'web', ...metadata }, spec, status }
}

describe('tableOf', () => {
  it('API-63, API-64, TABLE-07: shows DaemonSets', () => {
    const daemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { ...stored, name: 'agent' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: {
          spec: {
            nodeSelector: { b: '2', a: '1' },
            containers: [
              { name: 'x', image: 'x:1' },
              { name: 'y', image: 'y:2' },
            ],
          },
        },
      },
      status: {
        desiredNumberScheduled: 3,
        currentNumberScheduled: 2,
        numberReady: 1,
        numberMisscheduled: 0,
      },
    } as DaemonSet
    const table = tableOf('DaemonSet', [daemonSet], now)
    assert.deepEqual(
      table.columnDefinitions.map(({ name, type, priority }) => `${name} ${type} ${priority}`),
      [
        'Name string 0',
        'Desired integer 0',
        'Current integer 0',
        'Ready integer 0',
        'Up-to-date integer 0',
        'Available integer 0',
        'Node Selector string 0',
        'Age string 0',
        'Containers string 1',
        'Images string 1',
        'Selector string 1',
      ],
    )
    assert.deepEqual(table.rows[0]?.cells, [
      ...['agent', 3, 2, 1, 0, 0, 'a=1,b=2', '10m'],
      ...['x,y', 'x:1,y:2', 'app=agent'],
    ])
    assert.deepEqual(table.rows[0]?.object, {
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: daemonSet.metadata,
    })
  })

  it('API-65, TABLE-20: shows whose a revision is, and its number', () => {
    const revision = {
      metadata: {
        ...stored,
        name: 'agent-1',
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'u', controller: true },
        ],
      },
      revision: 3,
    } as unknown as ControllerRevision
    const { rows } = tableOf('ControllerRevision', [revision], now)
    assert.deepEqual(rows[0]?.cells, ['agent-1', 'daemonset.apps/agent', 3, '10m'])
  })

  it('API-66, API-67, TABLE-18, TABLE-19: shows nodes', () => {
    const node = {
      metadata: {
        ...stored,
        name: 'worker',
        labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge' },
      },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'False' }],
        nodeInfo: { kubeletVersion: 'v1.36.2', kernelVersion: '6.1.0', architecture: 'amd64' },
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      },
    } as unknown as Node
    const { rows } = tableOf('Node', [node], now)
    assert.deepEqual(rows[0]?.cells, [
      ...['worker', 'NotReady,SchedulingDisabled', 'edge,worker', '10m', 'v1.36.2'],
      ...['10.0.0.1', '<none>', '<unknown>', '6.1.0 (amd64)', '<unknown>'],
    ])
  })

  it('TABLE-22: shows events', () => {
    const event = {
      metadata: { ...stored, name: 'agent.1' },
      involvedObject: { kind: 'DaemonSet', name: 'agent' },
      source: { component: 'daemonset-controller' },
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: ' Created pod: agent-x \n',
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:09:00Z',
    } as unknown as Event
    const { rows } = tableOf('Event', [event], now)
    assert.deepEqual(rows[0]?.cells, [
      ...['60s', 'Normal', 'SuccessfulCreate', 'daemonset/agent', '', 'daemonset-controller'],
      ...['Created pod: agent-x', '10m', 1, 'agent.1'],
    ])
  })
})

const spec = { containers: [{ name: 'a' }, { name: 'b' }], nodeName: 'worker' }
const running = { ready: true, restartCount: 0, state: { running: {} } }

describe('the cells of a pod', () => {
  it('TABLE-09 to TABLE-11: counts ready containers and restarts', () => {
    const restarted = {
      ...running,
      restartCount: 2,
      lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:05:00Z' } },
    }
    const cells = cellsOf(
      'Pod',
      pod(spec, {
        phase: 'Running',
        podIPs: [{ ip: '10.1.0.1' }],
        containerStatuses: [
          { name: 'a', ...restarted },
          {
            name: 'b',
            ready: false,
            restartCount: 1,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
          },
        ],
      }),
    )
    assert.deepEqual(cells, {
      Name: 'web',
      Ready: '1/2',
      Status: 'CrashLoopBackOff',
      Restarts: '3 (5m ago)',
      Age: '10m',
      IP: '10.1.0.1',
      Node: 'worker',
      'Nominated Node': '<none>',
      'Readiness Gates': '<none>',
    })
  })

  it('TABLE-12, TABLE-15: begins with phase or reason and ends with deletion', () => {
    const status = (state: object, metadata?: object) =>
      cellsOf('Pod', pod(spec, state, metadata))['Status']
    const deleted = { deletionTimestamp: stored.creationTimestamp }
    assert.equal(status({ phase: 'Pending' }), 'Pending')
    assert.equal(status({ phase: 'Failed', reason: 'Evicted' }), 'Evicted')
    assert.equal(
      status({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', reason: 'SchedulingGated' }],
      }),
      'SchedulingGated',
    )
    assert.equal(status({ phase: 'Running' }, deleted), 'Terminating')
    assert.equal(status({ phase: 'Failed' }, deleted), 'Failed')
    assert.equal(status({ phase: 'Running', reason: 'NodeLost' }, deleted), 'Unknown')
  })

  it('TABLE-13, TABLE-14: tells of init containers and of how containers ended', () => {
    const withInit = {
      ...spec,
      initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }],
    }
    const status = (state: object, own: object = withInit) => cellsOf('Pod', pod(own, state))
    const init = (state: object) => ({
      phase: 'Pending',
      initContainerStatuses: [{ name: 'i', restartCount: 0, state }],
    })
    assert.equal(status(init({ running: {} }))['Status'], 'Init:0/2')
    assert.equal(status(init({ running: {} }))['Ready'], '0/3')
    assert.equal(status(init({ terminated: { exitCode: 3 } }))['Status'], 'Init:ExitCode:3')
    assert.equal(
      status(init({ waiting: { reason: 'ErrImagePull' } }))['Status'],
      'Init:ErrImagePull',
    )
    const completed = { state: { terminated: { exitCode: 0, reason: 'Completed' } } }
    const failed = { state: { terminated: { exitCode: 1, reason: 'Error' } } }
    const containers = (...containerStatuses: object[]) => ({ phase: 'Running', containerStatuses })
    assert.equal(status(containers(completed, failed), spec)['Status'], 'Error')
    assert.equal(status(containers(completed, running), spec)['Status'], 'NotReady')
    assert.equal(
      status(
        { ...containers(completed, running), conditions: [{ type: 'Ready', status: 'True' }] },
        spec,
      )['Status'],
      'Running',
    )
  })

  it('TABLE-16: says of ended pods that they have ended', () => {
    const { rows } = tableOf('Pod', [pod(spec, { phase: 'Failed' }) as Pod], now)
    assert.deepEqual(rows[0]?.conditions, [
      { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' },
    ])
  })
})
