import type { ServerResponse } from 'node:http'
import type { InProcessCluster } from '../../in-process-cluster'
import { type Door, pageCookie } from '../access'
import { send, sendBytes, sendText } from '../answer'
import type { SidePaths } from '../gateway'
import type { Exchange } from '../resource-handler'
import type { Speed } from '../time-driver'
import { pageHtml, pageStyle } from './page-html'
import { pageScript } from './page-script'
import { pageStateOf } from './page-state'

/** What a browser may load for the page: files of this server and nothing else. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const files: ReadonlyMap<string, { readonly contentType: string; readonly content: string }> =
  new Map([
    ['/', { contentType: 'text/html; charset=utf-8', content: pageHtml }],
    ['/page/script.js', { contentType: 'text/javascript; charset=utf-8', content: pageScript }],
    ['/page/style.css', { contentType: 'text/css; charset=utf-8', content: pageStyle }],
  ])

/**
 * The live page for people: `GET /` in a browser.
 *
 * A browser has no token. The address that `dsc serve` prints carries a key that becomes a cookie for the page alone.
 */
export function pagePaths(options: {
  readonly cluster: Pick<InProcessCluster, 'server' | 'clock'>
  readonly speed: Speed
}): SidePaths {
  const { cluster, speed } = options
  return {
    async handle(exchange: Exchange, url: URL, door: Door): Promise<boolean> {
      const { request, response } = exchange
      if (request.method !== 'GET' || !isForPage(exchange, url)) return false
      const key = url.searchParams.get('key')
      if (url.pathname === '/' && key !== null) {
        letIn(exchange, key === door.pageToken ? door.pageToken : undefined)
        return true
      }
      if (!door.hasPageCookie(request)) {
        sendText(request, response, 401, 'open the address that "dsc serve" printed\n')
        return true
      }
      if (url.pathname === '/page/state') {
        const body = pageStateOf(cluster.server, cluster.clock.now(), speed)
        send(request, response, { code: 200, body, pretty: false })
        return true
      }
      return sendFile(exchange, url.pathname)
    },
  }
}

function isForPage({ request }: Exchange, url: URL): boolean {
  if (url.pathname.startsWith('/page/')) return true
  const acceptsHtml = (request.headers.accept ?? '').includes('text/html')
  return url.pathname === '/' && (acceptsHtml || url.searchParams.has('key'))
}

function letIn({ request, response }: Exchange, pageToken: string | undefined): void {
  if (pageToken === undefined) {
    sendText(request, response, 401, 'that key is not the one of this run\n')
    return
  }
  response.setHeader(
    'Set-Cookie',
    `${pageCookie}=${pageToken}; Path=/; Secure; HttpOnly; SameSite=Strict`,
  )
  response.writeHead(303, { Location: '/', 'Referrer-Policy': 'no-referrer' }).end()
}

function sendFile({ request, response }: Exchange, path: string): boolean {
  const file = files.get(path)
  if (file === undefined) return false
  protect(response)
  const { contentType, content } = file
  sendBytes(request, response, { code: 200, contentType, bytes: Buffer.from(content) })
  return true
}

function protect(response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', policy)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
}
