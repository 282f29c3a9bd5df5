import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Clock, Timer } from '../../kubernetes/clock'
import type { ApiServer } from '../api-server'
import { methodNotAllowed, notServed } from '../refusals'
import { Door, isForThisHost } from './access'
import { send, sendError, sendText } from './answer'
import type { Certificates } from './certificates'
import { healthOf } from './health'
import { InFlight } from './in-flight'
import {
  sendDiscoveryRoot,
  sendGroup,
  sendNothing,
  sendResources,
  servedPaths,
} from './meta-answers'
import { sendOpenApi } from './openapi-answers'
import { bodyLimit } from './request-body'
import { routeOf } from './request-path'
import { type Backend, type Exchange, handleResource } from './resource-handler'
import { versionOf } from './version'

/** How long a client may take: to send its headers, and the whole request (slow clients are cut off). */
interface Patience {
  readonly headersMilliseconds: number
  readonly requestMilliseconds: number
  /** How often is looked for those that have taken longer. */
  readonly checkMilliseconds: number
}

const usualPatience: Patience = {
  headersMilliseconds: 15_000,
  requestMilliseconds: 60_000,
  checkMilliseconds: 5_000,
}

const clientLimits = {
  keepAliveMilliseconds: 90_000,
  headerBytes: 32 * 1024,
  connections: 20_000,
} as const

/** How long a client that sends too much may go on, so that it can read the answer before the connection ends. */
const lingerMilliseconds = 1_000

/** How long connections may finish what they are at when the gateway closes. */
const closeMilliseconds = 2_000
const idleCheckMilliseconds = 20

/** Paths beside the API of Kubernetes: the page, and the clock. */
export interface SidePaths {
  /** Answers the request, or says that it is not for it. */
  handle(exchange: Exchange, url: URL, door: Door): Promise<boolean>
}

/** What a gateway needs. */
export interface GatewayOptions {
  readonly server: ApiServer
  /** The cluster's time. */
  readonly clock: Clock
  /** The time of the clients. */
  readonly wallClock: Clock
  readonly certificates: Certificates
  readonly token: string
  /** 0 takes any free port. */
  readonly port: number
  readonly side?: SidePaths
  readonly inFlight?: { readonly reads: number; readonly writes: number }
  readonly patience?: Patience
}

/** An API server in this process, reachable over HTTPS on the loopback interface. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #backend: Backend
  readonly #door: Door
  readonly #inFlight: InFlight
  readonly #https: Server

  private constructor(options: GatewayOptions) {
    this.#options = options
    this.#backend = options
    this.#door = new Door(options.token)
    this.#inFlight = new InFlight(options.inFlight)
    const { certificates, patience = usualPatience } = options
    this.#https = createServer(
      {
        cert: certificates.certificate,
        key: certificates.key,
        maxHeaderSize: clientLimits.headerBytes,
        headersTimeout: patience.headersMilliseconds,
        requestTimeout: patience.requestMilliseconds,
        connectionsCheckingInterval: patience.checkMilliseconds,
        keepAliveTimeout: clientLimits.keepAliveMilliseconds,
      },
      (request, response) => void this.#handle({ request, response }),
    )
    this.#https.maxConnections = clientLimits.connections
  }

  /** Begins to listen. */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options)
    gateway.#https.listen(options.port, '127.0.0.1')
    await once(gateway.#https, 'listening')
    return gateway
  }

  /** Where clients find it. */
  get url(): string {
    const { port } = this.#https.address() as AddressInfo
    return `https://127.0.0.1:${port}`
  }

  /** What a browser's cookie has to hold. */
  get door(): Door {
    return this.#door
  }

  /** Ends watches cleanly, takes no more requests and waits for those that are under way (WATCH-20). */
  async close(): Promise<void> {
    this.#options.server.close()
    const closed = once(this.#https, 'close')
    this.#https.close()
    const timers = [
      this.#closeIdle(),
      this.#options.wallClock.after(closeMilliseconds, () => this.#https.closeAllConnections()),
    ]
    await closed
    for (const timer of timers) timer.cancel()
  }

  /** Connections become idle one after the other, as their last answers go out. */
  #closeIdle(): Timer {
    let timer: Timer | undefined
    const again = (): void => {
      this.#https.closeIdleConnections()
      timer = this.#options.wallClock.after(idleCheckMilliseconds, again)
    }
    again()
    return { cancel: () => timer?.cancel() }
  }

  async #handle(exchange: Exchange): Promise<void> {
    const { request, response } = exchange
    response.setHeader('Audit-Id', randomUUID())
    response.setHeader('Cache-Control', 'no-cache, private')
    try {
      if (!isForThisHost(request)) {
        sendText(request, response, 421, 'this server does not answer for that host\n')
        return
      }
      await this.#answer(exchange)
    } catch (error) {
      if (!request.complete) this.#dropBody(exchange)
      sendError(request, response, error)
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { request, response } = exchange
    const url = urlOf(request)
    if (await this.#answerAnybody(exchange, url)) return
    this.#door.check(request)
    const { method } = request
    const isWatch = ['1', 'true'].includes(url.searchParams.get('watch') ?? '')
    if (isWatch || url.pathname.includes('/watch/')) return await this.#route(exchange, url)
    const leave = this.#inFlight.enter(method === 'GET' || method === 'HEAD')
    response.once('close', leave)
    await this.#route(exchange, url)
  }

  /** What needs no token: health, the version, and the page, which has a key of its own (DISC-05). */
  async #answerAnybody(exchange: Exchange, url: URL): Promise<boolean> {
    const { request, response } = exchange
    const health = healthOf(url.pathname, url.searchParams)
    if (health !== undefined) {
      sendText(request, response, health.code, health.text)
      return true
    }
    return (await this.#options.side?.handle(exchange, url, this.#door)) ?? false
  }

  async #route(exchange: Exchange, url: URL): Promise<void> {
    const { request, response } = exchange
    const route = routeOf(url.pathname)
    switch (route.type) {
      case 'resource':
        return await handleResource(this.#backend, route, url.searchParams, exchange)
      case 'versions':
        checkIsGet(request)
        return sendDiscoveryRoot('/api', request, response)
      case 'groups':
        return sendDiscoveryRoot('/apis', request, response)
      case 'group':
        return sendGroup(route.group, request, response)
      case 'resources':
        checkIsGet(request)
        return sendResources(route.group, request, response)
      case 'not-served':
        throw notServed()
      case 'nothing':
        return this.#answerOther(url, request, response)
    }
  }

  #answerOther(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = url
    if (pathname === '/') send(request, response, { code: 200, body: servedPaths() })
    else if (pathname === '/version' || pathname === '/version/') {
      checkIsGet(request)
      const body = versionOf(this.#options.server.version)
      send(request, response, { code: 200, body, pretty: true })
    } else if (pathname.startsWith('/version/')) throw notServed()
    else if (!sendOpenApi(url, request, response)) sendNothing(request, response)
  }

  /** What was not read of a refused body is read and forgotten, or the connection ends where it may be too much. */
  #dropBody({ request, response }: Exchange): void {
    const announced = Number(request.headers['content-length'] ?? bodyLimit + 1)
    if (announced > bodyLimit) {
      response.setHeader('Connection', 'close')
      const { socket } = request
      response.once('finish', () => {
        const timer = this.#options.wallClock.after(lingerMilliseconds, () => socket.destroy())
        socket.once('close', () => timer.cancel())
      })
    }
    request.resume()
  }
}

/** Discovery and the version can only be read (API-114); the roots of all groups answer whatever the method. */
function checkIsGet({ method }: IncomingMessage): void {
  if (method !== 'GET') throw methodNotAllowed()
}

/** The URL of a request; whatever its path holds, it stays on this host. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  try {
    return new URL(`https://localhost${url.startsWith('/') ? url : '/'}`)
  } catch {
    return new URL('https://localhost/')
  }
}
