import type { Kind, KubernetesObject, Node, Pod } from '../../kubernetes/types'
import type { Registry } from '../registry'
import { withDefaultTolerations } from './default-tolerations'
import { admitToNamespace } from './namespace-lifecycle'
import { withNotReadyTaint } from './node-taint'
import { admitPodSecurity } from './pod-security'
import { withPriority } from './priority'
import { admitQuota } from './resource-quota'
import { withServiceAccount } from './service-account'
import { withTopologyLabels } from './topology-labels'

/**
 * What admission makes of a new object before it gets its name; refuses it where a rule says so.
 *
 * @throws StatusError `Forbidden`, or `NotFound` for the namespace
 * @see API-124, API-207 to API-211
 */
export function admitNew(
  registry: Registry,
  kind: Kind,
  object: KubernetesObject,
): KubernetesObject {
  admitToNamespace(registry, kind, object)
  if (kind === 'Pod') {
    const withAccount = withServiceAccount(registry, object as Pod)
    const placed = withTopologyLabels(registry, withAccount)
    return withDefaultTolerations(withPriority(registry, placed))
  }
  return kind === 'Node' ? withNotReadyTaint(object as Node) : object
}

/** What admission makes of a changed object: pods cannot lose the tolerations that every pod has (API-207). */
export function admitChanged(
  kind: Kind,
  object: KubernetesObject,
  subresource: string | undefined,
): KubernetesObject {
  return kind === 'Pod' && subresource === undefined
    ? withDefaultTolerations(object as Pod)
    : object
}

/**
 * The last word of admission on a new object that is valid.
 *
 * @returns warnings for the client
 * @throws StatusError `Forbidden`
 * @see API-212, API-214
 */
export function admitValidated(
  registry: Registry,
  kind: Kind,
  object: KubernetesObject,
): readonly string[] {
  const warnings = admitPodSecurity(registry, kind, object)
  admitQuota(registry, kind, object)
  return warnings
}
