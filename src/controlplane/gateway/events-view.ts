import { resources } from '../../kubernetes/resources'
import { StatusError, type StatusReason } from '../../kubernetes/status-error'
import type { Event, KubernetesObject } from '../../kubernetes/types'
import type { ApiServer } from '../api-server'
import { isPlainObject } from '../json-body'
import { type FieldError, invalidObject, invalidValue, required } from '../kinds/field-error'
import type { ApiRequest, ApiResult, StatusResult } from '../request'
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
  if (asked.verb === 'create') checkNewForm(asked.body)
  const result = handled(server, asked)
  if (result.type === 'status') return answerOf('Event', withGroup(result), wanted)
  if (wanted.accepted.shape.type !== 'object') {
    return answerOf('Event', result, wanted)
  }
  return { ...formatOf(wanted), code: result.code, warnings: result.warnings, body: bodyOf(result) }
}

/** Events of this group have a time and a known type (API-240). */
function checkNewForm(body: unknown): void {
  const { eventTime, type = '', metadata } = isPlainObject(body) ? body : {}
  const problems: FieldError[] = []
  if (eventTime === undefined || eventTime === null) problems.push(required('eventTime'))
  if (type !== 'Normal' && type !== 'Warning') {
    problems.push(invalidValue('type', type, 'has invalid value: '))
  }
  if (problems.length === 0) return
  const name = isPlainObject(metadata) ? String(metadata['name'] ?? '') : ''
  throw invalidObject({ kind: 'Event', group: '', name }, problems)
}

function handled(server: ApiServer, asked: ApiRequest): ApiResult {
  try {
    return server.handle(inCoreTerms(asked))
  } catch (error) {
    throw error instanceof StatusError ? inViewTerms(error) : error
  }
}

const group = 'events.k8s.io'

/** A refusal that speaks of an event speaks of one of this group, and calls its fields as they are called here. */
function inViewTerms(error: StatusError): StatusError {
  const { details, code, reason } = error
  const { causes = [], kind = '' } = details
  const names = new Map(renamed)
  const renamedCauses = causes.map((cause) =>
    cause.field === undefined ? cause : { ...cause, field: names.get(cause.field) ?? cause.field },
  )
  const message = error.message
    .replace(/\bevents "/, `events.${group} "`)
    .replace(/(?<=[[ ])(\w+)(?=: )/g, (field) => names.get(field) ?? field)
  return new StatusError(reason as StatusReason, message, {
    code,
    cause: error,
    details: {
      ...details,
      ...(causes.length === 0 ? {} : { causes: renamedCauses }),
      ...(kind === 'events' ? { group } : {}),
    },
  })
}

function withGroup(result: StatusResult): StatusResult {
  const { status } = result
  if (status.details === undefined) return result
  return { ...result, status: { ...status, details: { ...status.details, group } } }
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
    const named = withNames(event, 0)
    // Where nobody reports, nothing is said of it here.
    for (const field of ['reportingController', 'reportingInstance']) {
      if (named[field] === '') delete named[field]
    }
    view = { ...named, ...type } as unknown as KubernetesObject
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
