import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf } from '../../kubernetes/conditions'
import type { Node, Pod } from '../../kubernetes/types'
import { minute, withCluster } from '../cluster-fixture'
import { podDraft, watched } from '../server-fixture'

const key = { name: 'p', namespace: 'default' }

test('KUBELET-01, KUBELET-07, NODE-27: a node that joins', async () => {
  await withCluster(async ({ client, join, find, events }) => {
    await join({
      metadata: { name: 'node-a', labels: { disk: 'ssd' } },
      spec: { unschedulable: true },
    })
    const node = await client.get('Node', { name: 'node-a' })
    assert.equal(node.metadata.labels?.['kubernetes.io/hostname'], 'node-a')
    assert.equal(node.metadata.labels?.['kubernetes.io/os'], 'linux')
    assert.equal(node.metadata.labels?.['disk'], 'ssd')
    assert.deepEqual(
      node.status?.conditions?.map(({ type, status, reason }) => [type, status, reason]),
      [
        ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
        ['DiskPressure', 'False', 'KubeletHasNoDiskPressure'],
        ['PIDPressure', 'False', 'KubeletHasSufficientPID'],
        ['Ready', 'True', 'KubeletReady'],
      ],
    )
    assert.equal(node.status?.allocatable?.['pods'], '110')
    assert.equal(node.status?.nodeInfo?.kubeletVersion, 'v1.36.2')
    assert.equal(Object.keys(node.status?.nodeInfo ?? {}).length, 10)
    const lease = await find('Lease', 'node-a', 'kube-node-lease')
    assert.equal(lease?.spec?.holderIdentity, 'node-a')
    assert.equal(lease?.spec?.leaseDurationSeconds, 40)
    assert.equal(lease?.metadata.ownerReferences?.[0]?.uid, node.metadata.uid)
    assert.ok((await events('node-a')).includes('NodeReady: Node node-a status is now: NodeReady'))
  })
})

test('KUBELET-01: a node that is there already is taken over', async () => {
  await withCluster(async ({ client, cluster, join }) => {
    await client.create('Node', { metadata: { name: 'node-a', labels: { own: 'x' } } })
    await join({ metadata: { name: 'node-a', labels: { disk: 'ssd' } } })
    await cluster.advance(1_000)
    const { metadata, spec, status } = await client.get('Node', { name: 'node-a' })
    assert.deepEqual([metadata.labels?.['own'], metadata.labels?.['disk']], ['x', 'ssd'])
    assert.equal(conditionOf(status?.conditions, 'Ready')?.status, 'True')
    assert.deepEqual(spec?.taints ?? [], [])
  })
})

test('KUBELET-11, KUBELET-15, KUBELET-19: a pod from Pending to Ready, as watchers see it', async () => {
  await withCluster(async ({ client, cluster, join, events, event }) => {
    await join('node-a')
    const watch = watched(client, 'Pod', { namespace: 'default' })
    await client.create('Pod', podDraft('p'))
    await cluster.advance(1_000)
    const shown = watch.events.map(({ object }) => {
      const { spec, status } = object as Pod
      const ready = conditionOf(status.conditions, 'Ready')?.status ?? 'none'
      return `${spec.nodeName === undefined ? 'unbound' : 'bound'} ${status.phase} ${ready}`
    })
    assert.deepEqual(shown, [
      'unbound Pending none',
      'bound Pending none',
      'bound Pending False',
      'bound Running True',
    ])
    assert.deepEqual((await events('p')).slice(1), [
      'Pulled: Container image "main:1" already present on machine',
      'Created: Container created',
      'Started: Container started',
    ])
    const started = await event('p', 'Started')
    assert.deepEqual(started?.source, { component: 'kubelet', host: 'node-a' })
    assert.equal(started?.involvedObject.fieldPath, 'spec.containers{main}')
  })
})

test('KUBELET-25 to KUBELET-27: a deletion, as watchers see it', async () => {
  await withCluster(async ({ client, cluster, join }) => {
    await join('node-a')
    const lifecycle = { preStop: { sleep: { seconds: 5 } } }
    await client.create(
      'Pod',
      podDraft('p', { spec: { containers: [{ name: 'main', image: 'x', lifecycle }] } }),
    )
    await cluster.advance(1_000)
    const watch = watched(client, 'Pod', {
      namespace: 'default',
      resourceVersion: cluster.server.resourceVersion,
    })
    const began = cluster.clock.now()
    await client.delete('Pod', key)
    await cluster.advance(5_199)
    assert.deepEqual(watch.lines(), ['MODIFIED p'])
    await cluster.advance(1)
    assert.deepEqual(watch.lines(), ['MODIFIED p', 'MODIFIED p', 'MODIFIED p', 'DELETED p'])
    const graces = watch.events.map(({ object }) => object.metadata.deletionGracePeriodSeconds)
    assert.deepEqual(graces, [30, 30, 0, 0])
    const last = watch.events.at(-1)?.object as Pod
    assert.deepEqual(
      [last.status.phase, conditionOf(last.status.conditions, 'Ready')?.reason],
      ['Succeeded', 'PodCompleted'],
    )
    assert.equal(cluster.clock.now() - began, 5_200)
  })
})

test('KUBELET-10, KUBELET-28: a pod re-created under the same name has nothing to do with the old one', async () => {
  await withCluster(async ({ client, cluster, join, pod }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await cluster.advance(100)
    await client.delete('Pod', key, { gracePeriodSeconds: 0 })
    await client.create('Pod', podDraft('p'))
    await cluster.advance(199)
    assert.equal((await pod('p')).status.phase, 'Pending')
    await cluster.advance(1)
    assert.equal((await pod('p')).status.phase, 'Running')
  })
})

test('E2E-18, KUBELET-29: Failed that somebody else wrote stays', async () => {
  await withCluster(async ({ client, cluster, join, pod }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await cluster.advance(1_000)
    const body = { status: { phase: 'Failed' } }
    await client.patch('Pod', key, { type: 'merge', body }, { subresource: 'status' })
    await cluster.advance(minute)
    const { status } = await pod('p')
    assert.equal(status.phase, 'Failed')
    assert.equal(conditionOf(status.conditions, 'Ready')?.reason, 'PodFailed')
    assert.ok(status.containerStatuses?.[0]?.state?.terminated)
  })
})

test('NODE-06: what somebody else wrote over readiness is put right at the next look', async () => {
  await withCluster(async ({ client, cluster, join, pod }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await cluster.advance(1_000)
    const body = { status: { conditions: [{ type: 'Ready', status: 'False' }] } }
    await client.patch('Pod', key, { type: 'strategic', body }, { subresource: 'status' })
    await cluster.advance(9_000)
    assert.equal(conditionOf((await pod('p')).status.conditions, 'Ready')?.status, 'False')
    await cluster.advance(1_000)
    assert.equal(conditionOf((await pod('p')).status.conditions, 'Ready')?.status, 'True')
  })
})

test('KUBELET-30: a silent kubelet tells nothing until it is back', async () => {
  await withCluster(async ({ client, cluster, join, pod, find }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await client.create('Pod', podDraft('q'))
    await cluster.advance(1_000)
    cluster.nodes.stop('node-a')
    cluster.nodes.exitContainer('default/p', 'main', 1)
    await client.delete('Pod', { name: 'q', namespace: 'default' })
    await cluster.advance(5_000)
    assert.equal((await pod('p')).status.containerStatuses?.[0]?.restartCount, 0)
    assert.ok((await pod('q')).metadata.deletionTimestamp)
    cluster.nodes.resume('node-a')
    await cluster.advance(1_000)
    assert.equal((await pod('p')).status.containerStatuses?.[0]?.restartCount, 1)
    assert.equal(await find('Pod', 'q'), undefined)
  })
})

test('KUBELET-31, KUBELET-33: a pod that does not belong on the node is refused', async () => {
  await withCluster(async ({ client, cluster, join, pod, events }) => {
    await join('node-a')
    await client.create(
      'Pod',
      podDraft('p', { spec: { nodeName: 'node-a', nodeSelector: { disk: 'ssd' } } }),
    )
    await cluster.advance(minute)
    const { status } = await pod('p')
    const detail =
      "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
    assert.deepEqual(
      [status.phase, status.reason, status.message, status.containerStatuses],
      ['Failed', 'NodeAffinity', `Pod was rejected: ${detail}`, undefined],
    )
    assert.deepEqual(await events('p'), [`NodeAffinity: ${detail}`])
  })
})

test('KUBELET-35: a critical pod takes the place of another on its node', async () => {
  await withCluster(async ({ client, cluster, join, pod }) => {
    await join({ metadata: { name: 'node-a' }, status: { allocatable: { cpu: '1', pods: '10' } } })
    const containers = [{ name: 'main', image: 'x', resources: { requests: { cpu: '1' } } }]
    await client.create('Pod', podDraft('p', { spec: { containers } }))
    await cluster.advance(1_000)
    const priorityClassName = 'system-node-critical'
    await client.create(
      'Pod',
      podDraft('vip', { spec: { containers, nodeName: 'node-a', priorityClassName } }),
    )
    await cluster.advance(1_000)
    const preempted = await pod('p')
    assert.deepEqual([preempted.status.phase, preempted.status.reason], ['Failed', 'Preempting'])
    assert.equal((await pod('vip')).status.phase, 'Running')
  })
})

test('KUBELET-37: an evicted pod fails and stays; a critical one is spared', async () => {
  await withCluster(async ({ client, cluster, join, pod, events }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await client.create(
      'Pod',
      podDraft('vip', { spec: { priorityClassName: 'system-node-critical' } }),
    )
    await cluster.advance(1_000)
    cluster.nodes.evict('default/p', 'memory')
    cluster.nodes.evict('default/vip', 'memory')
    await cluster.advance(1_000)
    const { status } = await pod('p')
    const message =
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container main was using 1Gi, request is 0, has larger consumption of memory. '
    assert.deepEqual([status.phase, status.reason, status.message], ['Failed', 'Evicted', message])
    assert.equal(conditionOf(status.conditions, 'DisruptionTarget')?.reason, 'TerminationByKubelet')
    assert.ok((await events('p')).includes(`Evicted: ${message}`))
    assert.equal((await pod('vip')).status.phase, 'Running')
  })
})

test('pods can be made to complete, to fail, and to become unready', async () => {
  await withCluster(async ({ client, cluster, join, pod }) => {
    await join('node-a')
    for (const name of ['done', 'failed', 'unready']) await client.create('Pod', podDraft(name))
    await cluster.advance(1_000)
    cluster.nodes.completePod('default/done')
    cluster.nodes.failPod('default/failed', 'Broken')
    cluster.nodes.failReadiness('default/unready')
    await cluster.advance(1)
    assert.equal((await pod('done')).status.phase, 'Succeeded')
    const failed = await pod('failed')
    assert.deepEqual([failed.status.phase, failed.status.reason], ['Failed', 'Broken'])
    assert.equal(conditionOf((await pod('unready')).status.conditions, 'Ready')?.status, 'False')
    cluster.nodes.restoreReadiness('default/unready')
    await cluster.advance(1)
    assert.equal(conditionOf((await pod('unready')).status.conditions, 'Ready')?.status, 'True')
  })
})

test('a fleet that is disposed of leaves no node behind', async () => {
  await withCluster(async ({ client, cluster, join }) => {
    await join('node-a', 'node-b')
    await cluster.nodes.dispose()
    assert.deepEqual((await client.list('Node')).items, [])
    assert.throws(
      () => cluster.nodes.stop('node-a'),
      /Node node-a is not one of the simulated nodes/,
    )
  })
})

test('NODE-21: a node that joins again finds its pods still bound to it, and ends them when asked to', async () => {
  await withCluster(async ({ client, cluster, join, find }) => {
    await join('node-a')
    await join('node-b')
    await client.create('Pod', podDraft('p', { spec: { nodeName: 'node-b' } }))
    await cluster.advance(1_000)
    const { podIP } = (await client.get('Pod', key)).status
    await cluster.nodes.leave('node-b')
    await join('node-b')
    await cluster.advance(1_000)
    const { metadata, status } = await client.get('Pod', key)
    assert.deepEqual([status.phase, status.podIP], ['Running', podIP])
    await client.delete('Pod', { name: metadata.name, namespace: 'default' })
    await cluster.advance(1_000)
    assert.equal(await find('Pod', 'p', 'default'), undefined)
  })
})

test('KUBELET-30: what was due while a kubelet was silent does not keep it from what comes later', async () => {
  await withCluster(async ({ client, cluster, join, find }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await cluster.drain()
    cluster.nodes.stop('node-a')
    await cluster.advance(1_000) // The container would have started.
    cluster.nodes.resume('node-a')
    await cluster.advance(1_000)
    assert.equal((await client.get('Pod', key)).status.phase, 'Running')
    await client.delete('Pod', key)
    await cluster.advance(1_000)
    assert.equal(await find('Pod', 'p', 'default'), undefined)
  })
})

test('KUBELET-30: a kubelet that comes back to its machine finds the containers still running', async () => {
  await withCluster(async ({ client, cluster, join, pod }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await cluster.advance(1_000)
    cluster.nodes.exitContainer('default/p', 'main', 1)
    await cluster.advance(1_000)
    const before = await pod('p')
    const shown = watched(client, 'Pod', { resourceVersion: cluster.server.resourceVersion })
    await cluster.nodes.leave('node-a')
    await join('node-a')
    await cluster.advance(10_000)
    assert.deepEqual(shown.lines(), [])
    const [status] = before.status.containerStatuses ?? []
    assert.equal(status?.restartCount, 1)
    cluster.nodes.exitContainer('default/p', 'main', 1)
    await cluster.advance(1_000)
    assert.equal((await pod('p')).status.containerStatuses?.[0]?.restartCount, 2)
  })
})

test('KUBELET-02: the status of a node is written when it changes, and every five minutes', async () => {
  await withCluster(async ({ client, cluster, join }) => {
    await join('node-a')
    await cluster.advance(minute)
    const { resourceVersion } = cluster.server
    const watch = watched(client, 'Node', { resourceVersion })
    const writes = () =>
      watch.events.splice(0).map(({ object }) => (object as Node).status?.conditions ?? [])
    const times = (conditions: NonNullable<Node['status']>['conditions'], type: string) => {
      const condition = conditionOf(conditions, type)
      return [condition?.lastHeartbeatTime, condition?.lastTransitionTime]
    }
    await cluster.advance(10 * minute)
    const idle = writes()
    assert.equal(idle.length, 2)
    const [first, second] = idle
    for (const type of ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready']) {
      const [beat, since] = times(first, type)
      const [nextBeat, nextSince] = times(second, type)
      assert.equal(Date.parse(nextBeat ?? '') - Date.parse(beat ?? ''), 5 * minute)
      assert.equal(nextSince, since)
    }
    await cluster.advance(minute)
    await cluster.nodes.setCondition('node-a', 'DiskPressure', 'True')
    await cluster.advance(10_000)
    const changed = writes()[0]
    const now = times(changed, 'DiskPressure')[0]
    assert.deepEqual(times(changed, 'DiskPressure'), [now, now])
    assert.deepEqual(times(changed, 'Ready'), [now, times(second, 'Ready')[1]])
  })
})

test('KUBELET-04: a healthy node has four conditions, in order', async () => {
  await withCluster(async ({ client, join }) => {
    await join('node-a')
    const { status } = await client.get('Node', { name: 'node-a' })
    assert.deepEqual(
      status?.conditions?.map(({ type, status, reason, message }) => [
        type,
        status,
        reason,
        message,
      ]),
      [
        [
          ...['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
          'kubelet has sufficient memory available',
        ],
        ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
        [
          ...['PIDPressure', 'False', 'KubeletHasSufficientPID'],
          'kubelet has sufficient PID available',
        ],
        ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
      ],
    )
  })
})

test('KUBELET-06: the life of a node is reported in events that name it by its name', async () => {
  await withCluster(async ({ client, cluster, join, event }) => {
    await join('node-a')
    const name = 'node-a'
    const cordon = async (unschedulable: boolean) => {
      await client.patch('Node', { name }, { type: 'merge', body: { spec: { unschedulable } } })
      await cluster.drain()
    }
    await cordon(true)
    await cordon(false)
    await cluster.nodes.setCondition(name, 'Ready', 'False')
    await cluster.drain()
    const starting = await event(name, 'Starting')
    assert.equal(starting?.message, 'Starting kubelet.')
    for (const reason of [
      ...['NodeReady', 'NodeNotSchedulable', 'NodeSchedulable', 'NodeHasSufficientMemory'],
      ...['NodeHasNoDiskPressure', 'NodeHasSufficientPID', 'NodeNotReady'],
    ]) {
      const recorded = await event(name, reason)
      assert.equal(recorded?.message, `Node node-a status is now: ${reason}`)
      assert.equal(recorded?.type, 'Normal')
      assert.equal(recorded?.source?.component, 'kubelet')
      const { kind, uid } = recorded.involvedObject
      assert.deepEqual([kind, uid], ['Node', name])
    }
  })
})

test('KUBELET-09: a bound pod is admitted before it starts; a refused one never does', async () => {
  await withCluster(async ({ client, cluster, join, pod, events }) => {
    await join('node-a')
    const watch = watched(client, 'Pod', { namespace: 'default' })
    const spec = { nodeName: 'node-a', nodeSelector: { disk: 'ssd' } }
    await client.create('Pod', podDraft('refused', { spec }))
    await client.create('Pod', podDraft('admitted', { spec: { nodeName: 'node-a' } }))
    // Of another node, and so none of this one's business.
    await client.create('Pod', podDraft('elsewhere', { spec: { nodeName: 'node-b' } }))
    await cluster.advance(minute)
    assert.equal((await pod('refused')).status.phase, 'Failed')
    assert.equal((await pod('admitted')).status.phase, 'Running')
    const foreign = watch.events.filter(({ object }) => object.metadata.name === 'elsewhere')
    assert.ok(foreign.every(({ object }) => (object as Pod).status.startTime === undefined))
    const states = watch.events
      .map(({ object }) => object as Pod)
      .filter(({ metadata }) => metadata.name === 'refused')
      .flatMap(({ status }) => status.containerStatuses ?? [])
    assert.ok(states.every(({ state, started }) => !state?.running && started !== true))
    assert.deepEqual(
      (await events('refused')).filter((text) => /^(Pulled|Created|Started)/.test(text)),
      [],
    )
  })
})

test('KUBELET-13: conditions keep their time until they change, and those of others stay', async () => {
  await withCluster(async ({ client, cluster, join, pod }) => {
    await join('node-a')
    const readinessGates = [{ conditionType: 'example.com/gate' }]
    await client.create('Pod', podDraft('p', { spec: { readinessGates } }))
    await cluster.advance(10_000)
    const set = (type: string, status: string) => {
      const body = { status: { conditions: [{ type, status }] } }
      return client.patch('Pod', key, { type: 'strategic', body }, { subresource: 'status' })
    }
    const before = (await pod('p')).status.conditions ?? []
    for (const condition of before) {
      assert.ok(condition.lastTransitionTime)
      if (condition.type !== 'PodScheduled') assert.equal(condition.observedGeneration, 1)
    }
    await set('DisruptionTarget', 'True')
    await set('example.com/gate', 'True')
    await cluster.advance(60_000)
    const after = (await pod('p')).status.conditions
    const since = (of: typeof after, type: string) => conditionOf(of, type)?.lastTransitionTime
    assert.notEqual(since(after, 'Ready'), since(before, 'Ready'))
    for (const type of ['Initialized', 'ContainersReady', 'PodReadyToStartContainers']) {
      assert.equal(since(after, type), since(before, type), type)
    }
    assert.equal(conditionOf(after, 'Ready')?.status, 'True')
    assert.equal(conditionOf(after, 'DisruptionTarget')?.status, 'True')
    assert.equal(conditionOf(after, 'example.com/gate')?.status, 'True')
  })
})

test('KUBELET-36: affinity is checked only at the start', async () => {
  await withCluster(async ({ client, cluster, join, pod }) => {
    await join({ metadata: { name: 'node-a', labels: { disk: 'ssd' } } })
    await client.create('Pod', podDraft('p', { spec: { nodeSelector: { disk: 'ssd' } } }))
    await cluster.advance(5_000)
    const body = { metadata: { labels: { disk: null } } }
    await client.patch('Node', { name: 'node-a' }, { type: 'merge', body })
    await cluster.advance(10 * minute)
    const { status, metadata } = await pod('p')
    assert.equal(status.phase, 'Running')
    assert.equal(metadata.deletionTimestamp, undefined)
    assert.equal(status.containerStatuses?.[0]?.restartCount, 0)
  })
})
