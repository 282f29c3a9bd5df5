import { resources } from '../kubernetes/resources'
import type { Kind, KubernetesObject, Namespace } from '../kubernetes/types'
import { admitChanged } from './admission/admission'
import type { ManagedFieldsEntry } from './apply/managers'
import { entriesIn, managedFieldsIn, trackedUpdate, withManagedFields } from './apply/tracking'
import { checkNamespace, createDecoded } from './creation'
import { decode } from './decoding'
import { deepFrozen, equalWhenStored } from './json-body'
import { invalid, invalidObject, invalidValue } from './kinds/field-error'
import { metadataOfUpdate, withMetadata } from './object-meta'
import {
  badRequest,
  cannotBeFulfilled,
  conflict,
  failure,
  notFound,
  unparsableVersion,
} from './refusals'
import { type Registry, strategyOf, type Target, targetOf } from './registry'
import { type ApiRequest, isDryRun, type ObjectResult } from './request'

/**
 * Replaces an object, or the part of it that a subresource speaks of (PUT).
 *
 * @see API-145 to API-153, API-181
 */
export function update(registry: Registry, request: ApiRequest): ObjectResult {
  const target = targetOf(request)
  const { kind } = target
  const previous = registry.store.get(kind, target.namespace, target.name)
  const { object, warnings } = decode(kind, request.body, request.options, previous)
  checkName(object, target)
  checkNamespace(object.metadata, target.namespace)
  if (previous === undefined) {
    if (request.subresource !== undefined || !strategyOf(kind).createOnUpdate) {
      throw notFound(kind, target.name)
    }
    return createDecoded(registry, request, {
      decoded: { object: withoutVersion(object), warnings },
      namespace: target.namespace,
    })
  }
  checkUid(object, previous, target)
  return write(registry, request, {
    next: object,
    previous,
    warnings,
    givenFields: managedFieldsIn(request.body),
  })
}

/** What an update or a patch wants to store, decoded and with defaults. */
export interface Change {
  readonly next: KubernetesObject
  readonly previous: KubernetesObject
  readonly warnings: readonly string[]
  /** Who owns which field, where that has been settled already (by server-side apply). */
  readonly managedFields?: readonly ManagedFieldsEntry[]
  /** What the client says of it. */
  readonly givenFields?: readonly ManagedFieldsEntry[] | undefined
}

/** What a write looks at of its request. */
export type WriteRequest = Pick<ApiRequest, 'kind' | 'subresource' | 'options' | 'tracksFields'> & {
  readonly userAgent?: string
}

/**
 * Writes the new state of an object that exists: the half that updates and patches have in common.
 *
 * A write that changes nothing leaves the stored object, its resource version included, and tells nobody (API-150).
 */
export function write(registry: Registry, request: WriteRequest, change: Change): ObjectResult {
  const { kind, subresource, options } = request
  const { previous, warnings } = change
  const next = admitChanged(kind, change.next, subresource)
  checkVersion(kind, next, previous)
  const strategy = strategyOf(kind)
  const prepared = strategy.prepareForUpdate(
    withMetadata(next, metadataOfUpdate(next, previous)),
    previous,
    subresource,
  )
  const object = booked(registry, request, { ...change, next: prepared })
  const { name } = previous.metadata
  const problems = strategy.validateUpdate(object, previous, subresource)
  if (problems.length > 0) throw invalid(kind, name, problems)
  const said = [
    ...warnings,
    ...(subresource === undefined ? (strategy.warnings?.(object, previous) ?? []) : []),
  ]
  const answer = (result: KubernetesObject): ObjectResult => ({
    type: 'object',
    code: 200,
    object: result,
    warnings: said,
  })
  if (isSameObject(object, previous)) return answer(previous)
  if (isGoneBy(kind, object, previous)) {
    if (!isDryRun(options)) registry.store.remove(kind, previous)
    return answer(deepFrozen(object))
  }
  if (isDryRun(options)) return answer(deepFrozen(object))
  return answer(registry.store.put(kind, object))
}

/** The object with its changed fields booked to who changes them, where anybody wants to know (API-175). */
function booked({ clock }: Registry, request: WriteRequest, change: Change): KubernetesObject {
  const { next, previous, managedFields, givenFields } = change
  if (managedFields !== undefined) return withManagedFields(next, managedFields)
  if (request.tracksFields !== true && entriesIn(previous).length === 0) return next
  return trackedUpdate(request, {
    object: next,
    previous,
    given: givenFields,
    now: clock.now(),
  })
}

/** Most parts of an update are the very parts that are stored, so this costs little. */
function isSameObject(object: KubernetesObject, previous: KubernetesObject): boolean {
  return equalWhenStored(object, previous)
}

/** Whether the write takes away the last thing that kept a deleted object (API-202, API-236). */
function isGoneBy(kind: Kind, object: KubernetesObject, previous: KubernetesObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = previous.metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds > 0) return false
  if ((object.metadata.finalizers ?? []).length > 0) return false
  if (kind !== 'Namespace') return true
  return ((object as Namespace).spec?.finalizers ?? []).length === 0
}

/** The name of the body must be that of the path (API-145). */
export function checkName({ metadata }: KubernetesObject, { name }: Target): void {
  const given = (metadata?.name as string | undefined) ?? ''
  if (given === name) return
  throw badRequest(
    given === ''
      ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
      : `the name of the object (${given}) does not match the name on the URL (${name})`,
  )
}

/** A PUT for an object of another uid is meant for one that is gone (API-149). */
function checkUid(next: KubernetesObject, previous: KubernetesObject, target: Target): void {
  const { uid } = next.metadata
  if (uid === undefined || uid === '' || uid === previous.metadata.uid) return
  const { kind, namespace, name } = target
  const key = [
    '',
    'registry',
    resources[kind].plural,
    ...(namespace === '' ? [] : [namespace]),
    name,
  ]
  throw cannotBeFulfilled(
    kind,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key.join('/')}, ResourceVersion: 0, AdditionalErrorMsg: ` +
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${previous.metadata.uid}`,
  )
}

/** A write that was made from an old state loses; one without a version wins where the kind allows it (API-146, API-147). */
function checkVersion(kind: Kind, next: KubernetesObject, previous: KubernetesObject): void {
  const given = (next.metadata.resourceVersion as string | undefined) ?? ''
  if (given === previous.metadata.resourceVersion) return
  const { name } = previous.metadata
  if (given !== '' && given !== '0') {
    if (!/^\d+$/.test(given)) throw failure(unparsableVersion(given))
    throw conflict(kind, name)
  }
  if (strategyOf(kind).unconditionalUpdate) return
  const { group, plural } = resources[kind]
  throw invalidObject({ kind: plural, group, name }, [
    invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
  ])
}

function withoutVersion(object: KubernetesObject): KubernetesObject {
  const { resourceVersion, ...metadata } = object.metadata
  return { ...object, metadata } as KubernetesObject
}
