import { hostname, userInfo } from 'node:os'
import type { ContainerRuntimeClient } from 'testcontainers'
import { containerEngine, ensureImage, k3sImageFor } from './container-engine'
import { EnvironmentError, messageOf } from './errors'
import { HttpConnection } from './http-connection'
import { withoutDaemonSetController } from './k3s-command'
import { startK3sContainer } from './k3s-container'
import { reachableKubeconfig, untilReady } from './k3s-target'
import { type Environment, kubeConfigOf } from './kubeconfig'
import { attachedTarget } from './kubeconfig-target'
import { warmLabel } from './run-label'
import type { StartedTarget, TargetSpec } from './target'
import {
  misfitOf,
  readWarmState,
  removeWarmState,
  type WantedK3s,
  type WarmState,
  warmTargetOf,
  writeWarmState,
} from './warm-state'

type K3sSpec = Extract<TargetSpec, { readonly kind: 'k3s' }>

export interface WarmOptions {
  readonly spec: K3sSpec
  readonly environment: Environment
  /** Takes precedence over the image of the target. */
  readonly image?: string
}

/** What became of the wish for a warm k3s. */
export interface WarmStart {
  readonly state: WarmState
  readonly how: 'started' | 'was up already'
  /** What is worth knowing besides, e.g. that another one had ended. */
  readonly note?: string
}

/**
 * Sees to it that a k3s is up that runs can share, and that it fits.
 *
 * @throws EnvironmentError, also when another one is up that does not fit
 */
export async function warmUp(
  options: WarmOptions & { readonly signal: AbortSignal },
): Promise<WarmStart> {
  const { environment, signal } = options
  const engine = await containerEngine(environment)
  const wanted = await wantedK3s(engine, options)
  const old = readWarmState(environment)
  if (old !== undefined && (await isRunning(engine, old.container))) {
    const misfit = misfitOf(old, wanted)
    if (misfit === undefined)
      return { state: await refreshed(engine, environment, old), how: 'was up already' }
    throw new EnvironmentError(`a warm k3s is up already, but it ${misfit}`, {
      mend: 'run dsc down first',
    })
  }
  const left = await removeAll(engine, old)
  removeWarmState(environment)
  const state = await start(engine, wanted, signal)
  writeWarmState(environment, state)
  const note = `the former one (${old?.startedAt ?? 'unfinished'}) had ended: its remains were removed`
  return { state, how: 'started', ...(left.length === 0 && old === undefined ? {} : { note }) }
}

/** Removes the warm k3s with all that belongs to it, whether or not its container is still there. */
export async function warmDown(environment: Environment): Promise<readonly string[]> {
  const state = stateOrNothing(environment)
  const removed = await removeAll(await containerEngine(environment), state)
  removeWarmState(environment)
  return removed
}

/** Whether a run will use the warm k3s, and why not; neither state nor note where there is none. */
export async function warmFit(
  options: WarmOptions,
): Promise<{ readonly state?: WarmState; readonly note?: string }> {
  const { environment, spec } = options
  // What is kept warm has no nodes of its own.
  const old = spec.nodes === 'simulated' ? readWarmState(environment) : undefined
  if (old === undefined) return {}
  const engine = await containerEngine(environment)
  const ended = !(await isRunning(engine, old.container))
  const misfit = ended
    ? 'has ended ("dsc down" removes what is left)'
    : misfitOf(old, await wantedK3s(engine, options))
  if (misfit !== undefined) return { note: `The warm k3s ${misfit}: this run starts its own.` }
  const state = await refreshed(engine, environment, old)
  return { state, note: `Reuses the warm k3s that dsc up has started ${state.startedAt}.` }
}

/** The warm k3s as the target of a run; undefined where there is none that fits. */
export async function warmTarget(
  options: WarmOptions & { readonly name: string; readonly run: string; readonly seed: number },
): Promise<StartedTarget | undefined> {
  const { state } = await warmFit(options)
  if (state === undefined) return undefined
  const { image, imageId, controller, startedAt, kubeconfig } = state
  return await attachedTarget({
    ...options,
    kubeConfig: await kubeConfigOf(kubeconfig),
    controller,
    isOurs: true,
    provenance: {
      image,
      imageId,
      controller,
      nodes: 'simulated',
      reused: `started by dsc up ${startedAt}`,
    },
  })
}

async function start(
  engine: ContainerRuntimeClient,
  wanted: WantedK3s,
  signal: AbortSignal,
): Promise<WarmState> {
  let container = ''
  const remove = (): void => void removeContainer(engine, container).catch(() => {})
  try {
    const started = await startK3sContainer({
      image: wanted.image,
      host: engine.info.containerRuntime.host,
      labels: { [warmLabel]: warmOwner() },
      extraArguments: wanted.controller === 'ours' ? [withoutDaemonSetController] : [],
      created: (id) => {
        container = id
        // The start ends with an error as soon as its container is gone.
        signal.addEventListener('abort', remove, { once: true })
        if (signal.aborted) remove()
      },
    })
    const kubeconfig = await reachableKubeconfig(engine, started)
    const connection = new HttpConnection(await kubeConfigOf(kubeconfig))
    try {
      await untilReady(connection)
    } finally {
      connection.close()
    }
    signal.throwIfAborted()
    const { Mounts } = await engine.container.dockerode.getContainer(container).inspect()
    return {
      kind: 'WarmK3s',
      ...wanted,
      container,
      volumes: Mounts.flatMap(({ Name }) => Name ?? []),
      startedAt: new Date().toISOString(),
      kubeconfig,
    }
  } catch (cause) {
    await removeContainer(engine, container)
    signal.throwIfAborted()
    throw cause instanceof EnvironmentError
      ? cause
      : new EnvironmentError(`${wanted.image} does not start as k3s (${messageOf(cause)})`, {
          mend: 'try another image',
          cause,
        })
  } finally {
    signal.removeEventListener('abort', remove)
  }
}

async function wantedK3s(
  engine: ContainerRuntimeClient,
  { spec, environment, image: override }: WarmOptions,
): Promise<WantedK3s> {
  const image = k3sImageFor({ override, target: spec.image, environment })
  await ensureImage(engine, image)
  const { Id, RepoDigests } = await engine.container.dockerode.getImage(image).inspect()
  return { image, imageId: RepoDigests?.[0] ?? Id, controller: spec.controller }
}

/** The state with the port that the container has now: it gets another one when somebody restarts it. */
async function refreshed(
  engine: ContainerRuntimeClient,
  environment: Environment,
  state: WarmState,
): Promise<WarmState> {
  const { NetworkSettings } = await engine.container.dockerode
    .getContainer(state.container)
    .inspect()
  const port = NetworkSettings.Ports['6443/tcp']?.[0]?.HostPort
  const kubeconfig = state.kubeconfig.replace(/(server:\s*https:\/\/\S+:)\d+/, `$1${port}`)
  if (port === undefined || kubeconfig === state.kubeconfig) return state
  const current = { ...state, kubeconfig }
  writeWarmState(environment, current)
  return current
}

async function isRunning(engine: ContainerRuntimeClient, container: string): Promise<boolean> {
  try {
    const { State } = await engine.container.dockerode.getContainer(container).inspect()
    return State.Running
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

/** Removes the container that is known, others of this user that nobody knows of, and volumes that are left. */
async function removeAll(
  engine: ContainerRuntimeClient,
  state: WarmState | undefined,
): Promise<readonly string[]> {
  const { dockerode } = engine.container
  const filters = { label: [`${warmLabel}=${warmOwner()}`] }
  const found = await dockerode.listContainers({ all: true, filters })
  const containers = new Set(found.map(({ Id }) => Id))
  if (state !== undefined) containers.add(state.container)
  const removed: string[] = []
  for (const id of containers) {
    if (await removeContainer(engine, id)) removed.push(`container ${id.slice(0, 12)}`)
  }
  for (const name of state?.volumes ?? []) {
    if (await unlessGone(dockerode.getVolume(name).remove({ force: true }))) {
      removed.push(`volume ${name.slice(0, 12)}`)
    }
  }
  return removed
}

async function removeContainer(engine: ContainerRuntimeClient, id: string): Promise<boolean> {
  if (id === '') return false
  return await unlessGone(
    engine.container.dockerode.getContainer(id).remove({ force: true, v: true }),
  )
}

/** Whether something was there to be removed; what somebody else is removing counts as removed. */
async function unlessGone(removal: Promise<unknown>): Promise<boolean> {
  try {
    await removal
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'statusCode' in error ? error.statusCode : 0
  return code === 404 || code === 409
}

/** Whose warm k3s a container is: others on the same engine have their own. */
function warmOwner(): string {
  return `${hostname()}/${userInfo().username}`
}

function stateOrNothing(environment: Environment): WarmState | undefined {
  try {
    return readWarmState(environment)
  } catch {
    // A file that cannot be used is what this command is for: the containers are found by their label.
    return undefined
  }
}

/** How to reach and to use a warm k3s, for people. */
export function warmUsage(
  { state }: WarmStart,
  files: { readonly kubeconfig: string },
): readonly string[] {
  return [
    `  KUBECONFIG=${files.kubeconfig} kubectl get --raw /readyz`,
    `  dsc run --reference '${warmTargetOf(state)}' --image ${state.image}`,
    '  dsc down',
  ]
}
