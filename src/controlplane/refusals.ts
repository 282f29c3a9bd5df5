import { qualifiedNameOf, resources } from '../kubernetes/resources'
import { type StatusDetails, StatusError } from '../kubernetes/status-error'
import type { Kind } from '../kubernetes/types'

/** The object is not there: 404 (API-116). */
export function notFound(kind: Kind, name: string): StatusError {
  return new StatusError(
    'NotFound',
    `${qualifiedNameOf(resources[kind])} ${quoted(name)} not found`,
    { details: detailsOf(kind, name) },
  )
}

/** The name is taken: 409, in other words while the old object is being deleted (API-117). */
export function alreadyExists(
  kind: Kind,
  name: string,
  options: { readonly deleting: boolean },
): StatusError {
  const text = `${qualifiedNameOf(resources[kind])} ${quoted(name)} already exists`
  return new StatusError(
    'AlreadyExists',
    options.deleting ? `object is being deleted: ${text}` : text,
    { details: detailsOf(kind, name) },
  )
}

/** All tries to make up a name met a taken one: 409 (API-132). */
export function noUniqueName(kind: Kind, name: string): StatusError {
  const { message } = alreadyExists(kind, name, { deleting: false })
  return new StatusError(
    'AlreadyExists',
    `${message}, the server was not able to generate a unique name for the object`,
    { details: { ...detailsOf(kind, name), retryAfterSeconds: 1 } },
  )
}

/** Somebody else has written since: 409 (API-118). */
export function conflict(kind: Kind, name: string): StatusError {
  return cannotBeFulfilled(
    kind,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  )
}

/** A precondition of the write does not hold: 409, with the reason in words. */
export function cannotBeFulfilled(kind: Kind, name: string, why: string): StatusError {
  return new StatusError(
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedNameOf(resources[kind])} ${quoted(name)}: ${why}`,
    { details: detailsOf(kind, name) },
  )
}

/** The server knows the object and will not do that to it: 403 (API-121). */
export function forbiddenTo(
  kind: Kind,
  name: string,
  why: string,
  details: Pick<StatusDetails, 'causes'> = {},
): StatusError {
  const subject = `${qualifiedNameOf(resources[kind])}${name === '' ? '' : ` ${quoted(name)}`}`
  return new StatusError('Forbidden', `${subject} is forbidden: ${why}`, {
    details: { ...detailsOf(kind, name), ...details },
  })
}

/** The request makes no sense: 400, without details (API-121). */
export function badRequest(message: string): StatusError {
  return new StatusError('BadRequest', message)
}

/** The path exists and does not take this verb: 405 (API-114). */
export function methodNotAllowed(): StatusError {
  return new StatusError(
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  )
}

/** There is no such path: 404 (DISC-08). */
export function notServed(): StatusError {
  return new StatusError('NotFound', 'the server could not find the requested resource')
}

/** A failure that a real server reports without a reason: 500. */
export function failure(message: string): StatusError {
  return new StatusError('', message, { code: 500 })
}

/** A patch that cannot be carried out: 422, in words that say nothing (API-157). */
export function unprocessable(): StatusError {
  return new StatusError(
    'Invalid',
    'the server rejected our request due to an error in our request',
  )
}

/** The version asked for is no longer kept: 410 (WATCH-07, API-222). */
export function expired(message: string): StatusError {
  return new StatusError('Expired', message)
}

/** A list or a read from the future: 504, in the form that reflectors look for (API-221). */
export function tooLargeResourceVersion(asked: string, current: number): StatusError {
  return new StatusError(
    'Timeout',
    `Timeout: Too large resource version: ${asked}, current: ${current}`,
    {
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    },
  )
}

/** What a server says of a resource version that is no number (WATCH-09). */
export function unparsableVersion(given: string): string {
  return `resourceVersion: Invalid value: ${JSON.stringify(given)}: strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax`
}

/** The details that most refusals carry (API-116). */
export function detailsOf(kind: Kind, name: string): StatusDetails {
  const { group, plural } = resources[kind]
  return {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: plural,
  }
}

/** A text in double quotes, as messages show names. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}
