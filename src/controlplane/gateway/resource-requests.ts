import type { IncomingMessage } from 'node:http'
import type { Patch } from '../../kubernetes/client'
import { StatusError } from '../../kubernetes/status-error'
import type { Kind } from '../../kubernetes/types'
import { badRequest, methodNotAllowed } from '../refusals'
import { type ApiRequest, checkOptions, type RequestOptions, type Verb } from '../request'
import { deleteOptionsOf } from './delete-options'
import { groupVersionOf } from './discovery'
import { formatOfBody, patchTypeOf } from './media-types'
import type { Query } from './query-options'
import { type Body, decodedApply, decodedBody, readBody } from './request-body'
import type { ResourceRoute } from './request-path'

/** The largest number of operations in one JSON patch (API-111). */
const operationLimit = 10_000

/**
 * The verb of a request on a resource.
 *
 * @throws StatusError `MethodNotAllowed` (API-114)
 */
export function verbOf(method: string, route: ResourceRoute, query: Query): Verb {
  const verb = wantedVerb(method, route, query)
  const { verbs } = route.subresource ?? route.resource
  if (verb !== undefined && verbs.includes(verb)) return verb
  if (route.resource.backing.type === 'empty') throw readOnly(route)
  throw methodNotAllowed()
}

/** Kinds that nothing here acts on can be listed, as clients do with all kinds; who wants more is told so. */
function readOnly({ resource: { group, plural } }: ResourceRoute): StatusError {
  const name = group === '' ? plural : `${plural}.${group}`
  return new StatusError(
    'MethodNotAllowed',
    `the server does not allow this method on the requested resource: ${name} can only be read here, ` +
      'this control plane runs DaemonSets and pods alone',
  )
}

function wantedVerb(method: string, route: ResourceRoute, query: Query): Verb | undefined {
  const isObject = route.name !== undefined
  switch (method) {
    case 'GET':
      if (route.isWatch) return 'watch'
      if (isObject) return 'get'
      return query.watch ? 'watch' : 'list'
    case 'POST':
      return isObject === (route.subresource !== undefined) ? 'create' : undefined
    case 'PUT':
      return isObject ? 'update' : undefined
    case 'PATCH':
      return isObject ? 'patch' : undefined
    case 'DELETE':
      return isObject ? 'delete' : 'deletecollection'
    default:
      return undefined
  }
}

/** A request on its way to the API server. */
export interface Incoming {
  readonly message: IncomingMessage
  readonly route: ResourceRoute
  readonly kind: Kind
  readonly verb: Verb
  readonly query: Query
}

/** Reads the body of a request, where there is one, and makes the request that the API server takes. */
export async function apiRequestOf(incoming: Incoming): Promise<ApiRequest> {
  const { message, route, kind, verb, query } = incoming
  const base: ApiRequest = {
    verb,
    kind,
    namespace: route.namespace,
    name: route.name,
    subresource: route.subresource?.name,
    options: query.options,
    userAgent: message.headers['user-agent'] ?? 'unknown',
    tracksFields: true,
  }
  switch (verb) {
    case 'create':
    case 'update':
      return { ...base, ...(await writtenObject(incoming)) }
    case 'patch':
      return { ...base, ...(await writtenPatch(incoming)) }
    case 'delete':
    case 'deletecollection':
      return { ...base, options: await deletion(incoming) }
    case 'get':
    case 'list':
    case 'watch':
      return base
  }
}

async function writtenObject({
  message,
  route,
  kind,
  verb,
  query,
}: Incoming): Promise<Pick<ApiRequest, 'body' | 'options'>> {
  const format = formatOfBody(message.headers['content-type'])
  const what = route.subresource?.kind ?? kind
  const bytes = await readBody(message)
  checkOptions({ verb, kind, options: query.options, userAgent: '' }) // Before decoding (API-124).
  const body = decodedBody(bytes, format, what)
  return { body: body.value, options: withDuplicates(body, query.options) }
}

/** Fields that were given twice are told of like unknown ones (API-138, API-139). */
function withDuplicates({ duplicates }: Body, options: RequestOptions): RequestOptions {
  return duplicates.length === 0 ? options : { ...options, duplicateFields: duplicates }
}

async function writtenPatch({
  message,
  query,
}: Incoming): Promise<Pick<ApiRequest, 'patch' | 'options'>> {
  const type = patchTypeOf(message.headers['content-type'])
  const bytes = await readBody(message)
  const { options } = query
  if (type === 'apply') {
    const body = decodedApply(bytes)
    const patch: Patch = { type, body: body.value as object }
    return { patch, options: withDuplicates(body, options) }
  }
  const body = decodedPatch(bytes)
  if (type !== 'json') {
    return { patch: { type, body: body.value as object }, options: withDuplicates(body, options) }
  }
  if (Array.isArray(body.value) && body.value.length > operationLimit) {
    throw new StatusError(
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${operationLimit}, got ${body.value.length}`,
    )
  }
  type Operations = Extract<Patch, { type: 'json' }>['operations']
  return { patch: { type, operations: body.value as Operations }, options }
}

function decodedPatch(bytes: Buffer): Body {
  try {
    return decodedBody(bytes, 'json', 'patch')
  } catch (error) {
    if (!StatusError.is(error, 'BadRequest')) throw error
    // Of the body itself, only the problem is told.
    const problem = error.message
      .replace(/^the object provided .* json parse error/, 'error decoding patch')
      .replace(/ \([^()]*\)$/s, '')
    throw badRequest(problem)
  }
}

async function deletion({ message, route, query }: Incoming): Promise<RequestOptions> {
  const bytes = await readBody(message)
  const groupVersion = groupVersionOf(route.resource.group)
  if (bytes.length === 0) return deleteOptionsOf(undefined, query.options, groupVersion)
  const format = formatOfBody(message.headers['content-type'])
  const { value } = decodedBody(bytes, format, 'DeleteOptions')
  return deleteOptionsOf(value, query.options, groupVersion)
}
