import type { ContainerRuntimeClient } from 'testcontainers'
import type { Client } from '../../kubernetes/client'
import type { Clock } from '../../kubernetes/clock'
import { isNodeReady } from '../../kubernetes/conditions'
import type { Node, Pod } from '../../kubernetes/types'
import { EnvironmentError } from '../errors'
import type { HttpConnection } from '../http-connection'
import { endOfLog, logInto } from '../k3s-container'
import type { RestorableNodes } from '../live-target'
import { watchUntil } from '../watch-until'
import { NodeRuntime } from './node-runtime'

/** How long nodes may take to become ready, in milliseconds: the first time they unpack and import images. */
const readyMilliseconds = 180_000

/** How often it is looked whether their containers still run meanwhile, in milliseconds. */
const lookMilliseconds = 2000

/** How long a log may stay silent before it counts as read, in milliseconds. */
const logMilliseconds = 10_000

/** A container of the engine that is a node. */
export interface NodeContainer {
  readonly node: string
  readonly id: string
  readonly logFile?: string
}

/** Nodes that are containers of an engine. */
export class RealNodeSet implements RestorableNodes {
  readonly names: readonly string[]
  readonly #engine: ContainerRuntimeClient
  readonly #connection: HttpConnection
  readonly #client: Client
  readonly #clock: Clock
  readonly #containers: ReadonlyMap<string, NodeContainer>
  readonly #off = new Set<string>()

  constructor(options: {
    readonly engine: ContainerRuntimeClient
    readonly connection: HttpConnection
    readonly client: Client
    readonly clock: Clock
    readonly containers: readonly NodeContainer[]
  }) {
    this.#engine = options.engine
    this.#connection = options.connection
    this.#client = options.client
    this.#clock = options.clock
    this.#containers = new Map(options.containers.map((each) => [each.node, each]))
    this.names = [...this.#containers.keys()].sort()
  }

  async switchOff(node: string): Promise<void> {
    const { id } = this.#containerOf(node)
    this.#off.add(node)
    await this.#engine.container.getById(id).kill()
  }

  async switchOn(node: string): Promise<void> {
    const { id, logFile } = this.#containerOf(node)
    const container = this.#engine.container.getById(id)
    const since = Math.floor(this.#clock.now() / 1000)
    await container.start()
    this.#off.delete(node)
    if (logFile === undefined) return
    logInto(logFile)(await this.#engine.container.logs(container, { since }))
  }

  async kill(pod: Pod, container: string): Promise<void> {
    const status = pod.status.containerStatuses?.find(({ name }) => name === container)
    const { nodeName = '' } = pod.spec
    if (status?.containerID === undefined) {
      throw new Error(`container ${container} of pod ${pod.metadata.name} does not run`)
    }
    await this.runtimeOf(nodeName).kill(status.containerID)
  }

  async log({ metadata }: Pod, container: string): Promise<string> {
    const { namespace = 'default', name } = metadata
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${encodeURIComponent(container)}`
    const { response } = await this.#connection.open(
      { method: 'GET', path, userAgent: 'daemonset-conformance' },
      logMilliseconds,
    )
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  }

  runningPodsOn(node: string): Promise<readonly string[]> {
    return this.runtimeOf(node).runningPods()
  }

  /** The container runtime of a node. */
  runtimeOf(node: string): NodeRuntime {
    return new NodeRuntime(this.#engine, this.#containerOf(node).id, node)
  }

  /** Switches on what is off, and waits until all nodes are ready: what a scenario did to them must not outlive it. */
  async restore(): Promise<void> {
    for (const node of [...this.#off]) await this.switchOn(node)
    await this.ready()
  }

  /** Waits until all nodes are ready; gives up at once when a container has ended by itself. */
  async ready(): Promise<void> {
    const deadline = this.#clock.now() + readyMilliseconds
    for (;;) {
      const { isMet, objects } = await watchUntil({
        client: this.#client,
        clock: this.#clock,
        kind: 'Node',
        isMet: (nodes) => this.#missing(nodes).length === 0,
        limitMilliseconds: lookMilliseconds,
      })
      if (isMet) return
      await this.#refuseEnded()
      if (this.#clock.now() < deadline) continue
      const missing = this.#missing(objects)
      throw new EnvironmentError(
        `${missing.join(' and ')} did not become ready within ${readyMilliseconds / 1000} s`,
        { mend: 'look into the logs of the nodes, and run dsc doctor --probe' },
      )
    }
  }

  #missing(nodes: readonly Node[]): readonly string[] {
    const ready = new Set(nodes.filter(isUsable).map(({ metadata }) => metadata.name))
    return this.names.filter((name) => !ready.has(name))
  }

  async #refuseEnded(): Promise<void> {
    for (const { node, id } of this.#containers.values()) {
      if (this.#off.has(node)) continue
      const container = this.#engine.container.getById(id)
      const { State } = await container.inspect()
      if (State.Running) continue
      const log = await endOfLog(container)
      throw new EnvironmentError(`${node} ended with exit code ${State.ExitCode} (${log})`, {
        mend: 'see what real nodes need with dsc doctor --probe',
      })
    }
  }

  #containerOf(node: string): NodeContainer {
    const found = this.#containers.get(node)
    if (found === undefined) {
      throw new Error(`there is no real node ${node}, only ${this.names.join(', ')}`)
    }
    return found
  }
}

/** A node that is ready still carries the taint of one that is not for a moment. */
function isUsable(node: Node): boolean {
  return isNodeReady(node) && (node.spec.taints ?? []).length === 0
}
