import type { Client } from '../kubernetes/client'
import { type Clock, timestampOf } from '../kubernetes/clock'
import { type Random, seededRandom } from '../kubernetes/random'
import { DaemonSetController } from '../reconciler/daemonset-controller'
import { ApiServer } from './api-server'
import { DisruptionController } from './disruption'
import { GarbageCollector } from './garbage-collector'
import { SimulatedNodes } from './kubelet/simulated-nodes'
import type { KubeletTiming } from './kubelet/timing'
import { NamespaceController } from './namespace-controller'
import { NodeLifecycleController } from './node-lifecycle/node-lifecycle-controller'
import { NodeTtlController } from './node-lifecycle/node-ttl'
import { PodGarbageCollector } from './pod-garbage-collector'
import { Scheduler } from './scheduler/scheduler'
import { ServiceAccounts } from './service-accounts'
import { SharedInformers } from './shared-informers'
import { TaintEviction } from './taint-eviction'
import { VirtualClock } from './virtual-clock'

/** The seed of a cluster that was given none. */
const defaultSeed = 1

/** Steps that the clock takes at one moment, so that a cluster that never rests cannot hang its user. */
const stepLimit = 100_000

/** Something that runs until it is stopped, like a controller. */
interface Controller {
  start(): Promise<void> | void
  stop(): void
}

/** What a controller that is started with the cluster is given. */
interface ControllerContext {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly informers: SharedInformers
}

/** How a cluster in this process is to be. */
export interface InProcessClusterOptions {
  /** Every name, uid and choice of the cluster follows from it. */
  readonly seed?: number
  /** Where its clock begins, in milliseconds since the epoch. */
  readonly startAt?: number
  /** The DaemonSet controller; default: this project's own. `none` leaves DaemonSets to somebody else. */
  readonly controller?: 'none' | ((context: ControllerContext) => Controller)
  readonly kubelet?: Partial<KubeletTiming>
  readonly version?: string
  /** How many changes of one kind watches can go back. */
  readonly historyLimit?: number
}

/** A whole control plane in this process, under a clock that stands still until it is moved. */
export interface InProcessCluster {
  readonly clock: VirtualClock
  readonly server: ApiServer
  readonly nodes: SimulatedNodes
  /** A client with the given name as its user agent. */
  client(name: string): Client
  /** Lets everything happen that needs no time. */
  drain(): Promise<void>
  /** Lets time pass, and everything happen that is due until then. */
  advance(milliseconds: number): Promise<void>
  /** Lets as much time pass as the condition needs, at most the limit; tells whether it was met. */
  runUntil(condition: () => boolean | Promise<boolean>, limitMilliseconds: number): Promise<boolean>
  /** Ends everything; the objects remain readable. */
  stop(): void
}

/** Starts an API server with all its companions; no node has joined yet. */
export async function startInProcessCluster(
  options: InProcessClusterOptions = {},
): Promise<InProcessCluster> {
  const clock = new VirtualClock(options.startAt)
  const random = seededRandom(options.seed ?? defaultSeed)
  const { version, historyLimit } = options
  const server = new ApiServer({
    clock,
    random,
    ...(version === undefined ? {} : { version }),
    ...(historyLimit === undefined ? {} : { historyLimit }),
  })
  const nodes = new SimulatedNodes({
    client: server.client('kubelet'),
    clock,
    random,
    timing: options.kubelet ?? {},
  })
  const informers = new SharedInformers(server.client('kube-controller-manager'), clock)
  const controllers = companionsOf({ server, clock, random, informers })
  const daemonSets = daemonSetControllerOf({ server, clock, random, informers }, options.controller)
  for (const controller of controllers) controller.start()
  await informers.start()
  await Promise.all([daemonSets?.start(), nodes.start()])
  const cluster = new RunningCluster(
    { clock, server, nodes, stoppable: [...controllers, daemonSets] },
    informers,
  )
  await cluster.drain()
  return cluster
}

interface Assembly {
  readonly server: ApiServer
  readonly clock: VirtualClock
  readonly random: Random
  readonly informers: SharedInformers
}

/** Everything that a kube-scheduler and a kube-controller-manager do, save for DaemonSets. */
function companionsOf({ server, clock, random, informers }: Assembly): readonly Controller[] {
  const client = server.client('kube-controller-manager')
  const options = { client, clock, informers }
  return [
    new Scheduler({ client: server.client('kube-scheduler'), clock, random, informers }),
    new NodeLifecycleController(options),
    new NodeTtlController(options),
    new TaintEviction(options),
    new PodGarbageCollector(options),
    new GarbageCollector(options),
    new NamespaceController(options),
    new ServiceAccounts({ ...options, rootCertificate }),
    new DisruptionController(options),
  ]
}

function daemonSetControllerOf(
  { server, clock, random, informers }: Assembly,
  choice: InProcessClusterOptions['controller'],
): Controller | undefined {
  if (choice === 'none') return undefined
  const context = { client: server.client('daemonset-controller'), clock, random, informers }
  return choice === undefined ? new DaemonSetController(context) : choice(context)
}

class RunningCluster implements InProcessCluster {
  readonly clock: VirtualClock
  readonly server: ApiServer
  readonly nodes: SimulatedNodes
  readonly #stoppable: readonly (Controller | undefined)[]
  readonly #informers: SharedInformers
  /** How many steps the clock has taken without moving. */
  #stepsAtOnce = 0

  constructor(
    parts: {
      readonly clock: VirtualClock
      readonly server: ApiServer
      readonly nodes: SimulatedNodes
      readonly stoppable: readonly (Controller | undefined)[]
    },
    informers: SharedInformers,
  ) {
    this.clock = parts.clock
    this.server = parts.server
    this.nodes = parts.nodes
    this.#stoppable = parts.stoppable
    this.#informers = informers
  }

  client(name: string): Client {
    return this.server.client(name)
  }

  async drain(): Promise<void> {
    // Everything in the process runs in microtasks: one turn of the event loop later, all have run.
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  async advance(milliseconds: number): Promise<void> {
    const until = this.clock.now() + milliseconds
    await this.drain()
    while (this.#step(until)) await this.drain()
    this.clock.advanceTo(until)
    await this.drain()
  }

  async runUntil(
    condition: () => boolean | Promise<boolean>,
    limitMilliseconds: number,
  ): Promise<boolean> {
    const until = this.clock.now() + limitMilliseconds
    do {
      await this.drain()
      if (await condition()) return true
    } while (this.#step(until))
    this.clock.advanceTo(until)
    await this.drain()
    return await condition()
  }

  /** Moves to the next moment at which something is due, if that is not after the given one. */
  #step(until: number): boolean {
    const at = this.clock.nextAt()
    if (at === undefined || at > until) return false
    this.#stepsAtOnce = at > this.clock.now() ? 1 : this.#stepsAtOnce + 1
    if (this.#stepsAtOnce > stepLimit) {
      throw new Error(
        `the cluster does not come to rest: something was due ${stepLimit} times at ${timestampOf(at)}`,
      )
    }
    this.clock.advanceToNext()
    return true
  }

  stop(): void {
    for (const controller of this.#stoppable) controller?.stop()
    this.nodes.halt()
    this.#informers.stop()
  }
}

/** What stands in `kube-root-ca.crt`: a certificate in form only, as nothing in the process speaks TLS with it. */
const rootCertificate = `-----BEGIN CERTIFICATE-----
${Buffer.from('simulated control plane').toString('base64')}
-----END CERTIFICATE-----
`
