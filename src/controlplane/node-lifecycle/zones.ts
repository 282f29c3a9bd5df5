import { conditionOf } from '../../kubernetes/conditions'
import type { Node } from '../../kubernetes/types'

/** How fast nodes of a zone get their NoExecute taint, in nodes per second (NODE-11, NODE-12). */
const rates = { normal: 0.1, reduced: 0.01 } as const

/** A zone with at most this many nodes is not tainted at all while it is partly disrupted. */
const smallZone = 50

/** From this share of nodes on that are not ready, and from three of them, a zone is partly disrupted. */
const disrupted = { share: 0.55, atLeast: 3 } as const

const excludeLabel = 'node.kubernetes.io/exclude-disruption'

/** How much of a zone has failed. */
export type ZoneState = 'normal' | 'partial' | 'full'

/** What is counted of one zone. */
export interface ZoneCount {
  readonly ready: number
  readonly notReady: number
}

/** The zone of a node, from its topology labels (NODE-12). */
export function zoneOf({ metadata: { labels } }: Node): string {
  const region = labels?.['topology.kubernetes.io/region'] ?? ''
  const zone = labels?.['topology.kubernetes.io/zone'] ?? ''
  return `${region}:${zone}`
}

/** The nodes of each zone, ready and not; excluded ones are not counted (NODE-28). */
export function zoneCountsOf(nodes: Iterable<Node>): ReadonlyMap<string, ZoneCount> {
  const counts = new Map<string, { ready: number; notReady: number }>()
  for (const node of nodes) {
    if (node.metadata.labels?.[excludeLabel] !== undefined) continue
    const zone = zoneOf(node)
    const count = counts.get(zone) ?? { ready: 0, notReady: 0 }
    if (conditionOf(node.status?.conditions, 'Ready')?.status === 'True') count.ready++
    else count.notReady++
    counts.set(zone, count)
  }
  return counts
}

/** How much of the zone has failed. */
export function zoneStateOf({ ready, notReady }: ZoneCount): ZoneState {
  if (ready === 0 && notReady > 0) return 'full'
  const isPartial =
    notReady >= disrupted.atLeast && notReady / (ready + notReady) >= disrupted.share
  return isPartial ? 'partial' : 'normal'
}

/** Nodes per second that may be tainted in a zone of this state and size. */
export function taintRateOf(state: ZoneState, size: number): number {
  if (state !== 'partial') return rates.normal
  return size > smallZone ? rates.reduced : 0
}
