/**
 * An observation in comparable form: no generated names, uids, addresses, timestamps or resource versions.
 *
 * Plain JSON, because recordings are made of it. `timeline` is for people and is never compared.
 */
export interface NormalObservation {
  /** What existed at the end of the scenario, by kind, then by alias. */
  readonly endState: { readonly [kind: string]: { readonly [alias: string]: Json } }
  readonly history: NormalHistory
  /** The requests that the cluster refused, in the order in which they were made. */
  readonly refusals: readonly NormalRefusal[]
  readonly timeline: readonly TimelineEntry[]
  /** Why daemon pods are where they are at the end; for people, never compared. */
  readonly placements?: Placements
  /** How often an event was recorded, where more than once; for people, never compared. */
  readonly eventCounts?: { readonly [event: string]: number }
}

/** By DaemonSet, then by node: why it runs there or not. */
export interface Placements {
  readonly [daemonSet: string]: { readonly [node: string]: string }
}

export interface NormalHistory {
  /** By `{daemonSet}@{node}`: the pods that the node had, in order of creation, each with its revision. */
  readonly pods: { readonly [place: string]: readonly string[] }
  /** By revision alias: the numbers it carried, in order. */
  readonly revisions: { readonly [alias: string]: readonly number[] }
  /** The distinct events recorded on DaemonSets, as `type reason: message`, sorted. */
  readonly events: readonly string[]
  /** What every object went through; absent in recordings of older versions. */
  readonly traces?: Traces
}

/** By object: its milestones, in the order in which they happened. */
export interface Traces {
  readonly [object: string]: readonly Milestone[]
}

/** One thing that happened to an object and that Kubernetes promises. */
export interface Milestone {
  /** Milliseconds since the scenario began; shown, never compared. */
  readonly at: number
  readonly what: string
}

export interface NormalRefusal {
  readonly request: string
  readonly code: number
  readonly reason: string
  readonly message: string
  /** `{reason} at {field}` of every cause, sorted. */
  readonly causes: readonly string[]
}

/** What a node or the pod on it looked like from a moment on. */
export interface TimelineEntry {
  /** Milliseconds since the scenario began: virtual in the process, wall time on a live cluster. */
  readonly at: number
  readonly node: string
  /** Absent: the entry is about the node itself. */
  readonly pod?: string
  readonly state: string
  /** The pod's revision alias. */
  readonly revision?: string
}

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }
