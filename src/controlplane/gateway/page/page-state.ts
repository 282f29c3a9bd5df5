import { timestampOf } from '../../../kubernetes/clock'
import { isNodeReady, isPodReady } from '../../../kubernetes/conditions'
import type { DaemonSet, Event, Kind, Kinds, Node, Pod } from '../../../kubernetes/types'
import type { ApiServer } from '../../api-server'
import type { Speed } from '../time-driver'

/** How many rows of each table the page shows; the numbers count everything. */
const rowLimits = { nodes: 200, daemonSets: 100, events: 40 } as const

/** The cluster at a glance, as the page shows it. */
export interface PageState {
  readonly version: string
  readonly now: string
  readonly speed: Speed
  readonly nodes: Counted<NodeRow>
  readonly daemonSets: Counted<DaemonSetRow>
  readonly pods: { readonly total: number; readonly ready: number; readonly phases: Counts }
  readonly events: readonly EventRow[]
}

interface Counted<Row> {
  readonly total: number
  readonly rows: readonly Row[]
}

type Counts = Readonly<Record<string, number>>

interface NodeRow {
  readonly name: string
  readonly ready: boolean
  readonly schedulable: boolean
  readonly taints: readonly string[]
  readonly pods: number
}

interface DaemonSetRow {
  readonly namespace: string
  readonly name: string
  readonly desired: number
  readonly updated: number
  readonly available: number
  readonly rollout: string
}

interface EventRow {
  readonly at: string
  readonly type: string
  readonly reason: string
  readonly object: string
  readonly message: string
}

/** Looks at the cluster once. */
export function pageStateOf(server: ApiServer, now: number, speed: Speed): PageState {
  const nodes = listed(server, 'Node')
  const pods = listed(server, 'Pod')
  const daemonSets = listed(server, 'DaemonSet')
  const podsByNode = Map.groupBy(pods, ({ spec }) => spec.nodeName ?? '')
  return {
    version: server.version,
    now: timestampOf(now),
    speed,
    nodes: {
      total: nodes.length,
      rows: nodes
        .slice(0, rowLimits.nodes)
        .map((node) => nodeRow(node, podsByNode.get(node.metadata.name)?.length ?? 0)),
    },
    daemonSets: {
      total: daemonSets.length,
      rows: daemonSets.slice(0, rowLimits.daemonSets).map(daemonSetRow),
    },
    pods: {
      total: pods.length,
      ready: pods.filter(isPodReady).length,
      phases: phasesOf(pods),
    },
    events: newestEvents(listed(server, 'Event')),
  }
}

function listed<K extends Kind>(server: ApiServer, kind: K): readonly Kinds[K][] {
  const result = server.handle({ verb: 'list', kind, userAgent: 'page' })
  return result.type === 'list' ? (result.items as unknown as readonly Kinds[K][]) : []
}

function nodeRow(node: Node, pods: number): NodeRow {
  const { metadata, spec } = node
  return {
    name: metadata.name,
    ready: isNodeReady(node),
    schedulable: spec.unschedulable !== true,
    taints: (spec.taints ?? []).map(({ key, value = '', effect }) =>
      value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`,
    ),
    pods,
  }
}

function daemonSetRow({ metadata, spec, status }: DaemonSet): DaemonSetRow {
  const desired = status.desiredNumberScheduled
  const updated = status.updatedNumberScheduled ?? 0
  const available = status.numberAvailable ?? 0
  const isObserved = (metadata.generation ?? 0) <= (status.observedGeneration ?? 0)
  const progress = spec.updateStrategy?.type === 'OnDelete' ? 'on delete' : 'rolling out'
  const isDone = isObserved && updated >= desired && available >= desired
  const { namespace, name } = metadata
  return { namespace, name, desired, updated, available, rollout: isDone ? 'done' : progress }
}

function phasesOf(pods: readonly Pod[]): Counts {
  const counts: Record<string, number> = {}
  for (const { status, metadata } of pods) {
    const phase = metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating'
    counts[phase] = (counts[phase] ?? 0) + 1
  }
  return counts
}

function newestEvents(events: readonly Event[]): readonly EventRow[] {
  return events
    .map(eventRow)
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, rowLimits.events)
}

function eventRow(event: Event): EventRow {
  const { involvedObject, type = '', reason = '', message = '' } = event
  const at =
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.metadata.creationTimestamp
  return {
    at: String(at).slice(0, 19),
    type,
    reason,
    object: `${involvedObject?.kind ?? ''}/${involvedObject?.name ?? ''}`,
    message,
  }
}
