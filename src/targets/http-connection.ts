import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https, { type RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { type Status, StatusError } from '../kubernetes/status-error'
import { messageOf } from './errors'
import type { PlainAnswer } from './plain-request'

/** How many requests are under way at once; more wait for a free connection. Watches are not counted. */
const maxConcurrentRequests = 32

/** How long an answer may take, in milliseconds; API servers give up after 60 seconds themselves. */
const requestTimeoutMilliseconds = 70_000

/** How long credentials are used before they are asked for again (token files and plugins change), in milliseconds. */
const credentialsMilliseconds = 60_000

/** How often a request is repeated that the server asked to send later (API-122). */
const maxRetriesWhenAsked = 5

/** Longest pause before such a repetition, in milliseconds. */
const maxRetryPauseMilliseconds = 10_000

/** One request to an API server. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with query, from the root of the server. */
  readonly path: string
  readonly userAgent: string
  readonly body?: object
  /** Default `application/json`. */
  readonly contentType?: string
  /** Take precedence over those that are sent otherwise. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The answer to a request as it comes in. */
export interface HttpStream {
  readonly response: IncomingMessage
  close(): void
}

/** What the server said about itself at `/version` (DISC). */
export interface ServerVersion {
  readonly gitVersion: string
  readonly major: string
  readonly minor: string
  readonly platform?: string
}

/**
 * The connections to one API server, with the TLS settings and credentials of a kubeconfig.
 *
 * Connections are kept alive and shared by every client of the server; each watch has one of its own.
 */
export class HttpConnection {
  readonly server: URL
  readonly #kubeConfig: KubeConfig
  readonly #secure: boolean
  readonly #underWay = new Set<ClientRequest>()
  #settings: Settings | undefined
  #isClosed = false

  constructor(kubeConfig: KubeConfig) {
    const cluster = kubeConfig.getCurrentCluster()
    if (cluster === null) throw new Error('the kubeconfig names no cluster')
    this.server = new URL(cluster.server)
    this.#secure = this.server.protocol === 'https:'
    this.#kubeConfig = kubeConfig
  }

  /** Sends a request and returns the JSON of its answer; throws a `StatusError` when it was refused. */
  async request(request: HttpRequest): Promise<unknown> {
    const { status, body } = await this.ask(request)
    if (status < 400) return parsed(body, request)
    throw refusalOf(status, body)
  }

  /** Sends a request and returns its answer as it is, also when it was refused. */
  async ask(request: HttpRequest): Promise<PlainAnswer> {
    for (let attempt = 0; ; attempt++) {
      const { response } = await this.#sendAgainIfStale(request)
      const body = await textOf(response, request)
      const status = response.statusCode ?? 0
      if (status === 401 && attempt === 0) this.#settings = undefined
      else if (!mayRetry(status, response, attempt)) {
        return { status, headers: response.headersDistinct, body }
      }
      await pauseBeforeRetry(response)
    }
  }

  /** Sends a request and returns its answer while it is still coming in; throws when it was refused. */
  async open(request: HttpRequest, idleMilliseconds: number): Promise<HttpStream> {
    const stream = await this.#send(request, { idleMilliseconds })
    const code = stream.response.statusCode ?? 0
    if (code < 400) return stream
    if (code === 401) this.#settings = undefined
    throw refusalOf(code, await textOf(stream.response, request))
  }

  async version(): Promise<ServerVersion> {
    const request = { method: 'GET', path: '/version', userAgent: 'daemonset-conformance' } as const
    return (await this.request(request)) as ServerVersion
  }

  /**
   * Closes idle connections, ends the requests under way, and refuses later ones.
   *
   * A server that is taken down right after this leaves a connection attempt without an answer, and the system
   * waits two minutes for one, in which this process could not end.
   */
  close(): void {
    this.#isClosed = true
    for (const request of this.#underWay) request.destroy(this.#closed())
    this.#settings?.agent.destroy()
    this.#settings = undefined
  }

  #closed(): Error {
    return new Error(`the connection to ${this.server.origin} is closed`)
  }

  /**
   * An idle connection may be closed by the server at the very moment it is used again. Only reads are
   * repeated: whether a write got through is not known.
   */
  async #sendAgainIfStale(request: HttpRequest): Promise<HttpStream> {
    try {
      return await this.#send(request)
    } catch (error) {
      if (request.method !== 'GET' || !(error instanceof StaleConnectionError)) throw error
      return await this.#send(request)
    }
  }

  async #send(
    request: HttpRequest,
    stream?: { readonly idleMilliseconds: number },
  ): Promise<HttpStream> {
    const settings = await this.#currentSettings()
    if (this.#isClosed) throw this.#closed()
    const body = request.body === undefined ? undefined : JSON.stringify(request.body)
    const options: RequestOptions = {
      ...settings.request,
      method: request.method,
      protocol: this.server.protocol,
      hostname: this.server.hostname.replace(/^\[|\]$/g, ''),
      port: this.server.port,
      path: this.server.pathname.replace(/\/$/, '') + request.path,
      agent: stream === undefined ? settings.agent : settings.streamAgent,
      timeout: stream?.idleMilliseconds ?? requestTimeoutMilliseconds,
      headers: {
        ...settings.request.headers,
        accept: 'application/json',
        'user-agent': request.userAgent,
        ...(body === undefined
          ? {}
          : {
              'content-type': request.contentType ?? 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
        ...request.headers,
      },
    }
    const sent = (this.#secure ? https : http).request(options)
    this.#underWay.add(sent)
    sent.on('close', () => this.#underWay.delete(sent))
    return answerTo(sent, options, body, request)
  }

  async #currentSettings(): Promise<Settings> {
    const present = this.#settings
    if (present !== undefined && Date.now() - present.at < credentialsMilliseconds) return present
    const request: RequestOptions = {}
    await this.#kubeConfig.applyToHTTPSOptions(request)
    const behindProxy = this.#kubeConfig.getCurrentCluster()?.proxyUrl !== undefined
    const fingerprint = fingerprintOf(request)
    const reusable = present?.fingerprint === fingerprint ? present : undefined
    const agents =
      reusable ?? (behindProxy ? proxyAgentsOf(request) : agentsFor(this.#secure, request))
    const { agent, streamAgent } = agents
    this.#settings = { request, agent, streamAgent, fingerprint, at: Date.now() }
    return this.#settings
  }
}

interface Agents {
  readonly agent: http.Agent
  /** `false`: a connection of its own for each request. */
  readonly streamAgent: http.Agent | false
}

interface Settings extends Agents {
  readonly request: RequestOptions
  readonly fingerprint: string
  readonly at: number
}

/** A kept-alive connection that was gone when it was used again. */
class StaleConnectionError extends Error {
  override readonly name = 'StaleConnectionError'
}

function fingerprintOf({ ca, cert, key }: RequestOptions): string {
  return [ca, cert, key].map(String).join()
}

function agentsFor(secure: boolean, { ca, cert, key }: RequestOptions): Agents {
  const options = { keepAlive: true, maxSockets: maxConcurrentRequests, ca, cert, key }
  const agent = secure ? new https.Agent(options) : new http.Agent(options)
  return { agent, streamAgent: false }
}

/** A tunnel needs the agent that the kubeconfig library makes for it. */
function proxyAgentsOf({ agent }: RequestOptions): Agents {
  if (!(agent instanceof http.Agent))
    throw new Error('the proxy of the kubeconfig is not supported')
  return { agent, streamAgent: agent }
}

function answerTo(
  request: ClientRequest,
  options: RequestOptions,
  body: string | undefined,
  { method, path }: HttpRequest,
): Promise<HttpStream> {
  return new Promise((resolve, reject) => {
    request.on('response', (response) => {
      resolve({ response, close: () => request.destroy() })
    })
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', (error: NodeJS.ErrnoException) => {
      const text = `${method} ${options.protocol}//${options.hostname}:${options.port}${path}: ${messageOf(error)}`
      const stale = request.reusedSocket && error.code === 'ECONNRESET'
      reject(new (stale ? StaleConnectionError : Error)(text, { cause: error }))
    })
    request.end(body)
  })
}

async function textOf(response: IncomingMessage, { method, path }: HttpRequest): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer)
  } catch (cause) {
    throw new Error(`${method} ${path}: the answer broke off: ${messageOf(cause)}`, { cause })
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(body: string, { method, path }: HttpRequest): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // `/readyz` answers in plain text.
    if (body === 'ok') return body
    throw new Error(`${method} ${path}: the answer is not JSON: ${body.slice(0, 200)}`)
  }
}

/** The refusal that an answer stands for; proxies and old paths do not always send a `Status` (API-115). */
function refusalOf(code: number, body: string): StatusError {
  try {
    const status = JSON.parse(body) as Partial<Status>
    if (status.kind === 'Status') return StatusError.of(status, code)
  } catch {
    // Not JSON: told as it is.
  }
  return StatusError.of({ message: body.trim() || `HTTP ${code}` }, code)
}

/** Whether the server itself asked for a repetition, which it does for any verb (API-122). */
function mayRetry(code: number, response: IncomingMessage, attempt: number): boolean {
  const asked = response.headers['retry-after'] !== undefined
  return asked && (code === 429 || code >= 500) && attempt < maxRetriesWhenAsked
}

function pauseBeforeRetry(response: IncomingMessage): Promise<void> {
  const seconds = Number(response.headers['retry-after'] ?? 0)
  const milliseconds = Math.min(
    Number.isFinite(seconds) ? seconds * 1000 : 1000,
    maxRetryPauseMilliseconds,
  )
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
