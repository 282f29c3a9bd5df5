import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type InProcessCluster, startInProcessCluster } from '../controlplane/in-process-cluster'
import { seededRandom } from '../kubernetes/random'
import { ExpectationError } from './errors'
import { liveTarget, type RestorableNodes } from './live-target'
import { runLabel } from './run-label'
import { during } from './testing/during'

/** A live target whose cluster is our own control plane: real ones differ in speed only. */
async function startTarget(
  more: { readonly realNodes?: RestorableNodes; readonly outlivesRun?: boolean } = {},
) {
  const cluster = await startInProcessCluster()
  let isClosed = false
  const target = liveTarget({
    name: 'lab',
    version: 'v1.36.2',
    provenance: {},
    run: 'r1',
    client: (name) => cluster.client(name),
    plainRequests: async ({ method, path }) => ({
      status: 200,
      headers: {},
      body: `${method} ${path}`,
    }),
    clock: cluster.clock,
    random: seededRandom(1),
    outlivesRun: true,
    ...more,
    close: async () => {
      isClosed = true
    },
  })
  return { cluster, target, isClosed: () => isClosed }
}

const labels = { app: 'agent' }

async function rollOut(cluster: InProcessCluster, scenario: Scenario, nodes: readonly string[]) {
  for (const name of nodes) {
    await during(cluster, scenario.nodes.join({ metadata: { name } }))
  }
  const { client, namespace } = scenario
  await client.create('DaemonSet', {
    metadata: { name: 'agent', namespace },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'agent:1' }] },
      },
    },
  })
  return await during(
    cluster,
    scenario.eventually(
      'all daemon pods are ready',
      () => client.get('DaemonSet', { name: 'agent', namespace }),
      ({ status }) => status.numberReady === nodes.length,
    ),
  )
}

type Scenario = Awaited<
  ReturnType<Awaited<ReturnType<typeof startTarget>>['target']['openScenario']>
>

test('a scenario gets a namespace of its own, and sees nothing of the one before', async () => {
  const { cluster, target } = await startTarget()
  const first = await during(cluster, target.openScenario('one'))
  await rollOut(cluster, first, ['node-a', 'node-b'])
  await during(cluster, first[Symbol.asyncDispose]())
  const second = await during(cluster, target.openScenario('two'))
  assert.deepEqual([first.namespace, second.namespace], ['dsc-r1-1', 'dsc-r1-2'])
  assert.deepEqual((await second.client.list('Node')).items, [])
  assert.deepEqual((await second.client.list('Pod')).items, [])
  await rollOut(cluster, second, ['node-a'])
  const kinds = second.observation().events.filter(({ type }) => type === 'ADDED')
  assert.deepEqual(
    kinds.filter(({ kind }) => kind === 'Node').map(({ object }) => object.metadata.name),
    ['node-a'],
  )
  await during(cluster, target[Symbol.asyncDispose]())
  cluster.stop()
})

test('what the run makes in the scope of the cluster carries its label, which no observation shows', async () => {
  const { cluster, target } = await startTarget()
  const scenario = await during(cluster, target.openScenario('one'))
  const { client, nodes } = scenario
  await during(cluster, nodes.join({ metadata: { name: 'node-a', labels: { zone: 'x' } } }))
  await client.create('Node', { metadata: { name: 'node-b' } })
  await client.create('Namespace', { metadata: { name: 'more' } })
  await cluster.advance(1_000)
  const marked = { labelSelector: `${runLabel}=r1` }
  assert.equal((await client.list('Node', marked)).items.length, 2)
  assert.equal((await client.list('Namespace', marked)).items.length, 2)
  const events = scenario.observation().events.filter(({ kind }) => kind === 'Node')
  assert.ok(events.length >= 2)
  assert.ok(events.every(({ object }) => object.metadata.labels?.[runLabel] === undefined))
  assert.ok(events.some(({ object }) => object.metadata.labels?.['zone'] === 'x'))
  await during(cluster, target[Symbol.asyncDispose]())
  cluster.stop()
})

test('disposing of the target takes open scenarios and all namespaces with it', async () => {
  const { cluster, target, isClosed } = await startTarget()
  const scenario = await during(cluster, target.openScenario('one'))
  await rollOut(cluster, scenario, ['node-a'])
  await during(cluster, target[Symbol.asyncDispose]())
  assert.ok(isClosed())
  const client = cluster.client('test')
  assert.deepEqual((await client.list('Node')).items, [])
  const { items } = await client.list('Namespace', { labelSelector: runLabel })
  assert.deepEqual(items, [])
  cluster.stop()
})

test('a cluster that goes with the run is not tidied up first, so that an interruption takes no time', async () => {
  const { cluster, target, isClosed } = await startTarget({ outlivesRun: false })
  const scenario = await during(cluster, target.openScenario('one'))
  await rollOut(cluster, scenario, ['node-a'])
  await target[Symbol.asyncDispose]()
  assert.ok(isClosed())
  const { items } = await cluster.client('test').list('Node')
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    ['node-a'],
  )
  cluster.stop()
})

test('waits on a live cluster end with their time, too', async () => {
  const { cluster, target } = await startTarget()
  const scenario = await during(cluster, target.openScenario('one'))
  const wait = scenario.eventually(
    'never',
    () => 1,
    () => false,
    { withinSeconds: 3 },
  )
  await assert.rejects(during(cluster, wait), ExpectationError)
  const startedAt = cluster.clock.now()
  await during(cluster, scenario.elapse(7))
  assert.ok(cluster.clock.now() - startedAt >= 7_000)
  await during(cluster, target[Symbol.asyncDispose]())
  cluster.stop()
})

test('real nodes belong to every scenario, are put right after it, and outlive it', async () => {
  let restored = 0
  const no = () => Promise.reject(new Error('not here'))
  const realNodes: RestorableNodes = {
    names: ['real-1'],
    switchOff: no,
    switchOn: no,
    kill: no,
    log: no,
    runningPodsOn: no,
    restore: async () => {
      restored++
    },
  }
  const { cluster, target } = await startTarget({ realNodes })
  assert.equal(target.nodes, 'real')
  await during(cluster, cluster.nodes.join({ metadata: { name: 'real-1' } }))
  await during(cluster, cluster.nodes.join({ metadata: { name: 'foreign' } }))
  const scenario = await during(cluster, target.openScenario('one'))
  assert.equal(scenario.realNodes, realNodes)
  assert.throws(() => scenario.nodes, /are real/)
  const nodesSeen = scenario.observation().events.filter(({ kind }) => kind === 'Node')
  assert.deepEqual(
    nodesSeen.map(({ type, object }) => [type, object.metadata.name]),
    [['ADDED', 'real-1']],
  )
  assert.equal(restored, 0)
  await during(cluster, scenario[Symbol.asyncDispose]())
  assert.equal(restored, 1)
  const { items } = await cluster.client('x').list('Node')
  assert.deepEqual(items.map(({ metadata }) => metadata.name).sort(), ['foreign', 'real-1'])
  await during(cluster, target[Symbol.asyncDispose]())
})

test('where nodes are simulated there are no real ones', async () => {
  const { cluster, target } = await startTarget()
  assert.equal(target.nodes, 'simulated')
  const scenario = await during(cluster, target.openScenario('one'))
  assert.throws(() => scenario.realNodes, /are simulated/)
  await during(cluster, target[Symbol.asyncDispose]())
})

test('plain requests stay in the namespace of the scenario', async () => {
  const { cluster, target } = await startTarget()
  const scenario = await during(cluster, target.openScenario('one'))
  const inside = `/api/v1/namespaces/${scenario.namespace}/pods/a`
  assert.equal(
    (await scenario.request({ method: 'DELETE', path: inside })).body,
    `DELETE ${inside}`,
  )
  const outside = { method: 'DELETE', path: '/api/v1/namespaces/kube-system/pods/a' } as const
  await assert.rejects(scenario.request(outside), /wanted a write inside the namespace dsc-r1-1/)
  await during(cluster, target[Symbol.asyncDispose]())
  cluster.stop()
})
