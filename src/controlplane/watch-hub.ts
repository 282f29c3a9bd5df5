import type { Watch, WatchEvent } from '../kubernetes/client'
import type { StatusError } from '../kubernetes/status-error'
import type { KubernetesObject } from '../kubernetes/types'
import type { Change, History } from './history'
import { expired } from './refusals'
import type { Selection } from './selection'
import { withRevision } from './store'

/** Who reads along: told of changes in microtasks, never inside the write. */
export interface WatchSink {
  event(event: WatchEvent<KubernetesObject>): void
  /** Told when the objects that were there at the start have all been sent (WATCH-12), and their revision. */
  initialEventsEnd?(resourceVersion: string): void
  /** Called once when the server ends the stream. */
  ended(error: StatusError | undefined): void
}

/** Where a watch begins. */
export interface WatchStart {
  /** Only later changes are sent; the initial objects show this revision. */
  readonly after: number
  /** Sent first, as ADDED, and then the mark; absent: neither. */
  readonly initial?: readonly KubernetesObject[]
}

/**
 * Tells the watchers of one kind of its changes.
 *
 * Each watcher holds a position in the history, not a copy; once per turn of the microtask queue each is brought up
 * to date in one go. A watcher whose position has been dropped from the history is ended as expired (WATCH-19).
 */
export class WatchHub {
  readonly #history: History
  readonly #subscriptions = new Set<Subscription>()
  #scheduled = false

  constructor(history: History) {
    this.#history = history
  }

  /** The number of open watches. */
  get size(): number {
    return this.#subscriptions.size
  }

  /** Brings the watchers up to date soon. */
  wake(): void {
    if (this.#scheduled || this.#subscriptions.size === 0) return
    this.#scheduled = true
    queueMicrotask(() => this.#flush())
  }

  /** Adds a watcher. */
  open(selection: Selection, start: WatchStart, sink: WatchSink): Watch {
    const position = this.#history.after(start.after)
    const subscription = new Subscription({ selection, start, sink, position })
    if (start.after < this.#history.newestDropped) {
      subscription.failure = tooOld(start.after, this.#history)
    }
    this.#subscriptions.add(subscription)
    this.wake()
    return {
      stop: () => {
        subscription.open = false
        this.#subscriptions.delete(subscription)
      },
    }
  }

  /** Ends every watch cleanly, as a server that shuts down does (WATCH-20). */
  close(): void {
    for (const subscription of this.#subscriptions) this.#end(subscription, undefined)
  }

  #flush(): void {
    this.#scheduled = false
    for (const subscription of this.#subscriptions) {
      const { failure } = subscription
      if (failure !== undefined) this.#end(subscription, failure)
      else if (subscription.position < this.#history.start) {
        this.#end(subscription, tooOld(subscription.seen, this.#history))
      } else subscription.catchUp(this.#history)
    }
  }

  #end(subscription: Subscription, error: StatusError | undefined): void {
    subscription.open = false
    if (this.#subscriptions.delete(subscription)) subscription.sink.ended(error)
  }
}

function tooOld(asked: number, history: History): StatusError {
  const oldest = history.at(history.start)?.revision ?? history.newestDropped + 1
  return expired(`too old resource version: ${asked} (${oldest - 1})`)
}

class Subscription {
  readonly sink: WatchSink
  open = true
  position: number
  failure: StatusError | undefined
  readonly #selection: Selection
  /** The revision of the newest change that was looked at. */
  seen: number
  #start: WatchStart | undefined

  constructor(options: {
    readonly selection: Selection
    readonly start: WatchStart
    readonly sink: WatchSink
    readonly position: number
  }) {
    this.sink = options.sink
    this.position = options.position
    this.#selection = options.selection
    this.seen = options.start.after
    this.#start = options.start
  }

  /** Sends everything up to the end of the history as it is now; what comes meanwhile has its own turn. */
  catchUp(history: History): void {
    const end = history.end
    this.#sendInitial()
    while (this.open && this.position < end) {
      const change = history.at(this.position++)
      // A watch from the future waits for that revision (WATCH-08).
      if (change === undefined || change.revision <= this.seen) continue
      this.seen = change.revision
      const event = this.#selected(change)
      if (event !== undefined) this.sink.event(event)
    }
  }

  #sendInitial(): void {
    const start = this.#start
    if (start?.initial === undefined) return
    this.#start = undefined
    for (const object of start.initial) {
      if (!this.open) return
      this.sink.event({ type: 'ADDED', object })
    }
    if (this.open) this.sink.initialEventsEnd?.(String(start.after))
  }

  /** What the change looks like through the selection: objects come into it and leave it (WATCH-15). */
  #selected({ event, previous, revision }: Change): WatchEvent<KubernetesObject> | undefined {
    const selection = this.#selection
    const { namespace } = selection
    if (!selection.selective) {
      return namespace === undefined || event.object.metadata.namespace === namespace
        ? event
        : undefined
    }
    if (namespace !== undefined && event.object.metadata.namespace !== namespace) return undefined
    const wasIn = previous !== undefined && selection.matches(previous)
    if (event.type === 'DELETED') return wasIn ? event : undefined
    const isIn = selection.matches(event.object)
    if (isIn)
      return wasIn || event.type === 'ADDED' ? event : { type: 'ADDED', object: event.object }
    if (!wasIn) return undefined
    return { type: 'DELETED', object: withRevision(previous, revision) }
  }
}
