import type { Event } from '../../kubernetes/types'
import { nameColumn, type Printer, since, text, wide } from './columns'

/** Events: what happened to which object, and how often (TABLE-21, TABLE-22). */
export const eventPrinter: Printer<Event> = {
  columns: [
    text('Last Seen', 'Time since it happened last.'),
    text('Type', 'Normal, or a warning.'),
    text('Reason', 'Short word for why it happened.'),
    text('Object', 'Object it happened to.'),
    wide(text('Subobject', 'Part of the object it happened to.')),
    wide(text('Source', 'Component that reported it, and where that runs.')),
    text('Message', 'What happened, for people.'),
    wide(text('First Seen', 'Time since it happened first.')),
    wide(text('Count', 'How often it has happened.')),
    wide(nameColumn),
  ],
  cellsOf(event, now) {
    const { involvedObject, series } = event
    const kind = (involvedObject.kind ?? '').toLowerCase()
    const first = since(event.firstTimestamp ?? event.eventTime, now)
    const last = event.lastTimestamp === undefined ? first : since(event.lastTimestamp, now)
    return [
      series === undefined ? last : since(series.lastObservedTime, now),
      event.type ?? '',
      event.reason ?? '',
      involvedObject.name ? `${kind}/${involvedObject.name}` : kind,
      involvedObject.fieldPath ?? '',
      sourceOf(event),
      (event.message ?? '').trim(),
      first,
      series === undefined ? event.count || 1 : (series.count ?? 0),
      event.metadata.name,
    ]
  },
}

function sourceOf({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || ''
  const host = source?.host || reportingInstance || ''
  return host === '' ? component : `${component}, ${host}`
}
