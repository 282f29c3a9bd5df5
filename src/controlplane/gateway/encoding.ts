import type { KubernetesObject, Pod } from '../../kubernetes/types'
import { keepingLatest } from '../latest-result'

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
    bytes = Buffer.from(membersText(object))
    written.set(object, bytes)
  }
  return bytes
}

function membersText(object: KubernetesObject): string {
  let text = ''
  for (const [name, value] of Object.entries(object)) {
    if (name === 'kind' || name === 'apiVersion' || value === undefined) continue
    text += `${text === '' ? '' : ','}"${name}":${partText(object, name, value)}`
  }
  if (object.kind === 'Event') text += absentTimes(object)
  return `${text}}`
}

function partText({ kind }: KubernetesObject, name: string, part: object): string {
  if (kind === 'Pod' && name === 'spec') return podSpecText(part as Pod['spec'])
  return JSON.stringify(kind === 'Pod' && name === 'status' ? shownStatus(part) : part)
}

/**
 * The spec of a pod, with its largest members last.
 *
 * Thousands of pods of one template share those; their text is made once while such pods come one after the other.
 */
function podSpecText(spec: Pod['spec']): string {
  const { containers, volumes = noVolumes } = spec
  const own = JSON.stringify({ ...spec, containers: undefined, volumes: undefined })
  return `${own.slice(0, -1)}${own === '{}' ? '' : ','}${sharedText(containers, volumes).text}}`
}

const noVolumes: NonNullable<Pod['spec']['volumes']> = Object.freeze([])

const sharedText = keepingLatest(
  (containers: Pod['spec']['containers'], volumes: typeof noVolumes) => ({
    text:
      (volumes === noVolumes ? '' : `"volumes":${JSON.stringify(volumes)},`) +
      `"containers":${JSON.stringify(containers)}`,
  }),
)

const eventTimes: Readonly<Record<string, readonly string[]>> = {
  v1: ['eventTime', 'firstTimestamp', 'lastTimestamp'],
  'events.k8s.io/v1': ['deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'eventTime'],
}

/** Events show the times that they do not have (API-194). */
function absentTimes(event: KubernetesObject): string {
  const names = eventTimes[event.apiVersion] ?? []
  return names
    .filter((name) => (event as object as Record<string, unknown>)[name] === undefined)
    .map((name) => `,"${name}":null`)
    .join('')
}

const noTimes = Object.freeze({ lastProbeTime: null, lastTransitionTime: null })

type Conditions = NonNullable<NonNullable<Pod['status']>['conditions']>

const shownConditions = keepingLatest((conditions: Conditions, absent: typeof noTimes) =>
  conditions.map((condition) => ({ ...absent, ...condition })),
)

/** Conditions of pods show the times that they do not have (API-194, KUBELET-13). */
function shownStatus(status: NonNullable<Pod['status']>): object {
  if (status.conditions === undefined) return status
  return { ...status, conditions: shownConditions(status.conditions, noTimes) }
}

const types = new Map<string, Buffer>()

/** `{"kind":"Pod","apiVersion":"v1",`: the start of an object, before its members. */
function typeOf({
  kind,
  apiVersion,
}: {
  readonly kind: string
  readonly apiVersion: string
}): Buffer {
  const key = `${apiVersion} ${kind}`
  let bytes = types.get(key)
  if (bytes === undefined) {
    bytes = Buffer.from(
      `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`,
    )
    types.set(key, bytes)
  }
  return bytes
}

/** One object, with its type, in parts that are not made anew for every client. */
export function objectParts(object: KubernetesObject): readonly Buffer[] {
  return [typeOf(object), membersOf(object)]
}

/** One object, with its type. */
export function objectJson(object: KubernetesObject): Buffer {
  return Buffer.concat(objectParts(object))
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
    typeOf(type),
    Buffer.from(`"metadata":${JSON.stringify(metadata)},"items":[`),
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
