import { isPodAvailable, isPodReady } from '../kubernetes/conditions'
import type { Pod } from '../kubernetes/types'
import { minReadySecondsOf, type Sight, type Survey } from './observation'
import { isRunning, isTerminating } from './pod-map'
import {
  type CurrentRevision,
  currentRevisionOf,
  decidingPodOf,
  isPodUpdated,
} from './updated-pods'

/** What one node counts for: a flag for each number that it raises by one. */
const flags = {
  desired: 1,
  current: 2,
  misscheduled: 4,
  ready: 8,
  available: 16,
  updated: 32,
  outdated: 64,
  down: 128,
  lagging: 256,
  candidate: 512,
} as const

type Counted = keyof typeof flags

const counted = Object.keys(flags) as readonly Counted[]

/** Flags of nodes that are kept by name, beside those that are only counted. */
const unsettled = 1024
const missing = 2048
const unripe = 4096

/** One node, or the name of one that pods wait for. */
interface Entry {
  readonly name: string
  /** Its place in the order of the nodes. */
  readonly rank: number
  share: number
}

/** What the survey of a DaemonSet that is looked at for the first time comes to. */
export function surveyOf(sight: Sight): Survey {
  return new NodeSurvey().surveyOf(sight, [])
}

/**
 * What is known of all nodes together, kept from one sync of a DaemonSet to the next: only nodes of which something has
 * changed are looked at again.
 *
 * A large rollout syncs after every few pods. Without this, each of its syncs would read every pod of the DaemonSet
 * several times over, to find nearly all of them as they were.
 */
export class NodeSurvey {
  #basis: Basis | undefined
  readonly #entries = new Map<string, Entry>()
  #totals = noTotals()
  readonly #unsettled = new Set<Entry>()
  readonly #missing = new Set<string>()
  /** Nodes with a pod that is ready, but not for long enough yet: time alone changes them. */
  readonly #unripe = new Set<string>()

  /** The survey now, given the nodes whose pods may have changed since the last one. */
  surveyOf(sight: Sight, changed: Iterable<string>): Survey {
    const basis = basisOf(sight)
    if (this.#basis === undefined || !isSameBasis(this.#basis, basis)) {
      this.#startOver()
      for (const name of sight.nodes.keys()) this.#look(name, sight, basis)
      for (const name of sight.pods.keys())
        if (!sight.nodes.has(name)) this.#look(name, sight, basis)
    } else {
      for (const name of this.#unripe) this.#look(name, sight, basis)
      for (const name of changed) this.#look(name, sight, basis)
    }
    this.#basis = basis
    const totals = { ...this.#totals }
    return { totals, unsettledNodes: () => this.#unsettledNodes(sight) }
  }

  #startOver(): void {
    this.#entries.clear()
    this.#totals = noTotals()
    this.#unsettled.clear()
    this.#missing.clear()
    this.#unripe.clear()
  }

  #look(name: string, sight: Sight, basis: Basis): void {
    const share = shareOf(name, sight, basis)
    let entry = this.#entries.get(name)
    if (entry === undefined) {
      // Nodes are only new when all are looked at, and then they come in their order.
      entry = { name, rank: this.#entries.size, share: 0 }
      this.#entries.set(name, entry)
    }
    if (share === entry.share) return
    const differing = share ^ entry.share
    entry.share = share
    for (const counter of counted) {
      const flag = flags[counter]
      if ((differing & flag) !== 0) this.#totals[counter] += (share & flag) === 0 ? -1 : 1
    }
    if ((differing & unsettled) !== 0) keep(this.#unsettled, entry, (share & unsettled) !== 0)
    if ((differing & missing) !== 0) keep(this.#missing, name, (share & missing) !== 0)
    if ((differing & unripe) !== 0) keep(this.#unripe, name, (share & unripe) !== 0)
  }

  #unsettledNodes({ pods }: Sight): readonly string[] {
    const entries = [...this.#unsettled].sort((a, b) => a.rank - b.rank)
    const names = entries.map(({ name }) => name)
    // The order of these is that of the pods, which changes; there are hardly ever any.
    if (this.#missing.size > 0) {
      for (const name of pods.keys()) if (this.#missing.has(name)) names.push(name)
    }
    return names
  }
}

/** What the survey depends on beside the pods; when it changes, all is looked at anew. */
interface Basis extends CurrentRevision {
  readonly nodes: Sight['nodes']
  readonly minReadySeconds: number
}

function basisOf({ daemonSet, nodes, hash }: Sight): Basis {
  const minReadySeconds = minReadySecondsOf(daemonSet)
  return { ...currentRevisionOf(daemonSet, hash), nodes, minReadySeconds }
}

function isSameBasis(a: Basis, b: Basis): boolean {
  return (
    a.nodes === b.nodes &&
    a.hash === b.hash &&
    a.templateGeneration === b.templateGeneration &&
    a.minReadySeconds === b.minReadySeconds
  )
}

/** What the node counts for, as flags. */
function shareOf(name: string, { nodes, pods, now }: Sight, basis: Basis): number {
  const placement = nodes.get(name)?.placement.kind
  const present = pods.get(name)
  if (present === undefined) return placement === 'run' ? flags.desired | unsettled : 0
  const share = rolloutShareOf(present, now, basis)
  switch (placement) {
    case undefined:
      return share | missing
    case 'run':
      return share | statusShareOf(present, now, basis) | (isSettled(present) ? 0 : unsettled)
    case 'keep':
      return share | flags.misscheduled | (isSettled(present) ? 0 : unsettled)
    case 'remove':
      return share | flags.misscheduled | (present.every(isTerminating) ? 0 : unsettled)
  }
}

/** Whether manage leaves a node alone that may keep its pods: one of them, and that is alive. */
function isSettled([pod, ...others]: readonly Pod[]): boolean {
  return pod !== undefined && others.length === 0 && isRunning(pod)
}

/** A node that should run a pod, as the status counts it: by the preferred of its pods (STATUS-05, STATUS-11). */
function statusShareOf([pod]: readonly Pod[], now: number, basis: Basis): number {
  let share = flags.desired | flags.current
  if (pod === undefined) return share
  if (isPodReady(pod)) share |= flags.ready
  if (isAvailable(pod, now, basis)) share |= flags.available
  if (isPodUpdated(pod, basis)) share |= flags.updated
  return share
}

/** A node as a rollout without surge counts it, whether it should run a pod or not. */
function rolloutShareOf(pods: readonly Pod[], now: number, basis: Basis): number {
  let share = 0
  for (const pod of pods) {
    if (!isPodUpdated(pod, basis)) share |= flags.outdated
    if (basis.minReadySeconds > 0 && isPodReady(pod) && !isAvailable(pod, now, basis))
      share |= unripe
  }
  const pod = decidingPodOf(pods, basis)
  if (pod === undefined) return share | flags.down
  const isUp = isAvailable(pod, now, basis)
  if (!isUp) share |= flags.down
  if (isPodUpdated(pod, basis)) return share
  return share | (isUp ? flags.candidate : flags.lagging)
}

/** When no time has to pass, a second look at the conditions is spared. */
function isAvailable(pod: Pod, now: number, { minReadySeconds }: Basis): boolean {
  return minReadySeconds === 0 ? isPodReady(pod) : isPodAvailable(pod, minReadySeconds, now)
}

function keep<T>(kept: Set<T>, item: T, isKept: boolean): void {
  if (isKept) kept.add(item)
  else kept.delete(item)
}

function noTotals(): Record<Counted, number> {
  return {
    desired: 0,
    current: 0,
    misscheduled: 0,
    ready: 0,
    available: 0,
    updated: 0,
    outdated: 0,
    down: 0,
    lagging: 0,
    candidate: 0,
  }
}
