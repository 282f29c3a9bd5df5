import { type InProcessCluster, startInProcessCluster } from '../controlplane/in-process-cluster'
import type { VirtualClock } from '../controlplane/virtual-clock'
import { EnvironmentError } from './errors'
import { Recorder } from './recorder'
import { Scenario } from './scenario'
import type { ScenarioCluster, StartedTarget } from './target'
import { LateGateway, throughGateway } from './through-gateway'
import type { Pace } from './waits'

/** The user agent of the steps, as on every target. */
const clientName = 'daemonset-conformance'

/** The namespace of every scenario: each has a cluster to itself. */
const namespace = 'dsc-in-process-1'

/** How long the default service account of a new namespace may take, in virtual milliseconds. */
const namespaceMilliseconds = 30_000

/** Our own control plane, under virtual time; each scenario gets a fresh one. */
export async function startInProcessTarget(options: {
  readonly name: string
  /** The same seed gives the same observations, whatever else runs. */
  readonly seed: number
  /** Whether the requests of the steps travel over HTTPS. */
  readonly gateway?: boolean
  /** Starts each cluster; for whoever wants to look inside. */
  readonly start?: (options: { readonly seed: number }) => Promise<InProcessCluster>
}): Promise<StartedTarget> {
  const { name, seed, gateway = false, start = startInProcessCluster } = options
  const open = new Set<Scenario>()
  const probe = await start({ seed })
  const { version } = probe.server
  probe.stop()
  return {
    name,
    version,
    provenance: {
      controlPlane: 'in-process',
      controller: 'ours',
      nodes: 'simulated',
      ...(gateway ? { requests: 'over HTTPS' } : {}),
    },
    nodes: 'simulated',
    live: false,
    async openScenario(id): Promise<ScenarioCluster> {
      const scenario = await openScenario({
        id,
        seed: seedOf(seed, id),
        gateway,
        start,
        closed: () => open.delete(scenario),
      })
      open.add(scenario)
      return scenario
    },
    async [Symbol.asyncDispose]() {
      for (const scenario of open) await scenario[Symbol.asyncDispose]()
    },
  }
}

async function openScenario(options: {
  readonly id: string
  readonly seed: number
  readonly gateway: boolean
  readonly start: (options: { readonly seed: number }) => Promise<InProcessCluster>
  readonly closed: () => void
}): Promise<Scenario> {
  const { id, seed, gateway, start, closed } = options
  const cluster = await start({ seed })
  const client = cluster.client(clientName)
  await client.create('Namespace', { metadata: { name: namespace } })
  const isReady = async () => {
    const { items } = await client.list('ServiceAccount', { namespace })
    return items.some(({ metadata }) => metadata.name === 'default')
  }
  if (!(await cluster.runUntil(isReady, namespaceMilliseconds))) {
    throw new EnvironmentError(`namespace ${namespace} got no default service account in-process`, {
      mend: 'this is a bug of the in-process control plane: please report it',
    })
  }
  const { clock } = cluster
  const recorder = new Recorder({ client, clock, scenario: id, namespace })
  const isRecording = recorder.start()
  await cluster.drain()
  await isRecording
  const access = gateway ? await throughGateway(cluster, clientName) : undefined
  const late = new LateGateway(cluster)
  return new Scenario({
    client: access?.client ?? client,
    plainRequests: access?.plainRequests ?? ((request) => late.send(request)),
    namespace,
    nodes: cluster.nodes,
    recorder,
    pace: virtualPace(clock, access ?? cluster),
    labels: {},
    async close() {
      await access?.[Symbol.asyncDispose]()
      await late[Symbol.asyncDispose]()
      cluster.stop()
      closed()
    },
  })
}

/** Virtual time: a step moves the clock to the next timer and lets everything that follows from it happen. */
function virtualPace(clock: VirtualClock, mover: Pick<InProcessCluster, 'advance'>): Pace {
  return {
    clock,
    async step(untilMilliseconds) {
      const next = Math.min(clock.nextAt() ?? untilMilliseconds, untilMilliseconds)
      await mover.advance(Math.max(0, next - clock.now()))
    },
  }
}

/** A seed of its own for each scenario, so that the order of scenarios does not matter (FNV-1a). */
function seedOf(seed: number, id: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}
