import { constants, promises as files } from 'node:fs'
import { hostname } from 'node:os'
import type { ContainerRuntimeClient } from 'testcontainers'
import type { EngineAddress } from './container-watchdog'
import { EnvironmentError, messageOf, UsageError } from './errors'
import { imageProblem } from './image-problem'
import type { Environment } from './kubeconfig'
import { ownerLabel } from './run-label'
import { defaultK3sImage, k3sImageOf } from './target'

/** Where a container engine listens unless told otherwise. */
const defaultSocket = '/var/run/docker.sock'

/** Finds the container engine; throws an `EnvironmentError` that says why there is none. */
export async function containerEngine(environment: Environment): Promise<ContainerRuntimeClient> {
  const { getContainerRuntimeClient } = await import('testcontainers')
  try {
    return await getContainerRuntimeClient()
  } catch (cause) {
    throw await engineProblem(environment, cause)
  }
}

/** What keeps a container engine from being used; looks at its socket, for the library does not say. */
export async function engineProblem(
  environment: Environment,
  cause: unknown,
  socket = defaultSocket,
): Promise<EnvironmentError> {
  const host = environment['DOCKER_HOST'] ?? environment['TESTCONTAINERS_HOST']
  if (host !== undefined && !host.startsWith('unix:')) {
    return new EnvironmentError(`no container engine answers at ${host}`, {
      mend: 'start it, or correct DOCKER_HOST',
      cause,
    })
  }
  const path = host === undefined ? socket : host.replace(/^unix:(\/\/)?/, '')
  try {
    await files.access(path, constants.R_OK | constants.W_OK)
  } catch (error) {
    return socketProblem(path, error)
  }
  return new EnvironmentError(`no container engine answers at ${path} (${messageOf(cause)})`, {
    mend: 'start Docker or Podman, or set DOCKER_HOST',
    cause,
  })
}

/** What to tell people about a socket that cannot be opened. */
export function socketProblem(path: string, cause: unknown): EnvironmentError {
  if (cause instanceof Error && 'code' in cause && cause.code === 'EACCES') {
    return new EnvironmentError(`no permission to use the container engine at ${path}`, {
      mend: 'add yourself to the group that owns the socket (usually docker), or set DOCKER_HOST',
      cause,
    })
  }
  return new EnvironmentError(`there is no container engine (${path} does not exist)`, {
    mend: 'start Docker or Podman, set DOCKER_HOST, or use another target',
    cause,
  })
}

/** The image that a k3s target uses: what the caller says, else what the target names, else `DSC_K3S_IMAGE`, else the default. */
export function k3sImageFor(options: {
  readonly override?: string | undefined
  readonly target?: string | undefined
  readonly environment: Environment
}): string {
  const fromEnvironment = options.environment['DSC_K3S_IMAGE']
  const image = options.override || options.target || fromEnvironment
  return image ? k3sImageOf(image) : defaultK3sImage
}

/** Whether an image is there, without pulling it. */
export async function isImagePresent(
  engine: ContainerRuntimeClient,
  image: string,
): Promise<boolean> {
  return (await presentImage(engine, image)) !== undefined
}

/**
 * The name under which the engine has an image.
 *
 * An image that came in an archive has no digest of a registry; its own id pins it as well as one.
 */
async function presentImage(
  engine: ContainerRuntimeClient,
  image: string,
): Promise<string | undefined> {
  const id = /^rancher\/k3s@(sha256:[0-9a-f]{64})$/.exec(image)?.[1]
  for (const name of id === undefined ? [image] : [image, id]) {
    try {
      await engine.container.dockerode.getImage(name).inspect()
      return name
    } catch (error) {
      if (hasStatus(error, 400)) {
        const wanted = 'wanted e.g. v1.36.2-k3s1, or registry.example/k3s@sha256:…'
        throw new UsageError(`${JSON.stringify(image)} is no name of an image: ${wanted}`)
      }
      if (!isNotFound(error)) throw error
    }
  }
  return undefined
}

/** The images of k3s that the engine has, whatever registry they came from. */
async function k3sImagesIn(engine: ContainerRuntimeClient): Promise<readonly string[]> {
  const images = await engine.container.dockerode.listImages()
  return images
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((name) => /(?:^|\/)k3s:/.test(name))
    .sort()
}

/**
 * Makes sure that the image is there, and returns the name to use it by; throws an `EnvironmentError` when it
 * cannot be pulled either.
 */
export async function ensureImage(engine: ContainerRuntimeClient, image: string): Promise<string> {
  const present = await presentImage(engine, image)
  if (present !== undefined) return present
  const { ImageName } = await import('testcontainers')
  try {
    await engine.image.pull(ImageName.fromString(image))
  } catch (cause) {
    throw imageProblem(image, await k3sImagesIn(engine), cause)
  }
  // The library takes the end of the stream for success, whatever it said.
  const pulled = await presentImage(engine, image)
  if (pulled !== undefined) return pulled
  throw imageProblem(image, await k3sImagesIn(engine), 'the registry did not send it')
}

/** The address of the engine, for a process that has no library. */
export function addressOf(engine: ContainerRuntimeClient): EngineAddress {
  const modem = engine.container.dockerode.modem as EngineAddress['connection'] & {
    readonly protocol?: string
  }
  const { socketPath, host, port, ca, cert, key } = modem
  const protocol = modem.protocol === 'https' ? 'https' : 'http'
  return {
    protocol,
    connection: socketPath ? { socketPath } : definedOf({ host, port, ca, cert, key }),
  }
}

/** The value of the owner label for containers of this process. */
export function ownerOf(pid = process.pid): string {
  return `${hostname()}/${pid}`
}

/** Removes containers and networks whose owner, a process of this machine, has ended without doing so. */
export async function sweepEngine(engine: ContainerRuntimeClient): Promise<void> {
  const { dockerode } = engine.container
  const filters = { label: [ownerLabel] }
  // Somebody else may be sweeping at the same time, so what cannot be removed is left.
  for (const { Id, Labels } of await dockerode.listContainers({ all: true, filters })) {
    if (isOwnerDead(Labels[ownerLabel] ?? '')) await removeContainer(engine, Id).catch(() => {})
  }
  for (const { Id, Labels } of await dockerode.listNetworks({ filters })) {
    if (isOwnerDead(Labels?.[ownerLabel] ?? '')) await removeNetwork(engine, Id).catch(() => {})
  }
}

/** Removes a container with its volumes, running or not; one that is gone is as good. */
export async function removeContainer(engine: ContainerRuntimeClient, id: string): Promise<void> {
  await unlessGone(engine.container.dockerode.getContainer(id).remove({ force: true, v: true }))
}

/** Removes a network; one that is gone is as good. */
export async function removeNetwork(engine: ContainerRuntimeClient, id: string): Promise<void> {
  await unlessGone(engine.container.dockerode.getNetwork(id).remove())
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

function isNotFound(error: unknown): boolean {
  return hasStatus(error, 404)
}

function hasStatus(error: unknown, code: number): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === code
}

/** Whether the owner is a process of this machine that is no more; unknown owners count as alive. */
export function isOwnerDead(owner: string): boolean {
  const [, host, pid] = /^(.*)\/(\d+)$/.exec(owner) ?? []
  if (host !== hostname() || pid === undefined) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function definedOf<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const present = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present) as { [K in keyof T]: Exclude<T[K], undefined> }
}
