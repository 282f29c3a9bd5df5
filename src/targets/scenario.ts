import type { SimulatedNodes } from '../controlplane/kubelet/simulated-nodes'
import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import type { Observation } from './observation'
import {
  checkPlainRequest,
  type PlainAnswer,
  type PlainRequest,
  type PlainRequests,
} from './plain-request'
import type { Recorder } from './recorder'
import { ScenarioClient } from './scenario-client'
import type { RealNodes, ScenarioCluster } from './target'
import { type Pace, Waits } from './waits'

/** A scenario's view of a cluster, put together from what a target provides. */
export class Scenario implements ScenarioCluster {
  readonly client: ScenarioClient
  readonly namespace: string
  readonly clock: Clock
  readonly #nodes: SimulatedNodes | undefined
  readonly #realNodes: RealNodes | undefined
  readonly #plainRequests: PlainRequests
  readonly #waits: Waits
  readonly #recorder: Recorder
  readonly #close: (scenario: Scenario) => Promise<void>
  #closing: Promise<void> | undefined

  constructor(options: {
    readonly client: Client
    readonly plainRequests: PlainRequests
    readonly namespace: string
    readonly nodes: SimulatedNodes | undefined
    readonly realNodes?: RealNodes | undefined
    readonly recorder: Recorder
    readonly pace: Pace
    readonly labels: Readonly<Record<string, string>>
    /** Gives back what the scenario has taken; called once. */
    readonly close: (scenario: Scenario) => Promise<void>
  }) {
    const { recorder, pace, labels } = options
    this.namespace = options.namespace
    this.#nodes = options.nodes
    this.#realNodes = options.realNodes
    this.#plainRequests = options.plainRequests
    this.clock = pace.clock
    this.client = new ScenarioClient({
      client: options.client,
      now: () => pace.clock.now(),
      refused: (refusal) => recorder.refused(refusal),
      labels,
    })
    this.#recorder = recorder
    this.#close = options.close
    this.#waits = new Waits({ pace, recorder, client: this.client })
  }

  async request(request: PlainRequest): Promise<PlainAnswer> {
    checkPlainRequest(request, this.namespace)
    try {
      return await this.#plainRequests(request)
    } finally {
      this.client.lastAnswerAt = this.clock.now()
    }
  }

  get nodes(): SimulatedNodes {
    if (this.#nodes === undefined) throw new Error('the nodes of this cluster are real')
    return this.#nodes
  }

  get realNodes(): RealNodes {
    if (this.#realNodes === undefined) throw new Error('the nodes of this cluster are simulated')
    return this.#realNodes
  }

  eventually<T>(
    description: string,
    read: () => Promise<T> | T,
    isMet: (value: T) => boolean,
    options?: { readonly withinSeconds?: number },
  ): Promise<T> {
    return this.#waits.eventually(description, read, isMet, options)
  }

  consistently<T>(
    description: string,
    read: () => Promise<T> | T,
    isMet: (value: T) => boolean,
    options: { readonly forSeconds: number },
  ): Promise<T> {
    return this.#waits.consistently(description, read, isMet, options)
  }

  elapse(seconds: number): Promise<void> {
    return this.#waits.elapse(seconds)
  }

  settle(): Promise<void> {
    return this.#waits.settle()
  }

  observation(): Observation {
    return this.#recorder.observation()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  async #finish(): Promise<void> {
    this.#recorder.stop()
    await this.#close(this)
  }
}
