import { checkKey } from '../json-body'
import { isJsonObject, type Json, type JsonObject, memberOf } from './json'

/**
 * Merges a JSON merge patch (RFC 7386): objects merge, `null` deletes, everything else replaces.
 *
 * The result shares every part of the document that the patch does not reach, and is the document itself when
 * nothing changes.
 *
 * @see API-158
 */
export function mergePatched(document: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const original: JsonObject = isJsonObject(document) ? document : {}
  let merged: Record<string, Json> | undefined
  for (const key of Object.keys(patch)) {
    checkKey(key)
    const change = memberOf(patch, key) as Json
    const before = memberOf(original, key)
    if (change === null) {
      if (before === undefined) continue
      merged ??= { ...original }
      delete merged[key]
      continue
    }
    const after = mergePatched(before, change)
    if (after === before) continue
    merged ??= { ...original }
    merged[key] = after
  }
  return merged ?? original
}
