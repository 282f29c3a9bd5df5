import type {
  DaemonSet,
  Kind,
  KubernetesObject,
  Namespace,
  Pod,
  PodSpec,
} from '../../kubernetes/types'
import { forbiddenTo } from '../refusals'
import type { Registry } from '../registry'
import { type PodSecurityLevel, violationsOf } from './pod-security-checks'

const labelsOf = {
  enforce: {
    level: 'pod-security.kubernetes.io/enforce',
    version: 'pod-security.kubernetes.io/enforce-version',
  },
  warn: {
    level: 'pod-security.kubernetes.io/warn',
    version: 'pod-security.kubernetes.io/warn-version',
  },
} as const

/**
 * Holds pods to the security level that their namespace's labels ask for (API-214).
 *
 * `enforce` refuses pods; `warn` tells clients, of workloads such as DaemonSets, too. Without labels nothing happens.
 *
 * @returns warnings
 * @throws StatusError `Forbidden`
 */
export function admitPodSecurity(
  { store }: Registry,
  kind: Kind,
  object: KubernetesObject,
): readonly string[] {
  const spec = podSpecOf(kind, object)
  if (spec === undefined) return []
  const namespace = store.get('Namespace', '', object.metadata.namespace ?? '') as
    | Namespace
    | undefined
  const labels = namespace?.metadata.labels ?? {}
  if (kind === 'Pod') {
    const why = violation(spec, labels, 'enforce')
    if (why !== '') throw forbiddenTo(kind, object.metadata.name, `violates ${why}`)
  }
  const why = violation(spec, labels, 'warn')
  return why === '' ? [] : [`would violate ${why}`]
}

function podSpecOf(kind: Kind, object: KubernetesObject): PodSpec | undefined {
  if (kind === 'Pod') return (object as Pod).spec
  return kind === 'DaemonSet' ? (object as DaemonSet).spec.template.spec : undefined
}

/** What is wrong with the pod under the level of one mode: `PodSecurity "baseline:latest": ...`. */
function violation(
  spec: PodSpec,
  labels: Readonly<Record<string, string>>,
  mode: 'enforce' | 'warn',
): string {
  const level = labels[labelsOf[mode].level]
  if (level !== 'baseline' && level !== 'restricted') return ''
  const version = labels[labelsOf[mode].version] ?? 'latest'
  const violations = violationsOf(spec, level satisfies PodSecurityLevel)
  if (violations.length === 0) return ''
  return `PodSecurity "${level}:${version}": ${violations.join(', ')}`
}
