import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf } from '../../kubernetes/conditions'
import { StatusError } from '../../kubernetes/status-error'
import type { Draft } from '../../kubernetes/types'
import { affinityTo } from '../../reconciler/testing/objects'
import { minute, withCluster } from '../cluster-fixture'
import { podDraft } from '../server-fixture'

const requesting = (name: string, cpu: string, spec: object = {}) =>
  podDraft(name, {
    spec: {
      containers: [{ name: 'main', image: 'main:1', resources: { requests: { cpu } } }],
      ...spec,
    },
  })

const node = (name: string, cpu: string): Draft => ({
  metadata: { name },
  status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
})

test('SCHED-01, SCHED-15, SCHED-16: a pod is bound to a node that fits, with an event', async () => {
  await withCluster(async ({ client, cluster, join, pod, events, event }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p'))
    await client.create('Pod', podDraft('other', { spec: { schedulerName: 'mine' } }))
    await cluster.advance(1_000)
    const bound = await pod('p')
    assert.equal(bound.spec.nodeName, 'node-a')
    assert.equal(conditionOf(bound.status.conditions, 'PodScheduled')?.status, 'True')
    assert.equal((await events('p'))[0], 'Scheduled: Successfully assigned default/p to node-a')
    const scheduled = await event('p', 'Scheduled')
    assert.equal(scheduled?.reportingComponent, 'default-scheduler')
    assert.equal(scheduled?.action, 'Binding')
    assert.equal((await pod('other')).spec.nodeName, undefined)
  })
})

test('SCHED-03: a gated pod waits until its gates are gone', async () => {
  await withCluster(async ({ client, cluster, join, pod, until }) => {
    await join('node-a')
    await client.create('Pod', podDraft('p', { spec: { schedulingGates: [{ name: 'g' }] } }))
    await cluster.advance(1_000)
    assert.equal((await pod('p')).spec.nodeName, undefined)
    const key = { name: 'p', namespace: 'default' }
    await client.patch('Pod', key, { type: 'merge', body: { spec: { schedulingGates: null } } })
    await until('bound', async () => (await pod('p')).spec.nodeName === 'node-a')
  })
})

test('SCHED-17, SCHED-18, SCHED-23: a pod that nothing fits says why, and is tried when that changes', async () => {
  await withCluster(async ({ client, cluster, join, pod, event, until }) => {
    await join(node('node-a', '1'), 'node-b')
    const affinity = affinityTo(['node-a'])
    await client.create('Pod', requesting('p', '1500m', { affinity }))
    await cluster.advance(1_000)
    const message =
      "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."
    const refused = await pod('p')
    const condition = conditionOf(refused.status.conditions, 'PodScheduled')
    assert.deepEqual(
      [refused.status.phase, condition?.status, condition?.reason, condition?.message],
      ['Pending', 'False', 'Unschedulable', message],
    )
    const failed = await event('p', 'FailedScheduling')
    assert.deepEqual(
      [failed?.type, failed?.action, failed?.message],
      ['Warning', 'Scheduling', message],
    )
    await cluster.advance(minute)
    assert.equal((await pod('p')).metadata.resourceVersion, refused.metadata.resourceVersion)
    const status = { allocatable: { cpu: '2' } }
    await client.patch(
      'Node',
      { name: 'node-a' },
      { type: 'merge', body: { status } },
      { subresource: 'status' },
    )
    await until('bound', async () => (await pod('p')).spec.nodeName === 'node-a', 1_000)
  })
})

test('SCHED-15, SCHED-24: a binding that fails is tried again after a back-off', async () => {
  await withCluster(async ({ client, cluster, join, pod, until }) => {
    await join('node-a')
    let refusals = 0
    const stop = cluster.server.intercept(({ subresource }) => {
      if (subresource !== 'binding' || refusals > 0) return undefined
      refusals++
      return new StatusError('InternalError', 'not now')
    })
    await client.create('Pod', podDraft('p'))
    await cluster.advance(999)
    assert.equal((await pod('p')).spec.nodeName, undefined)
    await until('bound', async () => (await pod('p')).spec.nodeName === 'node-a', 1)
    stop()
  })
})

test('SCHED-21: without nodes there is nothing to choose from; the first node is taken at once', async () => {
  await withCluster(async ({ client, cluster, join, pod, event, until }) => {
    await client.create('Pod', podDraft('p'))
    await cluster.advance(2_000)
    assert.equal(
      (await event('p', 'FailedScheduling'))?.message,
      'no nodes available to schedule pods',
    )
    await join('node-a')
    await until('bound', async () => (await pod('p')).spec.nodeName === 'node-a')
  })
})

test('SCHED-26, SCHED-27, SCHED-28: a more important pod takes the place of others once they are gone', async () => {
  await withCluster(async ({ client, cluster, join, pod, event, find, until }) => {
    await join(node('node-a', '1'))
    await client.create('Pod', requesting('ordinary', '1'))
    await until('running', async () => (await pod('ordinary')).status.phase === 'Running')
    const priorityClassName = 'system-node-critical'
    const lifecycle = {}
    await client.create('Pod', requesting('critical', '1', { priorityClassName, lifecycle }))
    await cluster.drain()
    const waiting = await pod('critical')
    assert.equal(waiting.status.nominatedNodeName, 'node-a')
    const condition = conditionOf(waiting.status.conditions, 'PodScheduled')
    assert.equal(condition?.message, '0/1 nodes are available: 1 Insufficient cpu.')
    const victim = await pod('ordinary')
    assert.ok(victim.metadata.deletionTimestamp)
    assert.equal(victim.metadata.deletionGracePeriodSeconds, 30)
    const target = conditionOf(victim.status.conditions, 'DisruptionTarget')
    assert.deepEqual(
      [target?.status, target?.reason, target?.message],
      [
        'True',
        'PreemptionByScheduler',
        'default-scheduler: preempting to accommodate a higher priority pod',
      ],
    )
    const preempted = await event('ordinary', 'Preempted')
    assert.deepEqual([preempted?.type, preempted?.action], ['Normal', 'Preempting'])
    assert.equal(preempted?.message, `Preempted by pod ${waiting.metadata.uid} on node node-a`)
    await until('running', async () => (await pod('critical')).status.phase === 'Running')
    assert.equal(await find('Pod', 'ordinary'), undefined)
  })
})

test('SCHED-18: repeats of a refusal within six minutes become a series', async () => {
  await withCluster(async ({ client, cluster, join, event }) => {
    await join(node('node-a', '1'))
    await client.create('Pod', requesting('p', '2'))
    await cluster.advance(6 * minute)
    const failed = await event('p', 'FailedScheduling')
    assert.equal(failed?.series?.count, 2)
  })
})

test('SCHED-29: which of the nodes that pass is chosen is chance, and always one of them', async () => {
  const chosen = new Set<string | undefined>()
  for (let seed = 1; seed <= 12; seed++) {
    await withCluster(
      async ({ client, cluster, join, pod }) => {
        await join('node-a', 'node-b', 'node-c')
        await cluster
          .client('test')
          .patch(
            'Node',
            { name: 'node-b' },
            { type: 'merge', body: { spec: { unschedulable: true } } },
          )
        await client.create('Pod', podDraft('p'))
        await cluster.advance(1_000)
        chosen.add((await pod('p')).spec.nodeName)
      },
      { seed },
    )
  }
  assert.deepEqual([...chosen].sort(), ['node-a', 'node-c'])
})
