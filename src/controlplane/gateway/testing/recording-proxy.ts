import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { stringify } from 'yaml'
import type { Access } from '../kubeconfig'

/** One request as a client sent it. */
export interface RecordedRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** `METHOD path?query`, readable. */
  readonly line: string
}

/** Headers that belong to one connection, or that the proxy writes itself. */
const ownHeaders = ['connection', 'host', 'upgrade', 'transfer-encoding', 'content-length']

/** Stands between a client and a gateway, passes everything on and remembers what was asked. */
export class RecordingProxy implements AsyncDisposable {
  readonly #requests: RecordedRequest[] = []
  readonly #access: Access
  readonly #agent: Agent
  readonly #http: Server

  private constructor(access: Access) {
    this.#access = access
    this.#agent = new Agent({ keepAlive: true, ca: access.authority, servername: 'localhost' })
    this.#http = createServer((request, response) => void this.#pass(request, response))
  }

  static async start(access: Access): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(access)
    proxy.#http.listen(0, '127.0.0.1')
    await once(proxy.#http, 'listening')
    return proxy
  }

  /** A kubeconfig for clients that go through the proxy; the proxy adds the token. */
  kubeconfig(): string {
    const { port } = this.#http.address() as AddressInfo
    const name = 'recorded'
    return stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name, cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
      'current-context': name,
    })
  }

  /** What was asked since the last call. */
  take(): readonly RecordedRequest[] {
    return this.#requests.splice(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.close()
    this.#http.closeAllConnections()
    this.#agent.destroy()
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { method = 'GET', url = '/', headers } = request
    this.#requests.push(recorded(method, url, headers, body.toString('utf8')))
    const kept = Object.entries(headers).filter(([name]) => !ownHeaders.includes(name))
    const onward = httpsRequest(new URL(this.#access.url), {
      agent: this.#agent,
      method,
      path: url,
      headers: {
        ...Object.fromEntries(kept),
        Authorization: `Bearer ${this.#access.token}`,
        ...(body.length === 0 ? {} : { 'Content-Length': String(body.length) }),
      },
    })
    response.once('close', () => onward.destroy())
    onward.on('error', () => response.destroy())
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.flushHeaders()
      answer.pipe(response)
    })
    onward.end(body)
  }
}

function recorded(
  method: string,
  url: string,
  headers: IncomingMessage['headers'],
  body: string,
): RecordedRequest {
  const { pathname: path, searchParams: query } = new URL(url, 'http://localhost')
  const shown = [...query].map(([name, value]) => `${name}=${value}`).join('&')
  const line = `${method} ${path}${shown === '' ? '' : `?${shown}`}`
  return { method, path, query, headers, body, line }
}
