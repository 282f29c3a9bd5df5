import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import type { ControllerRevision, DaemonSet, Kind } from '../kubernetes/types'
import type { FailedPodBackOff } from './back-off'
import type { EventRecorder } from './event-recorder'
import type { Expectations } from './expectations'
import type { FeatureGates } from './feature-gates'
import type { Informer } from './informer'
import type { NamespaceIndex } from './namespace-index'
import type { PlacementCache } from './placement-cache'
import type { PodIndex } from './pod-index'
import type { WrittenVersions } from './written-versions'

/** The kinds that the controller caches, by their plural. */
export interface Caches {
  readonly daemonSets: Informer<'DaemonSet'>
  readonly nodes: Informer<'Node'>
  readonly pods: Informer<'Pod'>
  readonly revisions: Informer<'ControllerRevision'>
}

/** What the controller's parts share: the API, the caches with their indexes, and its own memory. */
export interface ControllerContext {
  readonly client: Client
  readonly clock: Clock
  readonly recorder: EventRecorder
  readonly caches: Caches
  readonly daemonSetsByNamespace: NamespaceIndex<DaemonSet>
  readonly revisionsByNamespace: NamespaceIndex<ControllerRevision>
  readonly podIndex: PodIndex
  readonly placements: PlacementCache
  readonly expectations: Expectations
  readonly failedPodBackOff: FailedPodBackOff
  readonly writtenVersions: WrittenVersions
  readonly featureGates: FeatureGates
  /** Syncs the DaemonSet with this key (again) now or later. */
  requeue(key: string, afterMilliseconds?: number): void
}

/** The newest version that the cache of a kind shows; '' for kinds that are not cached. */
export function cachedVersionOf(
  { daemonSets, nodes, pods, revisions }: Caches,
  kind: Kind,
): string {
  switch (kind) {
    case 'ControllerRevision':
      return revisions.resourceVersion
    case 'DaemonSet':
      return daemonSets.resourceVersion
    case 'Node':
      return nodes.resourceVersion
    case 'Pod':
      return pods.resourceVersion
    default:
      return ''
  }
}
