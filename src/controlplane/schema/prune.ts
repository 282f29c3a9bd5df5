import { templateGenerationAnnotation } from '../../kubernetes/pods'
import { resources } from '../../kubernetes/resources'
import { StatusError } from '../../kubernetes/status-error'
import type { Draft, Kind } from '../../kubernetes/types'
import { withoutAbsent } from '../json-body'
import { goPathOf } from './embedded'
import { isInOrder, meansNothing } from './in-order'
import { foundWord, readScalar, type TypeMismatch } from './scalars'
import { type Field, type Scalar, type Shape, shapeOfType } from './schema'

/** What is left of an object, and what was wrong with the rest: `unknown field "spec.foo"` (API-138, API-139). */
export interface Pruned {
  readonly object: Draft
  readonly problems: readonly string[]
}

/**
 * Reads what a client sent as an object of the kind: unknown fields go, and so does what means nothing (`null`,
 * empty lists and maps, zeros that equal absence); quantities and times get their canonical form.
 *
 * Gives back the very same object when there is nothing to do. Frozen lists are looked at once only.
 *
 * @throws StatusError `BadRequest` when a value has another JSON type than its field
 * @see API-127
 */
export function prune(kind: Kind, object: Draft): Pruned {
  if (kind !== 'DaemonSet' && isInOrder(shapeOfType(kind), object)) return { object, problems: [] }
  return readThrough(kind, object)
}

/** What `prune` does, without a look beforehand at whether there is anything to do. */
export function readThrough(kind: Kind, object: Draft): Pruned {
  const reader = new Reader(kind)
  const pruned = reader.read(shapeOfType(kind), object) as Draft
  if (kind === 'DaemonSet') reader.checkTemplateGeneration(pruned)
  return { object: pruned, problems: reader.problems }
}

/**
 * One pass over an object of which something is not in order. The path is a stack, so that what is in order costs no text.
 *
 * Plain data has nothing enumerable beyond its own members, so `in` finds these without making a list of them.
 */
class Reader {
  readonly problems: string[] = []
  readonly #kind: Kind
  readonly #path: (string | number)[] = []
  /** The type whose field is being read, for the message of a wrong type. */
  #owner = ''

  constructor(kind: Kind) {
    this.#kind = kind
  }

  read(shape: Shape, value: unknown): unknown {
    if (shape.is === 'scalar') return this.#readScalar(shape.type, value)
    if (typeof value !== 'object' || value === null) {
      // The zero value of a list element or of a member of a map.
      if (value === null && shape.is === 'object') return {}
      throw this.#mismatch({ found: foundWord(value), type: goTypeOf(shape) })
    }
    if (Array.isArray(value) !== (shape.is === 'list')) {
      throw this.#mismatch({ found: foundWord(value), type: goTypeOf(shape) })
    }
    return this.#readParts(shape, value)
  }

  /** A template generation that is no 64-bit integer makes the whole request unreadable (API-17). */
  checkTemplateGeneration({ metadata }: Draft): void {
    const text = metadata?.annotations?.[templateGenerationAnnotation]
    if (text === undefined) return
    if (!/^[+-]?[0-9]+$/.test(text)) {
      throw this.#refusal(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
    }
    if (BigInt.asIntN(64, BigInt(text.replace('+', ''))) !== BigInt(text.replace('+', ''))) {
      throw this.#refusal(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`)
    }
  }

  #readParts(shape: Exclude<Shape, { is: 'scalar' }>, value: object): unknown {
    switch (shape.is) {
      case 'list':
        return this.#readList(shape.of, value as readonly unknown[])
      case 'map':
        return this.#readMap(shape.of, value as Readonly<Record<string, unknown>>)
      case 'object':
        return this.#readObject(shape, value as Readonly<Record<string, unknown>>)
    }
  }

  #readList(of: Shape, list: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined
    for (let index = 0; index < list.length; index++) {
      this.#path.push(index)
      const read = this.read(of, list[index])
      this.#path.pop()
      if (read !== list[index]) copy ??= list.slice(0, index)
      copy?.push(read)
    }
    return copy ?? list
  }

  #readMap(of: Shape, map: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    let copy: Record<string, unknown> | undefined
    for (const key in map) {
      const value = map[key]
      const read = value === undefined ? undefined : this.read(of, value)
      if (read === value && read !== undefined) continue
      copy ??= { ...map }
      copy[key] = read
    }
    return copy === undefined ? map : withoutAbsent(copy)
  }

  #readObject(
    shape: Extract<Shape, { is: 'object' }>,
    object: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> {
    const outerOwner = this.#owner
    let copy: Record<string, unknown> | undefined
    for (const name in object) {
      const value = object[name]
      this.#owner = shape.type
      this.#path.push(name)
      const read = this.#readField(shape.fields.get(name), value)
      this.#path.pop()
      if (read === value && read !== undefined) continue
      copy ??= { ...object }
      copy[name] = read
    }
    this.#owner = outerOwner
    return copy === undefined ? object : withoutAbsent(copy)
  }

  /** The value of a field; `undefined` when it is not to be there. */
  #readField(field: Field | undefined, value: unknown): unknown {
    if (value === undefined) return undefined
    if (field === undefined) {
      this.problems.push(`unknown field ${JSON.stringify(this.#pathText())}`)
      return undefined
    }
    if (value === null) return undefined
    const read = this.read(field.shape, value)
    return meansNothing(field, read) ? undefined : read
  }

  #readScalar(type: Scalar, value: unknown): unknown {
    if (type === 'string' && typeof value === 'string') return value
    if (type === 'any') return value
    if (value === null) return type === 'boolean' ? false : zeroOf(type)
    const result = readScalar(type, value)
    if ('value' in result) return result.value
    const { problem } = result
    throw typeof problem === 'string' ? this.#refusal(problem) : this.#mismatch(problem)
  }

  /** The path with list indexes, as strict decoding spells it. */
  #pathText(): string {
    let text = ''
    for (const part of this.#path) {
      if (typeof part === 'number') text += `[${part}]`
      else text += text === '' ? part : `.${part}`
    }
    return text
  }

  #mismatch({ found, type }: TypeMismatch): StatusError {
    const path = goPathOf(
      this.#kind,
      this.#path.filter((part) => typeof part === 'string'),
    )
    const place =
      path.length === 0
        ? `Go value of type ${type}`
        : `Go struct field ${this.#owner}.${path.join('.')} of type ${type}`
    return this.#refusal(`json: cannot unmarshal ${found} into ${place}`)
  }

  #refusal(problem: string): StatusError {
    const kind = this.#kind
    const { version } = resources[kind]
    return new StatusError(
      'BadRequest',
      `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${problem}`,
    )
  }
}

function zeroOf(type: Scalar): unknown {
  if (type === 'quantity') return '0'
  return type.startsWith('int') ? 0 : ''
}

function goTypeOf(shape: Shape): string {
  switch (shape.is) {
    case 'list':
      return `[]${goTypeOf(shape.of)}`
    case 'map':
      return shape.of.is === 'scalar' && shape.of.type === 'quantity'
        ? 'v1.ResourceList'
        : `map[string]${goTypeOf(shape.of)}`
    case 'object':
      return `v1.${shape.type}`
    case 'scalar':
      return shape.type === 'boolean' ? 'bool' : shape.type
  }
}
