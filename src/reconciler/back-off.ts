/** How long kills of failed daemon pods are spaced out, in milliseconds (constants table). */
const backOffMilliseconds = { first: 1_000, last: 900_000 } as const

/** An entry that was not used for longer than this has expired (MANAGE-19). */
const expiryMilliseconds = 2 * backOffMilliseconds.last

/** How often expired entries are thrown away. */
const purgeMilliseconds = 60_000

/** The latest kill for a key, and how long the next one has to wait after it. */
export interface BackOffEntry {
  readonly milliseconds: number
  readonly since: number
}

/** Whether a further kill has to wait; the wait is over exactly when the back-off has passed (MANAGE-16). */
export function isInBackOff(entry: BackOffEntry | undefined, now: number): boolean {
  if (entry === undefined || isExpired(entry, now)) return false
  return now - entry.since < entry.milliseconds
}

/** The entry after a kill: 1 s at first, doubling up to 15 min. */
export function afterKill(entry: BackOffEntry | undefined, now: number): BackOffEntry {
  if (entry === undefined || isExpired(entry, now)) {
    return { milliseconds: backOffMilliseconds.first, since: now }
  }
  return {
    milliseconds: Math.min(entry.milliseconds * 2, backOffMilliseconds.last),
    since: now,
  }
}

function isExpired({ since }: BackOffEntry, now: number): boolean {
  return now - since > expiryMilliseconds
}

/** The back-off entries of all DaemonSets and nodes; in memory only. */
export class FailedPodBackOff {
  readonly #entries = new Map<string, BackOffEntry>()
  #purgedAt = 0

  get(key: string): BackOffEntry | undefined {
    return this.#entries.get(key)
  }

  /** Notes that a pod is being killed. */
  killed(key: string, now: number): void {
    this.#entries.set(key, afterKill(this.#entries.get(key), now))
    this.#purge(now)
  }

  /** Purging when something is added keeps the memory bounded without a timer. */
  #purge(now: number): void {
    if (now - this.#purgedAt < purgeMilliseconds) return
    this.#purgedAt = now
    for (const [key, entry] of this.#entries) {
      if (isExpired(entry, now)) this.#entries.delete(key)
    }
  }
}
