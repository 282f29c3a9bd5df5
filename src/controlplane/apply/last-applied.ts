import type { Kind, KubernetesObject } from '../../kubernetes/types'
import { acceptedBody, isPlainObject } from '../json-body'
import type { Json, JsonObject } from '../patch/json'
import { difference, type FieldSet, noFields } from './field-set'
import type { ManagerKey } from './managers'
import { appliedFields, comparedFields } from './owned-fields'
import { rootPosition } from './parts'

/** The annotation in which `kubectl apply` keeps what it last applied (API-177). */
const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** The one manager whose applies follow those that kubectl itself once merged on the client. */
const successor = 'kubectl'

/**
 * Fields that a server-side apply by `kubectl` may take over although others own them: those that still are as
 * its client-side sister last applied them, so that users can go over from the one to the other (KUBECTL-20).
 */
export function inheritedFields(
  kind: Kind,
  previous: KubernetesObject,
  { manager }: ManagerKey,
): FieldSet {
  const text = previous.metadata.annotations?.[annotation]
  if (manager !== successor || text === undefined) return noFields
  const configuration = parsed(text)
  if (configuration?.['apiVersion'] !== previous.apiVersion) return noFields
  const position = rootPosition(kind)
  const { changed, removed } = comparedFields(configuration, previous as unknown as Json, position)
  return difference(difference(appliedFields(configuration, position), changed), removed)
}

/** Anybody may write anything into an annotation. */
function parsed(text: string): JsonObject | undefined {
  try {
    const value = acceptedBody(JSON.parse(text))
    return isPlainObject(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/**
 * An apply by `kubectl` keeps the annotation of its client-side sister in step (API-177).
 *
 * That is the server's doing: it conflicts with nobody, and the annotation stays with whom it belongs to.
 */
export function withLastApplied(
  result: Json,
  configuration: JsonObject,
  { manager }: ManagerKey,
): Json {
  const object = result as JsonObject
  const metadata = (object['metadata'] ?? {}) as JsonObject
  const present = (metadata['annotations'] ?? {}) as JsonObject
  if (manager !== successor || present[annotation] === undefined) return result
  const given = (configuration['metadata'] ?? {}) as JsonObject
  const { [annotation]: _, ...others } = (given['annotations'] ?? {}) as JsonObject
  const body = { ...configuration, metadata: { ...given, annotations: others } }
  const annotations = { ...present, [annotation]: `${JSON.stringify(body)}\n` }
  return { ...object, metadata: { ...metadata, annotations } }
}
