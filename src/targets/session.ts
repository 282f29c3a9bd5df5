import { join } from 'node:path'
import { nameSuffix } from '../kubernetes/random'
import { UsageError } from './errors'
import { startInProcessTarget } from './in-process-target'
import { startK3sTarget } from './k3s-target'
import type { Environment } from './kubeconfig'
import { startKubeconfigTarget } from './kubeconfig-target'
import type { Observation } from './observation'
import type { ImageSources } from './real-nodes/start-real-nodes'
import type { StartedTarget, TargetSpec } from './target'
import { warmTarget } from './warm-k3s'

/** The exit codes of a process that a signal has ended. */
const interruptedBy = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** How long taking a cluster down after a signal may take, in milliseconds. */
const interruptMilliseconds = 20_000

export interface SessionOptions {
  /** The target as on the command line. */
  readonly name: string
  /** Where chance comes from; default 1. */
  readonly seed?: number
  /** The environment variables of the process. */
  readonly env?: Environment
  /** An image for k3s that takes precedence over the target's. */
  readonly image?: string
  /** Where the images of real nodes come from; absent: nothing but the image of k3s itself. */
  readonly sources?: ImageSources
  /** Aborted while the cluster starts: the start fails with the signal's reason, and leaves nothing. */
  readonly signal?: AbortSignal
  /** A folder for the logs of containers. */
  readonly logFolder?: string
  /** Called with every scenario that fails, while its cluster is still there; the run waits for it. */
  readonly onFailure?: (failed: FailedScenario) => Promise<void>
}

/** A scenario that has failed, and how to reach what it left. */
export interface FailedScenario {
  readonly scenarioId: string
  readonly message: string
  readonly namespace: string
  /** A kubeconfig for the cluster; absent: it lives in the process. */
  readonly kubeconfig?: string
}

/** A cluster that is up, and what its scenarios have shown so far. */
export interface Session extends AsyncDisposable {
  readonly target: StartedTarget
  /** By scenario id. */
  readonly observations: ReadonlyMap<string, Observation>
  record(scenarioId: string, observation: Observation): void
  /** Tells of a failed scenario and waits until whoever looks at it is done. */
  failed(scenario: Omit<FailedScenario, 'kubeconfig'>): Promise<void>
}

let current: Session | undefined

/** The session that the hooks and steps of the features work with, if one is open. */
export function currentSession(): Session | undefined {
  return current
}

/**
 * Starts a target and makes it the current session; there is one at a time.
 *
 * Disposing of the session takes the target down. So does a signal that nobody else listens for.
 */
export async function openSession(spec: TargetSpec, options: SessionOptions): Promise<Session> {
  if (current !== undefined) throw new Error('another session is still open')
  return openSessionOn(await startTarget(spec, options), options)
}

/** Makes a target that has been started the current session. */
export function openSessionOn(
  target: StartedTarget,
  options: Pick<SessionOptions, 'onFailure'> = {},
): Session {
  if (current !== undefined) throw new Error('another session is still open')
  const observations = new Map<string, Observation>()
  let closing: Promise<void> | undefined
  const close = async () => {
    if (current === session) current = undefined
    try {
      await target[Symbol.asyncDispose]()
    } finally {
      forget()
    }
  }
  const dispose = (): Promise<void> => {
    closing ??= close()
    return closing
  }
  const session: Session = {
    target,
    observations,
    record: (scenarioId, observation) => {
      observations.set(scenarioId, observation)
    },
    failed: async (scenario) => {
      const kubeconfig = options.onFailure && target.kubeconfigFile?.()
      await options.onFailure?.({
        ...scenario,
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
      })
    },
    [Symbol.asyncDispose]: dispose,
  }
  const forget = onSignal(dispose)
  current = session
  return session
}

/** Starts a target. */
export async function startTarget(
  spec: TargetSpec,
  options: Omit<SessionOptions, 'onFailure'>,
): Promise<StartedTarget> {
  const { name, seed = 1, env = {}, image, logFolder, sources = { preload: [] }, signal } = options
  const run = nameSuffix({ next: Math.random })
  switch (spec.kind) {
    case 'in-process':
      return await startInProcessTarget({ name, seed, gateway: spec.gateway })
    case 'k3s': {
      const k3s = { name, spec, run, seed, environment: env, ...(image && { image }) }
      const warm = await warmTarget(k3s)
      if (warm !== undefined) return warm
      return await startK3sTarget({
        ...k3s,
        ...(signal && { signal }),
        sources,
        logFileOf: (container) => logFolder && join(logFolder, `k3s-${run}-${container}.log`),
      })
    }
    case 'kubeconfig':
      return await startKubeconfigTarget({ name, spec, run, seed, environment: env })
    case 'recording':
      return refuseToRunOnRecording(name)
  }
}

/** Says why a recording is no target. */
export function refuseToRunOnRecording(name: string): never {
  throw new UsageError(
    `target "${name}": a recording answers for a reference, nothing can run on it`,
  )
}

/** Runs the clean-up when a signal arrives that would end the process; others who listen decide themselves. */
function onSignal(cleanUp: () => Promise<void>): () => void {
  const signals = Object.keys(interruptedBy) as (keyof typeof interruptedBy)[]
  const handlers = signals.map((signal) => {
    const handler = () => {
      if (process.listenerCount(signal) > 1) return
      const exit = () => process.exit(interruptedBy[signal])
      setTimeout(exit, interruptMilliseconds).unref()
      cleanUp().then(exit, exit)
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return () => {
    for (const off of handlers) off()
  }
}
