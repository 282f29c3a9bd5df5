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

/** Where the 32 digits of a UUID stand between its dashes. */
const digitPlaces = [...Array(36).keys()].filter((place) => ![8, 13, 18, 23].includes(place))
const characters: number[] = Array(36).fill('-'.charCodeAt(0))

/** A version 4 UUID in lower case. */
export function uuid(random: Random): string {
  // Made of one array of characters, always the same: text that is put together bit by bit stays a tree in memory.
  for (const place of digitPlaces) characters[place] = hexDigitOf(Math.floor(random.next() * 16))
  characters[14] = hexDigitOf(4)
  characters[19] = hexDigitOf(8 + Math.floor(random.next() * 4))
  return String.fromCharCode(...characters)
}

function hexDigitOf(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value
}
