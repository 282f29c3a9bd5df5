import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type {
  ControllerRevision,
  DaemonSet,
  Event,
  Kind,
  Kinds,
  Node,
  Pod,
} from '../../kubernetes/types'
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

describe('the columns of the other kinds', () => {
  /** Names of the columns, those of wide output with a star. */
  const columnsOf = (kind: Kind) =>
    tableOf(kind, [], now).columnDefinitions.map(
      ({ name, priority }) => `${name}${priority === 1 ? '*' : ''}`,
    )
  const cells = <K extends Kind>(kind: K, object: object) => {
    const named = { metadata: { ...stored, name: 'one' }, ...object } as unknown as Kinds[K]
    return tableOf(kind, [named], now).rows[0]?.cells
  }

  it('TABLE-08: selectors, containers and images in their fixed forms', () => {
    const daemonSet = (selector: object, nodeSelector?: object) =>
      cells('DaemonSet', {
        spec: {
          selector,
          template: {
            spec: {
              nodeSelector,
              containers: [
                { name: 'b', image: 'b:1' },
                { name: 'a', image: 'a:2' },
              ],
            },
          },
        },
        status: {},
      })
    const expressions = [
      { key: 'k', operator: 'In', values: ['b', 'a'] },
      { key: 'e', operator: 'Exists' },
    ]
    const plain = daemonSet({ matchLabels: { app: 'x' } })
    assert.deepEqual(
      [plain?.[6], ...(plain?.slice(8) ?? [])],
      [...['<none>', 'b,a', 'b:1,a:2', 'app=x']],
    )
    const rich = daemonSet(
      { matchLabels: { app: 'x' }, matchExpressions: expressions },
      { zone: 'z', disk: 'ssd' },
    )
    assert.deepEqual([rich?.[6], rich?.[10]], ['disk=ssd,zone=z', 'app=x,e,k in (a,b)'])
    assert.equal(daemonSet({})?.[10], '<none>')
  })

  it('TABLE-17: nodes show status, roles, age and version, and more in wide output', () => {
    assert.deepEqual(columnsOf('Node'), [
      ...['Name', 'Status', 'Roles', 'Age', 'Version'],
      ...['Internal-IP*', 'External-IP*', 'OS-Image*', 'Kernel-Version*', 'Container-Runtime*'],
    ])
    assert.deepEqual(cells('Node', { spec: {}, status: {} }), [
      ...['one', 'Unknown', '<none>', '10m', ''],
      ...['<none>', '<none>', '<unknown>', '<unknown>', '<unknown>'],
    ])
    const nodeInfo = {
      kubeletVersion: 'v1.36.2',
      osImage: 'Linux',
      containerRuntimeVersion: 'c://1',
    }
    const addresses = [
      { type: 'ExternalIP', address: '1.2.3.4' },
      { type: 'InternalIP', address: '10.0.0.1' },
    ]
    const conditions = [{ type: 'Ready', status: 'True' }]
    assert.deepEqual(cells('Node', { spec: {}, status: { nodeInfo, addresses, conditions } }), [
      ...['one', 'Ready', '<none>', '10m', 'v1.36.2'],
      ...['10.0.0.1', '1.2.3.4', 'Linux', '<unknown>', 'c://1'],
    ])
  })

  it('TABLE-21: events show when, what, why and on which object', () => {
    const { columnDefinitions } = tableOf('Event', [], now)
    assert.deepEqual(columnsOf('Event'), [
      ...['Last Seen', 'Type', 'Reason', 'Object', 'Subobject*', 'Source*', 'Message'],
      ...['First Seen*', 'Count*', 'Name*'],
    ])
    assert.deepEqual(
      columnDefinitions.filter(({ format }) => format === 'name').map(({ name }) => name),
      ['Name'],
    )
  })

  it('TABLE-23: namespaces show phase and age', () => {
    assert.deepEqual(columnsOf('Namespace'), ['Name', 'Status', 'Age'])
    assert.deepEqual(cells('Namespace', { status: { phase: 'Terminating' } }), [
      ...['one', 'Terminating', '10m'],
    ])
  })

  it('TABLE-24: leases, accounts, maps, secrets and priority classes', () => {
    assert.deepEqual(columnsOf('Lease'), ['Name', 'Holder', 'Age'])
    assert.deepEqual(cells('Lease', { spec: { holderIdentity: 'node-1' } }), [
      'one',
      'node-1',
      '10m',
    ])
    assert.deepEqual(columnsOf('ServiceAccount'), ['Name', 'Age'])
    assert.deepEqual(cells('ServiceAccount', {}), ['one', '10m'])
    assert.deepEqual(columnsOf('ConfigMap'), ['Name', 'Data', 'Age'])
    assert.deepEqual(cells('ConfigMap', { data: { a: '1', b: '2' }, binaryData: { c: '' } }), [
      ...['one', 3, '10m'],
    ])
    assert.deepEqual(columnsOf('Secret'), ['Name', 'Type', 'Data', 'Age'])
    assert.deepEqual(cells('Secret', { type: 'Opaque', data: { a: '' } }), [
      'one',
      'Opaque',
      1,
      '10m',
    ])
    const { columnDefinitions } = tableOf('PriorityClass', [], now)
    assert.deepEqual(
      columnDefinitions.map(({ name, type }) => `${name} ${type}`),
      [
        ...['Name string', 'Value integer', 'Global-Default boolean', 'Age string'],
        'PreemptionPolicy string',
      ],
    )
    assert.deepEqual(cells('PriorityClass', { value: 5, preemptionPolicy: 'Never' }), [
      ...['one', 5, false, '10m', 'Never'],
    ])
  })

  it('TABLE-25: quotas, budgets and services', () => {
    assert.deepEqual(columnsOf('ResourceQuota'), ['Name', 'Request', 'Limit', 'Age'])
    const status = {
      hard: { pods: '10', 'limits.cpu': '4', 'requests.cpu': '2' },
      used: { pods: '3', 'requests.cpu': '500m' },
    }
    assert.deepEqual(cells('ResourceQuota', { status }), [
      ...['one', 'pods: 3/10, requests.cpu: 500m/2', 'limits.cpu: 0/4', '10m'],
    ])
    assert.deepEqual(columnsOf('PodDisruptionBudget'), [
      ...['Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions', 'Age'],
    ])
    const budget = { spec: { maxUnavailable: '10%' }, status: { disruptionsAllowed: 2 } }
    assert.deepEqual(cells('PodDisruptionBudget', budget), ['one', 'N/A', '10%', 2, '10m'])
    assert.deepEqual(columnsOf('Service'), [
      ...['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector*'],
    ])
    const ports = [
      { port: 80, protocol: 'TCP' },
      { port: 443, nodePort: 30443, protocol: 'TCP' },
    ]
    const service = { type: 'NodePort', clusterIP: '10.0.0.1', ports, selector: { app: 'x' } }
    assert.deepEqual(cells('Service', { spec: service }), [
      ...['one', 'NodePort', '10.0.0.1', '<none>', '80/TCP,443:30443/TCP', '10m', 'app=x'],
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

  it('API-68, TABLE-10: ready counts containers and init containers that keep running', () => {
    const own = {
      ...spec,
      initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }],
    }
    const done = { state: { terminated: { exitCode: 0, reason: 'Completed' } } }
    const cells = cellsOf(
      'Pod',
      pod(own, {
        phase: 'Running',
        conditions: [{ type: 'Initialized', status: 'True' }],
        initContainerStatuses: [
          { name: 'i', restartCount: 9, ...done },
          { name: 's', ...running, started: true, restartCount: 1 },
        ],
        containerStatuses: [
          { name: 'a', ...running },
          { name: 'b', ...running, ready: false },
        ],
      }),
    )
    assert.deepEqual(Object.keys(cells).slice(0, 5), ['Name', 'Ready', 'Status', 'Restarts', 'Age'])
    assert.deepEqual(Object.values(cells).slice(0, 5), ['web', '2/3', 'Running', '1', '10m'])
  })

  it('API-68: restarts are a number, and say when the last was, where that is known', () => {
    const restarts = (restartCount: number, lastState?: object) =>
      cellsOf(
        'Pod',
        pod(spec, {
          phase: 'Running',
          containerStatuses: [{ name: 'a', ...running, restartCount, lastState }],
        }),
      )['Restarts']
    const terminated = { exitCode: 1, finishedAt: '2026-01-01T00:08:30Z' }
    assert.equal(restarts(0, { terminated }), '0')
    assert.equal(restarts(4), '4')
    assert.equal(restarts(4, { terminated }), '4 (90s ago)')
  })

  it('API-69: the status is the most telling reason at hand', () => {
    const status = (state: object, metadata: object = {}, own: object = spec) =>
      cellsOf('Pod', pod(own, state, metadata))['Status']
    const containers = (...states: object[]) => ({
      phase: 'Running',
      containerStatuses: states.map((state, index) => ({ name: String(index), state })),
    })
    const ended = (exitCode: number, rest: object = {}) => ({ terminated: { exitCode, ...rest } })
    const alive = { running: {} }
    const withInit = { ...spec, initContainers: [{ name: 'i' }, { name: 'j' }] }
    const init = (state: object) => ({
      phase: 'Pending',
      initContainerStatuses: [{ name: 'i', state }],
    })
    const deleted = { deletionTimestamp: stored.creationTimestamp }
    const ready = { conditions: [{ type: 'Ready', status: 'True' }] }
    const gated = { conditions: [{ type: 'PodScheduled', reason: 'SchedulingGated' }] }
    const forms: readonly (readonly [string, unknown])[] = [
      ['Pending', status({ phase: 'Pending' })],
      ['Evicted', status({ phase: 'Failed', reason: 'Evicted' })],
      ['SchedulingGated', status({ phase: 'Pending', ...gated })],
      ['Init:0/2', status(init(alive), {}, withInit)],
      ['Init:0/2', status(init({ waiting: { reason: 'PodInitializing' } }), {}, withInit)],
      [
        'Init:CrashLoopBackOff',
        status(init({ waiting: { reason: 'CrashLoopBackOff' } }), {}, withInit),
      ],
      ['Init:Signal:9', status(init(ended(137, { signal: 9 })), {}, withInit)],
      ['Init:ExitCode:3', status(init(ended(3)), {}, withInit)],
      ['Init:Error', status(init(ended(3, { reason: 'Error' })), {}, withInit)],
      ['ErrImagePull', status(containers({ waiting: { reason: 'ErrImagePull' } }, ended(1)))],
      ['ExitCode:1', status(containers(ended(1), { waiting: { reason: 'ErrImagePull' } }))],
      ['Signal:15', status(containers(ended(143, { signal: 15 })))],
      ['Completed', status(containers(ended(0, { reason: 'Completed' })))],
      [
        'Running',
        status({
          phase: 'Running',
          ...ready,
          containerStatuses: [
            { name: 'a', state: ended(0, { reason: 'Completed' }) },
            { name: 'b', ...running },
          ],
        }),
      ],
      [
        'NotReady',
        status({
          phase: 'Running',
          containerStatuses: [
            { name: 'a', state: ended(0, { reason: 'Completed' }) },
            { name: 'b', ...running },
          ],
        }),
      ],
      [
        'Error',
        status(containers(ended(0, { reason: 'Completed' }), ended(2, { reason: 'Error' }))),
      ],
      ['Terminating', status({ phase: 'Running' }, deleted)],
      ['Succeeded', status({ phase: 'Succeeded' }, deleted)],
      ['Unknown', status({ phase: 'Running', reason: 'NodeLost' }, deleted)],
    ]
    assert.deepEqual(
      forms.map(([, found]) => found),
      forms.map(([expected]) => expected),
    )
  })

  it('API-70: wide tables add address, nodes and readiness gates', () => {
    const wideCells = (object: unknown) => {
      const { columnDefinitions, rows } = tableOf('Pod', [object as Pod], now)
      assert.deepEqual(
        columnDefinitions.filter(({ priority }) => priority === 1).map(({ name }) => name),
        ['IP', 'Node', 'Nominated Node', 'Readiness Gates'],
      )
      return rows[0]?.cells.slice(5)
    }
    const bare = pod({ containers: [] }, { phase: 'Pending' })
    assert.deepEqual(wideCells(bare), ['<none>', '<none>', '<none>', '<none>'])
    const full = pod(
      { ...spec, readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
      {
        podIPs: [{ ip: '10.1.0.1' }, { ip: 'fd00::1' }],
        nominatedNodeName: 'other',
        conditions: [{ type: 'a', status: 'True' }],
      },
    )
    assert.deepEqual(wideCells(full), ['10.1.0.1', 'worker', 'other', '1/2'])
  })

  it('TABLE-16: says of ended pods that they have ended', () => {
    const { rows } = tableOf('Pod', [pod(spec, { phase: 'Failed' }) as Pod], now)
    assert.deepEqual(rows[0]?.conditions, [
      { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' },
    ])
  })
})
