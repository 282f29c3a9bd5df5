import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { EnvironmentError, messageOf } from './errors'
import type { Environment } from './kubeconfig'

/** The k3s that is kept between runs; its file holds credentials, so only its owner can read it. */
export interface WarmState {
  readonly kind: 'WarmK3s'
  readonly container: string
  /** Anonymous volumes of the container, which may outlive it. */
  readonly volumes: readonly string[]
  readonly image: string
  readonly imageId: string
  readonly controller: 'built-in' | 'ours'
  /** RFC 3339. */
  readonly startedAt: string
  readonly kubeconfig: string
}

/** What a k3s must be like to be used in the place of a fresh one. */
export type WantedK3s = Pick<WarmState, 'imageId' | 'image' | 'controller'>

/** Where what is known of the warm k3s lies: where programs of a user keep state between runs. */
export function warmFiles(environment: Environment): {
  readonly state: string
  readonly kubeconfig: string
} {
  const home = environment['HOME'] ?? homedir()
  const base = environment['XDG_STATE_HOME'] || join(home, '.local', 'state')
  const folder = join(base, 'daemonset-conformance')
  return { state: join(folder, 'warm-k3s.json'), kubeconfig: join(folder, 'warm-k3s.kubeconfig') }
}

/** What is known of the warm k3s; undefined where there is none. */
export function readWarmState(environment: Environment): WarmState | undefined {
  const { state } = warmFiles(environment)
  let text: string
  try {
    text = readFileSync(state, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw stateProblem(state, messageOf(cause), cause)
  }
  try {
    const found: unknown = JSON.parse(text)
    if (isWarmState(found)) return found
  } catch (cause) {
    throw stateProblem(state, messageOf(cause), cause)
  }
  throw stateProblem(state, 'it is not what dsc up writes')
}

/** Writes the state and a kubeconfig for people, each whole or not at all. */
export function writeWarmState(environment: Environment, state: WarmState): void {
  const files = warmFiles(environment)
  try {
    mkdirSync(dirname(files.state), { recursive: true, mode: 0o700 })
    writePrivate(files.kubeconfig, state.kubeconfig)
    writePrivate(files.state, `${JSON.stringify(state, undefined, 2)}\n`)
  } catch (cause) {
    throw new EnvironmentError(`${files.state} cannot be written (${messageOf(cause)})`, {
      mend: 'make the folder writable, or name another one in XDG_STATE_HOME',
      cause,
    })
  }
}

export function removeWarmState(environment: Environment): void {
  const { state, kubeconfig } = warmFiles(environment)
  for (const file of [state, kubeconfig]) rmSync(file, { force: true })
}

/** Why the warm k3s cannot take the place of a fresh one; undefined where it can. */
export function misfitOf(warm: WarmState, wanted: WantedK3s): string | undefined {
  if (warm.imageId !== wanted.imageId) return `has the image ${warm.image}, and not ${wanted.image}`
  if (warm.controller === wanted.controller) return undefined
  return warm.controller === 'ours'
    ? 'has no DaemonSet controller of its own'
    : 'has a DaemonSet controller of its own'
}

/** How the warm k3s would be spelled as a target. */
export function warmTargetOf({ controller }: Pick<WarmState, 'controller'>): string {
  return controller === 'ours' ? 'k3s?controller=ours' : 'k3s'
}

function writePrivate(file: string, text: string): void {
  rmSync(`${file}.new`, { force: true })
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function isWarmState(value: unknown): value is WarmState {
  if (typeof value !== 'object' || value === null) return false
  const state = value as { readonly [field: string]: unknown }
  const texts = ['container', 'image', 'imageId', 'controller', 'startedAt', 'kubeconfig']
  return (
    state['kind'] === 'WarmK3s' &&
    texts.every((field) => typeof state[field] === 'string') &&
    Array.isArray(state['volumes'])
  )
}

function stateProblem(file: string, problem: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError(`${file} cannot be used (${problem})`, {
    mend: 'run dsc down, which removes it, and dsc up for another warm k3s',
    cause,
  })
}
