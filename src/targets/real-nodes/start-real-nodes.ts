import type { ContainerRuntimeClient } from 'testcontainers'
import { wallClock } from '../../controlplane/gateway/wall-clock'
import type { Client } from '../../kubernetes/client'
import { removeContainer, removeNetwork } from '../container-engine'
import type { Watchdog } from '../container-watchdog'
import { EnvironmentError, messageOf } from '../errors'
import type { HttpConnection } from '../http-connection'
import type { Undo } from '../undo'
import { unlessAborted } from '../unless-aborted'
import { type PreloadedImages, shellIn, startAgentContainer } from './agent-container'
import { fullImageName, type ImageArchive, readImageArchive } from './image-archive'
import { type NodeContainer, RealNodeSet } from './real-node-set'
import { readRegistries, registriesYamlFor } from './registries'
import { standInArchive, standInImages } from './stand-in-images'

/** Where the images of real nodes come from, as the command line says it. */
export interface ImageSources {
  /** Archives that every node imports. */
  readonly preload: readonly string[]
  /** A registry that takes the place of Docker Hub. */
  readonly registry?: string
  /** A `registries.yaml` of somebody's own, in the place of that. */
  readonly registriesFile?: string
}

/** The same, read and checked before anything is started. */
export interface CheckedSources {
  readonly archives: readonly ImageArchive[]
  readonly registries?: string
}

/** The names of the containers and of the network of a run. */
export function namesOf(run: string): {
  readonly network: string
  readonly server: string
  readonly container: (node: string) => string
} {
  return {
    network: `dsc-${run}`,
    server: `dsc-${run}-server`,
    container: (node) => `dsc-${run}-${node}`,
  }
}

/**
 * Reads archives and registries.
 *
 * @throws UsageError
 */
export async function checkedSources(sources: ImageSources): Promise<CheckedSources> {
  const { preload, registry, registriesFile } = sources
  const archives: ImageArchive[] = []
  for (const path of preload) archives.push(await readImageArchive(path))
  if (registriesFile !== undefined) return { archives, registries: readRegistries(registriesFile) }
  return {
    archives,
    ...(registry === undefined ? {} : { registries: registriesYamlFor(registry) }),
  }
}

/** Makes the network that server and agents share; it goes with the target, or with the process. */
export async function createNetwork(
  engine: ContainerRuntimeClient,
  name: string,
  options: {
    readonly labels: Readonly<Record<string, string>>
    readonly watchdog: Watchdog
    readonly undo: Undo
  },
): Promise<void> {
  const { labels, watchdog, undo } = options
  try {
    const network = await engine.container.dockerode.createNetwork({
      Name: name,
      Driver: 'bridge',
      Labels: { ...labels },
    })
    watchdog.watch({ kind: 'network', id: network.id })
    undo.add(() => removeNetwork(engine, network.id))
  } catch (cause) {
    throw new EnvironmentError(`the network of the nodes cannot be made (${messageOf(cause)})`, {
      mend: 'free address space with docker network prune, or use simulated nodes',
      cause,
    })
  }
}

export interface RealNodesOptions {
  readonly engine: ContainerRuntimeClient
  readonly image: string
  readonly count: number
  readonly run: string
  readonly token: string
  readonly labels: Readonly<Record<string, string>>
  readonly sources: CheckedSources
  /** The container of the k3s server. */
  readonly serverId: string
  readonly connection: HttpConnection
  readonly client: Client
  readonly logFileOf: (node: string) => string | undefined
  readonly watchdog: Watchdog
  readonly undo: Undo
  readonly signal?: AbortSignal
}

/** Starts agents beside a k3s server, and waits until they are ready and have all their images. */
export async function startRealNodes(options: RealNodesOptions): Promise<RealNodeSet> {
  const { engine, connection, client, sources, count, signal } = options
  const preloaded = await preloadedImages(options)
  const nodes = Array.from({ length: count }, (_, index) => `real-${index + 1}`)
  const starts = await Promise.allSettled(nodes.map((node) => startNode(node, options, preloaded)))
  const containers = starts.map((start) => {
    if (start.status === 'fulfilled') return start.value
    const { reason } = start
    throw new EnvironmentError(`a node does not start (${messageOf(reason)})`, {
      mend: 'see what real nodes need with dsc doctor --probe',
      cause: reason,
    })
  })
  const set = new RealNodeSet({ engine, connection, client, clock: wallClock, containers })
  await unlessAborted(set.ready(), signal)
  for (const node of set.names) {
    checkImages(node, await set.runtimeOf(node).images(), sources.archives)
  }
  return set
}

/** The images of every node: first the stand-ins, so that somebody's own images of the same name win. */
async function preloadedImages(options: RealNodesOptions): Promise<readonly PreloadedImages[]> {
  const { engine, serverId, sources } = options
  const busybox = await shellIn(engine, serverId)
  const { Arch: architecture } = await engine.container.dockerode.version()
  const content = await standInArchive({ busybox, architecture })
  return [
    { name: '0-stand-in.tar', from: { content } },
    ...sources.archives.map(({ path, ending }, index) => ({
      name: `${index + 1}${ending}`,
      from: { path },
    })),
  ]
}

async function startNode(
  node: string,
  options: RealNodesOptions,
  preloaded: readonly PreloadedImages[],
): Promise<NodeContainer> {
  const { engine, image, run, token, labels, sources, watchdog, undo } = options
  const { network, server, container } = namesOf(run)
  const logFile = options.logFileOf(node)
  const started = await startAgentContainer({
    image,
    nodeName: node,
    containerName: container(node),
    network,
    serverName: server,
    token,
    labels,
    preloaded,
    ...(sources.registries === undefined ? {} : { registries: sources.registries }),
    ...(logFile === undefined ? {} : { logFile }),
    created: (id) => {
      watchdog.watch({ kind: 'container', id })
      undo.add(() => removeContainer(engine, id))
    },
  })
  return { node, id: started.getId(), ...(logFile === undefined ? {} : { logFile }) }
}

/**
 * Checks that a node has every image that it was given: k3s itself only writes a line into its log when an import
 * fails, and goes on.
 *
 * @throws EnvironmentError that names node, archive and image.
 */
export function checkImages(
  node: string,
  found: readonly string[],
  archives: readonly ImageArchive[],
): void {
  const missingOf = (images: readonly string[]) => images.filter((image) => !found.includes(image))
  const [standIn] = missingOf(standInImages.map(fullImageName))
  if (standIn !== undefined) {
    throw new EnvironmentError(`node ${node} did not import the stand-in image ${standIn}`, {
      mend: 'look for "Error encountered while importing" in the log of the node',
    })
  }
  for (const { path, images } of archives) {
    const missing = missingOf(images)
    if (missing.length === 0) continue
    throw new EnvironmentError(`node ${node} did not import ${missing.join(', ')} from ${path}`, {
      mend: 'save the images again, for the platform of the node; its log says why: "Error encountered while importing"',
    })
  }
}
