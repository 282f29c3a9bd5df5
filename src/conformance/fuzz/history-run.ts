import { StatusError } from '../../kubernetes/status-error'
import type { KubernetesObject } from '../../kubernetes/types'
import { ExpectationError } from '../../targets/errors'
import type { ObservedEvent } from '../../targets/observation'
import type { ScenarioCluster } from '../../targets/target'
import { ClusterState } from './cluster-state'
import type { Step } from './history'
import { minReadySecondsOf } from './recount'
import { actOf, type Stage } from './step-acts'
import { mayHaveStalled, unrestOf } from './unrest'

/** How long a cluster may take to come to rest after one step: the pod garbage collector takes the longest. */
const restSeconds = 240

/**
 * How much later than a pod became available the controller may look at it, in seconds: times of readiness are cut
 * to whole seconds, its own timers are not (STATUS-23), and a busy machine is late.
 */
const timerSeconds = 4

/**
 * One history on one cluster: carries out its steps through the same calls that the steps of the features use.
 *
 * What a step needs (the node, exactly one fitting pod) is looked up in what the cluster has shown so far.
 */
export class HistoryRun implements Stage {
  readonly cluster: ScenarioCluster
  readonly state = new ClusterState()
  /** The nodes whose kubelet is silent, by their names in the cluster. */
  readonly stopped = new Set<string>()
  /** Where a node of the history has another name in this cluster. */
  names: ReadonlyMap<string, string> = new Map()

  readonly #changing: ((event: ObservedEvent) => void) | undefined

  /** The listener is called before each change, while `state` does not show it yet. */
  constructor(cluster: ScenarioCluster, changing?: (event: ObservedEvent) => void) {
    this.cluster = cluster
    this.#changing = changing
  }

  /**
   * Carries the step out and tells it in the words of the features; `undefined` where it cannot happen.
   *
   * Requests that are refused count as carried out: the refusal is part of the observation.
   */
  async execute(step: Step): Promise<readonly string[] | undefined> {
    const act = actOf(step, this)
    if (act === undefined) return undefined
    try {
      await act.run()
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
    }
    return act.lines
  }

  /** Lets everything happen that needs no time. */
  async drain(): Promise<void> {
    await this.cluster.elapse(0)
    this.catchUp()
  }

  /** Takes in what has been observed since the last time. */
  catchUp(): void {
    this.state.catchUp(this.cluster.observation(), this.#changing)
  }

  /** Waits until the cluster rests; tells what it has still to do when it does not. */
  async rest(withinSeconds = restSeconds): Promise<readonly string[]> {
    const { cluster } = this
    const deadline = cluster.clock.now() + withinSeconds * 1000
    for (;;) {
      const left = (deadline - cluster.clock.now()) / 1000
      if (this.unrest().length > 0) {
        await this.#untilRest(left)
        if (this.#hasTimers()) await cluster.elapse(timerSeconds)
      }
      await cluster.settle()
      const unrest = this.unrest()
      if (left <= 0) return unrest
      if (unrest.length > 0) continue
      if ((await this.#hasSeenAll()) && this.unrest().length === 0) return []
    }
  }

  /** Whether the controller may look again because time has passed: it then has a timer for each readiness. */
  #hasTimers(): boolean {
    const { daemonSet } = this.state
    return daemonSet !== undefined && minReadySecondsOf(daemonSet) > 0
  }

  async #untilRest(withinSeconds: number): Promise<void> {
    const isResting = ({ length }: readonly string[]) => length === 0
    const options = { withinSeconds }
    try {
      await this.cluster.eventually('the cluster rests', () => this.unrest(), isResting, options)
    } catch (error) {
      // What it has still to do is told by the next look.
      if (!(error instanceof ExpectationError)) throw error
    }
  }

  /** Whether the observation shows everything that there is: watches of a real cluster lag behind. */
  async #hasSeenAll(): Promise<boolean> {
    const { client, namespace } = this.cluster
    const [nodes, pods, daemonSets, revisions] = await Promise.all([
      client.list('Node'),
      client.list('Pod', { namespace }),
      client.list('DaemonSet', { namespace }),
      client.list('ControllerRevision', { namespace }),
    ])
    this.catchUp()
    const { state } = this
    return (
      isSameSet(nodes.items, state.nodes.values()) &&
      isSameSet(pods.items, state.pods.values()) &&
      isSameSet(daemonSets.items, state.daemonSets.values()) &&
      isSameSet(revisions.items, state.revisions.values())
    )
  }

  /**
   * Whether a kubelet tries again and again to pull an image (KUBELET-22): each try makes the controller look, at a
   * moment that depends on when the pod came, so it is open what the controller has seen of what happened since.
   */
  isRetrying(): boolean {
    return [...this.state.pods.values()].some(({ status }) =>
      status.containerStatuses?.some(({ state }) =>
        /^(?:ErrImagePull|ImagePullBackOff)$/.test(state?.waiting?.reason ?? ''),
      ),
    )
  }

  /** Whether nothing may be left that makes the controller go on with a surge. */
  mayHaveStalled(): boolean {
    return mayHaveStalled(this.state, { now: this.cluster.clock.now() })
  }

  unrest(): readonly string[] {
    this.catchUp()
    return unrestOf(this.state, { now: this.cluster.clock.now(), stopped: this.stopped })
  }
}

function isSameSet(listed: readonly KubernetesObject[], seen: Iterable<KubernetesObject>): boolean {
  const versions = new Map(
    [...seen].map(({ metadata }) => [metadata.uid, metadata.resourceVersion]),
  )
  return (
    versions.size === listed.length &&
    listed.every(({ metadata }) => versions.get(metadata.uid) === metadata.resourceVersion)
  )
}
