import { SimulatedNodes } from '../controlplane/kubelet/simulated-nodes'
import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import type { Random } from '../kubernetes/random'
import { clearScenario, removeNamespaces } from './cleanup'
import { EnvironmentError } from './errors'
import type { PlainRequests } from './plain-request'
import { Recorder } from './recorder'
import { runLabel } from './run-label'
import { Scenario } from './scenario'
import type { ClusterAccess, Provenance, RealNodes, ScenarioCluster, StartedTarget } from './target'
import { livePace } from './waits'
import { watchUntil } from './watch-until'

/** How long a new namespace may take to get its default service account, in milliseconds. */
const namespaceMilliseconds = 60_000

/** Real nodes that outlive every scenario, so that what one did to them has to be undone. */
export interface RestorableNodes extends RealNodes {
  restore(): Promise<void>
}

/** A real cluster that has been reached, and what a target needs to know of it. */
export interface LiveCluster {
  readonly name: string
  readonly version: string
  readonly provenance: Provenance
  /** The id of the run: part of the names, and the label, of everything that is made. */
  readonly run: string
  /** A client with a user agent of its own. */
  readonly client: (name: string) => Client
  /** Sends plain requests with the user agent of the steps. */
  readonly plainRequests: PlainRequests
  readonly clock: Clock
  readonly random: Random
  /** Whether the cluster lives on after the run, so that namespaces must be waited for. */
  readonly outlivesRun: boolean
  /** The nodes of the cluster, where they are real; absent: scenarios make simulated ones. */
  readonly realNodes?: RestorableNodes
  /** The path of a kubeconfig for people. */
  readonly kubeconfigFile?: () => string
  /** How another thread works on it. */
  readonly access?: ClusterAccess
  /** Gives back everything that is not an object in the cluster. */
  readonly close: () => Promise<void>
}

/** A target on a real cluster: a namespace for each scenario, and simulated nodes that work through the API. */
export function liveTarget(cluster: LiveCluster): StartedTarget {
  const { name, version, provenance, run, clock } = cluster
  const client = cluster.client('daemonset-conformance')
  const open = new Set<Scenario>()
  let opened = 0
  let isThrownAway = false
  let closing: Promise<void> | undefined
  const close = async () => {
    // What goes as a whole need not be tidied up first.
    isThrownAway = !cluster.outlivesRun
    try {
      for (const scenario of open) await scenario[Symbol.asyncDispose]()
      if (cluster.outlivesRun) {
        await removeNamespaces({ client, clock, labelSelector: `${runLabel}=${run}` })
      }
    } finally {
      await cluster.close()
    }
  }
  return {
    name,
    version,
    provenance,
    nodes: cluster.realNodes === undefined ? 'simulated' : 'real',
    live: true,
    ...(cluster.kubeconfigFile === undefined ? {} : { kubeconfigFile: cluster.kubeconfigFile }),
    ...(cluster.access === undefined ? {} : { access: cluster.access }),
    async openScenario(id): Promise<ScenarioCluster> {
      const namespace = `dsc-${run}-${++opened}`
      const scenario = await openScenario(cluster, id, namespace, {
        isThrownAway: () => isThrownAway,
        closed: () => void open.delete(scenario),
      })
      open.add(scenario)
      return scenario
    },
    [Symbol.asyncDispose]() {
      closing ??= close()
      return closing
    },
  }
}

async function openScenario(
  cluster: LiveCluster,
  id: string,
  namespace: string,
  { isThrownAway, closed }: { readonly isThrownAway: () => boolean; readonly closed: () => void },
): Promise<Scenario> {
  const { clock, random, run, realNodes } = cluster
  const client = cluster.client('daemonset-conformance')
  const labels = { [runLabel]: run }
  await openNamespace(client, clock, namespace, labels)
  const nodes =
    realNodes === undefined
      ? new SimulatedNodes({ client: cluster.client('kubelet'), clock, random, labels })
      : undefined
  const given = realNodes === undefined ? {} : { nodes: realNodes.names }
  const recorder = new Recorder({ client, clock, scenario: id, namespace, ...given })
  await Promise.all([nodes?.start(), recorder.start()])
  return new Scenario({
    client,
    plainRequests: cluster.plainRequests,
    namespace,
    nodes,
    realNodes,
    recorder,
    pace: livePace(clock, recorder),
    labels,
    async close(scenario) {
      nodes?.halt()
      if (isThrownAway()) return closed()
      await realNodes?.restore()
      await clearScenario({
        client,
        clock,
        namespace,
        // Real nodes are there before and after every scenario.
        nodeNames: new Set(nodes === undefined ? [] : [...nodes.names, ...recorder.nodeNames]),
        clusterScopedObjects: scenario.client.clusterScopedObjects,
      })
      closed()
    },
  })
}

/** Makes the namespace; pods can be created in it once its default service account is there. */
async function openNamespace(
  client: Client,
  clock: Clock,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await client.create('Namespace', { metadata: { name, labels } })
  const { isMet } = await watchUntil({
    client,
    clock,
    kind: 'ServiceAccount',
    selection: { namespace: name, fieldSelector: 'metadata.name=default' },
    isMet: (accounts) => accounts.length > 0,
    limitMilliseconds: namespaceMilliseconds,
  })
  if (isMet) return
  throw new EnvironmentError(`namespace ${name} got no default service account`, {
    mend: 'check that the controller manager of the cluster runs',
  })
}
