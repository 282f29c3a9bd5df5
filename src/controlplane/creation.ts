import { timestampOf } from '../kubernetes/clock'
import { nameSuffix, uuid } from '../kubernetes/random'
import type { KubernetesObject, ObjectMeta } from '../kubernetes/types'
import { admitNew, admitValidated } from './admission/admission'
import type { ManagedFieldsEntry } from './apply/managers'
import { trackedAtBirth, withManagedFields } from './apply/tracking'
import { type Decoded, decode } from './decoding'
import { deepFrozen } from './json-body'
import { invalid } from './kinds/field-error'
import { metadataAtBirth, withMetadata } from './object-meta'
import { alreadyExists, badRequest, failure, methodNotAllowed, noUniqueName } from './refusals'
import { existing, namespaceOf, type Registry, strategyOf, type Target } from './registry'
import { type ApiRequest, isDryRun, type ObjectResult } from './request'

/** How generated names are made (constants table). */
const generated = { baseLength: 58, tries: 8 } as const

/**
 * Creates an object: decoding, admission, a name, preparation, validation, quota, store; the first step that fails answers.
 *
 * @see API-123, API-124
 */
export function create(registry: Registry, request: ApiRequest): ObjectResult {
  const { kind, options, body } = request
  if (request.name !== undefined) throw methodNotAllowed()
  const namespace = namespaceOf(kind, request.namespace)
  const decoded = decode(kind, body, options)
  checkNamespace(decoded.object.metadata, namespace)
  return createDecoded(registry, request, { decoded, namespace })
}

/** Creates an object that has been decoded already: the second half of a create, and PUT on leases (API-148). */
export function createDecoded(
  registry: Registry,
  request: ApiRequest,
  {
    decoded,
    namespace,
    managedFields,
  }: {
    readonly decoded: Decoded
    readonly namespace: string
    /** Who owns which field, where that has been settled already (by server-side apply). */
    readonly managedFields?: readonly ManagedFieldsEntry[]
  },
): ObjectResult {
  const { kind, options } = request
  const given: ObjectMeta = decoded.object.metadata
  const placed = withMetadata(decoded.object, inNamespace(given, namespace))
  const admitted = admitNew(registry, kind, placed)
  const name = nameFor(registry, { kind, namespace, name: given.name ?? '' }, given.generateName)
  const strategy = strategyOf(kind)
  const object = strategy.prepareForCreate(
    withMetadata(
      admitted,
      metadataAtBirth(admitted.metadata, {
        name,
        namespace,
        uid: uuid(registry.random),
        creationTimestamp: timestampOf(registry.clock.now()),
      }),
    ),
  )
  const problems = strategy.validateCreate(object)
  if (problems.length > 0) throw invalid(kind, name, problems)
  const warnings = [
    ...decoded.warnings,
    ...(strategy.warnings?.(object, undefined) ?? []),
    ...admitValidated(registry, kind, object),
  ]
  checkStorable(registry, { kind, namespace, name }, given)
  const booked = bookedAtBirth(registry, request, { object, declared: placed, managedFields })
  const result = isDryRun(options) ? deepFrozen(booked) : registry.store.put(kind, booked)
  return { type: 'object', code: 201, object: result, warnings }
}

/** The new object with its fields booked to its maker, where anybody wants to know (API-175). */
function bookedAtBirth(
  { clock }: Registry,
  request: ApiRequest,
  {
    object,
    declared,
    managedFields,
  }: {
    readonly object: KubernetesObject
    /** The object as the client sent it, with defaults: what admission adds is nobody's. */
    readonly declared: KubernetesObject
    readonly managedFields: readonly ManagedFieldsEntry[] | undefined
  },
): KubernetesObject {
  if (managedFields !== undefined) return withManagedFields(object, managedFields)
  if (request.tracksFields !== true) return object
  const made = strategyOf(request.kind).prepareForCreate(declared)
  return trackedAtBirth(request, { object, declared: made, now: clock.now() })
}

/** The namespace of the body must be that of the path (API-129). */
export function checkNamespace(metadata: ObjectMeta, namespace: string): void {
  const { namespace: given = '' } = metadata
  if (given !== '' && namespace !== '' && given !== namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  }
}

function inNamespace(metadata: ObjectMeta, namespace: string): ObjectMeta {
  if ((metadata.namespace ?? '') === namespace) return metadata
  if (namespace !== '') return { ...metadata, namespace }
  const { namespace: _, ...rest } = metadata
  return rest
}

/** The given name, or one that is made up and free; none where neither can be (API-131, API-132). */
function nameFor({ random, store }: Registry, target: Target, generateName = ''): string {
  if (target.name !== '') return target.name
  if (generateName === '') return '' // Refused by validation, together with what else is wrong.
  const base = generateName.slice(0, generated.baseLength)
  let name = ''
  for (let attempt = 0; attempt < generated.tries; attempt++) {
    name = base + nameSuffix(random)
    if (store.get(target.kind, target.namespace, name) === undefined) return name
  }
  throw noUniqueName(target.kind, name)
}

function checkStorable(registry: Registry, target: Target, given: ObjectMeta): void {
  if ((given.resourceVersion ?? '') !== '') {
    throw failure('resourceVersion should not be set on objects to be created')
  }
  if (registry.store.get(target.kind, target.namespace, target.name) === undefined) return
  const { metadata }: KubernetesObject = existing(registry, target)
  throw alreadyExists(target.kind, target.name, {
    deleting: metadata.deletionTimestamp !== undefined,
  })
}
