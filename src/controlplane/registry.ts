import type { Clock } from '../kubernetes/clock'
import type { Random } from '../kubernetes/random'
import { resources } from '../kubernetes/resources'
import type { Kind, KubernetesObject } from '../kubernetes/types'
import { strategies } from './kinds/strategies'
import type { Strategy } from './kinds/strategy'
import { methodNotAllowed, notFound } from './refusals'
import type { ApiRequest } from './request'
import type { Store } from './store'

/** What every verb works on: the objects, and the sources of time and chance. */
export interface Registry {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** What admission made of frozen parts before, so that objects from one template share theirs. */
  readonly remembered: WeakMap<object, unknown>
}

/** How a kind is treated, whatever the kind. */
export function strategyOf(kind: Kind): Strategy<KubernetesObject> {
  return strategies[kind] as Strategy<KubernetesObject>
}

/** The path of one object, with `''` for the namespace of cluster-scoped kinds. */
export interface Target {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
}

/**
 * The object that a request names.
 *
 * @throws StatusError `MethodNotAllowed` when it names a collection
 */
export function targetOf({ kind, namespace, name }: ApiRequest): Target {
  if (name === undefined || name === '') throw methodNotAllowed()
  return { kind, name, namespace: namespaceOf(kind, namespace) }
}

/**
 * The namespace that a request works in, `''` for cluster-scoped kinds.
 *
 * @throws StatusError `MethodNotAllowed` when a namespaced kind comes without one
 */
export function namespaceOf(kind: Kind, namespace: string | undefined): string {
  if (!resources[kind].namespaced) return ''
  if (namespace === undefined || namespace === '') throw methodNotAllowed()
  return namespace
}

/**
 * The stored object.
 *
 * @throws StatusError `NotFound` (API-116)
 */
export function existing({ store }: Registry, target: Target): KubernetesObject {
  const object = store.get(target.kind, target.namespace, target.name)
  if (object === undefined) throw notFound(target.kind, target.name)
  return object
}
