import { controllerOf } from '../../kubernetes/owner-references'
import type {
  ControllerRevision,
  DaemonSet,
  KubernetesObject,
  Node,
  Pod,
} from '../../kubernetes/types'
import type { Observation, ObservedEvent } from '../../targets/observation'
import { daemonSetName } from './history'

/** How many states of the nodes are kept since the last change of anything else. */
const nodeStateLimit = 100

/** What exists in a scenario's scope, replayed change by change from its observation. */
export class ClusterState {
  readonly nodes = new Map<string, Node>()
  /** By uid, as are the other namespaced kinds. */
  readonly pods = new Map<string, Pod>()
  readonly daemonSets = new Map<string, DaemonSet>()
  readonly revisions = new Map<string, ControllerRevision>()
  /**
   * The nodes as they were after the last change of the DaemonSet or of what it controls, and after each change since.
   *
   * A change of nodes alone need not make the controller look again (QUEUE-18, QUEUE-22, QUEUE-23), so its last
   * look may have been at any of these; the last are the present ones.
   */
  nodesSinceLastSync: readonly ReadonlyMap<string, Node>[] = [new Map()]
  #seen = 0

  /**
   * Takes in what has been observed since the last time, in the order in which it was written.
   *
   * The listener is called before each change, while the state does not show it yet.
   */
  catchUp(observation: Observation, changing?: (event: ObservedEvent) => void): void {
    const news = observation.events.slice(this.#seen).filter(({ kind }) => kind !== 'Event')
    this.#seen = observation.events.length
    news.sort((a, b) => versionOf(a) - versionOf(b))
    for (const event of news) {
      changing?.(event)
      this.#apply(event)
      this.#noteNodes(event)
    }
  }

  /** The DaemonSet of the history; `undefined` while there is none. */
  get daemonSet(): DaemonSet | undefined {
    for (const each of this.daemonSets.values()) {
      if (each.metadata.name === daemonSetName) return each
    }
    return undefined
  }

  /** The pods that the DaemonSet controls. */
  podsOf({ metadata }: DaemonSet): readonly Pod[] {
    return [...this.pods.values()].filter((pod) => controllerOf(pod)?.uid === metadata.uid)
  }

  /** The revisions that the DaemonSet controls, from the oldest to the newest. */
  revisionsOf({ metadata }: DaemonSet): readonly ControllerRevision[] {
    return [...this.revisions.values()]
      .filter((revision) => controllerOf(revision)?.uid === metadata.uid)
      .sort((a, b) => a.revision - b.revision)
  }

  #noteNodes({ kind, object }: ObservedEvent): void {
    const { uid } = this.daemonSet?.metadata ?? {}
    const isSynced = object.metadata.uid === uid || controllerOf(object)?.uid === uid
    if (kind !== 'Node' && !isSynced) return
    const earlier = isSynced ? [] : this.nodesSinceLastSync.slice(-nodeStateLimit)
    this.nodesSinceLastSync = [...earlier, new Map(this.nodes)]
  }

  #apply({ type, kind, object }: ObservedEvent): void {
    const { uid, name } = object.metadata
    const set = <T extends KubernetesObject>(objects: Map<string, T>, key: string): void => {
      if (type === 'DELETED') objects.delete(key)
      else objects.set(key, object as T)
    }
    switch (kind) {
      case 'Node':
        set(this.nodes, name)
        break
      case 'Pod':
        set(this.pods, uid)
        break
      case 'DaemonSet':
        set(this.daemonSets, uid)
        break
      case 'ControllerRevision':
        set(this.revisions, uid)
        break
      case 'Event':
        break
    }
  }
}

/** One counter orders all writes of a cluster (API-153). */
function versionOf({ object }: ObservedEvent): number {
  return Number(object.metadata.resourceVersion)
}
