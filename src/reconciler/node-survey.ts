import { isPodAvailable, isPodReady } from '../kubernetes/conditions'
import type { Pod } from '../kubernetes/types'
import { minReadySecondsOf, type Sight, type Survey, type SurveyTotals } from './observation'
import { isRunning, isTerminating } from './pod-map'
import {
  type CurrentRevision,
  currentRevisionOf,
  decidingPodOf,
  isPodUpdated,
} from './updated-pods'

/** What one node counts for, as bits: first those that are counted. */
const flags = {
  desired: 1,
  current: 1 << 1,
  misscheduled: 1 << 2,
  ready: 1 << 3,
  available: 1 << 4,
  updated: 1 << 5,
  outdated: 1 << 6,
  down: 1 << 7,
  lagging: 1 << 8,
  candidate: 1 << 9,
} as const satisfies Record<keyof SurveyTotals, number>

const countedNames = Object.keys(flags) as readonly (keyof SurveyTotals)[]
const countedBits = (1 << countedNames.length) - 1

/** Then those of nodes that are kept by name. */
const unsettled = 1 << 10
const missing = 1 << 11
const unripe = 1 << 12
const keptBits = unsettled | missing | unripe

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
    const totals = totalsFrom(this.#totals)
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
    this.#count(differing & countedBits, share)
    if ((differing & keptBits) !== 0) this.#keep(entry, differing)
  }

  /** Raises or lowers the number of each bit that has changed. */
  #count(differing: number, share: number): void {
    for (let left = differing; left !== 0; left &= left - 1) {
      const bit = left & -left
      const index = 31 - Math.clz32(bit)
      this.#totals[index] = (this.#totals[index] ?? 0) + ((share & bit) === 0 ? -1 : 1)
    }
  }

  #keep(entry: Entry, differing: number): void {
    const { name, share } = entry
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

function noTotals(): number[] {
  return countedNames.map(() => 0)
}

function totalsFrom(counts: readonly number[]): SurveyTotals {
  const named = countedNames.map((name, index) => [name, counts[index] ?? 0] as const)
  return Object.fromEntries(named) as Record<keyof SurveyTotals, number>
}
