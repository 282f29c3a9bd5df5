import { isDeepStrictEqual } from 'node:util'
import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import { isPodReady } from '../kubernetes/conditions'
import type { Event, Kinds, KubernetesObject, Pod } from '../kubernetes/types'
import { Informer } from '../reconciler/informer'
import type { Observation, ObservedEvent, ObservedKind, Refusal } from './observation'
import { runLabel } from './run-label'

/** How many of the newest events an error message shows. */
const recentEventCount = 12

/** The kinds that are watched in the scenario's namespace; nodes are watched apart. */
const namespacedKinds = ['ControllerRevision', 'DaemonSet', 'Event', 'Pod'] as const

/**
 * Watches a scenario's scope and keeps what it sees.
 *
 * The scope is the scenario's namespace, and the nodes that join after the recorder has started: others
 * are left over from elsewhere, unless they are given. The same code records every target.
 */
export class Recorder {
  readonly startedAt: number
  /** How many events have been recorded. */
  changes = 0
  /**
   * When the last event was recorded, by the clock of the target; finalizers of nodes aside, which k3s goes on to put
   * there, five a second, when all else has long come to rest.
   */
  lastEventAt: number
  readonly #scenario: string
  readonly #namespace: string
  readonly #clock: Clock
  readonly #informers: readonly { start(): Promise<void>; stop(): void }[]
  readonly #events: ObservedEvent[] = []
  readonly #refusals: Refusal[] = []
  readonly #listeners = new Set<() => void>()
  readonly #foreignNodes = new Set<string>()
  readonly #givenNodes: ReadonlySet<string>
  #isRecording = false

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly scenario: string
    readonly namespace: string
    /** The names of nodes that belong to the scenario, although they are there before it. */
    readonly nodes?: readonly string[]
  }) {
    const { client, clock, scenario, namespace } = options
    this.#givenNodes = new Set(options.nodes)
    this.#scenario = scenario
    this.#namespace = namespace
    this.#clock = clock
    this.startedAt = clock.now()
    this.lastEventAt = this.startedAt
    this.#informers = [
      ...namespacedKinds.map((kind) =>
        this.#informerOf(new Informer(client, clock, kind, { namespace }), kind),
      ),
      this.#informerOf(new Informer(client, clock, 'Node'), 'Node'),
    ]
  }

  /** Begins to watch; resolves when every later change will be seen. */
  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()))
    this.#isRecording = true
  }

  stop(): void {
    this.#isRecording = false
    for (const informer of this.#informers) informer.stop()
  }

  refused(refusal: Omit<Refusal, 'at'>): void {
    this.#refusals.push({ at: this.#clock.now() - this.startedAt, ...refusal })
  }

  /** Calls back after each recorded event until the returned function is called. */
  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The names of all nodes that were seen to belong to the scenario, gone ones included. */
  get nodeNames(): ReadonlySet<string> {
    const nodes = this.#events.filter(({ kind }) => kind === 'Node')
    return new Set(nodes.map(({ object }) => object.metadata.name))
  }

  /** The newest events in words, oldest first. */
  recentEvents(): readonly string[] {
    return this.#events.slice(-recentEventCount).map(describe)
  }

  observation(): Observation {
    return {
      scenario: this.#scenario,
      namespace: this.#namespace,
      startedAt: this.startedAt,
      events: [...this.#events],
      refusals: [...this.#refusals],
    }
  }

  #informerOf<K extends ObservedKind>(informer: Informer<K>, kind: K): Informer<K> {
    informer.handle({
      added: (object) => this.#observe('ADDED', kind, object),
      updated: (object, previous) => {
        const restless = kind !== 'Node' || !isOnlyHeld(object, previous)
        this.#observe('MODIFIED', kind, object, restless)
      },
      deleted: (object) => this.#observe('DELETED', kind, object),
    })
    return informer
  }

  #observe<K extends ObservedKind>(
    type: ObservedEvent['type'],
    kind: K,
    object: Kinds[K],
    restless = true,
  ): void {
    const { uid, name } = object.metadata
    const isGiven = kind === 'Node' && this.#givenNodes.has(name)
    if (kind === 'Node' && !this.#isRecording && !isGiven) this.#foreignNodes.add(uid)
    if (!(this.#isRecording || isGiven) || this.#foreignNodes.has(uid)) return
    const now = this.#clock.now()
    if (restless) this.lastEventAt = now
    const at = now - this.startedAt
    this.#events.push({ at, type, kind, object: withoutHarnessMarks(object) })
    this.changes++
    for (const listener of this.#listeners) listener()
  }
}

/** Whether nothing but the finalizers of an object has changed. */
function isOnlyHeld(object: KubernetesObject, previous: KubernetesObject): boolean {
  const { finalizers } = object.metadata
  if (isDeepStrictEqual(finalizers, previous.metadata.finalizers)) return false
  return isDeepStrictEqual(withoutFinalizers(object), withoutFinalizers(previous))
}

function withoutFinalizers(object: KubernetesObject): object {
  const { finalizers: _, managedFields: __, resourceVersion: ___, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** The object without what only the harness put there, and without managed fields, which are long and nobody compares. */
function withoutHarnessMarks<T extends KubernetesObject>(object: T): T {
  const { managedFields, labels, ...metadata } = object.metadata
  const marked = labels?.[runLabel] !== undefined
  if (managedFields === undefined && !marked) return object
  const { [runLabel]: _, ...otherLabels } = labels ?? {}
  return {
    ...object,
    metadata: labels === undefined ? metadata : { ...metadata, labels: otherLabels },
  }
}

function describe({ at, type, kind, object }: ObservedEvent): string {
  const text = `+${(at / 1000).toFixed(1)}s ${type} ${kind} ${object.metadata.name}`
  const detail = detailOf(kind, object)
  return detail === '' ? text : `${text}: ${detail}`
}

function detailOf(kind: ObservedKind, object: KubernetesObject): string {
  if (kind === 'Event') {
    const { reason, message } = object as Event
    return `${reason}: ${message}`
  }
  if (kind !== 'Pod') return ''
  const pod = object as Pod
  return [
    pod.status?.phase ?? 'Pending',
    ...(pod.spec?.nodeName === undefined ? [] : [`on ${pod.spec.nodeName}`]),
    ...(isPodReady(pod) ? ['ready'] : []),
    ...(pod.metadata.deletionTimestamp === undefined ? [] : ['terminating']),
  ].join(', ')
}
