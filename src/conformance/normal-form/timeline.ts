import { isNodeReady, isPodReady } from '../../kubernetes/conditions'
import { targetNodeNameOf } from '../../kubernetes/node-affinity'
import { controllerRevisionHashLabel } from '../../kubernetes/pods'
import type { Node, Pod } from '../../kubernetes/types'
import type { Observation, ObservedEvent } from '../../targets/observation'
import type { Aliases } from './aliases'
import type { TimelineEntry } from './normal-observation'

/** The longest timeline that is kept; a rollout over 40 nodes needs about 400 entries. */
const maxEntries = 4000

/** What each node, and each pod on it, looked like from when on: only the moments at which that changed. */
export function timelineOf({ events }: Observation, aliases: Aliases): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = []
  const shown = new Map<string, string>()
  for (const event of events) {
    const entry = entryOf(event, aliases)
    if (entry === undefined) continue
    const subject = `${entry.node} ${entry.pod ?? ''}`
    if (shown.get(subject) === entry.state) continue
    shown.set(subject, entry.state)
    entries.push(entry)
    if (entries.length === maxEntries) break
  }
  return entries
}

function entryOf(
  { at, type, kind, object }: ObservedEvent,
  aliases: Aliases,
): TimelineEntry | undefined {
  if (kind === 'Node') {
    const state = type === 'DELETED' ? 'gone' : nodeState(object as Node)
    return { at, node: object.metadata.name, state }
  }
  if (kind !== 'Pod') return undefined
  const pod = object as Pod
  const revision = pod.metadata.labels?.[controllerRevisionHashLabel]
  return {
    at,
    node: targetNodeNameOf(pod) ?? '',
    pod: aliases.of(pod),
    state: type === 'DELETED' ? 'gone' : podState(pod),
    ...(revision === undefined ? {} : { revision: aliases.in(revision) }),
  }
}

function nodeState(node: Node): string {
  const taints = (node.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort()
  const ready = isNodeReady(node) ? 'Ready' : 'NotReady'
  const cordoned = node.spec.unschedulable === true ? ',SchedulingDisabled' : ''
  return `${ready}${cordoned}${taints.length === 0 ? '' : ` ${taints.join(' ')}`}`
}

function podState(pod: Pod): string {
  const { phase = 'Pending', reason } = pod.status
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (phase === 'Failed' || phase === 'Succeeded') return reason ?? phase
  if (isPodReady(pod)) return 'Ready'
  const waiting = (pod.status.containerStatuses ?? []).find(({ state }) => state?.waiting?.reason)
  return waiting?.state?.waiting?.reason ?? phase
}
