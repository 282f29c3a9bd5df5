/** The only source of time in the core: virtual in the process, the machine's own elsewhere. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Calls back once, when at least `milliseconds` (>= 0) have passed. */
  after(milliseconds: number, callback: () => void): Timer
}

export interface Timer {
  /** Stops the call-back if it has not run yet; harmless afterwards. */
  cancel(): void
}

/** The whole-second RFC 3339 form that Kubernetes gives to most timestamps, e.g. `2026-01-01T00:00:00Z`. */
export function timestampOf(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000)
  // A busy cluster asks for the same few seconds thousands of times.
  const known = timestamps.get(second)
  if (known !== undefined) return known
  const timestamp = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`
  if (timestamps.size >= rememberedTimestamps) timestamps.clear()
  timestamps.set(second, timestamp)
  return timestamp
}

const timestamps = new Map<number, string>()
const rememberedTimestamps = 100

/** The microsecond form of `MicroTime` (lease renewals, event times), e.g. `2026-01-01T00:00:00.000000Z`. */
export function microTimestampOf(milliseconds: number): string {
  if (milliseconds !== lastMillisecond) {
    lastMicroTimestamp = `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`
    lastMillisecond = milliseconds
  }
  return lastMicroTimestamp
}

let lastMillisecond = Number.NaN
let lastMicroTimestamp = ''
