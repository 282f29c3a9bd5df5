import { resources } from '../../kubernetes/resources'
import type { Event, KubernetesObject } from '../../kubernetes/types'
import type { ApiServer } from '../api-server'
import { isPlainObject } from '../json-body'
import type { ApiRequest, ApiResult } from '../request'
import type { Answer } from './answer'
import { listJson, objectJson } from './encoding'
import { eventFormatOf } from './event-formats'
import { answerOf, formatOf, listMetaOf, type Wanted } from './resource-answers'
import type { EventFormat } from './watch-stream'

const type = { kind: 'Event', apiVersion: 'events.k8s.io/v1' } as const

/** How the fields of the two views are called: core first, events.k8s.io second (API-238, API-240). */
const renamed: readonly (readonly [core: string, view: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
]

/** Carries out a request of `events.k8s.io/v1` on core events and answers in its terms. */
export function eventsAnswer(server: ApiServer, asked: ApiRequest, wanted: Wanted): Answer {
  const result = server.handle(inCoreTerms(asked))
  if (wanted.accepted.shape.type !== 'object' || result.type === 'status') {
    return answerOf('Event', result, wanted)
  }
  return { ...formatOf(wanted), code: result.code, warnings: result.warnings, body: bodyOf(result) }
}

/** How a watch of `events.k8s.io/v1` shows core events. */
export function eventsWatchFormat(wanted: () => Wanted): EventFormat {
  return eventFormatOf('Event', type, wanted, (object) => viewOf(object as Event))
}

function bodyOf(result: Exclude<ApiResult, { type: 'status' }>): Buffer {
  if (result.type === 'object') return objectJson(viewOf(result.object as Event))
  const items = result.items.map((item) => viewOf(item as Event))
  return listJson({ kind: 'EventList', apiVersion: type.apiVersion }, listMetaOf(result), items)
}

const views = new WeakMap<object, KubernetesObject>()

/** A core event as `events.k8s.io/v1` shows it. */
function viewOf(event: Event): KubernetesObject {
  let view = views.get(event)
  if (view === undefined) {
    view = { ...withNames(event, 0), ...type } as unknown as KubernetesObject
    views.set(event, view)
  }
  return view
}

function withNames(object: object, from: 0 | 1): Record<string, unknown> {
  const names = new Map(renamed.map((pair) => [pair[from], pair[1 - from] ?? '']))
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value]),
  )
}

function inCoreTerms(asked: ApiRequest): ApiRequest {
  const { body, patch, options } = asked
  const fieldSelector = options?.fieldSelector?.replace(/\bregarding\./g, 'involvedObject.')
  return {
    ...asked,
    ...(body === undefined ? {} : { body: coreBody(body) }),
    ...(patch === undefined || patch.type === 'json'
      ? {}
      : { patch: { ...patch, body: coreBody(patch.body) as object } }),
    options: { ...options, fieldSelector },
  }
}

function coreBody(body: unknown): unknown {
  if (!isPlainObject(body)) return body
  const core = withNames(body, 1)
  return core['apiVersion'] === type.apiVersion
    ? { ...core, apiVersion: resources.Event.version }
    : core
}
