import { timestampOf } from '../../kubernetes/clock'
import { conditionOf } from '../../kubernetes/conditions'
import type { Node, Taint } from '../../kubernetes/types'

const prefix = 'node.kubernetes.io/'

/** The taints of a node that is not ready, and of one that nobody has heard of. */
export const notReadyKey = `${prefix}not-ready`
export const unreachableKey = `${prefix}unreachable`

const unschedulableKey = `${prefix}unschedulable`

/** Which taint goes with which status of a condition (NODE-08). */
const keysByCondition: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: notReadyKey, Unknown: unreachableKey },
  MemoryPressure: { True: `${prefix}memory-pressure` },
  DiskPressure: { True: `${prefix}disk-pressure` },
  PIDPressure: { True: `${prefix}pid-pressure` },
  NetworkUnavailable: { True: `${prefix}network-unavailable` },
}

const ownKeys = new Set([
  unschedulableKey,
  ...Object.values(keysByCondition).flatMap((keys) => Object.values(keys)),
])

/**
 * The node's taints with the NoSchedule ones brought in line with its conditions and with
 * `spec.unschedulable`; absent when they are. Other taints are never touched.
 *
 * @see NODE-08 NODE-09 NODE-10
 */
export function conditionTaintsOf(node: Node, now: number): readonly Taint[] | undefined {
  const wanted = wantedKeys(node)
  const present = node.spec?.taints ?? []
  const kept = present.filter((taint) => !isOwn(taint) || wanted.has(taint.key))
  const missing = [...wanted].filter(
    (key) => !present.some((taint) => taint.key === key && taint.effect === 'NoSchedule'),
  )
  if (kept.length === present.length && missing.length === 0) return undefined
  const timeAdded = timestampOf(now)
  return [...kept, ...missing.map((key) => ({ key, effect: 'NoSchedule', timeAdded }))]
}

/** The key of the NoExecute taint that the node's readiness asks for (NODE-11); absent: none. */
export function noExecuteKeyOf(node: Node): string | undefined {
  const ready = conditionOf(node.status?.conditions, 'Ready')
  return ready === undefined ? undefined : keysByCondition['Ready']?.[ready.status]
}

/** Whether the node carries the NoExecute taint with the key. */
export function hasNoExecute(node: Node, key: string): boolean {
  return (node.spec?.taints ?? []).some(
    (taint) => taint.key === key && taint.effect === 'NoExecute',
  )
}

/** The node's taints with exactly this one NoExecute taint for its readiness; absent when they are so. */
export function readinessTaintsOf(
  node: Node,
  key: string | undefined,
  now: number,
): readonly Taint[] | undefined {
  const present = node.spec?.taints ?? []
  const kept = present.filter(
    (taint) =>
      taint.effect !== 'NoExecute' ||
      taint.key === key ||
      (taint.key !== notReadyKey && taint.key !== unreachableKey),
  )
  const isMissing = key !== undefined && !hasNoExecute(node, key)
  if (kept.length === present.length && !isMissing) return undefined
  return isMissing ? [...kept, { key, effect: 'NoExecute', timeAdded: timestampOf(now) }] : kept
}

function wantedKeys(node: Node): ReadonlySet<string> {
  const wanted = new Set<string>()
  // A node without a Ready condition asks for no taint, so it loses even the one of admission (API-211).
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = keysByCondition[type]?.[status]
    if (key !== undefined) wanted.add(key)
  }
  if (node.spec?.unschedulable === true) wanted.add(unschedulableKey)
  return wanted
}

function isOwn({ key, effect }: Taint): boolean {
  return effect === 'NoSchedule' && ownKeys.has(key)
}
