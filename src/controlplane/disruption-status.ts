import { timestampOf } from '../kubernetes/clock'
import { isPodReady } from '../kubernetes/conditions'
import { type IntOrPercent, isPercent, scaledUp } from '../kubernetes/int-or-percent'
import { controllerOf } from '../kubernetes/owner-references'
import { qualifiedNameOf, type Resource, resources } from '../kubernetes/resources'
import type { Pod, PodDisruptionBudget } from '../kubernetes/types'

/** An eviction that was granted this long ago and did not happen is forgotten. */
const disruptedPodMilliseconds = 120_000

type Status = NonNullable<PodDisruptionBudget['status']>
type Condition = NonNullable<Status['conditions']>[number]

/** What is known about a budget and the pods that it speaks of. */
export interface BudgetObservation {
  readonly budget: PodDisruptionBudget
  readonly pods: readonly Pod[]
  readonly now: number
}

/** How many pods a budget expects, and how many of them have to be healthy. */
interface Expectation {
  readonly expectedPods: number
  readonly desiredHealthy: number
  /** Pods that no controller answers for, where their number matters. */
  readonly unmanagedPods: readonly string[]
}

/** A budget whose status cannot be computed; disruptions are then not allowed. */
export class UnknownScaleError extends Error {
  override readonly name = 'UnknownScaleError'
}

/**
 * What the budget expects of its pods.
 *
 * Shares and `maxUnavailable` need the scale of the pods' controllers, and no kind of this control plane
 * has a scale: DaemonSets do not.
 *
 * @throws UnknownScaleError when a pod has such a controller
 */
export function expectationOf({ budget, pods }: BudgetObservation): Expectation {
  const { minAvailable, maxUnavailable } = budget.spec ?? {}
  if (
    maxUnavailable === undefined &&
    minAvailable !== undefined &&
    !isPercent(asBound(minAvailable))
  ) {
    return {
      expectedPods: pods.length,
      desiredHealthy: Number(minAvailable),
      unmanagedPods: [],
    }
  }
  const unmanagedPods: string[] = []
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (owner === undefined) {
      unmanagedPods.push(pod.metadata.name)
      continue
    }
    const resource = (resources as Readonly<Record<string, Resource>>)[owner.kind]
    const name = resource === undefined ? owner.kind.toLowerCase() : qualifiedNameOf(resource)
    throw new UnknownScaleError(`${name} does not implement the scale subresource`)
  }
  const expectedPods = 0
  const desiredHealthy =
    maxUnavailable === undefined
      ? scaledUp(asBound(minAvailable), expectedPods)
      : Math.max(0, expectedPods - scaledUp(asBound(maxUnavailable), expectedPods))
  return { expectedPods, desiredHealthy, unmanagedPods }
}

/** The status that the budget should have. */
export function budgetStatusOf(
  observation: BudgetObservation,
  { expectedPods, desiredHealthy }: Expectation,
): Status {
  const { budget, pods, now } = observation
  const disruptedPods = stillDisrupted(observation)
  const currentHealthy = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      disruptedPods[pod.metadata.name] === undefined &&
      isPodReady(pod),
  ).length
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
  return {
    currentHealthy,
    desiredHealthy,
    expectedPods,
    disruptionsAllowed,
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    ...observedGeneration(budget),
    conditions: conditionsWith(budget, {
      status: disruptionsAllowed > 0 ? 'True' : 'False',
      reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
      now,
    }),
  }
}

/** The status of a budget that cannot be computed: nothing may be disrupted. */
export function failedStatusOf({ budget, now }: BudgetObservation, message: string): Status {
  const present = budget.status ?? { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }
  const failure = { status: 'False', reason: 'SyncFailed', message, now }
  return {
    ...present,
    disruptionsAllowed: 0,
    ...observedGeneration(budget),
    conditions: conditionsWith(budget, failure),
  }
}

/** When a granted eviction of the status will be given up; absent: none is waited for. */
export function nextRecheckAt({ disruptedPods = {} }: Status): number | undefined {
  const times = Object.values(disruptedPods).map((at) => Date.parse(at) + disruptedPodMilliseconds)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** Granted evictions that may still happen. */
function stillDisrupted({
  budget,
  pods,
  now,
}: BudgetObservation): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {}
  for (const { metadata } of pods) {
    const at = budget.status?.disruptedPods?.[metadata.name]
    if (at === undefined || metadata.deletionTimestamp !== undefined) continue
    if (Date.parse(at) + disruptedPodMilliseconds > now) kept[metadata.name] = at
  }
  return kept
}

function conditionsWith(
  { metadata, status }: PodDisruptionBudget,
  wanted: {
    readonly status: string
    readonly reason: string
    readonly message: string
    readonly now: number
  },
): readonly Condition[] {
  const type = 'DisruptionAllowed'
  const present = status?.conditions ?? []
  const previous = present.find((condition) => condition.type === type)
  const condition: Condition = {
    type,
    status: wanted.status,
    reason: wanted.reason,
    message: wanted.message,
    ...observedGeneration({ metadata }),
    lastTransitionTime:
      previous?.status === wanted.status ? previous.lastTransitionTime : timestampOf(wanted.now),
  }
  return [...present.filter((other) => other !== previous), condition]
}

function observedGeneration({ metadata: { generation } }: Pick<PodDisruptionBudget, 'metadata'>) {
  return generation === undefined ? {} : { observedGeneration: generation }
}

/** The wire form of an int-or-string is a number or a string, whatever the type of the model says. */
function asBound(value: unknown): IntOrPercent | undefined {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined
}
