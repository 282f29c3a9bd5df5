import { createHash } from 'node:crypto'
import { canonicalJson } from '../kubernetes/canonical-json'

/** A document that says what its own content must hash to, so that half of one, or an edited one, is noticed. */
export type Sealed<T> = T & { readonly seal: string }

/** Adds `seal`: SHA-256 over the canonical JSON of everything else. */
export function sealed<T extends object>(document: T): Sealed<T> {
  return { ...document, seal: sealOf(document) }
}

/** Whether a parsed document is whole and unchanged since it was sealed. */
export function isIntact(document: object): boolean {
  const { seal, ...rest } = document as { readonly seal?: unknown }
  return typeof seal === 'string' && seal === sealOf(rest)
}

function sealOf(document: object): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex')
}
