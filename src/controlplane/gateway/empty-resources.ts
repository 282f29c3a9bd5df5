import { StatusError } from '../../kubernetes/status-error'
import type { ApiServer } from '../api-server'
import { methodNotAllowed } from '../refusals'
import type { Answer } from './answer'
import { groupVersionOf } from './discovery'
import { eventFormatOf, type WatchedType } from './event-formats'
import type { ResourceRoute } from './request-path'
import { formatOf, type Wanted } from './resource-answers'
import type { Backend, Exchange } from './resource-handler'
import type { ServedResource } from './served-resources'
import { emptyTable } from './tables'
import { WatchStream } from './watch-stream'

/** Answers a read of a kind of which there are no objects. */
export function emptyResourceAnswer(
  server: ApiServer,
  { resource, name }: ResourceRoute,
  wanted: Wanted,
): Answer {
  if (name !== undefined) throw notFoundOf(resource, name)
  const metadata = { resourceVersion: server.resourceVersion }
  const { shape } = wanted.accepted
  const format = { ...formatOf(wanted), code: 200 }
  switch (shape.type) {
    case 'table':
      return { ...format, body: emptyTable(shape.version, metadata, resource.kind) }
    case 'partial': {
      const apiVersion = `meta.k8s.io/${shape.version}`
      const body = { kind: 'PartialObjectMetadataList', apiVersion, metadata, items: [] }
      return { ...format, body }
    }
    case 'object': {
      const { kind, apiVersion } = typeOfResource(resource)
      return { ...format, body: { kind: `${kind}List`, apiVersion, metadata, items: [] } }
    }
  }
}

/** A watch that never sees anything but marks and its end. */
export function watchNothing(
  { server, wallClock }: Backend,
  { resource, name, isWatch }: ResourceRoute,
  { exchange, wanted }: { readonly exchange: Exchange; readonly wanted: () => Wanted },
): void {
  if (name !== undefined && !isWatch) throw methodNotAllowed()
  const { query } = wanted()
  const { options, allowWatchBookmarks } = query
  const hasInitial = options.sendInitialEvents ?? ['', '0'].includes(options.resourceVersion ?? '')
  const stream = new WatchStream({
    response: exchange.response,
    format: eventFormatOf('ConfigMap', typeOfResource(resource), wanted),
    clock: wallClock,
    bookmarks: allowWatchBookmarks ? () => server.resourceVersion : undefined,
    timeoutSeconds: options.timeoutSeconds,
    hasInitial,
  })
  stream.start((sink) => {
    if (hasInitial) sink.initialEventsEnd?.(server.resourceVersion)
    return { stop: () => undefined }
  })
}

function typeOfResource({ group, kind }: ServedResource): WatchedType {
  return { kind, apiVersion: groupVersionOf(group) }
}

function notFoundOf({ group, plural }: ServedResource, name: string): StatusError {
  const qualified = group === '' ? plural : `${plural}.${group}`
  return new StatusError('NotFound', `${qualified} ${JSON.stringify(name)} not found`, {
    details: { name, ...(group === '' ? {} : { group }), kind: plural },
  })
}
