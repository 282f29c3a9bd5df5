import { apiVersionOf, type Resource, resources } from '../kubernetes/resources'
import type { Draft, Kind, KubernetesObject } from '../kubernetes/types'
import { acceptedBody, isPlainObject } from './json-body'
import { withoutRepeatedOwners } from './object-meta'
import { badRequest } from './refusals'
import { isRegistered } from './registered-kinds'
import { strategyOf } from './registry'
import { duplicatesIn, type RequestOptions } from './request'
import { prune } from './schema/prune'

/** An object from outside in the form in which the server works with it, and what was odd about it. */
export interface Decoded {
  readonly object: KubernetesObject
  readonly warnings: readonly string[]
}

/**
 * Turns a body into an object of the kind: checks its type, drops unknown fields, fills in defaults.
 *
 * @throws StatusError `BadRequest` for another kind or version, wrong types, and unknown fields under `Strict`
 * @see API-125 to API-127, API-137 to API-139
 */
export function decode(
  kind: Kind,
  body: unknown,
  options: RequestOptions = {},
  previous?: KubernetesObject,
): Decoded {
  const resource = resources[kind]
  const accepted = acceptedBody(body)
  if (!isPlainObject(accepted)) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ` +
        `json: cannot unmarshal ${jsonTypeOf(accepted)} into Go value (${preview(accepted)})`,
    )
  }
  checkType(resource, accepted)
  const apiVersion = apiVersionOf(resource)
  const typed =
    accepted['kind'] === kind && accepted['apiVersion'] === apiVersion
      ? accepted
      : { apiVersion, kind, ...withoutType(accepted) }
  const { object, problems: unknown } = pruned(kind, typed as unknown as KubernetesObject, previous)
  const problems = [...unknown, ...duplicatesIn(options)]
  if (problems.length > 0 && options.fieldValidation === 'Strict') {
    throw badRequest(
      cannotBeHandled(resource, kind, `strict decoding error: ${problems.join(', ')}`),
    )
  }
  return completed(
    kind,
    { object, warnings: options.fieldValidation === 'Ignore' ? [] : problems },
    previous,
  )
}

/**
 * The object with known fields only, and a text for each that is not known (API-138).
 *
 * Parts that are the very parts of the stored object are in order and not looked at again.
 */
export function pruned(
  kind: Kind,
  object: KubernetesObject,
  previous?: KubernetesObject,
): { readonly object: KubernetesObject; readonly problems: readonly string[] } {
  if (previous === undefined) {
    // A draft has all fields optional; what must be there is for validation to say.
    return prune(kind, object as unknown as Draft) as unknown as ReturnType<typeof pruned>
  }
  const given = object as unknown as Readonly<Record<string, unknown>>
  const stored = previous as unknown as Readonly<Record<string, unknown>>
  const changed: Record<string, unknown> = {}
  for (const key in given) if (given[key] !== stored[key]) changed[key] = given[key]
  const result = prune(kind, changed)
  if (result.object === changed) return { object, problems: result.problems }
  const parts: Record<string, unknown> = { ...given }
  for (const key of Object.keys(changed)) delete parts[key]
  return {
    object: { ...parts, ...result.object } as unknown as KubernetesObject,
    problems: result.problems,
  }
}

/** Fills in defaults and drops repeated owner references; what is stored already has both behind it. */
export function completed(
  kind: Kind,
  { object, warnings }: Decoded,
  previous?: KubernetesObject,
): Decoded {
  const single = withoutRepeatedOwners(withMeta(object))
  const defaulted = strategyOf(kind).defaults(single.object, previous)
  if (single.repeated.length === 0) return { object: defaulted, warnings }
  const text = `metadata.ownerReferences: duplicate UID(s) are dropped: ${single.repeated.join(', ')}`
  return { object: defaulted, warnings: [...warnings, text] }
}

/** An object without metadata has empty metadata. */
function withMeta(object: KubernetesObject): KubernetesObject {
  return object.metadata === undefined
    ? ({ ...(object as object), metadata: {} } as unknown as KubernetesObject)
    : object
}

function withoutType(body: Readonly<Record<string, unknown>>): object {
  const { apiVersion, kind, ...rest } = body
  return rest
}

/** The kind and version of a body must be those of the path, where they are given. */
function checkType(resource: Resource, body: Readonly<Record<string, unknown>>): void {
  const type = {
    kind: String(body['kind'] || resource.kind),
    apiVersion: String(body['apiVersion'] || apiVersionOf(resource)),
  }
  const fault = faultOfType(resource, type)
  if (fault === undefined) return
  if (fault.type === 'version') throw badRequest(fault.message)
  throw badRequest(
    cannotBeHandled({ ...resource, version: fault.version }, type.kind, fault.message),
  )
}

/** What is wrong with a type that is not the one of the path. */
export type TypeFault =
  /** The right kind in a version of which there is another form. */
  | { readonly type: 'version'; readonly message: string }
  /** It cannot be read as the kind of the path at all. */
  | { readonly type: 'kind'; readonly message: string; readonly version: string }

/** Why a kind and version cannot be taken for those of a resource, if they cannot (API-125, API-126, API-159). */
export function faultOfType(
  resource: Resource,
  { kind, apiVersion }: { readonly kind: string; readonly apiVersion: string },
): TypeFault | undefined {
  const expected = apiVersionOf(resource)
  if (kind === resource.kind && apiVersion === expected) return undefined
  const version = apiVersion.replace(/^.*\//, '')
  if (!isRegistered(apiVersion, kind)) {
    const message = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${scheme}`
    return { type: 'kind', message, version }
  }
  if (kind === resource.kind) {
    const message = `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`
    return { type: 'version', message }
  }
  const group = resource.group === '' ? 'core' : resource.group.replace(/\..*$/, '')
  const message = `converting (${version}.${kind}) to (${group}.${resource.kind}): unknown conversion`
  return { type: 'kind', message, version }
}

/** How a real server calls the place where its kinds are registered. */
const scheme = '"pkg/api/legacyscheme/scheme.go:30"'

function cannotBeHandled(
  { version, kind: expected }: Pick<Resource, 'version' | 'kind'>,
  kind: string,
  why: string,
): string {
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected}: ${why}`
}

/** What a value is called in messages about JSON. */
export function jsonTypeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

const previewLength = 40

function preview(value: unknown): string {
  return (JSON.stringify(value) ?? '').slice(0, previewLength)
}
