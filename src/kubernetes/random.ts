/** The only source of chance in the core; passed in, so that a seed repeats a whole run. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
}

/** A seeded source (the "mulberry32" generator): the same seed gives the same numbers. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
    },
  }
}

const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** The random end of a generated name: `length` characters of the alphabet of API-132. */
export function nameSuffix(random: Random, length = 5): string {
  let suffix = ''
  for (let i = 0; i < length; i++) {
    suffix += suffixAlphabet[Math.floor(random.next() * suffixAlphabet.length)]
  }
  return suffix
}

/** A version 4 UUID in lower case. */
export function uuid(random: Random): string {
  let hex = ''
  for (let i = 0; i < 32; i++) hex += Math.floor(random.next() * 16).toString(16)
  const variant = '89ab'[Math.floor(random.next() * 4)]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
