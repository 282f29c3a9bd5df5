import type { DaemonSet, DaemonSetSpec, Draft, Kind, Kinds, Pod } from '../../kubernetes/types'
import { prune } from '../schema/prune'
import type { FieldError } from './field-error'
import { messageOf } from './field-error'
import { strategies } from './strategies'
import type { Strategy } from './strategy'
import { deepFreeze } from './structure'

/** An object as the API server would have stored it: decoded, with defaults, frozen. */
export function storedAs<K extends Kind>(kind: K, draft: Draft): Kinds[K] {
  const strategy = strategies[kind] as Strategy<Kinds[K]>
  const object = strategy.prepareForCreate(withDefaults(kind, draft))
  deepFreeze(object)
  return object
}

/** The problems of a create, as `path: message`. */
export function problemsOf<K extends Kind>(kind: K, draft: Draft): readonly string[] {
  const strategy = strategies[kind] as Strategy<Kinds[K]>
  return textsOf(strategy.validateCreate(strategy.prepareForCreate(withDefaults(kind, draft))))
}

/** What an update would store, and its problems. */
export function updated<K extends Kind>(
  kind: K,
  previous: Kinds[K],
  draft: Draft,
  subresource?: string,
): { readonly object: Kinds[K]; readonly problems: readonly string[] } {
  const strategy = strategies[kind] as Strategy<Kinds[K]>
  const object = strategy.prepareForUpdate(withDefaults(kind, draft), previous, subresource)
  return { object, problems: textsOf(strategy.validateUpdate(object, previous, subresource)) }
}

/** Problems as `path: message`. */
export function textsOf(problems: readonly FieldError[]): readonly string[] {
  return problems.map((problem) => `${problem.field}: ${messageOf(problem)}`)
}

/** The smallest DaemonSet that is valid, with parts of its spec replaced. */
export function daemonSetDraft(spec: object = {}, metadata: object = {}): Draft {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { ...born, name: 'agent', namespace: 'default', ...metadata },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: templateWith({}),
      ...spec,
    },
  }
}

/** A template that fits the selector, with parts of its pod spec replaced. */
export function templateWith(spec: object, metadata: object = {}): object {
  return {
    metadata: { labels: { app: 'agent' }, ...metadata },
    spec: { containers: [{ name: 'agent', image: 'agent:1' }], ...spec },
  }
}

/** A pod with parts of its spec replaced. */
export function podDraft(spec: object = {}, metadata: object = {}): Draft {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...born, name: 'web', namespace: 'default', ...metadata },
    spec: {
      containers: [{ name: 'web', image: 'web:1' }],
      serviceAccountName: 'default',
      ...spec,
    },
  }
}

/** The DaemonSet's spec as it is stored. */
export function specOf(draft: Draft): DaemonSetSpec {
  return (storedAs('DaemonSet', draft) as DaemonSet).spec
}

/** The pod as it is stored. */
export function podOf(draft: Draft): Pod {
  return storedAs('Pod', draft)
}

const born = {
  uid: '6f1c1d1e-0000-4000-8000-000000000000',
  resourceVersion: '7',
  creationTimestamp: '2026-01-01T00:00:00Z',
}

function withDefaults<K extends Kind>(kind: K, draft: Draft): Kinds[K] {
  const strategy = strategies[kind] as Strategy<Kinds[K]>
  // A draft has all fields optional; what must be there is for validation to say.
  return strategy.defaults(prune(kind, draft).object as unknown as Kinds[K])
}
