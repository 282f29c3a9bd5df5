import { type IntOrPercent, scaledUp } from '../kubernetes/int-or-percent'
import type { DaemonSet } from '../kubernetes/types'

/** How far a rolling update may go at once; at most one of the two is above 0 in a valid DaemonSet. */
export interface UpdateLimits {
  readonly maxUnavailable: number
  readonly maxSurge: number
}

/**
 * The limits of a rolling update over `desired` nodes; of no use for any other strategy.
 *
 * Both round up (UPDATE-09). When both come to 0 with nodes to update, one may be unavailable after all,
 * as the update could never end otherwise (UPDATE-11).
 */
export function updateLimitsOf(daemonSet: DaemonSet, desired: number): UpdateLimits {
  const maxSurge = scaledLimit(daemonSet, 'maxSurge', desired)
  const maxUnavailable = scaledLimit(daemonSet, 'maxUnavailable', desired)
  if (desired > 0 && maxSurge === 0 && maxUnavailable === 0) return { maxSurge, maxUnavailable: 1 }
  return { maxSurge, maxUnavailable }
}

/** Whether a new pod may be started beside an old one: a permanent property, not only during a rollout (UPDATE-12). */
export function allowsSurge(daemonSet: DaemonSet): boolean {
  try {
    return scaledLimit(daemonSet, 'maxSurge', 1) > 0
  } catch {
    return false
  }
}

/** Whether outdated pods are replaced by the controller (UPDATE-01, UPDATE-57). */
export function isRolling({ spec }: DaemonSet): boolean {
  return spec.updateStrategy?.type === 'RollingUpdate'
}

function scaledLimit(
  daemonSet: DaemonSet,
  name: 'maxSurge' | 'maxUnavailable',
  total: number,
): number {
  if (!isRolling(daemonSet)) return 0
  const limit: IntOrPercent | undefined = daemonSet.spec.updateStrategy?.rollingUpdate?.[name]
  return scaledUp(limit ?? undefined, total)
}
