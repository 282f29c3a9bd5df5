import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { documentKeys, openApiV2, openApiV3 } from '../openapi/documents'
import { send, sendBytes } from './answer'
import { mediaTypesOf } from './media-types'
import { openApiV2Bytes } from './protobuf/openapi'

/** One OpenAPI document, ready to be sent. */
interface Document {
  readonly bytes: Buffer
  /** Changes with the content (DISC-32). */
  readonly hash: string
}

const documents = new Map<string, Document>()
const yearMilliseconds = 365 * 24 * 3_600_000

/** Answers everything below `/openapi`; false for paths that are not below it (DISC-31 to DISC-33). */
export function sendOpenApi(url: URL, request: IncomingMessage, response: ServerResponse): boolean {
  const path = url.pathname.replace(/\/$/, '')
  if (path === '/openapi/v3') {
    send(request, response, { code: 200, body: index(), pretty: false })
    return true
  }
  if (path === '/openapi/v2') {
    sendVersion2(request, response)
    return true
  }
  const key = path.replace(/^\/openapi\/v3\//, '')
  const isKnown = path.startsWith('/openapi/v3/') && documentKeys.includes(key)
  const document = isKnown ? documentOf(key) : undefined
  if (document === undefined) {
    if (!path.startsWith('/openapi/v3/')) return false
    response.writeHead(404, { 'Content-Length': 0 }).end()
    return true
  }
  const hash = url.searchParams.get('hash')
  if (hash !== null && hash !== document.hash) {
    response.writeHead(301, { Location: `${path}?hash=${document.hash}` }).end()
    return true
  }
  if (hash !== null) {
    response.setHeader('Cache-Control', 'public, immutable')
    response.setHeader('Expires', new Date(Date.now() + yearMilliseconds).toUTCString())
  }
  sendDocument(request, response, document)
  return true
}

const jsonType = 'application/json'
const protobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** What the document of version 2 is called in either form; clients ask for the protobuf one with an `@`. */
const version2Types: ReadonlyMap<string, string> = new Map([
  ['*/*', jsonType],
  ['application/*', jsonType],
  [jsonType, jsonType],
  [protobufType, protobufType],
  [protobufType.replace('v2.v1', 'v2@v1'), protobufType],
])

/** Answers in the first form that the client takes; like a real server it says nothing where it takes none (DISC-33). */
function sendVersion2(request: IncomingMessage, response: ServerResponse): void {
  const { accept = '' } = request.headers
  const taken = accept === '' ? ['*/*'] : mediaTypesOf(accept)
  const type = taken.map((name) => version2Types.get(name)).find((name) => name !== undefined)
  if (type === undefined) response.writeHead(406, { Vary: 'Accept', 'Content-Length': 0 }).end()
  else sendDocument(request, response, version2Of(type), type)
}

function version2Of(type: string): Document {
  const known = documents.get(type)
  if (known !== undefined) return known
  const content = openApiV2()
  const bytes = type === jsonType ? Buffer.from(JSON.stringify(content)) : openApiV2Bytes(content)
  return remembered(type, bytes)
}

function remembered(key: string, bytes: Buffer): Document {
  const document = { bytes, hash: createHash('sha512').update(bytes).digest('hex').toUpperCase() }
  documents.set(key, document)
  return document
}

/** Where the document of each group version is. */
function index(): object {
  const paths: Record<string, object> = {}
  for (const key of documentKeys) {
    const document = documentOf(key)
    if (document === undefined) continue
    paths[key] = { serverRelativeURL: `/openapi/v3/${key}?hash=${document.hash}` }
  }
  return { paths }
}

function documentOf(key: string): Document | undefined {
  const known = documents.get(key)
  if (known !== undefined) return known
  const content = openApiV3(key)
  return content === undefined ? undefined : remembered(key, Buffer.from(JSON.stringify(content)))
}

function sendDocument(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, hash }: Document,
  contentType = jsonType,
): void {
  const etag = `"${hash}"`
  response.setHeader('ETag', etag)
  response.setHeader('Vary', 'Accept')
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  sendBytes(request, response, { code: 200, contentType, bytes })
}
