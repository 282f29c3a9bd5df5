import { timestampOf } from '../kubernetes/clock'
import { isPodTerminal } from '../kubernetes/conditions'
import { resources } from '../kubernetes/resources'
import { StatusError } from '../kubernetes/status-error'
import type { Kind, KubernetesObject, Namespace, ObjectMeta, Pod } from '../kubernetes/types'
import { admitDeletion } from './admission/namespace-lifecycle'
import { deepFrozen } from './json-body'
import { listed } from './listing'
import { withMetadata } from './object-meta'
import { detailsOf, methodNotAllowed, quoted } from './refusals'
import { existing, type Registry, targetOf } from './registry'
import {
  type ApiRequest,
  type ApiResult,
  isDryRun,
  type ListResult,
  type RequestOptions,
} from './request'

/** The finalizers that the garbage collector takes away (GC-09, GC-11). */
const collectorFinalizers = { orphan: 'orphan', foreground: 'foregroundDeletion' } as const

/**
 * Deletes an object, or begins to: finalizers and the grace period of pods keep it for a while.
 *
 * @see API-195 to API-205, API-237
 */
export function deleteObject(registry: Registry, request: ApiRequest): ApiResult {
  const target = targetOf(request)
  const { kind, name } = target
  admitDeletion(kind, name)
  const outcome = deleted(registry, kind, existing(registry, target), request.options ?? {})
  const { object, isGone } = outcome
  if (isGone && !answersWithObject.has(kind)) {
    return {
      type: 'status',
      code: 200,
      status: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { ...detailsOf(kind, name), uid: object.metadata.uid },
      },
      warnings: [],
    }
  }
  const waits = !isGone && request.options?.orphanDependents === false
  return { type: 'object', code: waits ? 202 : 200, object, warnings: [] }
}

/** The kinds whose deletion is answered with the object even when it is gone (API-197). */
const answersWithObject: ReadonlySet<Kind> = new Set<Kind>([
  'Pod',
  'ResourceQuota',
  'Service',
  'ServiceAccount',
])

/** Deletes everything that a list would show, each with the same options (API-206). */
export function deleteCollection(registry: Registry, request: ApiRequest): ListResult {
  const { kind, options = {} } = request
  if (kind === 'Namespace') throw methodNotAllowed()
  if (resources[kind].namespaced && request.namespace === undefined) throw methodNotAllowed()
  const list = listed(registry, request)
  const items = list.items.map((item) => deleted(registry, kind, item, options).object)
  return { ...list, items }
}

/** What a deletion came to: the object as it is now, or as it was last. */
export interface Outcome {
  readonly object: KubernetesObject
  readonly isGone: boolean
}

/** Deletes one stored object as far as its finalizers and its grace allow. */
export function deleted(
  registry: Registry,
  kind: Kind,
  object: KubernetesObject,
  options: RequestOptions,
): Outcome {
  checkPreconditions(kind, object, options)
  const isDry = isDryRun(options)
  const save = (changed: KubernetesObject): KubernetesObject =>
    isDry ? deepFrozen(changed) : registry.store.put(kind, changed)
  const remove = (last: KubernetesObject): Outcome => ({
    object: isDry ? last : registry.store.remove(kind, last),
    isGone: true,
  })
  if (kind === 'Namespace') return namespaceDeleted(registry, object as Namespace, { save, remove })
  const grace = kind === 'Pod' ? graceOf(registry, object as Pod, options) : undefined
  if (grace?.isPending === true) return { object, isGone: false }
  const finalizers = finalizersAtDeletion(kind, object.metadata, options)
  if (grace !== undefined) {
    const marked = marking(object, { ...grace, finalizers })
    const stored = save(marked)
    const stays = finalizers.length > 0 || grace.seconds > 0
    return stays ? { object: stored, isGone: false } : remove(stored)
  }
  if (finalizers.length === 0) return remove(object)
  const now = timestampOf(registry.clock.now())
  const { deletionTimestamp = now } = object.metadata
  const marked = marking(object, { seconds: 0, deletionTimestamp, finalizers })
  return { object: marked === object ? object : save(marked), isGone: false }
}

interface Mark {
  readonly seconds: number
  readonly deletionTimestamp: string
  readonly finalizers: readonly string[]
}

/** The object marked for deletion; the same when it is marked so already (API-201). */
function marking(object: KubernetesObject, mark: Mark): KubernetesObject {
  const metadata: ObjectMeta = object.metadata
  const { seconds, deletionTimestamp, finalizers } = mark
  const sameFinalizers = sameSet(metadata.finalizers ?? [], finalizers)
  if (
    metadata.deletionTimestamp === deletionTimestamp &&
    metadata.deletionGracePeriodSeconds === seconds &&
    sameFinalizers
  ) {
    return object
  }
  const begins = metadata.deletionTimestamp === undefined
  const { finalizers: before, ...rest } = metadata
  const left = sameFinalizers ? (before ?? []) : finalizers
  return withMetadata(object, {
    ...rest,
    ...(left.length === 0 ? {} : { finalizers: left }),
    ...(begins && metadata.generation !== undefined ? { generation: metadata.generation + 1 } : {}),
    deletionTimestamp,
    deletionGracePeriodSeconds: seconds,
  })
}

interface Grace {
  readonly seconds: number
  readonly deletionTimestamp: string
  /** Whether the deletion that has begun goes on as it is. */
  readonly isPending: boolean
}

const defaultGraceSeconds = 30

/** How long a pod has to stop, and until when (API-204, API-205). */
function graceOf({ clock }: Registry, pod: Pod, options: RequestOptions): Grace {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata
  const now = clock.now()
  if (deletionTimestamp === undefined) {
    const seconds = firstGrace(pod, options)
    return { seconds, deletionTimestamp: timestampOf(now + seconds * 1000), isPending: false }
  }
  const asked = options.gracePeriodSeconds
  if (asked === undefined || asked >= deletionGracePeriodSeconds) {
    return { seconds: deletionGracePeriodSeconds, deletionTimestamp, isPending: true }
  }
  const seconds = Math.max(asked, 0)
  const began = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000
  return {
    seconds,
    deletionTimestamp: timestampOf(Math.max(began + seconds * 1000, now)),
    isPending: false,
  }
}

function firstGrace(pod: Pod, options: RequestOptions): number {
  if ((pod.spec.nodeName ?? '') === '' || isPodTerminal(pod)) return 0
  const seconds =
    options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds
  return seconds < 0 ? 1 : seconds
}

/** The finalizers with those for the garbage collector set as the policy wants (API-200). */
function finalizersAtDeletion(
  kind: Kind,
  { finalizers = [] }: ObjectMeta,
  options: RequestOptions,
): readonly string[] {
  if (kind === 'Event') return finalizers
  const { orphan, foreground } = collectorFinalizers
  const policy = policyOf(finalizers, options)
  const others = finalizers.filter((name) => name !== orphan && name !== foreground)
  switch (policy) {
    case 'Orphan':
      return [...others, orphan]
    case 'Foreground':
      return [...others, foreground]
    default:
      return others
  }
}

function policyOf(finalizers: readonly string[], options: RequestOptions): string {
  if (options.orphanDependents !== undefined) {
    return options.orphanDependents ? 'Orphan' : 'Background'
  }
  if (options.propagationPolicy !== undefined) return options.propagationPolicy
  if (finalizers.includes(collectorFinalizers.orphan)) return 'Orphan'
  return finalizers.includes(collectorFinalizers.foreground) ? 'Foreground' : 'Background'
}

/** A namespace becomes Terminating first; its controller empties it and ends it (API-237). */
function namespaceDeleted(
  { clock }: Registry,
  namespace: Namespace,
  {
    save,
    remove,
  }: {
    readonly save: (changed: KubernetesObject) => KubernetesObject
    readonly remove: (last: KubernetesObject) => Outcome
  },
): Outcome {
  if (namespace.metadata.deletionTimestamp === undefined) {
    const terminating: Namespace = {
      ...namespace,
      metadata: { ...namespace.metadata, deletionTimestamp: timestampOf(clock.now()) },
      status: { ...namespace.status, phase: 'Terminating' },
    }
    return { object: save(terminating), isGone: false }
  }
  const waits =
    (namespace.spec?.finalizers ?? []).length + (namespace.metadata.finalizers ?? []).length > 0
  return waits ? { object: namespace, isGone: false } : remove(namespace)
}

/**
 * The stored object must be the one that the client means (API-198).
 *
 * @throws StatusError `Conflict`
 */
export function checkPreconditions(
  kind: Kind,
  { metadata }: KubernetesObject,
  { preconditions = {} }: RequestOptions,
): void {
  const { uid, resourceVersion } = preconditions
  if (uid !== undefined && uid !== metadata.uid) {
    throw preconditionFailed(
      kind,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). ` +
        'The object might have been deleted and then recreated',
    )
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw preconditionFailed(
      kind,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
        `(${metadata.resourceVersion}). The object might have been modified`,
    )
  }
}

/** Like any conflict, except that it names the kind where others name the resource. */
function preconditionFailed(kind: Kind, name: string, why: string): StatusError {
  const { group } = resources[kind]
  const qualified = group === '' ? kind : `${kind}.${group}`
  return new StatusError(
    'Conflict',
    `Operation cannot be fulfilled on ${qualified} ${quoted(name)}: ${why}`,
    { details: { name, ...(group === '' ? {} : { group }), kind } },
  )
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item))
}
