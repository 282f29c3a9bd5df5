import { targetNodeNameOf } from '../../kubernetes/node-affinity'
import { controllerOf } from '../../kubernetes/owner-references'
import { controllerRevisionHashLabel } from '../../kubernetes/pods'
import type { ControllerRevision, Event, Kind, KubernetesObject, Pod } from '../../kubernetes/types'
import type { Observation, ObservedEvent, Refusal } from '../../targets/observation'
import { type Aliases, aliasesOf } from './aliases'
import { eventCountsOf, eventLine } from './events'
import type { Json, NormalHistory, NormalObservation, NormalRefusal } from './normal-observation'
import { placementsOf } from './placements'
import { projectionOf } from './projection'
import { timelineOf } from './timeline'
import { tracesOf } from './traces'

/**
 * Makes what one cluster showed comparable with what another showed.
 *
 * Pure: the same observation always gives the same normal form.
 */
export function normalise(observation: Observation): NormalObservation {
  const aliases = aliasesOf(observation)
  return {
    endState: endStateOf(observation, aliases),
    history: { ...historyOf(observation, aliases), traces: tracesOf(observation, aliases) },
    refusals: observation.refusals.map((refusal) => normalRefusal(refusal, aliases)),
    timeline: timelineOf(observation, aliases),
    placements: placementsOf(observation, aliases),
    eventCounts: eventCountsOf(observation, aliases),
  }
}

function endStateOf({ events }: Observation, aliases: Aliases): NormalObservation['endState'] {
  const last = new Map<string, { readonly kind: Kind; readonly object: KubernetesObject }>()
  for (const { type, kind, object } of events) {
    // Events vanish after an hour on their own; the history has them.
    if (kind === 'Event') continue
    const { uid } = object.metadata
    if (type === 'DELETED') last.delete(uid)
    else last.set(uid, { kind, object })
  }
  const state: { [kind: string]: { [alias: string]: Json } } = {}
  for (const { kind, object } of last.values()) {
    const facts = plain(projectionOf(kind, object), aliases)
    const ofKind = state[kind] ?? {}
    ofKind[aliases.of(object)] = facts ?? {}
    state[kind] = ofKind
  }
  return Object.fromEntries(
    Object.entries(state)
      .sort(byKey)
      .map(([kind, objects]) => [kind, Object.fromEntries(Object.entries(objects).sort(byKey))]),
  )
}

function historyOf({ events }: Observation, aliases: Aliases): NormalHistory {
  const pods = new Map<string, string[]>()
  const revisions = new Map<string, number[]>()
  const recorded = new Set<string>()
  for (const event of events) {
    if (event.kind === 'Pod') notePod(event, pods, aliases)
    else if (event.kind === 'ControllerRevision') noteRevision(event, revisions, aliases)
    else if (event.kind === 'Event') noteEvent(event.object as Event, recorded, aliases)
  }
  return {
    pods: Object.fromEntries([...pods].sort(byKey)),
    revisions: Object.fromEntries([...revisions].sort(byKey)),
    events: [...recorded].sort(),
  }
}

function notePod(
  { type, object }: ObservedEvent,
  pods: Map<string, string[]>,
  aliases: Aliases,
): void {
  if (type !== 'ADDED') return
  const owner = controllerOf(object)
  const node = targetNodeNameOf(object as Pod)
  if (owner === undefined || node === undefined) return
  const place = `${owner.name}@${node}`
  const revision = aliases.in(
    object.metadata.labels?.[controllerRevisionHashLabel] ?? 'no revision',
  )
  pods.set(place, [...(pods.get(place) ?? []), `${aliases.of(object)} (${revision})`])
}

function noteRevision(
  { object }: ObservedEvent,
  revisions: Map<string, number[]>,
  aliases: Aliases,
): void {
  const { revision } = object as ControllerRevision
  const name = aliases.of(object)
  const numbers = revisions.get(name) ?? []
  if (numbers.at(-1) !== revision) revisions.set(name, [...numbers, revision])
}

function noteEvent(event: Event, recorded: Set<string>, aliases: Aliases): void {
  const line = eventLine(event, aliases)
  if (line !== undefined) recorded.add(line)
}

function normalRefusal(refusal: Refusal, aliases: Aliases): NormalRefusal {
  const { verb, kind, name, subresource, code, reason, message, causes } = refusal
  const object = name === undefined ? kind : `${kind} ${name}`
  return {
    request: aliases.in(`${verb} ${object}${subresource === undefined ? '' : `/${subresource}`}`),
    code,
    reason,
    message: aliases.in(message),
    causes: causes.map((cause) => `${cause.reason ?? ''} at ${cause.field ?? ''}`).sort(),
  }
}

/** A JSON value without nulls, absent members and empty maps, its generated words replaced. */
function plain(value: unknown, aliases: Aliases): Json | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return aliases.in(value)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((item) => plain(item, aliases) ?? null)
  const entries: [string, Json][] = []
  for (const [key, member] of Object.entries(value as object)) {
    const text = plain(member, aliases)
    if (text !== undefined && !isEmpty(text)) entries.push([aliases.in(key), text])
  }
  return Object.fromEntries(entries.sort(byKey))
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
