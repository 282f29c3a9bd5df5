/** A number of things, or a share of all of them such as `10%`. */
export type IntOrPercent = number | string

/** Whether the value is written as a percentage. */
export function isPercent(value: IntOrPercent | undefined): value is string {
  return typeof value === 'string' && /^\d+%$/.test(value)
}

/**
 * What the value comes to out of `total`: an integer as it is, a percentage rounded up, absent 0.
 *
 * @throws RangeError for a text that is no percentage, which the API server never stores
 * @see UPDATE-09
 */
export function scaledUp(value: IntOrPercent | undefined, total: number): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number') return value
  if (!isPercent(value)) throw new RangeError(`${JSON.stringify(value)} is not a percentage`)
  return Math.ceil((Number(value.slice(0, -1)) * total) / 100)
}
