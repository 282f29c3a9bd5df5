import { readFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'
import { parse } from 'yaml'
import { messageOf, UsageError } from '../../targets/errors'

/** Where the server is and how to be let in. */
export interface Server {
  readonly host: string
  readonly port: number
  readonly ca: Buffer
  readonly token: string | undefined
  readonly cert: Buffer | undefined
  readonly key: Buffer | undefined
}

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster?: Readonly<Record<string, string>> }[]
  readonly users?: readonly { readonly user?: Readonly<Record<string, string>> }[]
}

/**
 * The first cluster and the first user of a kubeconfig that carries its certificates itself.
 *
 * @throws UsageError when it is none
 */
export function serverIn(path: string): Server {
  const { clusters = [], users = [] } = kubeconfigAt(path)
  const cluster = clusters[0]?.cluster ?? {}
  const user = users[0]?.user ?? {}
  const url = URL.parse(cluster['server'] ?? '')
  if (url === null || url.protocol !== 'https:') {
    const found = JSON.stringify(cluster['server'] ?? 'none')
    throw new UsageError(
      `${path}: wanted a cluster with a server, as https://host:port; found ${found}`,
    )
  }
  const bytes = (name: string) => {
    const text = user[name]
    return text === undefined ? undefined : Buffer.from(text, 'base64')
  }
  const [token, cert, key] = [
    user['token'],
    bytes('client-certificate-data'),
    bytes('client-key-data'),
  ]
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw new UsageError(
      `${path}: wanted a user with a token, or with certificate and key in the file itself`,
    )
  }
  return {
    host: url.hostname,
    port: Number(url.port || '443'),
    ca: Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64'),
    token,
    cert,
    key,
  }
}

function kubeconfigAt(path: string): Kubeconfig {
  try {
    return (parse(readFileSync(path, 'utf8')) as Kubeconfig | null) ?? {}
  } catch (error) {
    throw new UsageError(`${path}: ${messageOf(error)}`)
  }
}

/** An answer: its head as text and how large it was in all. */
export interface Answer {
  readonly code: number
  readonly bytes: number
  readonly body: () => string
}

const headEnd = '\r\n\r\n'
const chunkedEnd = Buffer.from(`0${headEnd}`)

/**
 * One connection on which one request at a time is sent and its answer is counted.
 *
 * It does next to nothing with what it reads: what is measured is the server.
 */
export class Connection {
  readonly #socket: TLSSocket
  readonly #server: Server

  private constructor(socket: TLSSocket, server: Server) {
    this.#socket = socket
    this.#server = server
  }

  static async open(server: Server): Promise<Connection> {
    return await new Promise((done, failed) => {
      const { host, port, ca, cert, key } = server
      const own = cert === undefined || key === undefined ? {} : { cert, key }
      const socket = connect({ host, port, ca, ...own, ALPNProtocols: ['http/1.1'] }, () => {
        socket.setNoDelay(true)
        done(new Connection(socket, server))
      })
      socket.once('error', failed)
      // Also while nobody is waiting for an answer; whoever asks next is told that it is closed.
      socket.on('error', () => undefined)
    })
  }

  /** The bytes of a request, to be sent as often as one likes. */
  request(method: string, path: string, body?: object): Buffer {
    const { host, port, token } = this.#server
    const content = body === undefined ? '' : JSON.stringify(body)
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${host}:${port}`,
      'Accept: application/json',
      'User-Agent: bench',
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
      ...(body === undefined
        ? []
        : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(content)}`]),
    ]
    return Buffer.from(`${lines.join('\r\n')}${headEnd}${content}`)
  }

  async ask(request: Buffer): Promise<Answer> {
    const chunks: Buffer[] = []
    let bytes = 0
    let wanted: number | undefined
    if (this.#socket.destroyed) throw new Error('the connection is closed')
    return await new Promise((done, failed) => {
      const onClose = (): void => failed(new Error('the server has closed a connection'))
      const onData = (chunk: Buffer): void => {
        chunks.push(chunk)
        bytes += chunk.length
        wanted ??= lengthOf(chunks)
        if (wanted === undefined) return
        const isWhole = Number.isFinite(wanted) ? bytes >= wanted : endsChunked(chunks)
        if (!isWhole) return
        this.#socket.off('data', onData).off('error', failed).off('close', onClose)
        const body = () => Buffer.concat(chunks).toString('latin1').split(headEnd)[1] ?? ''
        done({ code: Number(chunks[0]?.toString('latin1', 9, 12)), bytes, body })
      }
      this.#socket.on('data', onData).once('error', failed).once('close', onClose)
      this.#socket.write(request)
    })
  }

  /** Sends a request whose answer does not end, and says how many lines have come whenever some have. */
  watch(request: Buffer, lines: (count: number) => void): void {
    let last = 0
    this.#socket.on('data', (chunk: Buffer) => {
      let count = 0
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) {
        if ((at === 0 ? last : chunk[at - 1]) === brace) count++
      }
      last = chunk.at(-1) ?? last
      lines(count)
    })
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** Every event of a watch ends with these two; lines of HTTP end with a carriage return before the second. */
const brace = 0x7d
const lineFeed = 0x0a

/** How long the whole answer is; infinite where its end is marked; absent while its head has not come. */
function lengthOf(chunks: readonly Buffer[]): number | undefined {
  const start = Buffer.concat(chunks)
  const end = start.indexOf(headEnd)
  if (end < 0) return undefined
  const length = /\r\ncontent-length: (\d+)/i.exec(start.toString('latin1', 0, end))?.[1]
  return length === undefined ? Number.POSITIVE_INFINITY : end + headEnd.length + Number(length)
}

/** The mark of the end may be spread over the last reads. */
function endsChunked(chunks: readonly Buffer[]): boolean {
  const last = chunks.at(-1) ?? chunkedEnd
  const tail = last.length >= chunkedEnd.length ? last : Buffer.concat(chunks.slice(-4))
  return tail.subarray(-chunkedEnd.length).equals(chunkedEnd)
}
