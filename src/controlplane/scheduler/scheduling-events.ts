import type { Client } from '../../kubernetes/client'
import { type Clock, microTimestampOf } from '../../kubernetes/clock'
import { StatusError } from '../../kubernetes/status-error'
import type { Pod } from '../../kubernetes/types'

const source = Object.freeze({})

const reporter = {
  reportingComponent: 'default-scheduler',
  reportingInstance: 'default-scheduler-control-plane',
} as const

/** A repeat within this time continues the series of an event (API-240). */
const seriesMilliseconds = 360_000

/** Events whose repeats are watched for; beyond, the oldest are forgotten. */
const rememberedEvents = 10_000

/** A note is cut at this length (SCHED-18). */
const noteLimit = 1_024

/** Something the scheduler did, or could not do, to a pod. */
export interface SchedulingEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: 'Scheduled' | 'FailedScheduling' | 'Preempted'
  readonly action: 'Binding' | 'Scheduling' | 'Preempting'
  readonly note: string
}

interface Series {
  readonly name: string
  count: number
  lastAt: number
}

/**
 * Writes events in the newer form, with an action and series instead of counts. Fire and forget.
 *
 * @see API-240
 */
export class SchedulingEvents {
  readonly #client: Client
  readonly #clock: Clock
  readonly #series = new Map<string, Series>()
  #sequence = 0

  constructor(client: Client, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  record(pod: Pod, event: SchedulingEvent): void {
    const isRepeatable = event.reason === 'FailedScheduling'
    const key = `${pod.metadata.uid}/${event.reason}/${event.note}`
    const series = isRepeatable ? this.#series.get(key) : undefined
    const now = this.#clock.now()
    if (series !== undefined && now - series.lastAt < seriesMilliseconds) {
      this.#repeat(pod, event, series)
      return
    }
    const name = this.#nameFor(pod)
    if (isRepeatable) this.#remember(key, { name, count: 1, lastAt: now })
    void this.#create(pod, event, name).catch(() => {})
  }

  #remember(key: string, series: Series): void {
    this.#series.delete(key)
    this.#series.set(key, series)
    const [oldest] = this.#series.keys()
    if (this.#series.size > rememberedEvents && oldest !== undefined) this.#series.delete(oldest)
  }

  #repeat(pod: Pod, event: SchedulingEvent, series: Series): void {
    series.count++
    series.lastAt = this.#clock.now()
    const lastObservedTime = microTimestampOf(series.lastAt)
    const body = { series: { count: series.count, lastObservedTime } }
    const key = { name: series.name, namespace: pod.metadata.namespace }
    void this.#client.patch('Event', key, { type: 'strategic', body }).catch((error: unknown) => {
      if (!StatusError.is(error, 'NotFound')) return
      void this.#create(pod, event, series.name).catch(() => {})
    })
  }

  #nameFor({ metadata: { name } }: Pod): string {
    this.#sequence = (this.#sequence + 1) % 1_000_000
    const nanoseconds = BigInt(this.#clock.now()) * 1_000_000n + BigInt(this.#sequence)
    return `${name}.${nanoseconds.toString(16)}`
  }

  #create(pod: Pod, { type, reason, action, note }: SchedulingEvent, eventName: string) {
    const { name, namespace, uid, resourceVersion } = pod.metadata
    const involved = { kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion }
    // Frozen, and so taken over by an API server in this process as it is.
    const draft = Object.freeze({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: Object.freeze({ name: eventName, namespace }),
      involvedObject: Object.freeze(involved),
      reason,
      message: note.slice(0, noteLimit),
      source,
      type,
      eventTime: microTimestampOf(this.#clock.now()),
      action,
      ...reporter,
    })
    return this.#client.create('Event', draft)
  }
}
