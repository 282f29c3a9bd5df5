import type { Patch } from '../kubernetes/client'
import { resources } from '../kubernetes/resources'
import type { StatusError } from '../kubernetes/status-error'
import type { Kind, KubernetesObject } from '../kubernetes/types'
import { apply } from './apply/server-side-apply'
import { managedFieldsIn } from './apply/tracking'
import { checkNamespace } from './creation'
import { completed, faultOfType, jsonTypeOf, pruned } from './decoding'
import { acceptedBody, isPlainObject } from './json-body'
import { invalidObject, invalidValue } from './kinds/field-error'
import { goText, type Json, type JsonObject } from './patch/json'
import { jsonPatched } from './patch/json-patch'
import { mergePatched } from './patch/merge-patch'
import { strategicPatched } from './patch/strategic-merge-patch'
import { badRequest, unprocessable } from './refusals'
import { existing, type Registry, targetOf } from './registry'
import { type ApiRequest, duplicatesIn, type ObjectResult } from './request'
import { checkName, write } from './update'

/**
 * Changes an object, or the part of it that a subresource speaks of, by a patch.
 *
 * The server reads and writes in one go, so only a patch that names an old resource version meets a conflict (API-156).
 *
 * @see API-154 to API-163
 */
export function patch(registry: Registry, request: ApiRequest): ObjectResult {
  const target = targetOf(request)
  const { kind } = target
  const given = request.patch
  if (given === undefined) throw badRequest('a patch request needs a patch')
  if (given.type === 'apply') return apply(registry, request)
  const previous = existing(registry, target)
  const result = patched(kind, previous, given)
  if (result === (previous as unknown)) {
    return { type: 'object', code: 200, object: previous, warnings: [] }
  }
  checkKind(kind, result, given)
  // Whatever a patch puts into the object was accepted before, and the store freezes what the patch has made.
  const { object, problems: unknown } = pruned(
    kind,
    result as unknown as KubernetesObject,
    previous,
  )
  const { fieldValidation } = request.options ?? {}
  const problems = [...unknown, ...duplicatesIn(request.options ?? {})]
  if (problems.length > 0 && fieldValidation === 'Strict') {
    throw refusedPatch(given, result, `strict decoding error: ${problems.join(', ')}`)
  }
  const warnings = fieldValidation === 'Ignore' ? [] : problems
  const decoded = completed(kind, { object, warnings }, previous)
  checkName(decoded.object, target)
  checkNamespace(decoded.object.metadata, target.namespace)
  return write(registry, request, {
    next: decoded.object,
    previous,
    warnings: decoded.warnings,
    givenFields: managedFieldsIn(result),
  })
}

/** The object with the patch carried out; it shares every part that the patch leaves alone. */
function patched(
  kind: Kind,
  object: KubernetesObject,
  given: Exclude<Patch, { type: 'apply' }>,
): Json {
  const document = object as unknown as JsonObject
  switch (given.type) {
    case 'json':
      return jsonPatched(document, operationsIn(given.operations))
    case 'merge':
      return mergePatched(document, bodyOf(given))
    case 'strategic':
      return strategicPatched(kind, document, bodyOf(given))
  }
}

function operationsIn(operations: unknown): Extract<Patch, { type: 'json' }>['operations'] {
  if (!Array.isArray(operations)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    )
  }
  return acceptedBody(operations) as Extract<Patch, { type: 'json' }>['operations']
}

function bodyOf({ type, body }: Extract<Patch, { type: 'merge' | 'strategic' }>): JsonObject {
  const accepted = acceptedBody(body)
  if (isPlainObject(accepted)) return accepted as JsonObject
  if (accepted === null && type === 'merge') throw badRequest('Invalid JSON Patch')
  const why = `json: cannot unmarshal ${jsonTypeOf(accepted)} into Go value of type map[string]interface {}`
  throw badRequest(type === 'merge' ? `error decoding patch: ${why}` : why)
}

/** A patch cannot make something else of an object (API-159). */
function checkKind(kind: Kind, result: Json, given: Patch): void {
  if (!isPlainObject(result) || !isPlainObject(result['metadata'])) throw unprocessable()
  const type = {
    kind: String(result['kind'] ?? ''),
    apiVersion: String(result['apiVersion'] ?? ''),
  }
  const fault = faultOfType(resources[kind], type)
  if (fault === undefined) return
  throw fault.type === 'version'
    ? badRequest(fault.message)
    : refusedPatch(given, result, fault.message)
}

/** How a refusal shows what came of a patch, or a strategic one itself: 422 with the one field `patch` (API-141). */
function refusedPatch(given: Patch, result: Json, why: string): StatusError {
  const shown = given.type === 'strategic' ? goText(given.body as Json) : JSON.stringify(result)
  return invalidObject({ kind: '', group: '', name: '' }, [invalidValue('patch', shown, why)])
}
