import type { KubeConfig } from '@kubernetes/client-node'
import { wallClock } from '../controlplane/gateway/wall-clock'
import type { Client } from '../kubernetes/client'
import { type Clock, microTimestampOf, type Timer } from '../kubernetes/clock'
import { seededRandom } from '../kubernetes/random'
import { StatusError } from '../kubernetes/status-error'
import type { Namespace } from '../kubernetes/types'
import { removeNamespaces, removeNodes } from './cleanup'
import { isOwnerDead, ownerOf } from './container-engine'
import { EnvironmentError } from './errors'
import { HttpClient } from './http-client'
import { HttpConnection } from './http-connection'
import { plainRequestsOver } from './http-plain-requests'
import { type Environment, loadKubeConfig } from './kubeconfig'
import { kubeconfigFileOf } from './kubeconfig-file'
import { liveTarget } from './live-target'
import { startOurController } from './our-controller'
import { clusterProblem, reachCluster } from './preflight'
import { runLabel } from './run-label'
import type { Provenance, StartedTarget, TargetSpec } from './target'
import { Undo } from './undo'

/** The lease in a run's own namespace that says that the run is still going on. */
const leaseName = 'daemonset-conformance'

/** How often the lease is renewed, and after how long without that the run counts as over, in milliseconds. */
const lease = { renewMilliseconds: 10_000, overMilliseconds: 60_000 } as const

/** How many foreign nodes an error message names. */
const namedNodes = 3

export interface KubeconfigTargetOptions {
  readonly name: string
  readonly spec: Extract<TargetSpec, { readonly kind: 'kubeconfig' }>
  readonly run: string
  readonly seed: number
  readonly environment: Environment
}

/**
 * Any cluster that has no nodes of its own; touches only namespaces and nodes that carry the run's label.
 *
 * What a crashed run has left is removed first.
 */
export async function startKubeconfigTarget(
  options: KubeconfigTargetOptions,
): Promise<StartedTarget> {
  const kubeConfig = await loadKubeConfig(kubeconfigOptions(options))
  return await attachedTarget({
    ...options,
    kubeConfig,
    controller: 'built-in',
    isOurs: false,
    provenance: { controller: 'built-in', nodes: 'simulated' },
  })
}

/** A cluster that runs already, and goes on running after the run. */
export async function attachedTarget(options: {
  readonly name: string
  readonly run: string
  readonly seed: number
  readonly kubeConfig: KubeConfig
  readonly controller: 'built-in' | 'ours'
  /** Whether it is there for runs only, so that nobody else may have DaemonSets on it. */
  readonly isOurs: boolean
  readonly provenance: Provenance
}): Promise<StartedTarget> {
  const { name, run, seed, kubeConfig, provenance } = options
  const connection = new HttpConnection(kubeConfig)
  const undo = new Undo()
  undo.add(() => connection.close())
  try {
    const version = await reachCluster(connection)
    const client = (userAgent: string) => new HttpClient(connection, { name: userAgent, version })
    const ours = client('daemonset-conformance')
    await refuseForeignNodes(ours, connection.server.origin)
    await sweepCluster(ours, wallClock)
    if (options.isOurs) await refuseForeignDaemonSets(ours)
    const heartbeat = await claimCluster(ours, wallClock, run)
    undo.add(() => heartbeat.stop())
    if (options.controller === 'ours') {
      const controller = await startOurController({
        client: client('daemonset-controller'),
        clock: wallClock,
      })
      undo.add(() => controller.stop())
    }
    const { platform } = version
    return liveTarget({
      name,
      version: version.gitVersion,
      provenance: { ...provenance, ...(platform === undefined ? {} : { platform }) },
      run,
      client,
      plainRequests: plainRequestsOver(connection),
      clock: wallClock,
      random: seededRandom(seed),
      outlivesRun: true,
      kubeconfigFile: kubeconfigFileOf(kubeConfig, undo),
      close: () => undo.run(),
    })
  } catch (error) {
    await undo.run()
    throw error instanceof StatusError ? clusterProblem(connection.server.origin, error) : error
  }
}

/** Finds out whether scenarios could run on the cluster, and changes nothing. */
export async function checkKubeconfigTarget(
  options: Pick<KubeconfigTargetOptions, 'spec' | 'environment'>,
): Promise<void> {
  const connection = new HttpConnection(await loadKubeConfig(kubeconfigOptions(options)))
  try {
    const version = await reachCluster(connection)
    const client = new HttpClient(connection, { name: 'daemonset-conformance', version })
    await refuseForeignNodes(client, connection.server.origin)
  } finally {
    connection.close()
  }
}

function kubeconfigOptions({
  spec: { path, context },
  environment,
}: Pick<KubeconfigTargetOptions, 'spec' | 'environment'>): Parameters<typeof loadKubeConfig>[0] {
  return {
    environment,
    ...(path === undefined ? {} : { path }),
    ...(context === undefined ? {} : { context }),
  }
}

/** Scenarios own the whole node set: on a cluster with other nodes they would disturb it, and be disturbed. */
async function refuseForeignNodes(client: Client, server: string): Promise<void> {
  const { items } = await client.list('Node')
  const foreign = items.filter(({ metadata }) => metadata.labels?.[runLabel] === undefined)
  if (foreign.length === 0) return
  const names = foreign.slice(0, namedNodes).map(({ metadata }) => metadata.name)
  const more = foreign.length > namedNodes ? ', …' : ''
  throw new EnvironmentError(
    `cluster ${server} has nodes of its own (${names.join(', ')}${more}), and scenarios need to own all of them`,
    { mend: 'use a cluster without nodes (such as k3s server --disable-agent), or the target k3s' },
  )
}

/** What somebody made by hand would put pods on the nodes of scenarios. */
async function refuseForeignDaemonSets(client: Client): Promise<void> {
  const { items } = await client.list('DaemonSet')
  const [first] = items
  if (first === undefined) return
  const { namespace, name } = first.metadata
  throw new EnvironmentError(`the cluster has a DaemonSet of its own (${namespace}/${name})`, {
    mend: 'delete it, or run dsc down and dsc up for a fresh one',
  })
}

/** Removes what runs that are over have left; throws when another run is still going on. */
export async function sweepCluster(client: Client, clock: Clock): Promise<void> {
  const { items } = await client.list('Namespace', { labelSelector: runLabel })
  const runs = new Map<string, Namespace[]>()
  for (const namespace of items) {
    const run = namespace.metadata.labels?.[runLabel] ?? ''
    runs.set(run, [...(runs.get(run) ?? []), namespace])
  }
  for (const [run, namespaces] of runs) {
    const owner = await livingOwner(client, clock, run, namespaces)
    if (owner === undefined) continue
    throw new EnvironmentError(`the run ${run} of ${owner} is using the cluster`, {
      mend: 'wait until it has ended, or use another cluster',
    })
  }
  const nodes = await client.list('Node', { labelSelector: runLabel })
  await removeNodes(client, new Set(nodes.items.map(({ metadata }) => metadata.name)))
  const classes = await client.list('PriorityClass', { labelSelector: runLabel })
  for (const { metadata } of classes.items) {
    await client.delete('PriorityClass', { name: metadata.name })
  }
  await removeNamespaces({ client, clock, labelSelector: runLabel })
}

/** Who still works on a run: its lease tells, unless its owner was a process of this machine that is gone. */
async function livingOwner(
  client: Client,
  clock: Clock,
  run: string,
  namespaces: readonly Namespace[],
): Promise<string | undefined> {
  if (namespaces.every(({ metadata }) => metadata.deletionTimestamp !== undefined)) return undefined
  try {
    const { spec } = await client.get('Lease', { namespace: namespaceOf(run), name: leaseName })
    const owner = spec?.holderIdentity ?? ''
    const age = clock.now() - Date.parse(spec?.renewTime ?? '')
    return age > lease.overMilliseconds || isOwnerDead(owner) ? undefined : owner
  } catch (error) {
    if (StatusError.is(error, 'NotFound')) return undefined
    throw error
  }
}

/** Puts up the sign that the cluster is in use, and keeps it fresh. */
async function claimCluster(client: Client, clock: Clock, run: string): Promise<{ stop(): void }> {
  const key = { namespace: namespaceOf(run), name: leaseName }
  const spec = () => ({
    holderIdentity: ownerOf(),
    leaseDurationSeconds: lease.overMilliseconds / 1000,
    renewTime: microTimestampOf(clock.now()),
  })
  await client.create('Namespace', {
    metadata: { name: key.namespace, labels: { [runLabel]: run } },
  })
  await client.create('Lease', { metadata: key, spec: spec() })
  let timer: Timer | undefined
  const renew = () => {
    const body = { spec: spec() }
    // A renewal that fails is made up for by the next one.
    client.patch('Lease', key, { type: 'merge', body }).catch(() => {})
    timer = clock.after(lease.renewMilliseconds, renew)
  }
  timer = clock.after(lease.renewMilliseconds, renew)
  return { stop: () => timer?.cancel() }
}

/** The namespace that stands for a run. */
function namespaceOf(run: string): string {
  return `dsc-${run}`
}
