const smallest = -(2n ** 63n)
const largest = 2n ** 63n - 1n

/** Reads a decimal, optionally signed 64-bit integer; anything else gives `undefined`. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?\d{1,40}$/.test(text)) return undefined
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return value < smallest || value > largest ? undefined : value
}
