import { conditionOf } from '../../kubernetes/conditions'
import { matchesLabelSelector } from '../../kubernetes/label-selector'
import type { Pod, PodDisruptionBudget } from '../../kubernetes/types'
import { NodeUsage } from '../node-usage'
import type { ClusterState, NodeView } from './cluster-state'
import type { NodeFilter } from './filters'
import { type Refusals, refusalOn } from './fit'
import type { PreemptionVerdict } from './fit-message'

/** The pods that have to go so that another fits on a node. */
export interface Candidate {
  readonly nodeName: string
  /** The most important first. */
  readonly victims: readonly Pod[]
  /** How many of them their disruption budgets would protect. */
  readonly violations: number
}

/** Why a pod may not preempt others; absent: it may (SCHED-26). */
export function ineligibilityOf(pod: Pod, state: ClusterState): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nominated = pod.status?.nominatedNodeName
  if (nominated === undefined || nominated === '') return undefined
  for (const { pod: other } of state.view(nominated)?.pods.values() ?? []) {
    const isGoing = other.metadata.deletionTimestamp !== undefined
    if (isGoing && priorityOf(other) < priorityOf(pod) && isPreempted(other)) {
      return 'not eligible due to a terminating pod on the nominated node.'
    }
  }
  return undefined
}

/**
 * The node, among those whose refusal can be cured, where preemption does the least harm: fewest budgets
 * violated, least important first victim, lowest sum of priorities, fewest victims, latest start.
 *
 * @see SCHED-26
 */
export function candidateOf(options: {
  readonly pod: Pod
  readonly refusals: Refusals
  readonly state: ClusterState
  readonly filters: readonly NodeFilter[]
  readonly budgets: readonly PodDisruptionBudget[]
}): Candidate | undefined {
  let best: Candidate | undefined
  for (const [nodeName, { isCurable }] of options.refusals.byNode) {
    const view = options.state.view(nodeName)
    if (!isCurable || view === undefined) continue
    const candidate = victimsOn(view, options)
    if (candidate === undefined) continue
    if (best === undefined || isBetter(candidate, best)) best = candidate
  }
  return best
}

function victimsOn(
  view: NodeView,
  {
    pod,
    filters,
    budgets,
  }: {
    readonly pod: Pod
    readonly filters: readonly NodeFilter[]
    readonly budgets: readonly PodDisruptionBudget[]
  },
): Candidate | undefined {
  const { node } = view
  if (node === undefined) return undefined
  const priority = priorityOf(pod)
  const usage = new NodeUsage()
  const lower: Pod[] = []
  for (const { pod: present } of view.pods.values()) {
    if (priorityOf(present) < priority) lower.push(present)
    else usage.add(present)
  }
  const fits = () => refusalOn(view, node, usage, filters) === undefined
  if (lower.length === 0 || !fits()) return undefined
  // Take back as many as possible, those whose budgets protect them first, the important before the others.
  const isProtected = budgetCheck(budgets)
  const sorted = lower
    .sort(byImportance)
    .map((victim) => ({ victim, guarded: isProtected(victim) }))
  const victims: Pod[] = []
  let violations = 0
  for (const { victim, guarded } of [
    ...sorted.filter((entry) => entry.guarded),
    ...sorted.filter((entry) => !entry.guarded),
  ]) {
    usage.add(victim)
    if (fits()) continue
    usage.remove(victim)
    victims.push(victim)
    if (guarded) violations++
  }
  return { nodeName: view.name, victims: victims.sort(byImportance), violations }
}

/** Tells of each pod whether removing it, after those asked about before, violates a budget. */
function budgetCheck(budgets: readonly PodDisruptionBudget[]): (pod: Pod) => boolean {
  const left = new Map(
    budgets.map((budget) => [budget.metadata.uid, budget.status?.disruptionsAllowed ?? 0]),
  )
  return ({ metadata: { namespace, labels } }) => {
    let violates = false
    for (const { metadata, spec } of budgets) {
      if (metadata.namespace !== namespace) continue
      if (!matchesLabelSelector(spec?.selector, labels)) continue
      const remaining = (left.get(metadata.uid) ?? 0) - 1
      left.set(metadata.uid, remaining)
      if (remaining < 0) violates = true
    }
    return violates
  }
}

function isBetter(a: Candidate, b: Candidate): boolean {
  const measures = (candidate: Candidate) => [
    candidate.violations,
    priorityOfFirst(candidate),
    candidate.victims.reduce((sum, victim) => sum + priorityOf(victim), 0),
    candidate.victims.length,
    -Date.parse(candidate.victims[0]?.status?.startTime ?? '') || 0,
  ]
  const other = measures(b)
  for (const [index, value] of measures(a).entries()) {
    const difference = value - (other[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function priorityOfFirst({ victims: [first] }: Candidate): number {
  return first === undefined ? Number.NEGATIVE_INFINITY : priorityOf(first)
}

function byImportance(a: Pod, b: Pod): number {
  const difference = priorityOf(b) - priorityOf(a)
  if (difference !== 0) return difference
  return (a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1
}

function isPreempted({ status }: Pod): boolean {
  return conditionOf(status?.conditions, 'DisruptionTarget')?.reason === 'PreemptionByScheduler'
}

function priorityOf({ spec }: Pod): number {
  return spec.priority ?? 0
}

/** The change of `status.nominatedNodeName` that goes with a refusal. */
export function nominationOf(
  { status }: Pod,
  candidate: Candidate | undefined,
  verdict: PreemptionVerdict | undefined,
): object {
  const present = status?.nominatedNodeName ?? ''
  if (candidate !== undefined) {
    return present === candidate.nodeName ? {} : { nominatedNodeName: candidate.nodeName }
  }
  return present !== '' && verdict?.kind === 'no-victims' ? { nominatedNodeName: null } : {}
}
