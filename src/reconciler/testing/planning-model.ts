import type { DaemonSet, Node, Pod } from '../../kubernetes/types'
import type { Action } from '../action'
import { afterKill, type BackOffEntry } from '../back-off'
import { manage } from '../manage'
import { surveyOf } from '../node-survey'
import type { Observation, Sight } from '../observation'
import { placementOn } from '../placement'
import { podMapOf } from '../pod-map'
import { rollingUpdate } from '../rolling-update'
import { type StatusCounts, statusCountsOf } from '../status'
import { epoch, podOf, readyCondition } from './objects'

/** How many pods a plan creates and deletes. */
export interface Tally {
  readonly creates: number
  readonly deletes: number
}

/**
 * Nodes and pods of one DaemonSet, on which plans are made and carried out without any API.
 *
 * A deleted pod has gone at once; a created one is pending on its node until `makeReady`.
 */
export class PlanningModel {
  daemonSet: DaemonSet
  nodes: Node[]
  pods: Pod[] = []
  now = epoch
  readonly #backOff = new Map<string, BackOffEntry>()
  #revision = 1

  constructor(daemonSet: DaemonSet, nodes: readonly Node[]) {
    this.daemonSet = daemonSet
    this.nodes = [...nodes]
  }

  /** The hash of the current revision. */
  get hash(): string {
    return `hash-${this.#revision}`
  }

  observe(): Observation {
    const sight = this.sight()
    return {
      ...sight,
      survey: surveyOf(sight),
      backOffOn: (nodeName) => this.#backOff.get(nodeName),
    }
  }

  sight(): Sight {
    return {
      daemonSet: this.daemonSet,
      nodes: new Map(
        this.nodes.map((node) => [
          node.metadata.name,
          { node, placement: placementOn(node, this.daemonSet) },
        ]),
      ),
      pods: podMapOf(this.pods),
      hash: this.hash,
      now: this.now,
    }
  }

  status(): StatusCounts {
    return statusCountsOf(this.observe().survey)
  }

  /** One sync: manage and, when that left nothing to wait for, the rolling update. */
  sync(): Tally {
    const managed = this.apply(manage(this.observe()))
    if (managed.creates > 0 || managed.deletes > 0) return managed
    if (this.daemonSet.spec.updateStrategy?.type !== 'RollingUpdate') return managed
    return this.apply(rollingUpdate(this.observe()))
  }

  /** Carries a plan out. */
  apply(actions: readonly Action[]): Tally {
    let creates = 0
    let deletes = 0
    for (const action of actions) {
      if (action.verb === 'create') {
        creates++
        this.pods.push(this.newPodOn(action.nodeName))
      } else if (action.verb === 'delete') {
        deletes++
        this.pods = this.pods.filter((pod) => pod !== action.pod)
        if (action.cause === 'failed') {
          const entry = afterKill(this.#backOff.get(action.nodeName), this.now)
          this.#backOff.set(action.nodeName, entry)
        }
      }
    }
    return { creates, deletes }
  }

  /** A pod of the current revision, as a create would make it. */
  newPodOn(nodeName: string): Pod {
    return podOf({
      owner: this.daemonSet,
      nodeName,
      hash: this.hash,
      templateGeneration: this.#revision,
      createdAt: this.now,
    })
  }

  /** Changes the template, so that every pod there is becomes an old one. */
  changeTemplate(change: (daemonSet: DaemonSet) => DaemonSet = (daemonSet) => daemonSet): void {
    this.#revision++
    const changed = change(this.daemonSet)
    const annotations = { 'deprecated.daemonset.template.generation': String(this.#revision) }
    this.daemonSet = { ...changed, metadata: { ...changed.metadata, annotations } }
  }

  /** Makes pods ready now; all of them by default. */
  makeReady(which: (pod: Pod) => boolean = () => true): void {
    this.#change(which, (pod) =>
      pod.status.phase === 'Running'
        ? pod
        : { ...pod, status: { phase: 'Running', conditions: [readyCondition(this.now)] } },
    )
  }

  makeUnready(which: (pod: Pod) => boolean): void {
    this.#change(which, (pod) => ({ ...pod, status: { phase: 'Pending' } }))
  }

  isOld(pod: Pod): boolean {
    return pod.metadata.labels?.['controller-revision-hash'] !== this.hash
  }

  #change(which: (pod: Pod) => boolean, change: (pod: Pod) => Pod): void {
    this.pods = this.pods.map((pod) => (which(pod) ? change(pod) : pod))
  }
}
