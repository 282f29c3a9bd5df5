import { apiVersionOf, resources } from '../../kubernetes/resources'
import type { Kind, KubernetesObject, ObjectMeta } from '../../kubernetes/types'
import { isPlainObject } from '../json-body'
import { withMetadata } from '../object-meta'
import type { Json, JsonObject } from '../patch/json'
import type { ApiRequest } from '../request'
import { difference, isEmptySet, noFields, union } from './field-set'
import {
  entriesOf,
  isSameManager,
  type ManagedFieldsEntry,
  type Manager,
  type ManagerKey,
  managersOf,
  withFields,
} from './managers'
import { comparedFields } from './owned-fields'
import { rootPosition } from './parts'

/** Who a write is booked to. */
export type Writer = Pick<ApiRequest, 'kind' | 'options' | 'subresource'> & {
  readonly userAgent?: string | undefined
}

/** What an object is before it is made: parts that are always there are nobody's. */
const unborn: Readonly<Partial<Record<Kind, JsonObject>>> = {
  DaemonSet: {
    metadata: {},
    spec: { template: { metadata: {}, spec: { containers: [] } }, updateStrategy: {} },
  },
  Event: {
    metadata: {},
    involvedObject: {},
    source: {},
    reportingComponent: '',
    reportingInstance: '',
  },
  Namespace: { metadata: {}, spec: { finalizers: ['kubernetes'] } },
  Pod: { metadata: {}, spec: { containers: [] } },
}
const nothing: JsonObject = { metadata: {}, spec: {} }

/** The manager of a write that is no server-side apply (API-144). */
function updaterOf({ kind, options, subresource = '', userAgent = '' }: Writer): ManagerKey {
  return {
    manager: options?.fieldManager || (userAgent.split('/', 1)[0] ?? ''),
    operation: 'Update',
    apiVersion: apiVersionOf(resources[kind]),
    subresource,
  }
}

/** A new object with its maker as the owner of all that was declared (API-175). */
export function trackedAtBirth(
  writer: Writer,
  {
    object,
    declared,
    now,
  }: {
    readonly object: KubernetesObject
    readonly declared: KubernetesObject
    readonly now: number
  },
): KubernetesObject {
  const fields = fieldsAtBirth(writer.kind, declared)
  if (isEmptySet(fields)) return object
  const managers = withFields([], updaterOf(writer), { fields, now })
  return withManagedFields(object, entriesOf(managers))
}

/** Everything that a new object says, without its status: that is written by itself. */
export function fieldsAtBirth(kind: Kind, object: KubernetesObject) {
  const before = unborn[kind] ?? nothing
  const { status, ...declared } = json(object) as JsonObject
  return comparedFields(before, declared, rootPosition(kind)).changed
}

/**
 * A changed object with its fields booked to who changed them; a write that changes no field changes no entry.
 *
 * @param given `managedFields` as the client sent them; absent: it did not (API-176)
 */
export function trackedUpdate(
  writer: Writer,
  {
    object,
    previous,
    given,
    now,
  }: {
    readonly object: KubernetesObject
    readonly previous: KubernetesObject
    readonly given: readonly ManagedFieldsEntry[] | undefined
    readonly now: number
  },
): KubernetesObject {
  if (given !== undefined && isReset(given)) return withManagedFields(object, [])
  const entries = given ?? entriesIn(previous)
  const { changed, removed } = comparedFields(
    json(previous),
    json(object),
    rootPosition(writer.kind),
  )
  if (isEmptySet(changed) && isEmptySet(removed)) return withManagedFields(object, entries)
  const key = updaterOf(writer)
  const lost = union(changed, removed)
  const others = lossesOf(managersOf(entries), key, { lost, now })
  const own = others.find((manager) => isSameManager(manager, key))?.fields ?? noFields
  const fields = union(difference(own, removed), changed)
  return withManagedFields(object, entriesOf(withFields(others, key, { fields, now })))
}

/** The managers after all but one have lost fields; losing is no reason for a new time. */
export function lossesOf(
  managers: readonly Manager[],
  except: ManagerKey,
  { lost }: { readonly lost: ReturnType<typeof union>; readonly now: number },
): readonly Manager[] {
  return managers.map((manager) => {
    if (isSameManager(manager, except)) return manager
    const fields = difference(manager.fields, lost)
    const isSame = isEmptySet(difference(manager.fields, fields))
    return isSame ? manager : { ...manager, fields, entry: undefined }
  })
}

/** An empty list, or one empty entry, takes all tracking away (API-176). */
function isReset(given: readonly ManagedFieldsEntry[]): boolean {
  const [first, second] = given
  if (first === undefined) return true
  return second === undefined && Object.keys(first).length === 0
}

/** `managedFields` as a body has it, before anything empty is dropped. */
export function managedFieldsIn(body: unknown): readonly ManagedFieldsEntry[] | undefined {
  if (!isPlainObject(body)) return undefined
  const { metadata } = body
  if (!isPlainObject(metadata)) return undefined
  const { managedFields } = metadata
  return Array.isArray(managedFields) ? (managedFields as readonly ManagedFieldsEntry[]) : undefined
}

/** The entries of a stored object. */
export function entriesIn({ metadata }: KubernetesObject): readonly ManagedFieldsEntry[] {
  const { managedFields }: ObjectMeta = metadata
  return managedFields ?? []
}

/** The object with these entries; the very same when it has them. */
export function withManagedFields(
  object: KubernetesObject,
  entries: readonly ManagedFieldsEntry[],
): KubernetesObject {
  const { managedFields, ...metadata }: ObjectMeta = object.metadata
  if (managedFields === entries) return object
  if (entries.length === 0)
    return managedFields === undefined ? object : withMetadata(object, metadata)
  return withMetadata(object, {
    ...metadata,
    managedFields: entries as NonNullable<ObjectMeta['managedFields']>,
  })
}

function json(object: KubernetesObject): Json {
  return object as unknown as Json
}
