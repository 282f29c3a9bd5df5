import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import type { StartedK3sContainer } from '@testcontainers/k3s'
import type { WaitStrategy } from 'testcontainers'
import { messageOf } from './errors'
import { apiServerPort, clusterEnvironment, type ServerOptions, serverCommand } from './k3s-command'

/** Where k3s puts the kubeconfig of its administrator once the API server listens. */
const kubeconfigPath = '/etc/rancher/k3s/k3s.yaml'

/** How long k3s may take to write its kubeconfig, in milliseconds. */
const startMilliseconds = 180_000

/** How often the container is looked at meanwhile, in milliseconds. */
const lookMilliseconds = 200

/** How many of the last lines of the log an error message quotes. */
const quotedLogLines = 3

export interface K3sContainerOptions extends ServerOptions {
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  /** The secret that agents join with. */
  readonly token?: string
  /** The network that agents join it over; the container's name in it is `networkName`. */
  readonly network?: string
  /** Where the log goes. */
  readonly logFile?: string
  /** Told as soon as there is a container that has to be removed one day. */
  readonly created: (id: string) => void
}

/**
 * Starts k3s without an agent in a container without privileges.
 *
 * `K3sContainer` prepares for an agent: privileged mode, the cgroup namespace and a mount of the host, ports
 * of other products, and a log line of the network that never comes. All of that is undone here. The
 * reaper of the library is not used, for its image may not be there: see `Watchdog`.
 */
export async function startK3sContainer(
  options: K3sContainerOptions,
): Promise<StartedK3sContainer> {
  const { K3sContainer } = await import('@testcontainers/k3s')
  class ControlPlaneContainer extends K3sContainer {
    constructor() {
      super(options.image)
      Object.assign(this.hostConfig, { CgroupnsMode: undefined })
      delete this.hostConfig.Binds
      this.hostConfig.Privileged = false
      this.hostConfig.PortBindings = {}
      this.createOpts.ExposedPorts = {}
      this.exposedPorts = []
      this.autoCleanup = false
      this.withExposedPorts(apiServerPort)
        .withCommand(serverCommand(options))
        .withLabels({ ...options.labels })
        .withWaitStrategy(new KubeconfigWritten())
        .withStartupTimeout(startMilliseconds)
      const { token } = options
      if (isLoopback(options.host)) {
        // A port without an address is open to the whole network of the machine.
        this.hostConfig.PortBindings = { [`${apiServerPort}/tcp`]: [onLoopback] }
      }
      if (token !== undefined) this.withEnvironment({ ...clusterEnvironment(token) })
      if (options.network !== undefined) this.withNetworkMode(options.network)
      if (options.networkName !== undefined) this.withName(options.networkName)
      if (options.logFile !== undefined) this.withLogConsumer(logInto(options.logFile))
    }

    protected override async containerCreated(id: string): Promise<void> {
      options.created(id)
    }
  }
  return await new ControlPlaneContainer().start()
}

/** A port of the loopback that the engine chooses. */
const onLoopback = { HostIp: '127.0.0.1', HostPort: '0' }

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.')
}

/** Keeps what a container writes. */
export function logInto(file: string): (log: Readable) => void {
  mkdirSync(dirname(file), { recursive: true })
  return (log) => {
    log.pipe(createWriteStream(file, { flags: 'a' }))
  }
}

type Container = Parameters<WaitStrategy['waitUntilReady']>[0]

/** Waits until k3s has written its kubeconfig; gives up at once when the container has ended. */
class KubeconfigWritten implements WaitStrategy {
  #timeout = startMilliseconds
  #isTimeoutSet = false

  async waitUntilReady(container: Container): Promise<void> {
    const deadline = Date.now() + this.#timeout
    while (!(await isWritten(container))) {
      const { State } = await container.inspect()
      if (!State.Running) {
        throw new Error(`k3s ended with exit code ${State.ExitCode}: ${await endOfLog(container)}`)
      }
      if (Date.now() > deadline) {
        throw new Error(
          `k3s was not up within ${this.#timeout / 1000} s: ${await endOfLog(container)}`,
        )
      }
      await new Promise((resolve) => setTimeout(resolve, lookMilliseconds))
    }
  }

  withStartupTimeout(milliseconds: number): this {
    this.#timeout = milliseconds
    this.#isTimeoutSet = true
    return this
  }

  isStartupTimeoutSet(): boolean {
    return this.#isTimeoutSet
  }

  getStartupTimeout(): number {
    return this.#timeout
  }
}

async function isWritten(container: Container): Promise<boolean> {
  try {
    const answer: unknown = await container.infoArchive({ path: kubeconfigPath })
    // Typed as data, but a stream: left open, it would keep this process alive.
    if (answer instanceof Readable) answer.destroy()
    return true
  } catch {
    return false
  }
}

/** The last lines of a container's log, for an error message. */
export async function endOfLog(container: Container): Promise<string> {
  try {
    const log = await container.logs({ stdout: true, stderr: true, tail: quotedLogLines })
    return log
      .toString('utf8')
      .replace(/[^\t\n\x20-\x7e]+/g, '')
      .trim()
  } catch (error) {
    return messageOf(error)
  }
}
