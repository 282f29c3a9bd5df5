import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import type { DaemonSet, Event } from '../kubernetes/types'
import { ExpectationError } from './errors'
import { startInProcessTarget } from './in-process-target'
import type { ScenarioCluster } from './target'

const labels = { app: 'agent' }
const draft = (namespace: string) => ({
  metadata: { name: 'agent', namespace },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'main', image: 'agent:1' }] },
    },
  },
})

async function openScenario(id = 'a.feature > a scenario', gateway = false) {
  const target = await startInProcessTarget({ name: 'in-process', seed: 1, gateway })
  return await target.openScenario(id)
}

/** Joins the nodes, creates the DaemonSet and waits until its pods are ready. */
async function rolledOut(cluster: ScenarioCluster, nodes: readonly string[]): Promise<DaemonSet> {
  const { client, namespace } = cluster
  for (const name of nodes) await cluster.nodes.join({ metadata: { name } })
  await client.create('DaemonSet', draft(namespace))
  return await cluster.eventually(
    'all daemon pods are ready',
    () => client.get('DaemonSet', { name: 'agent', namespace }),
    ({ status }) => status.numberReady === nodes.length,
  )
}

test('a scenario sees its DaemonSet become ready in virtual time', async () => {
  await using cluster = await openScenario()
  const startedAt = cluster.clock.now()
  const { status } = await rolledOut(cluster, ['node-a', 'node-b', 'node-c'])
  assert.equal(status.numberAvailable, 3)
  assert.ok(cluster.clock.now() - startedAt < 10_000)
})

test('the observation holds every change of the namespace and of the nodes that joined', async () => {
  await using cluster = await openScenario()
  await rolledOut(cluster, ['node-a', 'node-b'])
  await cluster.settle()
  const { events, refusals, namespace, scenario } = cluster.observation()
  assert.equal(scenario, 'a.feature > a scenario')
  assert.equal(namespace, cluster.namespace)
  assert.deepEqual(refusals, [])
  const added = events.filter(({ type }) => type === 'ADDED').map(({ kind }) => kind)
  const count = (kind: string) => added.filter((each) => each === kind).length
  assert.deepEqual(
    [count('Node'), count('DaemonSet'), count('Pod'), count('ControllerRevision')],
    [2, 1, 2, 1],
  )
  const created = events.filter(
    ({ kind, object }) => kind === 'Event' && (object as Event).reason === 'SuccessfulCreate',
  )
  assert.equal(created.length, 2)
  assert.ok(events.every(({ object }) => object.metadata.managedFields === undefined))
  assert.deepEqual(
    [...events].sort((a, b) => a.at - b.at),
    events,
  )
})

test('the same seed and id give the same observation, whatever ran before', async () => {
  const observe = async (id: string) => {
    await using cluster = await openScenario(id)
    await rolledOut(cluster, ['node-a', 'node-b'])
    await cluster.settle()
    return JSON.stringify(cluster.observation())
  }
  const first = await observe('one')
  const other = await observe('two')
  assert.equal(await observe('one'), first)
  assert.notEqual(other, first)
})

test('a refusal is recorded with its request, and thrown', async () => {
  await using cluster = await openScenario()
  const { client, namespace } = cluster
  const key = { name: 'nobody', namespace }
  await assert.rejects(client.get('Pod', key), (error) => StatusError.is(error, 'NotFound'))
  const [refusal] = cluster.observation().refusals
  assert.deepEqual(refusal, {
    at: 0,
    verb: 'get',
    kind: 'Pod',
    name: 'nobody',
    code: 404,
    reason: 'NotFound',
    message: 'pods "nobody" not found',
    causes: [],
  })
})

test('refusals while waiting mean not yet, and are not recorded', async () => {
  await using cluster = await openScenario()
  const { client, namespace } = cluster
  cluster.clock.after(5_000, () => void client.create('DaemonSet', draft(namespace)))
  const read = () => client.get('DaemonSet', { name: 'agent', namespace })
  const startedAt = cluster.clock.now()
  await cluster.eventually('the DaemonSet is there', read, () => true)
  assert.equal(cluster.clock.now() - startedAt, 5_000)
  assert.deepEqual(cluster.observation().refusals, [])
})

test('eventually gives up after its time, with what was seen last and the recent events', async () => {
  await using cluster = await openScenario()
  await rolledOut(cluster, ['node-a'])
  const startedAt = cluster.clock.now()
  const wait = cluster.eventually(
    'seven nodes',
    async () => (await cluster.client.list('Node')).items.length,
    (count) => count === 7,
    { withinSeconds: 12 },
  )
  await assert.rejects(wait, (error) => {
    assert.ok(error instanceof ExpectationError)
    assert.equal(error.observed, 1)
    assert.match(error.message, /not within 12 s: seven nodes\n.*last observed: 1\n/)
    assert.match(error.message, /Event .*SuccessfulCreate: Created pod: agent-/)
    return true
  })
  assert.equal(cluster.clock.now() - startedAt, 12_000)
})

test('consistently holds for its whole time, and fails at the first exception', async () => {
  await using cluster = await openScenario()
  await rolledOut(cluster, ['node-a'])
  const pods = async () => {
    const { items } = await cluster.client.list('Pod', { namespace: cluster.namespace })
    return items.length
  }
  const startedAt = cluster.clock.now()
  await cluster.consistently('one pod', pods, (count) => count === 1, { forSeconds: 30 })
  assert.equal(cluster.clock.now() - startedAt, 30_000)
  cluster.clock.after(3_000, () => void cluster.nodes.join({ metadata: { name: 'node-b' } }))
  const wait = cluster.consistently('one pod', pods, (count) => count === 1, { forSeconds: 30 })
  await assert.rejects(wait, /not for 30 s, only for 3\.\d s: one pod/)
})

test('elapse lets exactly the given time pass', async () => {
  await using cluster = await openScenario()
  await cluster.nodes.join({ metadata: { name: 'node-a' } })
  const startedAt = cluster.clock.now()
  await cluster.elapse(90)
  assert.equal(cluster.clock.now() - startedAt, 90_000)
})

test('settle ends a second after the last change, and at the latest after fifteen', async () => {
  await using cluster = await openScenario()
  await rolledOut(cluster, ['node-a'])
  await cluster.settle()
  const settledAt = cluster.clock.now()
  await cluster.settle()
  assert.equal(cluster.clock.now(), settledAt)

  const { client, namespace } = cluster
  const disturb = async (count: number): Promise<void> => {
    const body = { metadata: { annotations: { count: String(count) } } }
    await client.patch('DaemonSet', { name: 'agent', namespace }, { type: 'merge', body })
    if (count < 100) cluster.clock.after(900, () => void disturb(count + 1))
  }
  await disturb(0)
  const startedAt = cluster.clock.now()
  await cluster.settle()
  assert.equal(cluster.clock.now() - startedAt, 15_000)
})

test('through the gateway a scenario shows the same as without', async () => {
  const observe = async (gateway: boolean) => {
    await using cluster = await openScenario('one', gateway)
    await rolledOut(cluster, ['node-a', 'node-b'])
    await cluster.settle()
    const key = { name: 'nobody', namespace: cluster.namespace }
    await assert.rejects(cluster.client.get('Pod', key), StatusError)
    const { events, refusals } = cluster.observation()
    const shown = events.map(({ type, kind, object }) => `${type} ${kind} ${object.metadata.name}`)
    return { shown, refusals: refusals.map(({ message }) => message) }
  }
  assert.deepEqual(await observe(true), await observe(false))
})

for (const gateway of [false, true]) {
  const target = gateway ? 'in-process?gateway' : 'in-process'

  test(`${target}: a plain request gets status, headers and body of its answer`, async () => {
    await using cluster = await openScenario('one', gateway)
    await rolledOut(cluster, ['node-a'])
    const path = `/apis/apps/v1/namespaces/${cluster.namespace}/daemonsets`
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { status, headers, body } = await cluster.request({
      method: 'GET',
      path,
      headers: { accept },
    })
    assert.deepEqual([status, headers['content-type']], [200, ['application/json']])
    const [row] = JSON.parse(body).rows
    assert.deepEqual(row.cells.slice(0, 6), ['agent', 1, 1, 1, 1, 1])
  })

  test(`${target}: a refusal is an answer like any other, and not recorded`, async () => {
    await using cluster = await openScenario('one', gateway)
    const path = `/apis/apps/v1/namespaces/${cluster.namespace}/daemonsets/nobody`
    const { status, body } = await cluster.request({ method: 'GET', path })
    assert.deepEqual([status, JSON.parse(body).reason], [404, 'NotFound'])
    const nowhere = await cluster.request({ method: 'GET', path: '/nowhere' })
    assert.equal(nowhere.status, 404)
    assert.deepEqual(cluster.observation().refusals, [])
  })

  test(`${target}: what is written in plain words is seen by everybody`, async () => {
    await using cluster = await openScenario('one', gateway)
    const { namespace, client } = cluster
    await cluster.nodes.join({ metadata: { name: 'node-a' } })
    const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets`
    const { status } = await cluster.request({ method: 'POST', path, body: draft(namespace) })
    assert.equal(status, 201)
    await cluster.eventually(
      'the daemon pod is ready',
      () => client.get('DaemonSet', { name: 'agent', namespace }),
      (daemonSet) => daemonSet.status.numberReady === 1,
    )
  })
}

test('a plain request that leaves the scenario is refused before anything is sent', async () => {
  await using cluster = await openScenario()
  await cluster.nodes.join({ metadata: { name: 'node-a' } })
  const path = '/api/v1/nodes/node-a'
  await assert.rejects(cluster.request({ method: 'DELETE', path }), /wanted a write inside/)
  await assert.rejects(cluster.request({ method: 'GET', path: 'nodes' }), /begins with "\/"/)
  assert.equal((await cluster.client.list('Node')).items.length, 1)
})

test('plain requests do not change what the same seed shows', async () => {
  const observe = async (id: string) => {
    await using cluster = await openScenario(id)
    await rolledOut(cluster, ['node-a', 'node-b'])
    await cluster.request({ method: 'GET', path: '/api/v1/nodes' })
    const path = `/apis/apps/v1/namespaces/${cluster.namespace}/daemonsets/agent`
    const headers = { 'content-type': 'application/merge-patch+json' }
    const body = { spec: { minReadySeconds: 1 } }
    await cluster.request({ method: 'PATCH', path, headers, body })
    await cluster.settle()
    return JSON.stringify(cluster.observation())
  }
  assert.equal(await observe('one'), await observe('one'))
})
