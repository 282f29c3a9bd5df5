import type { KubernetesObject, Pod } from '../../kubernetes/types'

/**
 * The members of stored objects as JSON, without kind and apiVersion and without the first brace.
 *
 * Stored objects are frozen and most are sent many times, to many watchers: each is written once.
 */
const written = new WeakMap<object, Buffer>()

/** `"metadata":{...},"spec":{...}}`: what follows the type of an object. */
function membersOf(object: KubernetesObject): Buffer {
  let bytes = written.get(object)
  if (bytes === undefined) {
    const { kind, apiVersion, ...members } =
      object.kind === 'Pod' ? shownPod(object as Pod) : object
    bytes = Buffer.from(JSON.stringify(members).slice(1))
    written.set(object, bytes)
  }
  return bytes
}

/** Conditions of pods show the times that they do not have (API-194, KUBELET-13). */
function shownPod(pod: Pod): Pod {
  const { status } = pod
  if (status?.conditions === undefined) return pod
  const noTimes = { lastProbeTime: null, lastTransitionTime: null }
  const conditions = status.conditions.map((condition) => ({ ...noTimes, ...condition }))
  return { ...pod, status: { ...status, conditions: conditions as typeof status.conditions } }
}

/** `{"kind":"Pod","apiVersion":"v1",`: the start of an object, before its members. */
function typeOf({
  kind,
  apiVersion,
}: {
  readonly kind: string
  readonly apiVersion: string
}): string {
  return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`
}

/** One object, with its type. */
export function objectJson(object: KubernetesObject): Buffer {
  return Buffer.concat([Buffer.from(typeOf(object)), membersOf(object)])
}

/** Metadata of a list. */
export interface ListMeta {
  readonly resourceVersion: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

/** A list, whose items carry no type (API-193). */
export function listJson(
  type: { readonly kind: string; readonly apiVersion: string },
  metadata: ListMeta,
  items: readonly KubernetesObject[],
): Buffer {
  const chunks: Buffer[] = [
    Buffer.from(`${typeOf(type)}"metadata":${JSON.stringify(metadata)},"items":[`),
  ]
  for (const [index, item] of items.entries()) {
    chunks.push(index === 0 ? openBrace : commaBrace, membersOf(item))
  }
  chunks.push(listEnd)
  return Buffer.concat(chunks)
}

const openBrace = Buffer.from('{')
const commaBrace = Buffer.from(',{')
const listEnd = Buffer.from(']}\n')
