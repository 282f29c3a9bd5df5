import type { Node, Pod } from './types'

/** What the conditions of all kinds have in common. */
export interface Condition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
}

/** The condition of the given type, if the object has one. */
export function conditionOf<C extends Condition>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  if (conditions === undefined || conditions === null) return undefined
  // A plain loop: this is asked for every pod of every sync.
  for (const condition of conditions) if (condition.type === type) return condition
  return undefined
}

/** Whether the pod's `Ready` condition is `True`. */
export function isPodReady({ status }: Pod): boolean {
  return conditionOf(status?.conditions, 'Ready')?.status === 'True'
}

/**
 * Whether the pod has been ready for `minReadySeconds` at the time `now` (milliseconds); the very
 * second counts. A pod whose condition has no transition time is available only if no time is asked for.
 *
 * @see STATUS-08
 */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  const ready = conditionOf(pod.status?.conditions, 'Ready')
  if (ready?.status !== 'True') return false
  if (minReadySeconds === 0) return true
  const readySince = Date.parse(ready.lastTransitionTime ?? '')
  return readySince + minReadySeconds * 1000 <= now // False for NaN, an absent time.
}

/** Whether the pod has run to its end: phase `Failed` or `Succeeded`. */
export function isPodTerminal({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded'
}

/** Whether the node's `Ready` condition is `True`; placement never asks (PLACE-05). */
export function isNodeReady({ status }: Node): boolean {
  return conditionOf(status?.conditions, 'Ready')?.status === 'True'
}

/**
 * The conditions with one of them replaced, by type, or added at the end.
 *
 * The time of the last transition is kept while the status stays the same. When nothing changes at all
 * the same list comes back, so that the caller can leave out a write.
 */
export function withCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  condition: C,
): readonly C[] {
  const present = conditionOf(conditions, condition.type)
  if (conditions === undefined || present === undefined) return [...(conditions ?? []), condition]
  const next =
    present.status === condition.status ? withTransitionOf(present, condition) : condition
  if (sameMembers(present, next)) return conditions
  return conditions.map((one) => (one === present ? next : one))
}

function withTransitionOf<C extends Condition>(present: C, next: C): C {
  const { lastTransitionTime } = present
  return lastTransitionTime === undefined ? next : { ...next, lastTransitionTime }
}

function sameMembers(a: object, b: object): boolean {
  const members = new Map(Object.entries(a).filter(([, value]) => value !== undefined))
  const others = Object.entries(b).filter(([, value]) => value !== undefined)
  return (
    members.size === others.length && others.every(([key, value]) => members.get(key) === value)
  )
}
