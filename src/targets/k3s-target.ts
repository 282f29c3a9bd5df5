import { randomBytes } from 'node:crypto'
import type { StartedK3sContainer } from '@testcontainers/k3s'
import type { ContainerRuntimeClient } from 'testcontainers'
import { wallClock } from '../controlplane/gateway/wall-clock'
import { seededRandom } from '../kubernetes/random'
import {
  addressOf,
  containerEngine,
  ensureImage,
  k3sImageFor,
  ownerOf,
  removeContainer,
  sweepEngine,
} from './container-engine'
import { Watchdog } from './container-watchdog'
import { EnvironmentError, messageOf } from './errors'
import { HttpClient } from './http-client'
import { HttpConnection, type ServerVersion } from './http-connection'
import { plainRequestsOver } from './http-plain-requests'
import { apiServerPort, withoutDaemonSetController } from './k3s-command'
import { startK3sContainer } from './k3s-container'
import { type Environment, kubeConfigOf } from './kubeconfig'
import { kubeconfigFileOf } from './kubeconfig-file'
import { liveTarget } from './live-target'
import { startOurController } from './our-controller'
import { passed } from './passed'
import type { RealNodeSet } from './real-nodes/real-node-set'
import {
  type CheckedSources,
  checkedSources,
  createNetwork,
  type ImageSources,
  namesOf,
  startRealNodes,
} from './real-nodes/start-real-nodes'
import { ownerLabel, runLabel } from './run-label'
import type { Provenance, StartedTarget, TargetSpec } from './target'
import { Undo } from './undo'
import { unlessAborted } from './unless-aborted'
import { watchUntil } from './watch-until'

/** How long the API server may take to become ready after it has begun to listen, in milliseconds. */
const readyMilliseconds = 120_000

/** How often it is asked meanwhile, in milliseconds. */
const askMilliseconds = 100

/** How much chance is in the secret that agents join with, in bytes. */
const tokenBytes = 24

export interface K3sTargetOptions {
  readonly name: string
  readonly spec: Extract<TargetSpec, { readonly kind: 'k3s' }>
  readonly run: string
  readonly seed: number
  readonly environment: Environment
  /** Takes precedence over the image of the target. */
  readonly image?: string
  /** Where the images of real nodes come from. */
  readonly sources: ImageSources
  /** The log file of a container. */
  readonly logFileOf: (container: string) => string | undefined
  /** Aborted while it starts: what is there of it goes, and the start fails with the signal's reason. */
  readonly signal?: AbortSignal
}

/** What a k3s target is made of while it starts. */
interface Start extends K3sTargetOptions {
  readonly engine: ContainerRuntimeClient
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  readonly token: string
  readonly watchdog: Watchdog
  readonly undo: Undo
}

/** A real k3s in containers, removed with the target or the process: a control plane, and real nodes if asked for. */
export async function startK3sTarget(options: K3sTargetOptions): Promise<StartedTarget> {
  const { spec, run, environment, signal } = options
  const wanted = k3sImageFor({ override: options.image, target: spec.image, environment })
  const sources = spec.nodes === 'simulated' ? undefined : await checkedSources(options.sources)
  const engine = await containerEngine(environment)
  await sweepEngine(engine)
  const image = await unlessAborted(ensureImage(engine, wanted), signal)
  const undo = new Undo()
  const watchdog = new Watchdog(addressOf(engine))
  const labels = { [runLabel]: run, [ownerLabel]: ownerOf() }
  const token = randomBytes(tokenBytes).toString('hex')
  // What waits for a container ends with an error as soon as that is gone.
  const abort = (): void => void undo.run().catch(() => {})
  signal?.addEventListener('abort', abort, { once: true })
  try {
    signal?.throwIfAborted()
    const start = { ...options, engine, image, labels, token, watchdog, undo }
    const target = await started(start, sources)
    signal?.throwIfAborted()
    return target
  } catch (error) {
    await undo.run().catch(() => {})
    watchdog.release()
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

async function started(start: Start, sources: CheckedSources | undefined): Promise<StartedTarget> {
  const { engine, name, spec, run, seed, image, watchdog, undo, signal } = start
  if (sources !== undefined) await createNetwork(engine, namesOf(run).network, start)
  const container = await startServer(start)
  const kubeconfig = await reachableKubeconfig(engine, container)
  const kubeConfig = await kubeConfigOf(kubeconfig)
  const connection = new HttpConnection(kubeConfig)
  undo.add(() => connection.close())
  const version = await untilReady(connection, signal)
  const client = (userAgent: string) => new HttpClient(connection, { name: userAgent, version })
  let realNodes: RealNodeSet | undefined
  if (sources !== undefined && spec.nodes !== 'simulated') {
    const { real: count } = spec.nodes
    const ours = client('daemonset-conformance')
    const serverId = container.getId()
    realNodes = await startRealNodes({
      ...start,
      count,
      sources,
      serverId,
      connection,
      client: ours,
    })
  }
  if (spec.controller === 'ours') {
    const controllerClient = client('daemonset-controller')
    const controller = await startOurController({ client: controllerClient, clock: wallClock })
    undo.add(() => controller.stop())
  }
  const provenance = await provenanceOf(engine, image, spec, version)
  return liveTarget({
    name,
    version: version.gitVersion,
    provenance,
    run,
    client,
    plainRequests: plainRequestsOver(connection),
    clock: wallClock,
    random: seededRandom(seed),
    outlivesRun: false,
    // What scenarios do to real nodes is undone from here.
    ...(realNodes === undefined
      ? { access: { name, run, seed, kubeconfig, version, provenance } }
      : { realNodes }),
    kubeconfigFile: kubeconfigFileOf(kubeConfig, undo),
    close: () => undo.run().finally(() => watchdog.release()),
  })
}

async function startServer(start: Start): Promise<StartedK3sContainer> {
  const { engine, image, run, spec, labels, token, watchdog, undo } = start
  const logFile = start.logFileOf('server')
  const names = namesOf(run)
  try {
    return await startK3sContainer({
      image,
      host: engine.info.containerRuntime.host,
      labels,
      extraArguments: spec.controller === 'ours' ? [withoutDaemonSetController] : [],
      ...(spec.nodes === 'simulated'
        ? {}
        : { network: names.network, networkName: names.server, token }),
      ...(logFile === undefined ? {} : { logFile }),
      created: (id) => {
        watchdog.watch({ kind: 'container', id })
        undo.add(() => removeContainer(engine, id))
      },
    })
  } catch (cause) {
    throw new EnvironmentError(`the image ${image} does not start as k3s (${messageOf(cause)})`, {
      mend: 'look into its log, or try another image',
      cause,
    })
  }
}

/** Waits for `/readyz` and for the default service account, without which no pod can be created. */
export async function untilReady(
  connection: HttpConnection,
  signal?: AbortSignal,
): Promise<ServerVersion> {
  const deadline = Date.now() + readyMilliseconds
  const userAgent = 'daemonset-conformance'
  for (;;) {
    signal?.throwIfAborted()
    try {
      await connection.request({ method: 'GET', path: '/readyz', userAgent })
      break
    } catch (cause) {
      if (Date.now() > deadline) throw unreachable(connection, cause)
      await passed(askMilliseconds)
    }
  }
  const version = await connection.version()
  const account = watchUntil({
    client: new HttpClient(connection, { name: userAgent, version }),
    clock: wallClock,
    kind: 'ServiceAccount',
    selection: { namespace: 'default', fieldSelector: 'metadata.name=default' },
    isMet: (accounts) => accounts.length > 0,
    limitMilliseconds: readyMilliseconds,
  })
  const { isMet } = await unlessAborted(account, signal)
  if (isMet) return version
  throw new EnvironmentError('k3s made no default service account', {
    mend: 'look into its log for what the controller manager says',
  })
}

function unreachable({ server }: HttpConnection, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    `k3s runs, but does not get ready at ${server.origin} (${messageOf(cause)})`,
    { mend: 'if the engine publishes ports elsewhere, set TESTCONTAINERS_HOST_OVERRIDE', cause },
  )
}

/** The kubeconfig of the container; an engine that publishes ports on one address only is reached there. */
export async function reachableKubeconfig(
  engine: ContainerRuntimeClient,
  container: StartedK3sContainer,
): Promise<string> {
  const kubeconfig = container.getKubeConfig()
  const inspected = await engine.container.dockerode.getContainer(container.getId()).inspect()
  const [binding] = inspected.NetworkSettings.Ports[`${apiServerPort}/tcp`] ?? []
  const isLoopback = binding?.HostIp === '127.0.0.1'
  return isLoopback
    ? kubeconfig.replace(/server:\s*\S+/, `server: https://127.0.0.1:${binding.HostPort}`)
    : kubeconfig
}

async function provenanceOf(
  engine: ContainerRuntimeClient,
  image: string,
  { controller, nodes }: K3sTargetOptions['spec'],
  { platform }: ServerVersion,
): Promise<Provenance> {
  const { Id, RepoDigests } = await engine.container.dockerode.getImage(image).inspect()
  return {
    image,
    imageId: RepoDigests?.[0] ?? Id,
    controller,
    nodes: nodes === 'simulated' ? nodes : `real:${nodes.real}`,
    ...(platform === undefined ? {} : { platform }),
  }
}
