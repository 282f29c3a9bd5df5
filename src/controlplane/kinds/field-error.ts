import { resources } from '../../kubernetes/resources'
import { type StatusCause, StatusError } from '../../kubernetes/status-error'
import type { Kind } from '../../kubernetes/types'

/** How each sort of problem is called: in the message, and as the reason of its cause (API-119, API-120). */
const sorts = {
  Duplicate: { text: 'Duplicate value', reason: 'FieldValueDuplicate', showsValue: true },
  Forbidden: { text: 'Forbidden', reason: 'FieldValueForbidden', showsValue: false },
  InternalError: { text: 'Internal error', reason: 'InternalError', showsValue: false },
  Invalid: { text: 'Invalid value', reason: 'FieldValueInvalid', showsValue: true },
  NotFound: { text: 'Not found', reason: 'FieldValueNotFound', showsValue: true },
  NotSupported: { text: 'Unsupported value', reason: 'FieldValueNotSupported', showsValue: true },
  Required: { text: 'Required value', reason: 'FieldValueRequired', showsValue: false },
  TooLong: { text: 'Too long', reason: 'FieldValueTooLong', showsValue: false },
  TooMany: { text: 'Too many', reason: 'FieldValueTooMany', showsValue: true },
} as const

/** What sort of problem a field has. */
type FieldErrorType = keyof typeof sorts

/** One problem that validation found, at the path of one field. */
export interface FieldError {
  /** The path as an API server spells it, e.g. `spec.template.spec.containers[0].name`. */
  readonly field: string
  readonly type: FieldErrorType
  /** Shown in the message where the sort of problem shows values. */
  readonly badValue?: unknown
  readonly detail: string
}

/** A field that must be there and is not. */
export function required(field: string, detail = ''): FieldError {
  return { field, type: 'Required', detail }
}

/** A field whose value is malformed or out of bounds. */
export function invalidValue(field: string, badValue: unknown, detail = ''): FieldError {
  return { field, type: 'Invalid', badValue, detail }
}

/** A field that may not be set here. */
export function forbidden(field: string, detail = ''): FieldError {
  return { field, type: 'Forbidden', detail }
}

/** A value that may occur once only. */
export function duplicate(field: string, badValue: unknown): FieldError {
  return { field, type: 'Duplicate', badValue, detail: '' }
}

/** A reference to something that is not in the object. */
export function notFound(field: string, badValue: unknown): FieldError {
  return { field, type: 'NotFound', badValue, detail: '' }
}

/** A value that is none of a fixed set; the message lists the set in the order given. */
export function notSupported(
  field: string,
  badValue: unknown,
  supported: readonly string[],
): FieldError {
  const quoted = supported.map((value) => JSON.stringify(value))
  const detail = quoted.length === 0 ? '' : `supported values: ${quoted.join(', ')}`
  return { field, type: 'NotSupported', badValue, detail }
}

/** A text longer than the limit; the text itself is not repeated. */
export function tooLong(field: string, limit: number, unit = 'bytes'): FieldError {
  return {
    field,
    type: 'TooLong',
    detail: `may not be more than ${limit} ${limit === 1 ? unit.slice(0, -1) : unit}`,
  }
}

/** A list with more items than the limit. */
export function tooMany(field: string, actual: number, limit: number): FieldError {
  return {
    field,
    type: 'TooMany',
    badValue: actual,
    detail: `must have at most ${limit} item${limit === 1 ? '' : 's'}`,
  }
}

/** The message of one problem without its field: the message of the cause (API-120). */
export function messageOf({ type, badValue, detail }: FieldError): string {
  const { text, showsValue } = sorts[type]
  // A text that is not there is the empty text.
  const value = showsValue ? `: ${jsonOf(badValue === undefined ? '' : badValue)}` : ''
  return `${text}${value}${detail === '' ? '' : `: ${detail}`}`
}

/**
 * The refusal of an object with invalid fields: 422 with one cause for each problem (API-119).
 *
 * Equal problems are printed once in the message and repeated in the causes.
 */
export function invalid(kind: Kind, name: string, errors: readonly FieldError[]): StatusError {
  const { group } = resources[kind]
  return invalidObject({ kind, group, name }, errors)
}

/** The same refusal for what is no kind of its own, e.g. `DeleteOptions` of group `meta.k8s.io` (API-137). */
export function invalidObject(
  object: { readonly kind: string; readonly group: string; readonly name: string },
  errors: readonly FieldError[],
): StatusError {
  const { kind, group, name } = object
  const causes: StatusCause[] = errors.map((error) => ({
    reason: sorts[error.type].reason,
    message: messageOf(error),
    field: error.field,
  }))
  const problems = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))]
  const list = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`
  const qualified = group === '' ? kind : `${kind}.${group}`
  const text = problems.length === 0 ? '' : `: ${list}`
  return new StatusError('Invalid', `${qualified} ${JSON.stringify(name)} is invalid${text}`, {
    details: { name, ...(group === '' ? {} : { group }), kind, causes },
  })
}

/** Compact JSON; `<`, `>` and `&` inside structured values are escaped, as API servers do. */
function jsonOf(value: unknown): string {
  const json = JSON.stringify(value) ?? 'null'
  if (typeof value !== 'object') return json
  return json.replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
