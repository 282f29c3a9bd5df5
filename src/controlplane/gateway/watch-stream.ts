import type { ServerResponse } from 'node:http'
import type { Watch, WatchEvent } from '../../kubernetes/client'
import type { Clock, Timer } from '../../kubernetes/clock'
import { StatusError } from '../../kubernetes/status-error'
import type { KubernetesObject } from '../../kubernetes/types'
import type { WatchSink } from '../watch-hub'

/** What a watch is kept within. */
const watchLimits = {
  /** Changes that wait for a slow reader, beyond the objects that were there at the start. */
  waiting: 20_000,
  /** Bytes handed to the connection before the reader has taken the ones before. */
  bufferedBytes: 512 * 1024,
  /** How long a reader that was told to list again may take to read that. */
  farewellMilliseconds: 5_000,
  /** How long a connection that takes nothing is waited for (WATCH-19). */
  stalledMilliseconds: 60_000,
  /** WATCH-14. */
  bookmarkMilliseconds: 60_000,
  lastBookmarkMilliseconds: 2_000,
} as const

/** How the events of one watch are written. */
export interface EventFormat {
  /** The object of an event, as JSON in parts. */
  object(event: WatchEvent<KubernetesObject>): readonly Buffer[]
  /** The object of a bookmark (WATCH-13). */
  bookmark(resourceVersion: string, isInitialEnd: boolean): object
}

type Item = WatchEvent<KubernetesObject> | { readonly line: string }

/**
 * One watch on its way to a client: events wait as references and are written as fast as the client reads.
 *
 * A client that falls too far behind, or takes nothing for too long, is cut off and lists again.
 */
export class WatchStream implements WatchSink {
  readonly #response: ServerResponse
  readonly #format: EventFormat
  readonly #clock: Clock
  readonly #bookmarks: (() => string) | undefined
  readonly #waiting: Item[] = []
  /** How many of the waiting items have been written. */
  #written = 0
  #limit: number = watchLimits.waiting
  /** Whether objects that were there at the start are still coming; they do not count as falling behind. */
  #hasInitial: boolean
  #scheduled = false
  #ended = false
  #watch: Watch | undefined
  readonly #timers = new Set<Timer>()
  #stalled: Timer | undefined

  constructor(options: {
    readonly response: ServerResponse
    readonly format: EventFormat
    /** The time of the client, not of the cluster. */
    readonly clock: Clock
    /** The revision for bookmarks; absent where the client wants none. */
    readonly bookmarks: (() => string) | undefined
    readonly timeoutSeconds: number | undefined
    readonly hasInitial: boolean
  }) {
    this.#hasInitial = options.hasInitial
    this.#response = options.response
    this.#format = options.format
    this.#clock = options.clock
    this.#bookmarks = options.bookmarks
    this.#response.once('close', () => this.stop())
    const { timeoutSeconds = 0 } = options
    if (timeoutSeconds !== 0) this.#endAfter(Math.max(0, timeoutSeconds) * 1000)
    if (this.#bookmarks !== undefined) this.#bookmarkRegularly()
  }

  /** Sends the header at once (WATCH-02) and begins. */
  start(open: (sink: WatchSink) => Watch): void {
    this.#watch = open(this)
    this.#response.writeHead(200, {
      'Content-Type': 'application/json',
      'Transfer-Encoding': 'chunked',
    })
    this.#response.flushHeaders()
  }

  event(event: WatchEvent<KubernetesObject>): void {
    this.#push(event)
  }

  initialEventsEnd(resourceVersion: string): void {
    this.#hasInitial = false
    this.#limit += this.#waiting.length - this.#written
    if (this.#bookmarks !== undefined) this.#pushBookmark(resourceVersion, true)
  }

  ended(error: StatusError | undefined): void {
    if (error !== undefined) this.#pushError(error)
    this.#end()
  }

  /** Ends everything that belongs to the watch; the connection is gone or finished. */
  stop(): void {
    this.#ended = true
    this.#watch?.stop()
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.#stalled?.cancel()
    this.#waiting.length = 0
    this.#written = 0
  }

  #push(item: Item): void {
    if (this.#ended) return
    this.#waiting.push(item)
    const isFull = this.#waiting.length - this.#written > this.#limit
    if (isFull && !this.#hasInitial) this.#cutOff()
    else this.#schedule()
  }

  #pushBookmark(resourceVersion: string, isInitialEnd: boolean): void {
    const object = this.#format.bookmark(resourceVersion, isInitialEnd)
    this.#push({ line: JSON.stringify({ type: 'BOOKMARK', object }) })
  }

  #pushError(error: StatusError): void {
    this.#push({ line: JSON.stringify({ type: 'ERROR', object: error.toStatus() }) })
  }

  /** Events of one turn of the event loop are written together: one record of TLS, not one for each. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#write()
    })
  }

  #write(): void {
    while (this.#written < this.#waiting.length) {
      if (this.#response.writableNeedDrain) {
        this.#waitForDrain()
        return
      }
      const chunks: Buffer[] = []
      let size = 0
      while (this.#written < this.#waiting.length && size < watchLimits.bufferedBytes) {
        const item = this.#waiting[this.#written++]
        if (item === undefined) break
        for (const part of this.#partsOf(item)) {
          size += part.length
          chunks.push(part)
        }
      }
      this.#response.write(Buffer.concat(chunks))
    }
    this.#waiting.length = 0
    this.#written = 0
    if (this.#ended) this.#response.end()
  }

  #waitForDrain(): void {
    if (this.#stalled !== undefined) return
    const go = (): void => {
      this.#stalled?.cancel()
      this.#stalled = undefined
      this.#write()
    }
    this.#stalled = this.#clock.after(watchLimits.stalledMilliseconds, () => {
      this.#response.off('drain', go)
      this.#response.destroy()
    })
    this.#response.once('drain', go)
  }

  #partsOf(item: Item): readonly Buffer[] {
    if ('line' in item) return [Buffer.from(`${item.line}\n`)]
    return [lineStarts[item.type], ...this.#format.object(item), lineEnd]
  }

  /** The client has fallen behind: it is told so instead of what it has missed. */
  #cutOff(): void {
    this.#waiting.length = 0
    this.#written = 0
    this.#pushError(
      new StatusError('Expired', 'the watch has fallen too far behind and is closed: list again'),
    )
    this.#end()
    this.#after(watchLimits.farewellMilliseconds, () => this.#response.destroy())
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#watch?.stop()
    this.#schedule()
  }

  #endAfter(milliseconds: number): void {
    const { lastBookmarkMilliseconds: early } = watchLimits
    const bookmarks = this.#bookmarks
    if (bookmarks !== undefined && milliseconds > early) {
      this.#after(milliseconds - early, () => this.#pushBookmark(bookmarks(), false))
    }
    this.#after(milliseconds, () => this.#end())
  }

  #bookmarkRegularly(): void {
    this.#after(watchLimits.bookmarkMilliseconds, () => {
      if (this.#bookmarks !== undefined) this.#pushBookmark(this.#bookmarks(), false)
      this.#bookmarkRegularly()
    })
  }

  #after(milliseconds: number, callback: () => void): void {
    const timer = this.#clock.after(milliseconds, () => {
      this.#timers.delete(timer)
      callback()
    })
    this.#timers.add(timer)
  }
}

const lineStarts: Readonly<Record<WatchEvent<KubernetesObject>['type'], Buffer>> = {
  ADDED: Buffer.from('{"type":"ADDED","object":'),
  MODIFIED: Buffer.from('{"type":"MODIFIED","object":'),
  DELETED: Buffer.from('{"type":"DELETED","object":'),
}
const lineEnd = Buffer.from('}\n')
