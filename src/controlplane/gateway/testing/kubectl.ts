import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RecordedRequest, RecordingProxy } from './recording-proxy'
import { Served } from './served'

// biome-ignore lint/style/noProcessEnv: the machine says which kubectl it has
const environment = process.env
const named = environment['DSC_KUBECTL'] || undefined
const program = named ?? 'kubectl'
const commandMilliseconds = 60_000
const manyNodes = 100

/** The DaemonSet of the documentation. */
export const manifest = join(
  __dirname,
  ...['..', '..', '..', '..', 'manifests', 'basic-daemonset.yaml'],
)

function minorVersion(): number | string {
  try {
    const text = execFileSync(program, ['version', '--client', '--output=json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return Number.parseInt(JSON.parse(text).clientVersion.minor, 10)
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    return `no kubectl: ${why}; install it or name it in DSC_KUBECTL`
  }
}

const minor = minorVersion()
// One that was asked for has to be there: nothing is skipped in silence where it is named.
if (named !== undefined && typeof minor === 'string') throw new Error(minor)

/** Older ones send other requests than those that are specified; they are held to what people see of commands. */
const oldestMinor = 30

/** Why the commands of the documentation are not tried on this machine; `false` where they are, with any kubectl since 1.20. */
export const withoutAnyKubectl: string | false = typeof minor === 'string' ? minor : false

/** Why tests of what kubectl sends are skipped on this machine; `false` where they run. */
export const withoutKubectl: string | false =
  typeof minor === 'number' && minor < oldestMinor
    ? `kubectl 1.${minor} sends other requests than 1.${oldestMinor} and later: with it, only the documented commands are tried`
    : withoutAnyKubectl

/** Whether kubectl has what came with that minor release. */
export function hasSince(release: number): boolean {
  return typeof minor === 'number' && minor >= release
}

/** Whether kubectl waits with a watch-list, as it does since 1.35 (KUBECTL-04). */
export const hasWatchList: boolean = hasSince(35)

/** Whether kubectl is as new as the server. */
export const isCurrent: boolean = hasSince(36)

/** What came of a command. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
  /** What was asked of the resources of the API, in order. */
  readonly requests: readonly RecordedRequest[]
  /** The same, as text. */
  readonly lines: readonly string[]
  /** Everything that was asked, discovery and schemas included. */
  readonly all: readonly RecordedRequest[]
}

/** How a command is run. */
export interface Running {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** A served cluster and a kubectl that talks to it through a proxy which remembers the requests. */
export class Kubectl implements AsyncDisposable {
  readonly served: Served
  readonly folder: string
  readonly #proxy: RecordingProxy

  private constructor(served: Served, proxy: RecordingProxy, folder: string) {
    this.served = served
    this.#proxy = proxy
    this.folder = folder
  }

  static async start(options: Parameters<typeof Served.start>[0]): Promise<Kubectl> {
    const served = await Served.start(options)
    const proxy = await RecordingProxy.start(served.served.access)
    const folder = mkdtempSync(join(tmpdir(), 'dsc-kubectl-'))
    writeFileSync(join(folder, 'kubeconfig'), proxy.kubeconfig())
    const kubectl = new Kubectl(served, proxy, folder)
    try {
      // They join one after the other, and kubectl waits for them one after the other: of many, the last one tells.
      const { nodes = 0 } = options ?? {}
      const awaited = nodes > manyNodes ? [`node/node-${nodes}`] : ['nodes', '--all']
      await kubectl.run('wait', '--for=condition=Ready', ...awaited)
    } catch (error) {
      // Left open, it would keep the process of the test alive.
      await kubectl[Symbol.asyncDispose]()
      throw error
    }
    return kubectl
  }

  /** Three nodes on which the daemon pods of the manifest run. */
  static async startRolledOut(): Promise<Kubectl> {
    const kubectl = await Kubectl.start({ nodes: 3 })
    try {
      await kubectl.run('apply', '-f', manifest)
      await kubectl.run('rollout', 'status', 'daemonset/fluentd-logging', '--timeout=50s')
    } catch (error) {
      await kubectl[Symbol.asyncDispose]()
      throw error
    }
    return kubectl
  }

  /** Runs a command, whatever comes of it. */
  async ask(...args: string[]): Promise<Outcome> {
    return await this.askWith({}, ...args)
  }

  async askWith({ env = {}, input = '' }: Running, ...args: string[]): Promise<Outcome> {
    this.#proxy.take()
    const { folder } = this
    const outcome = await new Promise<Pick<Outcome, 'code' | 'out' | 'err'>>((done) => {
      const child = execFile(
        program,
        [`--cache-dir=${join(folder, 'cache')}`, ...args],
        {
          env: { ...environment, ...env, KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder },
          timeout: commandMilliseconds,
        },
        (error, out, err) => {
          const code = error === null ? 0 : Number(error.code ?? 255)
          done({ code: Number.isNaN(code) ? 255 : code, out, err })
        },
      )
      child.stdin?.end(input)
    })
    const all = this.#proxy.take()
    const requests = all.filter(({ path }) => isOnResource(path))
    return { ...outcome, all, requests, lines: requests.map(({ line }) => line) }
  }

  /** Runs a command that must succeed. */
  async ok(...args: string[]): Promise<Outcome> {
    return succeeded(await this.ask(...args), args)
  }

  async okWith(running: Running, ...args: string[]): Promise<Outcome> {
    return succeeded(await this.askWith(running, ...args), args)
  }

  /** The output of a command that must succeed. */
  async run(...args: string[]): Promise<string> {
    return (await this.ok(...args)).out
  }

  /** A file for `-f`. */
  file(name: string, content: string | object): string {
    const path = join(this.folder, name)
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy[Symbol.asyncDispose]()
    await this.served[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true })
  }
}

/** Discovery and schemas are asked for when kubectl's cache says so; they are looked at by themselves. */
function isOnResource(path: string): boolean {
  return /^\/api\/v1\/.|^\/apis\/[^/]+\/[^/]+\/./.test(path)
}

function succeeded(outcome: Outcome, args: readonly string[]): Outcome {
  assert.equal(outcome.code, 0, `kubectl ${args.join(' ')}: ${outcome.err}${outcome.out}`)
  return outcome
}
