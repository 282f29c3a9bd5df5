import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { World } from '@cucumber/cucumber'
import type { Client, ObjectKey } from '../../src/kubernetes/client'
import { targetNodeNameOf } from '../../src/kubernetes/node-affinity'
import { controllerOf } from '../../src/kubernetes/owner-references'
import { StatusError } from '../../src/kubernetes/status-error'
import type { ControllerRevision, DaemonSet, Kind, Kinds, Pod } from '../../src/kubernetes/types'
import { manifestPath } from '../../src/targets/manifest-path'
import type { PlainAnswer } from '../../src/targets/plain-request'
import type { ScenarioCluster } from '../../src/targets/target'
import type { NodeNames } from './node-names'

/** What a profile says about the run. */
export interface WorldParameters {
  /** The cluster under test, as the command line spells it. */
  readonly target?: string
}

/** What was there right before the first `When` of a scenario. */
export interface Snapshot {
  readonly pods: readonly Pod[]
  readonly daemonSets: readonly DaemonSet[]
  readonly revisions: readonly ControllerRevision[]
  /** How many changes the observation held by then. */
  readonly eventCount: number
}

/** A question whose answer is waited for. */
export interface Expectation<T> {
  toEqual(expected: T): Promise<T>
  toMeet(isMet: (value: T) => boolean): Promise<T>
}

interface Outcome {
  recheck(): Promise<void>
}

/** What the steps of one scenario share: its cluster, its namespace and the waiting. */
export class ConformanceWorld extends World<WorldParameters> {
  /** Which part of the scenario is running: what is given, what happens, or what follows. */
  part: 'given' | 'when' | 'then' = 'given'
  /** What was there before the first `When`. */
  before: Snapshot = { pods: [], daemonSets: [], revisions: [], eventCount: 0 }
  /** The answer to the request of the `When`, where a step wants to look at it. */
  refusal: StatusError | undefined
  /** What was said to the plain request of a step. */
  answer: PlainAnswer | undefined
  /** What a list showed, by name. */
  listed: readonly string[] | undefined
  /** A DaemonSet as somebody read it earlier. */
  remembered: DaemonSet | undefined
  readonly #nodeNames = new Set<string>()
  readonly #outcomes: Outcome[] = []
  readonly #cleanUps: (() => Promise<unknown>)[] = []
  #cluster: ScenarioCluster | undefined
  #featureUri = ''
  #expectedRefusals = 0

  get cluster(): ScenarioCluster {
    assert(this.#cluster, 'no cluster has been opened for this scenario')
    return this.#cluster
  }

  get isOpen(): boolean {
    return this.#cluster !== undefined
  }

  get client(): Client {
    return this.cluster.client
  }

  get namespace(): string {
    return this.cluster.namespace
  }

  /** The nodes of the scenario that have joined and not left. */
  get nodeNames(): Set<string> {
    return this.#nodeNames
  }

  /** `featureUri` is the path of the scenario's feature as cucumber tells it. */
  open(cluster: ScenarioCluster, featureUri: string): void {
    this.#cluster = cluster
    this.#featureUri = featureUri
  }

  /** Where the manifest is that a step names. */
  manifestPath(name: string): string {
    return manifestPath(name, this.#featureUri)
  }

  /**
   * Reads until the answer is as expected.
   *
   * What a `Then` waited for must still hold when the cluster has come to rest, see `confirmOutcomes`.
   */
  eventually<T>(
    description: string,
    read: () => Promise<T> | T,
    options: { readonly withinSeconds?: number } = {},
  ): Expectation<T> {
    const toMeet = async (isMet: (value: T) => boolean): Promise<T> => {
      const wait = () => this.cluster.eventually(description, read, isMet, options)
      const value = await wait()
      if (this.part === 'then') {
        this.#outcomes.push({
          recheck: async () => {
            if (isMet(await read())) return
            const again = `${description}, still when the cluster has come to rest`
            await this.cluster.eventually(again, read, isMet, { withinSeconds: 0 })
          },
        })
      }
      return value
    }
    return { toMeet, toEqual: (expected) => toMeet((value) => isDeepStrictEqual(value, expected)) }
  }

  /** Checks all that the `Then` steps waited for once more: none of it may have been a passing state. */
  async confirmOutcomes(): Promise<void> {
    for (const { recheck } of this.#outcomes) await recheck()
  }

  /** Sends a request that may be refused, and keeps the refusal for the steps that follow. */
  async attempt<T>(request: () => Promise<T>): Promise<T | undefined> {
    try {
      return await request()
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      this.refusal = error
      return undefined
    }
  }

  /** The refusal of the request of the `When`; fails when it was accepted. */
  expectRefusal(): StatusError {
    assert(this.refusal, 'the request was accepted')
    this.#expectedRefusals = 1
    return this.refusal
  }

  /** Fails when the API server refused something that no step asked about. */
  confirmRefusals(): void {
    const refusals = this.cluster.observation().refusals
    const unexpected = refusals.slice(0, refusals.length - this.#expectedRefusals)
    assert.deepEqual(
      unexpected.map(({ verb, kind, name = '', message }) => `${verb} ${kind} ${name}: ${message}`),
      [],
      'the API server refused requests that no step asked about',
    )
  }

  /** Registers what has to be undone so that nothing holds up the removal of the scenario's objects. */
  afterwards(cleanUp: () => Promise<unknown>): void {
    this.#cleanUps.push(cleanUp)
  }

  async close(): Promise<void> {
    for (const cleanUp of this.#cleanUps.reverse()) await cleanUp()
    await this.#cluster?.[Symbol.asyncDispose]()
    this.#cluster = undefined
  }

  key(name: string): ObjectKey {
    return { name, namespace: this.namespace }
  }

  /** The names that a step means, in order. */
  resolve(names: NodeNames): readonly string[] {
    return names === 'every node' ? [...this.#nodeNames].sort() : [...names].sort()
  }

  async list<K extends Kind>(kind: K, labelSelector?: string): Promise<readonly Kinds[K][]> {
    const selection = labelSelector === undefined ? {} : { labelSelector }
    const { items } = await this.client.list(kind, { namespace: this.namespace, ...selection })
    return items
  }

  /** The object of that name, if there is one; asking is never refused. */
  async find<K extends Kind>(kind: K, name: string): Promise<Kinds[K] | undefined> {
    const fieldSelector = `metadata.name=${name}`
    const scope = kind === 'Node' ? {} : { namespace: this.namespace }
    const { items } = await this.client.list(kind, { ...scope, fieldSelector })
    return items[0]
  }

  async daemonSet(name: string): Promise<DaemonSet> {
    const daemonSet = await this.find('DaemonSet', name)
    assert(daemonSet, `DaemonSet ${this.namespace}/${name} does not exist`)
    return daemonSet
  }

  /** The pods that the DaemonSet controls, in the order of their nodes. */
  async daemonPodsOf(daemonSet: string): Promise<readonly Pod[]> {
    return daemonPodsAmong(await this.list('Pod'), daemonSet)
  }

  async daemonPodsOn(daemonSet: string, node: string): Promise<readonly Pod[]> {
    const pods = await this.daemonPodsOf(daemonSet)
    return pods.filter((pod) => targetNodeNameOf(pod) === node)
  }

  /** The revisions that the DaemonSet controls, from the oldest to the newest. */
  async revisionsOf(daemonSet: string): Promise<readonly ControllerRevision[]> {
    const revisions = await this.list('ControllerRevision')
    return revisions
      .filter((revision) => isControlledByDaemonSet(revision, daemonSet))
      .sort((a, b) => a.revision - b.revision)
  }
}

/** The pods that the DaemonSet controls, in the order of their nodes. */
export function daemonPodsAmong(pods: readonly Pod[], daemonSet: string): readonly Pod[] {
  const nodeOf = (pod: Pod) => targetNodeNameOf(pod) ?? ''
  return pods
    .filter((pod) => isControlledByDaemonSet(pod, daemonSet))
    .sort((a, b) => compare(nodeOf(a), nodeOf(b)) || compare(a.metadata.name, b.metadata.name))
}

function isControlledByDaemonSet(object: Pod | ControllerRevision, daemonSet: string): boolean {
  const controller = controllerOf(object)
  return controller?.kind === 'DaemonSet' && controller.name === daemonSet
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
