import { timestampOf } from '../../kubernetes/clock'
import { conditionOf } from '../../kubernetes/conditions'
import type { Lease, Node, NodeCondition } from '../../kubernetes/types'

/** How long a node may be silent, and how long one that has never spoken (NODE-01). */
const grace = { milliseconds: 50_000, startupMilliseconds: 60_000 } as const

/** The conditions that become unknown when a node falls silent (NODE-02, NODE-03). */
const lostConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/** What the controller remembers of a node; the time is its own clock's, not the node's. */
export interface NodeHealth {
  /** When a sign of life was last seen. */
  readonly aliveAt: number
  readonly heartbeat: string | undefined
  readonly renewTime: string | undefined
}

/** The health of a node after another look; the same object when nothing has been heard of it. */
export function healthOf(
  previous: NodeHealth | undefined,
  node: Node,
  lease: Lease | undefined,
  now: number,
): NodeHealth {
  const heartbeat = conditionOf(node.status?.conditions, 'Ready')?.lastHeartbeatTime
  const renewTime = lease?.spec?.renewTime
  const isSame =
    previous !== undefined &&
    previous.heartbeat === heartbeat &&
    // A lease that was removed is no sign of life.
    (previous.renewTime === renewTime || renewTime === undefined)
  return isSame ? previous : { aliveAt: now, heartbeat, renewTime }
}

/** Whether a sign of life was seen within the shortest grace. */
export function isHeard({ aliveAt }: NodeHealth, now: number): boolean {
  return now <= aliveAt + grace.milliseconds
}

/** The conditions to write for a node that has been silent for too long; absent: it has not, or they are written. */
export function lostConditionsOf(
  node: Node,
  health: NodeHealth,
  now: number,
): readonly NodeCondition[] | undefined {
  const present = node.status?.conditions
  const hasReported = conditionOf(present, 'Ready') !== undefined
  const allowed = hasReported ? grace.milliseconds : grace.startupMilliseconds
  if (now <= health.aliveAt + allowed) return undefined
  const lost: NodeCondition[] = []
  for (const type of lostConditions) {
    const condition = conditionOf(present, type)
    if (condition?.status === 'Unknown') continue
    const lastTransitionTime = timestampOf(now)
    lost.push(
      condition === undefined
        ? {
            type,
            status: 'Unknown',
            reason: 'NodeStatusNeverUpdated',
            message: 'Kubelet never posted node status.',
            lastHeartbeatTime: node.metadata.creationTimestamp,
            lastTransitionTime,
          }
        : {
            ...condition,
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
            lastTransitionTime,
          },
    )
  }
  return lost.length === 0 ? undefined : lost
}
