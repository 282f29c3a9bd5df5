import { apiVersionOf, type Resource, resources } from '../../kubernetes/resources'
import { StatusError } from '../../kubernetes/status-error'
import type { Kind, KubernetesObject, ObjectMeta } from '../../kubernetes/types'
import { checkNamespace, createDecoded } from '../creation'
import { decode } from '../decoding'
import { acceptedBody, isPlainObject } from '../json-body'
import type { Json, JsonObject } from '../patch/json'
import { badRequest, failure } from '../refusals'
import { type Registry, type Target, targetOf } from '../registry'
import type { ApiRequest, ObjectResult } from '../request'
import { checkName, write } from '../update'
import { applyConflict, type FieldConflict } from './conflicts'
import { difference, type FieldSet, intersection, isEmptySet, noFields, union } from './field-set'
import { inheritedFields, withLastApplied } from './last-applied'
import {
  entriesOf,
  isSameManager,
  type Manager,
  type ManagerKey,
  managersOf,
  withFields,
} from './managers'
import { laidOver, without } from './merged'
import { appliedFields, comparedFields } from './owned-fields'
import { rootPosition } from './parts'
import { entriesIn, fieldsAtBirth, lossesOf } from './tracking'
import { undeclaredIn } from './undeclared'

/** Whom the fields of an object without managers are given to (API-175). */
const beforeFirstApply = 'before-first-apply'

/**
 * Server-side apply: lays a configuration over the object, and books its fields to the manager that applies.
 *
 * @throws StatusError `Conflict` when it changes what others own and is not forced
 * @see API-165 to API-179
 */
export function apply(registry: Registry, request: ApiRequest): ObjectResult {
  const target = targetOf(request)
  const { kind } = target
  const configuration = configurationIn(request, target)
  const previous = registry.store.get(kind, target.namespace, target.name)
  const manager: ManagerKey = {
    manager: request.options?.fieldManager ?? '',
    operation: 'Apply',
    apiVersion: apiVersionOf(resources[kind]),
    subresource: request.subresource ?? '',
  }
  const fields = appliedFields(settable(configuration, request.subresource), rootPosition(kind))
  if (previous === undefined) {
    return created(registry, request, { configuration, manager, fields, target })
  }
  const step = { configuration, manager, fields, previous }
  const { object, managers } = merged(registry, request, step)
  const { object: decoded, warnings } = decode(kind, object, withoutStrictness(request))
  checkName(decoded, target)
  checkNamespace(decoded.metadata, target.namespace)
  const managedFields = entriesOf(managers)
  return write(registry, request, { next: decoded, previous, warnings, managedFields })
}

/** Unknown fields were refused before, whatever the request says of them (API-167). */
function withoutStrictness({ options }: ApiRequest): NonNullable<ApiRequest['options']> {
  return { ...options, fieldValidation: 'Ignore', duplicateFields: undefined }
}

interface Step {
  readonly configuration: JsonObject
  readonly manager: ManagerKey
  readonly fields: FieldSet
}

function created(
  registry: Registry,
  request: ApiRequest,
  { configuration, manager, fields, target }: Step & { readonly target: Target },
): ObjectResult {
  const { uid = '' } = metadataOf(configuration)
  if (request.subresource !== undefined) {
    throw new StatusError('NotFound', `${target.kind} ${JSON.stringify(target.name)} not found`)
  }
  if (uid !== '') {
    throw new StatusError(
      'Conflict',
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    )
  }
  const decoded = decode(target.kind, configuration, withoutStrictness(request))
  const managers = withFields([], manager, { fields, now: registry.clock.now() })
  return createDecoded(registry, request, {
    decoded,
    namespace: target.namespace,
    managedFields: entriesOf(managers),
  })
}

/** The object with the configuration laid over it, and who owns what then. */
function merged(
  registry: Registry,
  request: ApiRequest,
  step: Step & { readonly previous: KubernetesObject },
): { readonly object: Json; readonly managers: readonly Manager[] } {
  const { configuration, manager, fields, previous } = step
  const position = rootPosition(request.kind)
  const now = registry.clock.now()
  const managers = presentManagers(request.kind, previous, now)
  const last = managers.find((each) => isSameManager(each, manager))?.fields ?? noFields
  const others = managers.filter((each) => !isSameManager(each, manager))
  const kept = others.reduce((all, each) => union(all, each.fields), fields)
  const live = previous as unknown as Json
  const settled = settable(configuration, request.subresource)
  const result = without(laidOver(live, settled, position), {
    given: difference(last, fields),
    kept,
    position,
  })
  const { changed, removed } = comparedFields(live, result, position)
  const contested = difference(changed, inheritedFields(request.kind, previous, manager))
  const conflicts: FieldConflict[] = others
    .map((each) => ({ manager: each, fields: intersection(each.fields, contested) }))
    .filter((conflict) => !isEmptySet(conflict.fields))
  if (conflicts.length > 0 && request.options?.force !== true) throw applyConflict(conflicts)
  const left = lossesOf(managers, manager, { lost: union(changed, removed), now })
  return {
    object: withLastApplied(result, settled, manager),
    managers: withFields(left, manager, { fields, now }),
  }
}

function presentManagers(kind: Kind, previous: KubernetesObject, now: number): readonly Manager[] {
  const managers = managersOf(entriesIn(previous))
  if (managers.length > 0) return managers
  const key: ManagerKey = {
    manager: beforeFirstApply,
    operation: 'Update',
    apiVersion: apiVersionOf(resources[kind]),
    subresource: '',
  }
  return withFields([], key, { fields: fieldsAtBirth(kind, previous), now })
}

/** What of a configuration the path may change: not the status, or nothing but it (API-181). */
function settable(configuration: JsonObject, subresource: string | undefined): JsonObject {
  const { status, spec, ...rest } = configuration
  if (subresource === 'status') return { ...rest, ...(status === undefined ? {} : { status }) }
  return { ...rest, ...(spec === undefined ? {} : { spec }) }
}

/**
 * The configuration of a request, checked.
 *
 * @throws StatusError when it is no configuration of the object (API-166, API-167)
 */
function configurationIn({ patch }: ApiRequest, target: Target): JsonObject {
  const accepted = acceptedBody(patch?.type === 'apply' ? patch.body : undefined)
  if (!isPlainObject(accepted)) {
    throw badRequest('error decoding YAML: the configuration is no object')
  }
  const configuration = accepted as JsonObject
  const resource = resources[target.kind]
  checkType(configuration, resource)
  const metadata = metadataOf(configuration)
  if ((metadata.managedFields ?? []).length > 0) {
    throw badRequest('metadata.managedFields must be nil')
  }
  const problems = undeclaredIn(configuration, rootPosition(target.kind))
  if (problems.length > 0) {
    const what = `${metadata.namespace ?? ''}/${metadata.name ?? target.name}; ${groupVersionText(apiVersionOf(resource))}, Kind=${target.kind}`
    const text = problems.length === 1 ? problems[0] : `errors:\n  ${problems.join('\n  ')}`
    throw failure(`failed to create typed patch object (${what}): ${text}`)
  }
  const named = { ...configuration, metadata: { ...metadata, name: metadata.name ?? target.name } }
  return named as unknown as JsonObject
}

function checkType(configuration: JsonObject, { kind: expected, ...resource }: Resource): void {
  const { apiVersion = '', kind = '' } = configuration
  const version = apiVersionOf({ kind: expected, ...resource })
  if (apiVersion === version && kind === expected) return
  throw badRequest(
    `invalid object type: ${groupVersionText(String(apiVersion))}, Kind=${String(kind)}`,
  )
}

/** A group and a version with the slash that the core group has here, too. */
function groupVersionText(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
}

function metadataOf(configuration: JsonObject): ObjectMeta {
  return (configuration['metadata'] ?? {}) as ObjectMeta
}
