/** How serious an event is. */
export type EventType = 'Normal' | 'Warning'

/** The object an event is about (`involvedObject`). */
interface EventReference {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly uid: string
  readonly apiVersion: string
  readonly resourceVersion: string
  readonly fieldPath?: string
}

/** Something that happened, before it is compared with what happened earlier. */
export interface Occurrence {
  readonly regarding: EventReference
  readonly type: EventType
  readonly reason: string
  readonly message: string
}

/** The event to write: a new one when `count` is 1, otherwise a repeat of the one with this name. */
export interface CorrelatedEvent extends Occurrence {
  readonly name: string
  readonly namespace: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

/** From this many different messages within the interval on, similar events are combined. */
const similarLimit = 10
const similarMilliseconds = 600_000

/** Events per source and object: a burst, then one per refill. */
const spam = { burst: 25, refillMilliseconds: 300_000 } as const

/** Entries of each memory; the least recently used one goes first. */
const memoryLimit = 4_096

/** The parts of a key that were put together last, and the text they became. */
interface ObjectKey extends Pick<EventReference, 'apiVersion' | 'kind' | 'name' | 'uid'> {
  readonly namespace: string | undefined
  readonly text: string
}

interface SimilarKey extends Pick<Occurrence, 'type' | 'reason'> {
  readonly objectKey: string
  readonly text: string
}

/**
 * Decides what becomes of an occurrence of one source: a new event, one more of an earlier event, or nothing.
 *
 * @see EVENTS-10
 */
export class EventCorrelator {
  readonly #similar = new RecentMap<{ readonly messages: Set<string>; lastAt: number }>()
  readonly #written = new RecentMap<{
    readonly name: string
    readonly firstAt: number
    readonly count: number
  }>()
  #latestObject: ObjectKey | undefined
  #latestSimilar: SimilarKey | undefined
  readonly #buckets = new RecentMap<{ tokens: number; at: number }>()

  /** Returns `undefined` when the event is one too many. `nameOf` names an event that is new. */
  correlate(
    occurrence: Occurrence,
    now: number,
    nameOf: () => string,
  ): CorrelatedEvent | undefined {
    const { regarding, type, reason } = occurrence
    const objectKey = this.#objectKeyOf(regarding)
    const similarKey = this.#similarKeyOf(objectKey, type, reason)
    const isCombined = this.#isOneOfMany(similarKey, occurrence.message, now)
    const message = isCombined
      ? `(combined from similar events): ${occurrence.message}`
      : occurrence.message
    const eventKey = isCombined ? similarKey : `${similarKey}|${regarding.fieldPath}|${message}`
    const event = this.#counted({ ...occurrence, message }, eventKey, now, nameOf)
    // Counted also when it is not written: the next one that is tells the true count.
    return this.#isAllowed(objectKey, now) ? event : undefined
  }

  /** The very same text for one event of an object after the other, as comparing long texts takes long. */
  #objectKeyOf({ apiVersion, kind, namespace, name, uid }: EventReference): string {
    const key = this.#latestObject
    if (
      key?.uid === uid &&
      key.name === name &&
      key.namespace === namespace &&
      key.kind === kind &&
      key.apiVersion === apiVersion
    ) {
      return key.text
    }
    const text = `${apiVersion}|${kind}|${namespace}|${name}|${uid}`
    this.#latestObject = { apiVersion, kind, namespace, name, uid, text }
    return text
  }

  #similarKeyOf(objectKey: string, type: EventType, reason: string): string {
    const key = this.#latestSimilar
    if (key?.objectKey === objectKey && key.type === type && key.reason === reason) return key.text
    const text = `${objectKey}|${type}|${reason}`
    this.#latestSimilar = { objectKey, type, reason, text }
    return text
  }

  #isOneOfMany(key: string, message: string, now: number): boolean {
    const known = this.#similar.get(key)
    const isRecent = known !== undefined && now - known.lastAt <= similarMilliseconds
    const record = isRecent ? known : { messages: new Set<string>(), lastAt: now }
    record.messages.add(message)
    record.lastAt = now
    this.#similar.set(key, record)
    if (record.messages.size < similarLimit) return false
    // Room for the next message to be counted as another one, and no more.
    const [oldest = message] = record.messages
    record.messages.delete(oldest)
    return true
  }

  #counted(
    occurrence: Occurrence,
    key: string,
    now: number,
    nameOf: () => string,
  ): CorrelatedEvent {
    const known = this.#written.get(key)
    const event: CorrelatedEvent = {
      ...occurrence,
      name: known?.name ?? nameOf(),
      namespace: occurrence.regarding.namespace ?? 'default',
      count: (known?.count ?? 0) + 1,
      firstAt: known?.firstAt ?? now,
      lastAt: now,
    }
    this.#written.set(key, event)
    return event
  }

  #isAllowed(key: string, now: number): boolean {
    const bucket = this.#buckets.get(key) ?? { tokens: spam.burst, at: now }
    const refilled = bucket.tokens + (now - bucket.at) / spam.refillMilliseconds
    bucket.tokens = Math.min(spam.burst, refilled)
    bucket.at = now
    this.#buckets.set(key, bucket)
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}

/** A map that forgets what was not used for longest. */
class RecentMap<Value> {
  readonly #entries = new Map<string, Value>()

  get(key: string): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= memoryLimit) return
    const [oldest = key] = this.#entries.keys()
    this.#entries.delete(oldest)
  }
}
