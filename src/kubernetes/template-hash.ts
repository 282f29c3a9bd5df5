import { canonicalJson } from './canonical-json'
import type { PodTemplateSpec } from './types'

/** The digits 0 to 9 in the alphabet of generated names, which has no vowels and nothing like them. */
const digits = '456789bcdf'

/**
 * The name that a pod template gives to its revision: a short text that differs whenever the template does.
 *
 * A `collisionCount` gives the same template another name, after the first was found taken. Real clusters
 * hash another form of the template and come to other texts; all of them are opaque.
 *
 * @see HISTORY-04
 */
export function templateHash(template: PodTemplateSpec, collisionCount?: number): string {
  let sum = fnv1a(new TextEncoder().encode(canonicalJson(template)))
  if (collisionCount !== undefined && collisionCount !== null) {
    const bytes = new Uint8Array(8) // The upper four stay 0.
    new DataView(bytes.buffer).setInt32(0, collisionCount, true)
    sum = fnv1a(bytes, sum)
  }
  return String(sum).replace(/\d/g, (digit) => digits.charAt(Number(digit)))
}

/** The 32-bit FNV-1a sum, optionally continued from an earlier one. */
function fnv1a(bytes: Uint8Array, start = 0x811c9dc5): number {
  let sum = start
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193)
  return sum >>> 0
}
