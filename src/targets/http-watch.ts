import type { ObjectList, Watch, WatchEvent, Watcher } from '../kubernetes/client'
import { type Status, StatusError } from '../kubernetes/status-error'
import { messageOf } from './errors'
import type { HttpStream } from './http-connection'

/** How long the server is asked to keep a stream open, in seconds; spread, so that streams do not end together. */
const streamSeconds = { least: 300, most: 600 } as const

/** A stream without any byte for this much longer than it was to last is dead, in milliseconds. */
const silenceMilliseconds = 30_000

/** How often in a row a stream may fail to open or break off before the watch ends. */
const maxFailures = 5

/** Pause before the next attempt, in milliseconds; doubles with each failure in a row. */
const firstRetryMilliseconds = 100

/** A stream that ends sooner than this without a single event counts as a failure (WATCH-24), in milliseconds. */
const veryShortMilliseconds = 1000

/** An object as far as a watch looks into it. */
interface Versioned {
  readonly metadata: { readonly resourceVersion: string }
}

/**
 * A watch over HTTPS that outlives the streams it reads: it resumes from the last version it has seen
 * when the server ends a stream in good order (WATCH-18, WATCH-20) or a connection breaks off.
 */
export class HttpWatch<T extends Versioned> implements Watch {
  readonly #watcher: Watcher<T>
  readonly #list: () => Promise<ObjectList<T>>
  readonly #open: (
    parameters: { readonly [name: string]: string | number | boolean },
    idleMilliseconds: number,
  ) => Promise<HttpStream>
  #resourceVersion: string | undefined
  #stream: HttpStream | undefined
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  #over = false

  constructor(options: {
    readonly watcher: Watcher<T>
    /** Absent: the present objects come first. */
    readonly resourceVersion?: string
    readonly list: () => Promise<ObjectList<T>>
    readonly open: (
      parameters: { readonly [name: string]: string | number | boolean },
      idleMilliseconds: number,
    ) => Promise<HttpStream>
  }) {
    this.#watcher = options.watcher
    this.#list = options.list
    this.#open = options.open
    this.#resourceVersion = options.resourceVersion
    void this.#run()
  }

  stop(): void {
    this.#over = true
    this.#stream?.close()
    clearTimeout(this.#timer)
  }

  async #run(): Promise<void> {
    try {
      this.#resourceVersion ??= await this.#tellPresentObjects()
      if (!this.#over) await this.#readStream(this.#resourceVersion)
      this.#resume(0)
    } catch (error) {
      if (isFinal(error) || ++this.#failures >= maxFailures) this.#end(error)
      else this.#resume(firstRetryMilliseconds * 2 ** (this.#failures - 1))
    }
  }

  #resume(milliseconds: number): void {
    if (this.#over) return
    this.#timer = setTimeout(() => void this.#run(), milliseconds)
  }

  #end(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#watcher.ended(error instanceof Error ? error : new Error(messageOf(error)))
  }

  /** A server would send them, too, but in an order whose last version is not the newest. */
  async #tellPresentObjects(): Promise<string> {
    const { items, resourceVersion } = await this.#list()
    for (const object of items) this.#tell({ type: 'ADDED', object })
    return resourceVersion
  }

  #tell(event: WatchEvent<T>): void {
    if (!this.#over) this.#watcher.event(event)
  }

  async #readStream(resourceVersion: string): Promise<void> {
    const spread = streamSeconds.most - streamSeconds.least
    const timeoutSeconds = streamSeconds.least + Math.floor(Math.random() * spread)
    const stream = await this.#open(
      { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds },
      timeoutSeconds * 1000 + silenceMilliseconds,
    )
    if (this.#over) {
      stream.close()
      return
    }
    this.#stream = stream
    const openedAt = Date.now()
    let events = 0
    try {
      for await (const line of linesOf(stream.response)) {
        if (this.#over) return
        this.#take(JSON.parse(line) as StreamEvent<T>)
        this.#failures = 0
        events++
      }
    } finally {
      stream.close()
    }
    if (events === 0 && Date.now() - openedAt < veryShortMilliseconds) {
      throw new Error('the server ended the watch at once')
    }
  }

  #take(event: StreamEvent<T>): void {
    if (event.type === 'ERROR') throw StatusError.of(event.object)
    this.#resourceVersion = event.object.metadata.resourceVersion
    if (event.type !== 'BOOKMARK') this.#tell(event)
  }
}

type StreamEvent<T> =
  | WatchEvent<T>
  | { readonly type: 'BOOKMARK'; readonly object: Versioned }
  | { readonly type: 'ERROR'; readonly object: Partial<Status> }

/** Whether asking again from the same version cannot help: 410 (WATCH-07) and other refusals of the request. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof StatusError && error.code < 500 && error.code !== 429 && error.code !== 401
  )
}

/** The lines of a stream, as soon as each is complete. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      if (end > start) yield rest.toString('utf8', start, end)
      start = end + 1
    }
    rest = rest.subarray(start)
  }
}
