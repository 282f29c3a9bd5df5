import type { Client } from '../../kubernetes/client'
import type { Clock } from '../../kubernetes/clock'
import { StatusError } from '../../kubernetes/status-error'
import type { Node } from '../../kubernetes/types'
import { WorkQueue } from '../../reconciler/work-queue'
import type { SharedInformers } from '../shared-informers'

/** Tells kubelets for how long they may keep what they have read of secrets and config maps. */
const ttlAnnotation = 'node.alpha.kubernetes.io/ttl'

/** How long, by the size of the cluster; sizes overlap, so that a cluster between two does not go to and fro. */
const steps = [
  { least: 0, most: 100, seconds: 0 },
  { least: 90, most: 500, seconds: 15 },
  { least: 450, most: 1_000, seconds: 30 },
  { least: 900, most: 2_000, seconds: 60 },
  { least: 1_800, most: Number.POSITIVE_INFINITY, seconds: 300 },
] as const

/** Nodes that are written at the same time. */
const workers = 8

/**
 * Keeps the annotation with the time to live on every node (NODE-14).
 *
 * When the cluster outgrows a step, its nodes follow one by one, each when it is next written.
 */
export class NodeTtlController {
  readonly #client: Client
  readonly #informers: SharedInformers
  readonly #queue: WorkQueue
  #nodes = 0
  #step = 0

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly informers: SharedInformers
  }) {
    this.#client = options.client
    this.#informers = options.informers
    this.#queue = new WorkQueue({
      clock: options.clock,
      workers,
      work: (name) => this.#annotate(name),
    })
  }

  start(): void {
    this.#informers.informer('Node').handle({
      added: (node) => {
        this.#nodes++
        if (this.#nodes > (steps[this.#step]?.most ?? 0)) this.#step++
        this.#look(node)
      },
      updated: (node) => this.#look(node),
      deleted: () => {
        this.#nodes--
        if (this.#nodes < (steps[this.#step]?.least ?? 0)) this.#step--
      },
    })
  }

  stop(): void {
    this.#queue.stop()
  }

  #look(node: Node): void {
    if (!this.#isRight(node)) this.#queue.add(node.metadata.name)
  }

  #isRight({ metadata }: Node): boolean {
    const text = metadata.annotations?.[ttlAnnotation]
    return text !== undefined && /^[+-]?\d+$/.test(text) && Number(text) === this.#seconds
  }

  get #seconds(): number {
    return steps[this.#step]?.seconds ?? 0
  }

  async #annotate(name: string): Promise<void> {
    const node = this.#informers.informer('Node').get(name)
    if (node === undefined || this.#isRight(node)) return
    const annotations = { [ttlAnnotation]: String(this.#seconds) }
    try {
      await this.#client.patch(
        'Node',
        { name },
        { type: 'strategic', body: { metadata: { annotations } } },
      )
    } catch (error) {
      if (!StatusError.is(error, 'NotFound')) throw error
    }
  }
}
