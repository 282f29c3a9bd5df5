import type { IncomingMessage, ServerResponse } from 'node:http'
import { send, sendBytes, sendText } from './answer'
import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  etagOf,
} from './discovery'
import { acceptsAggregatedDiscovery } from './media-types'
import { groups } from './served-resources'

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

const aggregated = new Map<string, { readonly bytes: Buffer; readonly etag: string }>()

/** Answers `/api` and `/apis`, in the one document or in the old form (DISC-10, DISC-11, DISC-16, DISC-21). */
export function sendDiscoveryRoot(
  path: '/api' | '/apis',
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (!acceptsAggregatedDiscovery(request.headers.accept)) {
    response.setHeader('Vary', 'Accept')
    send(request, response, { code: 200, body: path === '/api' ? apiVersions() : apiGroupList() })
    return
  }
  let document = aggregated.get(path)
  if (document === undefined) {
    const text = `${JSON.stringify(aggregatedDiscovery(path))}\n`
    document = { bytes: Buffer.from(text), etag: etagOf(text) }
    aggregated.set(path, document)
  }
  response.setHeader('ETag', document.etag)
  response.setHeader('Vary', 'Accept')
  response.setHeader('Cache-Control', 'public')
  if (request.headers['if-none-match'] === document.etag) {
    response.writeHead(304).end()
    return
  }
  sendBytes(request, response, { code: 200, contentType: aggregatedType, bytes: document.bytes })
}

/** Answers `/apis/{group}`. */
export function sendGroup(group: string, request: IncomingMessage, response: ServerResponse): void {
  send(request, response, { code: 200, body: apiGroup(group) })
}

/** Answers `/api/v1` and `/apis/{group}/{version}`. */
export function sendResources(
  group: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  send(request, response, { code: 200, body: apiResourceList(group) })
}

/** The paths of the server, sorted (DISC-06). */
export function servedPaths(): object {
  const named = groups.filter((group) => group !== '')
  const paths = [
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    ...named.flatMap((group) => [`/apis/${group}`, `/apis/${group}/v1`]),
    '/healthz',
    '/livez',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/readyz',
    '/version',
  ]
  return { paths: [...new Set(paths)].sort() }
}

/** The answer to paths that are nobody's (DISC-07). */
export function sendNothing(request: IncomingMessage, response: ServerResponse): void {
  sendText(request, response, 404, '404 page not found\n')
}
