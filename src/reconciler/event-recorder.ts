import type { Client } from '../kubernetes/client'
import { type Clock, timestampOf } from '../kubernetes/clock'
import { StatusError } from '../kubernetes/status-error'
import type { Draft, KubernetesObject } from '../kubernetes/types'
import { type CorrelatedEvent, EventCorrelator, type EventType } from './event-correlator'

/** Events that may wait to be written; later ones are dropped, as their recorder must never hold anything up. */
const queueLimit = 50_000

/** Details that only some events carry. */
export interface EventOptions {
  /** The part of the object that is meant, e.g. `spec.containers{app}`. */
  readonly fieldPath?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * Writes what happened to an object as core/v1 events, the way all controllers and kubelets do.
 *
 * A repeat raises the count of the event that is there; many similar ones are combined, and floods are cut
 * (EVENTS-10). Recording is fire and forget: writes run one after the other behind the caller, and one that
 * is refused is forgotten.
 *
 * @see API-239
 */
export class EventRecorder {
  readonly #client: Client
  readonly #clock: Clock
  readonly #source: { readonly component: string; readonly host?: string }
  readonly #correlator = new EventCorrelator()
  readonly #queue: CorrelatedEvent[] = []
  readonly #annotations = new WeakMap<CorrelatedEvent, EventOptions['annotations']>()
  #isWriting = false
  #sequence: number

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly component: string
    readonly host?: string
  }) {
    this.#client = options.client
    this.#clock = options.clock
    this.#source = Object.freeze({
      component: options.component,
      ...(options.host === undefined ? {} : { host: options.host }),
    })
    // Recorders share a millisecond and sometimes an object; their names must not meet.
    this.#sequence = spread(`${options.component}/${options.host ?? ''}`)
  }

  /** Records that something happened to the object. Returns at once and never throws. */
  event(
    regarding: KubernetesObject,
    type: EventType,
    reason: string,
    message: string,
    options: EventOptions = {},
  ): void {
    const event = this.#correlator.correlate(
      {
        regarding: referenceTo(regarding, options.fieldPath),
        type,
        reason,
        message,
      },
      this.#clock.now(),
      () => this.#nameFor(regarding),
    )
    if (event === undefined || this.#queue.length >= queueLimit) return
    if (options.annotations !== undefined) this.#annotations.set(event, options.annotations)
    this.#queue.push(event)
    if (!this.#isWriting) void this.#write()
  }

  /** `{object}.{hex nanoseconds}`; the clock's milliseconds are told apart by a counter. */
  #nameFor({ metadata: { name } }: KubernetesObject): string {
    this.#sequence = (this.#sequence + 1) % 1_000_000
    const nanoseconds = BigInt(Math.floor(this.#clock.now())) * 1_000_000n + BigInt(this.#sequence)
    return `${name}.${nanoseconds.toString(16)}`
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    // Also those that come while it runs. Arrays shift in linear time; going through one does not.
    for (const event of this.#queue) await this.#writeOne(event).catch(() => {})
    this.#queue.length = 0
    this.#isWriting = false
  }

  async #writeOne(event: CorrelatedEvent): Promise<void> {
    const { name, namespace, count, message } = event
    if (count > 1) {
      const lastTimestamp = timestampOf(event.lastAt)
      const body = { count, lastTimestamp, message }
      try {
        await this.#client.patch('Event', { name, namespace }, { type: 'strategic', body })
        return
      } catch (error) {
        if (!StatusError.is(error, 'NotFound')) return
      }
    }
    await this.#client.create('Event', this.#draftOf(event))
  }

  #draftOf(event: CorrelatedEvent): Draft {
    const annotations = this.#annotations.get(event)
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata:
        annotations === undefined
          ? Object.freeze({ name: event.name, namespace: event.namespace })
          : { name: event.name, namespace: event.namespace, annotations },
      involvedObject: event.regarding,
      reason: event.reason,
      message: event.message,
      source: this.#source,
      firstTimestamp: timestampOf(event.firstAt),
      lastTimestamp: timestampOf(event.lastAt),
      count: event.count,
      type: event.type,
      eventTime: null,
      reportingComponent: this.#source.component,
      reportingInstance: this.#source.host ?? '',
    }
  }
}

function referenceTo({ apiVersion, kind, metadata }: KubernetesObject, fieldPath?: string) {
  const { namespace, name, uid, resourceVersion } = metadata
  // Frozen, and so taken over by an API server in this process as it is.
  return Object.freeze({
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    apiVersion,
    resourceVersion,
    ...(fieldPath === undefined ? {} : { fieldPath }),
  })
}

/** A number below 1,000,000 that differs between texts, by thousands where only the end does (`node-1`, `node-2`). */
function spread(text: string): number {
  let sum = 0
  for (let i = 0; i < text.length; i++) sum = ((sum + text.charCodeAt(i)) * 7_919) % 999_983
  return sum
}
