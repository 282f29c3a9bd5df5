import { badRequest } from '../refusals'
import type { Preconditions, RequestOptions } from '../request'

/**
 * The options of a deletion: those of the body, or those of the query where there is no body (API-195).
 *
 * @param groupVersion in which the resource lives; its name is taken for that of the options, too
 * @throws StatusError `BadRequest`
 */
export function deleteOptionsOf(
  body: unknown,
  query: RequestOptions,
  groupVersion: string,
): RequestOptions {
  const {
    labelSelector,
    fieldSelector,
    limit,
    continue: token,
    resourceVersion,
    resourceVersionMatch,
  } = query
  const list = {
    labelSelector,
    fieldSelector,
    limit,
    continue: token,
    resourceVersion,
    resourceVersionMatch,
  }
  if (body === undefined) return query
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest('json: cannot unmarshal the body into Go value of type v1.DeleteOptions')
  }
  const fields = body as Readonly<Record<string, unknown>>
  checkType(fields, groupVersion)
  return {
    ...list,
    dryRun: textsOf(fields, 'dryRun'),
    gracePeriodSeconds: fieldOf(fields, 'gracePeriodSeconds', 'number'),
    orphanDependents: fieldOf(fields, 'orphanDependents', 'boolean'),
    propagationPolicy: fieldOf(fields, 'propagationPolicy', 'string'),
    preconditions: preconditionsOf(fields['preconditions']),
  }
}

function checkType(fields: Readonly<Record<string, unknown>>, groupVersion: string): void {
  const { kind = '', apiVersion = '' } = fields
  if (kind === '' && apiVersion === '') return
  const isKnown = ['', 'v1', 'meta.k8s.io/v1', groupVersion].includes(String(apiVersion))
  if (isKnown && (kind === '' || kind === 'DeleteOptions')) return
  const version = String(apiVersion).replace(/^.*\//, '')
  throw badRequest(
    `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion === '' ? version : apiVersion)} ` +
      'in scheme "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"',
  )
}

interface FieldTypes {
  readonly number: number
  readonly boolean: boolean
  readonly string: string
}

function fieldOf<T extends keyof FieldTypes>(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  type: T,
): FieldTypes[T] | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (value === undefined || value === null) return undefined
  if (typeof value === type) return value as FieldTypes[T]
  const goType = { number: 'int64', boolean: 'bool', string: 'string' }[type]
  throw badRequest(
    `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field DeleteOptions.${name} of type ${goType}`,
  )
}

function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function textsOf(
  fields: Readonly<Record<string, unknown>>,
  name: string,
): readonly string[] | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw badRequest(
    `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field DeleteOptions.${name} of type []string`,
  )
}

function preconditionsOf(value: unknown): Preconditions | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object') {
    throw badRequest(
      `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field DeleteOptions.preconditions of type v1.Preconditions`,
    )
  }
  const fields = value as Readonly<Record<string, unknown>>
  return {
    uid: fieldOf(fields, 'uid', 'string'),
    resourceVersion: fieldOf(fields, 'resourceVersion', 'string'),
  }
}
