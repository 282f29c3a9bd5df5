/**
 * How strong a promise is.
 *
 * - `core`: one that every conformant cluster has to keep; only a scenario can prove it
 * - `extended`: any other
 */
export const levels = ['core', 'extended'] as const
type Level = (typeof levels)[number]

/**
 * What a cluster, or the access to it, must have beyond the ordinary before a behaviour can be seen on it.
 *
 * - `controller-log`: a look into the controller: its log, its metrics, the requests that it makes
 * - `controller-restart`: a controller that can be stopped and started
 * - `fault-injection`: requests of the controller that can be made to fail
 * - `feature-gate`: a control plane started with other feature gates
 * - `http`: requests and answers as they travel, with headers and other representations
 * - `kubectl`: the command line client
 * - `long-wait`: more than 30 seconds of wall time
 * - `many-nodes`: more than 250 nodes
 * - `older-version`: objects that an older release has written
 * - `real-kubelet`: nodes that run containers
 * - `storage-access`: objects that the API would refuse
 */
export const needs = [
  'controller-log',
  'controller-restart',
  'fault-injection',
  'feature-gate',
  'http',
  'kubectl',
  'long-wait',
  'many-nodes',
  'older-version',
  'real-kubelet',
  'storage-access',
] as const
export type Need = (typeof needs)[number]

/** What can prove a behaviour: a scenario on any cluster, or a test where no scenario can see it. */
export const proofs = ['scenario', 'test'] as const
type Proof = (typeof proofs)[number]

/** The longest title of a behaviour; it has to fit on one line of a report. */
export const maxTitleLength = 100

/** One numbered promise, as the catalogue states it. */
export interface Behaviour {
  /** For example `PLACE-07`. */
  readonly id: string
  /** For example `PLACE`. */
  readonly group: string
  /** The promise as a fact, in the present tense. */
  readonly title: string
  readonly level: Level
  /** The minor of Kubernetes since which it holds; absent: as long as anybody asks. */
  readonly since?: number
  readonly needs: readonly Need[]
  readonly proof: Proof
  /** Why no scenario can see it; always there when only a test can prove it. */
  readonly because?: string
  /** Why this project does not make the promise. */
  readonly outOfScope?: string
  /** Where it stands. */
  readonly file: string
  readonly line: number
}

/** All behaviours of one subject: one file of the catalogue. */
export interface BehaviourGroup {
  readonly name: string
  readonly title: string
  readonly behaviours: readonly Behaviour[]
  readonly file: string
}

/** What is promised about one subject as a whole. */
export interface Catalogue {
  readonly name: string
  readonly groups: readonly BehaviourGroup[]
}

/** Everything that is promised: about DaemonSets, and about the control plane around them. */
export interface Catalogues {
  readonly daemonSet: Catalogue
  readonly controlPlane: Catalogue
}

/** All behaviours of both catalogues by id. */
export function behavioursById({
  daemonSet,
  controlPlane,
}: Catalogues): ReadonlyMap<string, Behaviour> {
  const all = [daemonSet, controlPlane].flatMap(({ groups }) =>
    groups.flatMap(({ behaviours }) => behaviours),
  )
  return new Map(all.map((behaviour) => [behaviour.id, behaviour]))
}
