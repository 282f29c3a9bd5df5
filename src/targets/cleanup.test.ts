import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startInProcessCluster } from '../controlplane/in-process-cluster'
import { microTimestampOf } from '../kubernetes/clock'
import { clearScenario, removeNodes } from './cleanup'
import { isOwnerDead, ownerOf } from './container-engine'
import { sweepCluster } from './kubeconfig-target'
import { runLabel } from './run-label'
import { during } from './testing/during'

const labelled = { [runLabel]: 'old' }

/** A cluster in which a run has left a namespace, nodes, a DaemonSet with a finalizer, and pods. */
async function littered() {
  const cluster = await startInProcessCluster()
  const client = cluster.client('test')
  await client.create('Namespace', { metadata: { name: 'dsc-old-1', labels: labelled } })
  await cluster.advance(1_000)
  for (const name of ['node-a', 'node-b']) {
    await cluster.nodes.join({ metadata: { name, labels: labelled } })
  }
  const labels = { app: 'agent' }
  await client.create('DaemonSet', {
    metadata: { name: 'agent', namespace: 'dsc-old-1', finalizers: ['example.com/hold'] },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, finalizers: ['example.com/hold'] },
        spec: { containers: [{ name: 'main', image: 'agent:1' }] },
      },
    },
  })
  await client.create('PriorityClass', { metadata: { name: 'high', labels: labelled }, value: 7 })
  await cluster.advance(5_000)
  assert.equal((await client.list('Pod', { namespace: 'dsc-old-1' })).items.length, 2)
  cluster.nodes.halt()
  return { cluster, client }
}

async function leftIn({ cluster, client }: Awaited<ReturnType<typeof littered>>) {
  await cluster.advance(60_000)
  const names = async (kind: 'Namespace' | 'Node' | 'Pod' | 'PriorityClass') =>
    (await client.list(kind)).items.map(({ metadata }) => metadata.name)
  return {
    namespaces: (await names('Namespace')).filter((name) => name.startsWith('dsc-')),
    nodes: await names('Node'),
    pods: await names('Pod'),
    classes: (await names('PriorityClass')).filter((name) => !name.startsWith('system-')),
  }
}

const nothing = { namespaces: [], nodes: [], pods: [], classes: [] }

test('a scenario leaves no node, pod, namespace or priority class, even behind finalizers', async () => {
  const litter = await littered()
  const { cluster, client } = litter
  const cleaned = clearScenario({
    client,
    clock: cluster.clock,
    namespace: 'dsc-old-1',
    nodeNames: new Set(['node-a', 'node-b']),
    clusterScopedObjects: [{ kind: 'PriorityClass', name: 'high' }],
  })
  await during(cluster, cleaned)
  assert.deepEqual((await client.list('Pod')).items, [])
  assert.deepEqual((await client.list('Node')).items, [])
  assert.deepEqual(await leftIn(litter), nothing)
  cluster.stop()
})

test('nobody waits for the finalizer that a cluster puts onto simulated nodes', async () => {
  const cluster = await startInProcessCluster()
  const client = cluster.client('test')
  const names = ['node-a', 'node-b']
  for (const name of names) {
    await cluster.nodes.join({ metadata: { name, finalizers: ['wrangler.cattle.io/node'] } })
  }
  cluster.nodes.halt()
  const startedAt = cluster.clock.now()
  await during(cluster, removeNodes(client, new Set(['node-a'])))
  assert.ok(cluster.clock.now() - startedAt < 1000)
  const left = (await client.list('Node')).items
  assert.deepEqual(
    left.map(({ metadata }) => [metadata.name, metadata.finalizers?.length]),
    [['node-b', 1]],
  )
  cluster.stop()
})

test('what a crashed run has left is swept at the next start', async () => {
  const litter = await littered()
  await during(litter.cluster, sweepCluster(litter.client, litter.cluster.clock))
  assert.deepEqual(await leftIn(litter), nothing)
  litter.cluster.stop()
})

test('a run that is still going on is left alone, and named', async () => {
  const { cluster, client } = await littered()
  await client.create('Namespace', { metadata: { name: 'dsc-old', labels: labelled } })
  const key = { namespace: 'dsc-old', name: 'daemonset-conformance' }
  const renewTime = microTimestampOf(cluster.clock.now())
  const holderIdentity = 'another-machine/7'
  await client.create('Lease', { metadata: key, spec: { holderIdentity, renewTime } })
  await assert.rejects(
    during(cluster, sweepCluster(client, cluster.clock)),
    /the run old of another-machine\/7 is using the cluster: wait/,
  )
  assert.equal((await client.list('Node')).items.length, 2)

  // Its lease has run out: it cannot be going on any more.
  await cluster.advance(70_000)
  await during(cluster, sweepCluster(client, cluster.clock))
  assert.equal((await client.list('Node')).items.length, 0)
  assert.equal(isOwnerDead(ownerOf()), false)
  cluster.stop()
})
