import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { documentKeys, openApiV2, openApiV3 } from '../openapi/documents'
import { send, sendBytes } from './answer'

/** One OpenAPI document, ready to be sent. */
interface Document {
  readonly bytes: Buffer
  /** Changes with the content (DISC-32). */
  readonly hash: string
}

const documents = new Map<string, Document | undefined>()
const yearMilliseconds = 365 * 24 * 3_600_000

/** Answers everything below `/openapi`; false when there is no such document (DISC-31 to DISC-33). */
export function sendOpenApi(url: URL, request: IncomingMessage, response: ServerResponse): boolean {
  const path = url.pathname.replace(/\/$/, '')
  if (path === '/openapi/v3') {
    send(request, response, { code: 200, body: index(), pretty: false })
    return true
  }
  const key = path === '/openapi/v2' ? version2 : path.replace(/^\/openapi\/v3\//, '')
  const isKnown =
    key === version2 || (path.startsWith('/openapi/v3/') && documentKeys.includes(key))
  const document = isKnown ? documentOf(key) : undefined
  if (document === undefined) return false
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

const version2 = 'v2'

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
  let document = documents.get(key)
  if (document === undefined) {
    const content = key === version2 ? openApiV2() : openApiV3(key)
    if (content === undefined) return undefined
    const bytes = Buffer.from(JSON.stringify(content))
    const hash = createHash('sha512').update(bytes).digest('hex').toUpperCase()
    document = { bytes, hash }
    documents.set(key, document)
  }
  return document
}

function sendDocument(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, hash }: Document,
): void {
  const etag = `"${hash}"`
  response.setHeader('ETag', etag)
  response.setHeader('Vary', 'Accept')
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  sendBytes(request, response, { code: 200, contentType: 'application/json', bytes })
}
