import type { StatusCause } from '../kubernetes/status-error'
import type { KubernetesObject } from '../kubernetes/types'

/** What a cluster showed during one scenario: every change in its scope, and every refused request. */
export interface Observation {
  /** The id of the scenario (`scenarioIdOf`). */
  readonly scenario: string
  readonly namespace: string
  /** Milliseconds since the Unix epoch, by the clock of the target. */
  readonly startedAt: number
  /** In order of arrival; of one kind that is the order of resource versions (WATCH-29). */
  readonly events: readonly ObservedEvent[]
  readonly refusals: readonly Refusal[]
}

/** One change of an object, as a watch reported it. */
export interface ObservedEvent {
  /** Milliseconds since the scenario began. */
  readonly at: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly kind: ObservedKind
  readonly object: KubernetesObject
}

/** The kinds whose history belongs to an observation. */
export type ObservedKind = 'ControllerRevision' | 'DaemonSet' | 'Event' | 'Node' | 'Pod'

/** One request of a scenario's own client that the API server refused. */
export interface Refusal {
  /** Milliseconds since the scenario began. */
  readonly at: number
  readonly verb: string
  readonly kind: string
  readonly name?: string
  readonly subresource?: string
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly causes: readonly StatusCause[]
}
