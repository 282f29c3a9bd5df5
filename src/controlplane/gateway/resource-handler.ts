import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../kubernetes/clock'
import { apiVersionOf, resources } from '../../kubernetes/resources'
import type { ApiServer } from '../api-server'
import { notServed } from '../refusals'
import type { ApiRequest } from '../request'
import { send } from './answer'
import { emptyResourceAnswer, watchNothing } from './empty-resources'
import { eventFormatOf } from './event-formats'
import { eventsAnswer, eventsWatchFormat } from './events-view'
import { acceptedBy } from './media-types'
import { connectPod, logOf } from './pod-connections'
import { queryOf } from './query-options'
import type { ResourceRoute } from './request-path'
import { answerOf, type Wanted } from './resource-answers'
import { apiRequestOf, type Incoming, verbOf } from './resource-requests'
import { reviewAnswer } from './reviews'
import { type EventFormat, WatchStream } from './watch-stream'

/** What requests on resources are answered from. */
export interface Backend {
  readonly server: ApiServer
  /** The time of the cluster. */
  readonly clock: Clock
  /** The time of the people in front of it. */
  readonly wallClock: Clock
}

/** One HTTP exchange. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Answers a request on a resource, whatever stands behind it. */
export async function handleResource(
  backend: Backend,
  route: ResourceRoute,
  parameters: URLSearchParams,
  exchange: Exchange,
): Promise<void> {
  const { request, response } = exchange
  const query = queryOf(parameters)
  const verb = verbOf(request.method ?? 'GET', route, query)
  const accepted = acceptedBy(request.headers.accept)
  const wanted = (): Wanted => ({ accepted, query, now: backend.clock.now() })
  const { backing } = route.resource
  switch (backing.type) {
    case 'stored':
      return await handleStored(backend, exchange, {
        wanted,
        incoming: { message: request, route, kind: backing.kind, verb, query },
      })
    case 'events':
      return await handleEvents(backend, exchange, {
        wanted,
        incoming: { message: request, route, kind: 'Event', verb, query },
      })
    case 'empty':
      if (verb === 'watch') return watchNothing(backend, route, { exchange, wanted })
      return send(request, response, emptyResourceAnswer(backend.server, route, wanted()))
    case 'review':
      return send(request, response, await reviewAnswer(request, route.resource.kind))
    case 'binding': {
      const pods = { message: request, route, kind: 'Pod', verb, query } as const
      const asked = await apiRequestOf(pods)
      const name = nameIn(asked.body)
      const result = backend.server.handle({ ...asked, name, subresource: 'binding' })
      return send(request, response, answerOf('Pod', result, wanted()))
    }
  }
}

function nameIn(body: unknown): string {
  const { metadata } = (body ?? {}) as { readonly metadata?: { readonly name?: unknown } }
  return String(metadata?.name ?? '')
}

interface Handling {
  readonly wanted: () => Wanted
  readonly incoming: Incoming
}

async function handleStored(
  backend: Backend,
  exchange: Exchange,
  { wanted, incoming }: Handling,
): Promise<void> {
  const { request, response } = exchange
  const { kind, route, verb } = incoming
  const { server } = backend
  if (verb === 'watch') {
    const type = { kind, apiVersion: apiVersionOf(resources[kind]) }
    return watchStored(backend, exchange, incoming, eventFormatOf(kind, type, wanted))
  }
  switch (route.subresource?.name) {
    case 'log':
      return logOf(server, route, new URL(request.url ?? '/', 'https://localhost'), exchange)
    case 'attach':
    case 'exec':
    case 'portforward':
      return connectPod(server, route)
    default: {
      const result = server.handle(await apiRequestOf(incoming))
      return send(request, response, answerOf(kind, result, wanted()))
    }
  }
}

async function handleEvents(
  backend: Backend,
  exchange: Exchange,
  { wanted, incoming }: Handling,
): Promise<void> {
  const { request, response } = exchange
  if (incoming.route.subresource !== undefined) throw notServed()
  if (incoming.verb === 'watch') {
    return watchStored(backend, exchange, incoming, eventsWatchFormat(wanted))
  }
  const asked = await apiRequestOf(incoming)
  return send(request, response, eventsAnswer(backend.server, asked, wanted()))
}

function watchStored(
  backend: Backend,
  { response }: Exchange,
  incoming: Incoming,
  format: EventFormat,
): void {
  const { server } = backend
  const { route, query, kind } = incoming
  const { timeoutSeconds, ...options } = query.options
  const { resourceVersion = '' } = options
  const asked: ApiRequest = {
    verb: 'watch',
    kind,
    namespace: route.namespace,
    options: { ...options, fieldSelector: namedSelector(route, options.fieldSelector) },
    userAgent: incoming.message.headers['user-agent'] ?? 'unknown',
  }
  const stream = new WatchStream({
    response,
    format,
    clock: backend.wallClock,
    bookmarks: query.allowWatchBookmarks ? () => server.resourceVersion : undefined,
    timeoutSeconds,
    hasInitial: options.sendInitialEvents ?? ['', '0'].includes(resourceVersion),
  })
  try {
    stream.start((sink) => server.watch(asked, sink))
  } catch (error) {
    stream.stop()
    throw error
  }
}

/** An old watch path that names an object is a watch of that name (WATCH-01, WATCH-04). */
function namedSelector(
  { isWatch, name }: ResourceRoute,
  fieldSelector: string | undefined,
): string | undefined {
  if (!isWatch || name === undefined) return fieldSelector
  const named = `metadata.name=${name}`
  return fieldSelector === undefined ? named : `${fieldSelector},${named}`
}
