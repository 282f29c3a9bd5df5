import type { Clock, Timer } from '../../kubernetes/clock'
import type { InProcessCluster } from '../in-process-cluster'

/** How the cluster's time relates to that of the people in front of it. */
export type Speed = 'real' | 'fast' | 'manual'

/** How far apart the ticks of real time are. */
const tickMilliseconds = 10

/** In fast time: how long nothing but heartbeats may happen before time goes with the clock on the wall again. */
const quietMilliseconds = 30_000

/** In fast time: how much of it passes in one tick at most, so that clients can follow. */
const leapMilliseconds = 1_000

/** Only a delay as long as a start takes is made up for. */
const catchUpMilliseconds = 60_000

/** How much one request may let pass: a year. */
export const advanceLimitMilliseconds = 366 * 24 * 3_600_000

/** What time driving needs of a cluster. */
export type DrivenCluster = Pick<InProcessCluster, 'clock' | 'server' | 'advance'>

/**
 * Moves the clock of a cluster: with the clock on the wall, ahead of it while something is going on, or when told.
 *
 * Steps never overlap: whoever wants time to pass waits for those before.
 */
export class TimeDriver {
  readonly speed: Speed
  readonly #cluster: DrivenCluster
  readonly #wallClock: Clock
  #queue: Promise<void> = Promise.resolve()
  #timer: Timer | undefined
  #stopped = false
  #lastTick: number
  /** Until when time leaps, in fast time; in milliseconds of the cluster. */
  #busyUntil = 0
  #stopListening: (() => void) | undefined

  constructor(cluster: DrivenCluster, wallClock: Clock, speed: Speed) {
    this.#cluster = cluster
    this.#wallClock = wallClock
    this.speed = speed
    this.#lastTick = wallClock.now()
  }

  start(): void {
    this.#lastTick = this.#firstTick()
    if (this.speed === 'fast') this.#listen()
    this.#scheduleTick()
  }

  /** Lets time pass now, whatever the speed. */
  advance(milliseconds: number): Promise<void> {
    const limited = Math.min(Math.max(0, milliseconds), advanceLimitMilliseconds)
    return this.#enqueue(() => this.#cluster.advance(limited))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    this.#stopListening?.()
    await this.#queue
  }

  #scheduleTick(): void {
    if (this.#stopped) return
    this.#timer = this.#wallClock.after(tickMilliseconds, () => {
      void this.#enqueue(() => this.#tick()).finally(() => this.#scheduleTick())
    })
  }

  /** A cluster that was started a moment ago with the time on the wall catches up with it: clients compare the two. */
  #firstTick(): number {
    const now = this.#wallClock.now()
    const behind = now - this.#cluster.clock.now()
    return behind > 0 && behind < catchUpMilliseconds ? now - behind : now
  }

  /** In manual time a tick still carries out what is due at this very moment. */
  async #tick(): Promise<void> {
    if (this.#stopped) return
    const now = this.#wallClock.now()
    const passed = Math.max(0, now - this.#lastTick)
    this.#lastTick = now
    const { clock } = this.#cluster
    switch (this.speed) {
      case 'manual':
        return await this.#cluster.advance(0)
      case 'real':
        return await this.#cluster.advance(passed)
      case 'fast': {
        const isBusy = clock.now() < this.#busyUntil
        return await this.#cluster.advance(isBusy ? Math.max(passed, leapMilliseconds) : passed)
      }
    }
  }

  /** Every write that is no heartbeat is a sign that something is going on. */
  #listen(): void {
    const { server, clock } = this.#cluster
    this.#stopListening = server.intercept(({ verb, kind, subresource }) => {
      const isRead = verb === 'get' || verb === 'list' || verb === 'watch'
      const isHeartbeat =
        kind === 'Lease' || kind === 'Event' || (kind === 'Node' && subresource === 'status')
      if (!isRead && !isHeartbeat) this.#busyUntil = clock.now() + quietMilliseconds
    })
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    const next = this.#queue.then(step)
    this.#queue = next.catch(() => undefined)
    return next
  }
}
