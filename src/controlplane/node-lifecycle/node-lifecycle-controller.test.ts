import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf } from '../../kubernetes/conditions'
import type { Node } from '../../kubernetes/types'
import { type ClusterFixture, minute, withCluster } from '../cluster-fixture'
import { daemonSetDraft, podDraft } from '../server-fixture'

const nodeOf = ({ client }: ClusterFixture, name: string): Promise<Node> =>
  client.get('Node', { name })

const taintsOf = (node: Node) =>
  (node.spec?.taints ?? []).map(({ key, effect }) => `${key.split('/')[1]}:${effect}`)

const readyOf = (node: Node) => conditionOf(node.status?.conditions, 'Ready')

test('NODE-09, API-211: a node that joins ready loses the taint of admission at once', async () => {
  await withCluster(async (fixture) => {
    await fixture.join('node-a')
    const node = await nodeOf(fixture, 'node-a')
    assert.deepEqual(taintsOf(node), [])
    assert.equal(readyOf(node)?.reason, 'KubeletReady')
  })
})

test('NODE-01, KUBELET-03: leases keep idle nodes alive for hours', async () => {
  await withCluster(async (fixture) => {
    await fixture.join('node-a', 'node-b')
    await fixture.cluster.advance(120 * minute)
    const node = await nodeOf(fixture, 'node-a')
    assert.equal(readyOf(node)?.status, 'True')
    const lease = await fixture.find('Lease', 'node-a', 'kube-node-lease')
    const age = fixture.cluster.clock.now() - Date.parse(lease?.spec?.renewTime ?? '')
    assert.ok(age <= 10_000, `the lease is ${age} ms old`)
    const heartbeat = Date.parse(readyOf(node)?.lastHeartbeatTime ?? '')
    assert.ok(fixture.cluster.clock.now() - heartbeat <= 5 * minute + 10_000)
  })
})

test('NODE-02, NODE-04, NODE-05: a silent node becomes unknown, and its pods not ready', async () => {
  await withCluster(async (fixture) => {
    const { cluster, pods, events, join, daemonSet, until } = fixture
    await join('node-a', 'node-b')
    await daemonSet(daemonSetDraft('agent'), 2)
    await cluster.advance(minute)
    cluster.nodes.stop('node-a')
    await cluster.advance(49_000)
    assert.equal(readyOf(await nodeOf(fixture, 'node-a'))?.status, 'True')
    await cluster.advance(12_000)
    const node = await nodeOf(fixture, 'node-a')
    for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
      const condition = conditionOf(node.status?.conditions, type)
      assert.equal(condition?.status, 'Unknown', type)
      assert.equal(condition?.reason, 'NodeStatusUnknown')
      assert.equal(condition?.message, 'Kubelet stopped posting node status.')
    }
    assert.ok(
      (await events('node-a')).includes('NodeNotReady: Node node-a status is now: NodeNotReady'),
    )
    const lost = (await pods()).find(({ spec }) => spec.nodeName === 'node-a')
    assert.ok(lost)
    assert.equal(conditionOf(lost.status.conditions, 'Ready')?.status, 'False')
    assert.equal(conditionOf(lost.status.conditions, 'ContainersReady')?.status, 'True')
    assert.equal(lost.status.phase, 'Running')
    assert.ok((await events(lost.metadata.name)).includes('NodeNotReady: Node is not ready'))
    // NODE-20: daemon pods tolerate both taints for ever.
    assert.deepEqual(taintsOf(node), ['unreachable:NoSchedule', 'unreachable:NoExecute'])
    await cluster.advance(10 * minute)
    assert.equal((await pods()).length, 2)
    // NODE-06: the kubelet comes back and puts everything right.
    cluster.nodes.resume('node-a')
    await until('ready again', async () => {
      const { items } = await fixture.client.list('DaemonSet')
      return items[0]?.status?.numberReady === 2
    })
    await cluster.advance(6_000)
    assert.deepEqual(taintsOf(await nodeOf(fixture, 'node-a')), [])
  })
})

test('NODE-07: nodes are registered, and removed', async () => {
  await withCluster(async ({ cluster, join, events }) => {
    await join('node-a')
    await cluster.advance(6_000)
    assert.ok(
      (await events('node-a')).includes(
        'RegisteredNode: Node node-a event: Registered Node node-a in Controller',
      ),
    )
    await cluster.nodes.leave('node-a')
    await cluster.advance(6_000)
    assert.equal(
      (await events('node-a')).at(-1),
      'RemovingNode: Node node-a event: Removing Node node-a from Controller',
    )
  })
})

test('NODE-10: cordon and uncordon', async () => {
  await withCluster(async (fixture) => {
    await fixture.join('node-a')
    const cordon = (unschedulable: boolean) =>
      fixture.client.patch(
        'Node',
        { name: 'node-a' },
        { type: 'merge', body: { spec: { unschedulable } } },
      )
    await cordon(true)
    await fixture.cluster.drain()
    assert.deepEqual(taintsOf(await nodeOf(fixture, 'node-a')), ['unschedulable:NoSchedule'])
    await cordon(false)
    await fixture.cluster.drain()
    assert.deepEqual(taintsOf(await nodeOf(fixture, 'node-a')), [])
  })
})

test('NODE-08, NODE-11, KUBELET-05: conditions that the kubelet reports', async () => {
  await withCluster(async (fixture) => {
    const { cluster, join, events } = fixture
    await join('node-a', 'node-b')
    await cluster.advance(6_000)
    await cluster.nodes.setCondition('node-a', 'DiskPressure', 'True')
    await cluster.nodes.setCondition('node-b', 'Ready', 'False')
    await cluster.advance(6_000)
    const [a, b] = [await nodeOf(fixture, 'node-a'), await nodeOf(fixture, 'node-b')]
    assert.deepEqual(taintsOf(a), ['disk-pressure:NoSchedule'])
    assert.equal(
      conditionOf(a.status?.conditions, 'DiskPressure')?.reason,
      'KubeletHasDiskPressure',
    )
    assert.ok(
      (await events('node-a')).includes(
        'NodeHasDiskPressure: Node node-a status is now: NodeHasDiskPressure',
      ),
    )
    assert.deepEqual(taintsOf(b), ['not-ready:NoSchedule', 'not-ready:NoExecute'])
    assert.equal(readyOf(b)?.reason, 'KubeletNotReady')
    await cluster.nodes.setCondition('node-b', 'Ready', 'True')
    await cluster.advance(6_000)
    assert.deepEqual(taintsOf(await nodeOf(fixture, 'node-b')), [])
  })
})

test('NODE-13: when the only node dies, nothing is evicted', async () => {
  await withCluster(async (fixture) => {
    const { cluster, client, join, until, pod } = fixture
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await until('running', async () => (await pod('p')).status.phase === 'Running')
    cluster.nodes.stop('node-a')
    await cluster.advance(20 * minute)
    assert.deepEqual(taintsOf(await nodeOf(fixture, 'node-a')), ['unreachable:NoSchedule'])
    assert.equal((await pod('p')).metadata.deletionTimestamp, undefined)
  })
})

test('NODE-16, NODE-17, NODE-19: ordinary pods of a lost node are deleted five minutes after the taint', async () => {
  await withCluster(async (fixture) => {
    const { cluster, client, join, until, pod, events } = fixture
    await join('node-a', 'node-b')
    await client.create(
      'Pod',
      podDraft('p', { spec: { nodeSelector: { 'kubernetes.io/hostname': 'node-a' } } }),
    )
    await until('running', async () => (await pod('p')).status.phase === 'Running')
    cluster.nodes.stop('node-a')
    await until(
      'tainted',
      async () => taintsOf(await nodeOf(fixture, 'node-a')).length === 2,
      2 * minute,
    )
    await cluster.advance(299_000)
    assert.equal((await pod('p')).metadata.deletionTimestamp, undefined)
    await cluster.advance(1_000)
    const evicted = await pod('p')
    assert.ok(evicted.metadata.deletionTimestamp)
    const target = conditionOf(evicted.status.conditions, 'DisruptionTarget')
    assert.deepEqual(
      [target?.reason, target?.message],
      ['DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint'],
    )
    assert.ok(
      (await events('p')).includes('TaintManagerEviction: Marking for deletion Pod default/p'),
    )
    // It stays, terminating, until the kubelet is back.
    await cluster.advance(5 * minute)
    assert.ok(await pod('p'))
    cluster.nodes.resume('node-a')
    await until('gone', async () => (await fixture.find('Pod', 'p')) === undefined)
  })
})

test('NODE-03: conditions that a node has never posted are added as unknown', async () => {
  await withCluster(async (fixture) => {
    const { client, cluster } = fixture
    await client.create('Node', { metadata: { name: 'mute' } })
    await cluster.advance(55_000)
    assert.equal((await nodeOf(fixture, 'mute')).status?.conditions, undefined)
    await cluster.advance(15_000)
    const { status } = await nodeOf(fixture, 'mute')
    assert.deepEqual(
      status?.conditions?.map((condition) => [condition.type, condition.status]).sort(),
      [
        ['DiskPressure', 'Unknown'],
        ['MemoryPressure', 'Unknown'],
        ['PIDPressure', 'Unknown'],
        ['Ready', 'Unknown'],
      ],
    )
    for (const { reason, message } of status?.conditions ?? []) {
      assert.deepEqual(
        [reason, message],
        ['NodeStatusNeverUpdated', 'Kubelet never posted node status.'],
      )
    }
  })
})

test('NODE-14: the old labels of system and architecture follow the new ones', async () => {
  await withCluster(async (fixture) => {
    const { client, cluster, join } = fixture
    const name = 'node-a'
    const labelsOf = async () => (await nodeOf(fixture, name)).metadata.labels
    await join(name)
    const joined = await labelsOf()
    assert.equal(joined?.['beta.kubernetes.io/os'], joined?.['kubernetes.io/os'])
    const change = async (labels: object) => {
      await client.patch('Node', { name }, { type: 'merge', body: { metadata: { labels } } })
      await cluster.drain()
      return await labelsOf()
    }
    const moved = await change({ 'kubernetes.io/arch': 'arm64' })
    assert.equal(moved?.['beta.kubernetes.io/arch'], 'arm64')
    const restored = await change({ 'beta.kubernetes.io/os': null })
    assert.equal(restored?.['beta.kubernetes.io/os'], 'linux')
  })
})

test('NODE-15: a node that has joined has what scheduler, test suites and kubectl look for', async () => {
  await withCluster(async (fixture) => {
    const { client, join, cluster, pod } = fixture
    await join('node-a')
    const { spec, status } = await nodeOf(fixture, 'node-a')
    assert.deepEqual(spec?.taints ?? [], [])
    for (const resource of ['cpu', 'memory', 'pods']) assert.ok(status?.allocatable?.[resource])
    assert.equal(conditionOf(status?.conditions, 'Ready')?.status, 'True')
    assert.notEqual(conditionOf(status?.conditions, 'NetworkUnavailable')?.status, 'True')
    assert.ok(status?.nodeInfo?.kubeletVersion)
    assert.deepEqual(
      status?.addresses?.map(({ type }) => type),
      ['InternalIP', 'Hostname'],
    )
    await client.create('Pod', podDraft('p'))
    await cluster.advance(1_000)
    assert.equal((await pod('p')).status.phase, 'Running')
    // Without allocatable values there is no place on it.
    await client.patch(
      'Node',
      { name: 'node-a' },
      { type: 'merge', body: { status: { allocatable: null, capacity: null } } },
      { subresource: 'status' },
    )
    await client.create('Pod', podDraft('q'))
    await cluster.advance(1_000)
    assert.equal((await pod('q')).spec.nodeName, undefined)
  })
})
