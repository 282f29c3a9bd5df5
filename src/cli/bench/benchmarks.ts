import { type InProcessCluster, startInProcessCluster } from '../../controlplane/in-process-cluster'
import type { Client } from '../../kubernetes/client'
import type { DaemonSet, Draft } from '../../kubernetes/types'

/** One thing whose time is taken. */
export interface Benchmark {
  readonly name: string
  /** Carries it out once, for as many nodes as it says or fewer, and returns the seconds that were measured. */
  run(nodes: number): Promise<number>
  readonly nodes: number
}

/** How much virtual time a cluster has to get there, in milliseconds. */
const limitMilliseconds = 600_000

/** Virtual time for nodes to settle before anything is measured. */
const settleMilliseconds = 10_000

const agent = { name: 'agent', namespace: 'default' } as const

/** Everything that is measured, in the order of the report. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'fresh-cluster', nodes: 0, run: freshCluster },
  ...[100, 1_000, 5_000].map((nodes) => ({
    name: `create-ready-${nodes}`,
    nodes,
    run: createReady,
  })),
  ...[100, 1_000, 5_000].map((nodes) => ({ name: `rollout-10pct-${nodes}`, nodes, run: rollout })),
  { name: 'node-join-5000', nodes: 5_000, run: nodeJoin },
]

/** From nothing to a control plane with all its companions. */
async function freshCluster(): Promise<number> {
  const took = await secondsOf(async () => {
    const cluster = await startInProcessCluster()
    cluster.stop()
  })
  return took
}

/** From the creation of a DaemonSet until it is available on every node. */
async function createReady(nodes: number): Promise<number> {
  return await withNodes(nodes, async (cluster, client) =>
    secondsOf(async () => {
      await client.create('DaemonSet', daemonSet)
      await available(cluster, client, nodes)
    }),
  )
}

/** From the change of the template until all pods are new and available, one tenth at a time. */
async function rollout(nodes: number): Promise<number> {
  return await withNodes(nodes, async (cluster, client) => {
    await client.create('DaemonSet', daemonSet)
    await available(cluster, client, nodes)
    await cluster.advance(settleMilliseconds)
    const template = { spec: { containers: [{ name: 'agent', image: 'agent:2' }] } }
    const body = { spec: { template } }
    return await secondsOf(async () => {
      await client.patch('DaemonSet', agent, { type: 'strategic', body })
      await available(cluster, client, nodes)
    })
  })
}

/** From the registration of one more node until it runs its daemon pod, in a cluster of so many. */
async function nodeJoin(nodes: number): Promise<number> {
  return await withNodes(nodes, async (cluster, client) => {
    await client.create('DaemonSet', daemonSet)
    await available(cluster, client, nodes)
    await cluster.advance(settleMilliseconds)
    return await secondsOf(async () => {
      await cluster.nodes.join({ metadata: { name: 'one-more' } })
      await available(cluster, client, nodes + 1)
    })
  })
}

const daemonSet: Draft = {
  metadata: agent,
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'agent', image: 'agent:1' }] },
    },
  },
}

async function withNodes(
  nodes: number,
  measure: (cluster: InProcessCluster, client: Client) => Promise<number>,
): Promise<number> {
  const cluster = await startInProcessCluster()
  try {
    await join(cluster, nodes)
    await cluster.advance(settleMilliseconds)
    return await measure(cluster, cluster.client('bench'))
  } finally {
    cluster.stop()
  }
}

async function join(cluster: InProcessCluster, nodes: number): Promise<void> {
  for (let index = 0; index < nodes; index++) {
    await cluster.nodes.join({ metadata: { name: `node-${index}` } })
  }
}

async function available(cluster: InProcessCluster, client: Client, nodes: number): Promise<void> {
  const isThere = await cluster.runUntil(async () => {
    return isAvailableOn(await client.get('DaemonSet', agent), nodes)
  }, limitMilliseconds)
  if (!isThere) throw new Error(`DaemonSet default/agent never became available on ${nodes} nodes`)
}

function isAvailableOn({ metadata, status }: DaemonSet, nodes: number): boolean {
  return (
    status?.observedGeneration === metadata.generation &&
    status?.desiredNumberScheduled === nodes &&
    status?.updatedNumberScheduled === nodes &&
    status?.numberAvailable === nodes
  )
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  globalThis.gc?.()
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}
