import type { Event } from '../../kubernetes/types'
import type { Observation } from '../../targets/observation'
import type { Aliases } from './aliases'

/** The generated name of a pod that was refused, and so is in no other object. */
const refusedPod = /"[a-z0-9.-]+-[bcdfghjklmnpqrstvwxz2456789]{5}"/g

const combined = /^\(combined from similar events\): /

/** An event as the history holds it; nothing for those that are not about a DaemonSet. */
export function eventLine(event: Event, aliases: Aliases): string | undefined {
  if (event.involvedObject.kind !== 'DaemonSet') return undefined
  // Which pods are named singly once events are combined depends on chance (EVENTS-10): pods are told apart by the history of pods instead.
  const message = aliases
    .in((event.message ?? '').replace(combined, ''))
    .replace(/\S+@\S+#\d+/g, '<pod>')
    .replace(refusedPod, '"<pod>"')
  return `${event.involvedObject.name}: ${event.type} ${event.reason}: ${message}`
}

/** How often each event of the history was recorded, where that was more than once; for people, never compared. */
export function eventCountsOf(
  { events }: Observation,
  aliases: Aliases,
): { readonly [line: string]: number } {
  const counts = new Map<string, { readonly line: string; readonly count: number }>()
  for (const { kind, object } of events) {
    if (kind !== 'Event') continue
    const event = object as Event
    const line = eventLine(event, aliases)
    // A repeated event is one object that counts: its last state has the number.
    if (line !== undefined) counts.set(object.metadata.uid, { line, count: event.count ?? 1 })
  }
  const byLine = new Map<string, number>()
  for (const { line, count } of counts.values()) byLine.set(line, (byLine.get(line) ?? 0) + count)
  return Object.fromEntries([...byLine].filter(([, count]) => count > 1).sort())
}
