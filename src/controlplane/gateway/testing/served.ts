import type { IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { type InProcessCluster, startInProcessCluster } from '../../in-process-cluster'
import { joinNodes, type ServedCluster, type ServeOptions, serveCluster } from '../served-cluster'
import { wallClock } from '../wall-clock'

/** An answer, read to its end. */
export interface Answered {
  readonly code: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at bodies of any form
  readonly json: any
}

/** How a request differs from a plain one. */
export interface Asking {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Without the bearer token. */
  readonly anonymous?: boolean
}

/** A served cluster for one test file, and ways to ask it. */
export class Served implements AsyncDisposable {
  readonly cluster: InProcessCluster
  readonly served: ServedCluster
  readonly #agent: Agent

  private constructor(cluster: InProcessCluster, served: ServedCluster) {
    this.cluster = cluster
    this.served = served
    this.#agent = new Agent({
      keepAlive: true,
      ca: served.access.authority,
      servername: 'localhost',
    })
  }

  static async start(
    options: { readonly nodes?: number } & Partial<ServeOptions> = {},
  ): Promise<Served> {
    const cluster = await startInProcessCluster({ startAt: Date.now() })
    const { nodes = 0, speed = 'real', ...others } = options
    await joinNodes(cluster, nodes)
    return new Served(
      cluster,
      await serveCluster({ ...others, cluster, wallClock, speed, port: 0 }),
    )
  }

  /** Sends one request and reads the answer. */
  async ask(method: string, path: string, asking: Asking = {}): Promise<Answered> {
    const response = await this.open(method, path, asking)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    return {
      code: response.statusCode ?? 0,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text)
      },
    }
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
    return this.ask('GET', path, { headers })
  }

  post(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    return this.ask('POST', path, { body, headers })
  }

  patch(path: string, type: string, body: unknown): Promise<Answered> {
    return this.ask('PATCH', path, { body, headers: { 'Content-Type': type } })
  }

  /** Sends one request; the answer is read by the caller. */
  open(
    method: string,
    path: string,
    { headers, body, anonymous }: Asking = {},
  ): Promise<IncomingMessage> {
    const { url, token } = this.served.access
    const sent =
      typeof body === 'string' || Buffer.isBuffer(body) || body === undefined
        ? body
        : JSON.stringify(body)
    return new Promise((done, failed) => {
      const request = httpsRequest(new URL(url), {
        agent: this.#agent,
        method,
        path,
        headers: {
          ...(anonymous === true ? {} : { Authorization: `Bearer ${token}` }),
          ...(sent === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(sent)) }),
          ...headers,
        },
      })
      request.on('response', done)
      request.on('error', failed)
      request.end(sent)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy()
    await this.served[Symbol.asyncDispose]()
    this.cluster.stop()
  }
}

/** Reads a watch line by line. */
export class WatchReader {
  // biome-ignore lint/suspicious/noExplicitAny: tests look at events of any form
  readonly events: any[] = []
  readonly response: IncomingMessage
  ended = false
  #rest = ''
  #wake: (() => void) | undefined

  constructor(response: IncomingMessage) {
    this.response = response
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) this.events.push(JSON.parse(line))
      this.#wake?.()
    })
    response.on('close', () => {
      this.ended = true
      this.#wake?.()
    })
  }

  /** Waits until the condition holds, at most ten seconds. */
  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 10_000
    while (!condition()) {
      if (Date.now() > deadline) {
        throw new Error(`waited in vain; ${this.events.length} events came`)
      }
      await new Promise<void>((done) => {
        const timer = setTimeout(done, 100)
        this.#wake = () => {
          clearTimeout(timer)
          done()
        }
      })
    }
  }

  stop(): void {
    this.response.destroy()
  }
}

/** A DaemonSet that every node takes. */
export function daemonSet(name: string, changes: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, labels: { app: name } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'c', image: 'x:1' }] },
      },
    },
    ...changes,
  }
}
