import type { JsonPatchOperation } from '../../kubernetes/client'
import { checkKey } from '../json-body'
import { unprocessable } from '../refusals'
import { equalJson, isJsonObject, type Json, type JsonObject } from './json'
import { copiedLimit, operationsLimit, patchTooLarge } from './patch-error'

/**
 * Carries out a JSON patch (RFC 6902): all operations in order, or none.
 *
 * Real servers are more lenient than the RFC, and so is this: a member that is missing reads as null, so that it can be
 * replaced, tested and copied; indexes may be negative, and then count from the end.
 *
 * The document stays as it is; the result shares with it whatever no operation has touched.
 *
 * @throws StatusError `Invalid` for a failing test, a missing path or a bad pointer; 413 for too many operations
 * @see API-111, API-157
 */
export function jsonPatched(document: Json, operations: readonly JsonPatchOperation[]): Json {
  if (operations.length > operationsLimit) {
    throw patchTooLarge(
      `The allowed maximum operations in a JSON patch is ${operationsLimit}, got ${operations.length}`,
    )
  }
  const draft = new PatchDraft(document)
  for (const operation of operations) draft.perform(operation)
  return draft.root
}

/** The document while it is being patched: containers are copied the first time they change. */
class PatchDraft {
  root: Json
  /** The containers that this patch has made and may therefore change. */
  readonly #own = new Set<object>()
  #copied = 0

  constructor(document: Json) {
    this.root = document
  }

  perform(operation: JsonPatchOperation): void {
    const path = pointerOf(operation.path)
    switch (operation.op) {
      case 'add':
        this.#add(path, givenValue(operation.value))
        return
      case 'replace':
        this.#replace(path, givenValue(operation.value))
        return
      case 'test':
        if (!equalJson(this.#readOrNull(path), givenValue(operation.value))) throw unprocessable()
        return
      case 'remove':
        this.#remove(path)
        return
      case 'move':
        this.#move(operation.from, path)
        return
      case 'copy':
        this.#copy(operation.from, path)
        return
      default:
        throw unprocessable()
    }
  }

  #move(fromText: string, path: readonly string[]): void {
    const from = pointerOf(fromText)
    // A value cannot be moved into itself.
    if (from.length < path.length && from.every((token, index) => token === path[index])) {
      throw unprocessable()
    }
    this.#add(path, this.#remove(from))
  }

  #copy(fromText: string, path: readonly string[]): void {
    const from = pointerOf(fromText)
    if (from.length === 0) throw unprocessable()
    const value = this.#readOrNull(from)
    this.#copied += JSON.stringify(value).length
    if (this.#copied > copiedLimit) {
      throw patchTooLarge(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.#copied}, exceeding the limit ${copiedLimit}`,
      )
    }
    this.#disown(value)
    this.#add(path, value)
  }

  /** Two places hold the value now, so neither may change it in place. */
  #disown(value: Json): void {
    if (typeof value !== 'object' || value === null) return
    if (!this.#own.delete(value)) return
    for (const item of Object.values(value)) this.#disown(item)
  }

  #read(path: readonly string[]): Json {
    let value = this.root
    for (const token of path) value = childOf(value, token)
    return value
  }

  /** The value at a path; null for a member that the last container has not got. */
  #readOrNull(path: readonly string[]): Json {
    const last = path.at(-1)
    if (last === undefined) return this.root
    const parent = this.#read(path.slice(0, -1))
    return isJsonObject(parent) && !Object.hasOwn(parent, last) ? null : childOf(parent, last)
  }

  #replace(path: readonly string[], value: Json): void {
    const last = path.at(-1)
    if (last === undefined) {
      this.root = value
      return
    }
    const parent = this.#ownedAt(path.slice(0, -1))
    if (Array.isArray(parent)) parent[indexOf(last, parent.length)] = value
    else {
      checkKey(last)
      parent[last] = value
    }
  }

  #add(path: readonly string[], value: Json): void {
    const last = path.at(-1)
    if (last === undefined) {
      this.root = value
      return
    }
    const parent = this.#ownedAt(path.slice(0, -1))
    if (Array.isArray(parent)) {
      parent.splice(last === '-' ? parent.length : indexOf(last, parent.length + 1), 0, value)
    } else {
      checkKey(last)
      parent[last] = value
    }
  }

  #remove(path: readonly string[]): Json {
    const last = path.at(-1)
    if (last === undefined) throw unprocessable()
    const value = this.#read(path)
    const parent = this.#ownedAt(path.slice(0, -1))
    if (Array.isArray(parent)) parent.splice(indexOf(last, parent.length), 1)
    else delete parent[last]
    return value
  }

  /** The container at a path, as one that may be changed, and every container on the way to it. */
  #ownedAt(path: readonly string[]): Record<string, Json> | Json[] {
    let container = this.#owned(this.root)
    this.root = container as Json
    for (const token of path) {
      const child = this.#owned(childOf(container as Json, token))
      if (Array.isArray(container)) container[indexOf(token, container.length)] = child as Json
      else container[token] = child as Json
      container = child
    }
    return container
  }

  #owned(value: Json): Record<string, Json> | Json[] {
    if (typeof value !== 'object' || value === null) throw unprocessable()
    if (this.#own.has(value)) return value as Record<string, Json> | Json[]
    const copy = Array.isArray(value) ? [...value] : { ...(value as JsonObject) }
    this.#own.add(copy)
    return copy
  }
}

function givenValue(value: unknown): Json {
  if (value === undefined) throw unprocessable()
  return value as Json
}

function childOf(value: Json, token: string): Json {
  if (Array.isArray(value)) return value[indexOf(token, value.length)] as Json
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) {
    throw unprocessable()
  }
  return (value as JsonObject)[token] as Json
}

/** The place that an index names among so many; negative ones count from the end. */
function indexOf(token: string, places: number): number {
  if (!/^[+-]?\d{1,15}$/.test(token)) throw unprocessable()
  const index = Number(token) < 0 ? Number(token) + places : Number(token)
  if (index < 0 || index >= places) throw unprocessable()
  return index
}

/** The tokens of a JSON pointer (RFC 6901); an escape that is none stays as it is. */
function pointerOf(text: unknown): readonly string[] {
  if (text === '') return []
  if (typeof text !== 'string' || !text.startsWith('/')) throw unprocessable()
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}
