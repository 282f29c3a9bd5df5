import { labelSelectorMatcher } from '../../kubernetes/label-selector'
import type { Labels, Node, Pod } from '../../kubernetes/types'
import type { ClusterState } from './cluster-state'
import type { NodeFilter, NodeRefusal } from './filters'

type Affinity = NonNullable<Pod['spec']['affinity']>
type Term = NonNullable<
  NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number]

/** Gives the labels of a namespace. */
export type NamespaceLabels = (namespace: string) => Labels | undefined

/**
 * The filter for required affinity and anti-affinity between pods; absent when none has any.
 *
 * @see SCHED-14
 */
export function interPodAffinityOf(
  pod: Pod,
  state: ClusterState,
  labelsOf: NamespaceLabels,
): NodeFilter | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  const wanted = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  const unwanted = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (wanted.length === 0 && unwanted.length === 0 && state.repelling.size === 0) return undefined
  const attracting = domainsOfAll(wanted, pod, state, labelsOf)
  const avoided = unwanted.map((term) => domainsOf([term], term, pod, state, labelsOf))
  const repelled = repellingDomains(pod, state, labelsOf)
  // The first pod of a group that wants to be together has nobody to join (and joins itself).
  const isFirst =
    attracting.every((domains) => domains.size === 0) &&
    wanted.every((term) => matcherOf(term, pod, labelsOf)(pod))
  return (_view, node) => {
    const attracted = wanted.every((term, index) => {
      const value = domainOf(node, term)
      return value !== undefined && (isFirst || attracting[index]?.has(value) === true)
    })
    if (!attracted) return refusal("node(s) didn't match pod affinity rules", false)
    const avoids = unwanted.some((term, index) => isIn(avoided[index], domainOf(node, term)))
    if (avoids) return refusal("node(s) didn't match pod anti-affinity rules", true)
    for (const [key, values] of repelled) {
      if (isIn(values, node.metadata.labels?.[key])) {
        return refusal("node(s) didn't satisfy existing pods anti-affinity rules", true)
      }
    }
    return undefined
  }
}

/** For each term the domains in which some pod matches all terms. */
function domainsOfAll(
  terms: readonly Term[],
  pod: Pod,
  state: ClusterState,
  labelsOf: NamespaceLabels,
): readonly ReadonlySet<string>[] {
  return terms.map((term) => domainsOf(terms, term, pod, state, labelsOf))
}

function domainsOf(
  terms: readonly Term[],
  { topologyKey }: Term,
  pod: Pod,
  state: ClusterState,
  labelsOf: NamespaceLabels,
): ReadonlySet<string> {
  const matchers = terms.map((term) => matcherOf(term, pod, labelsOf))
  const found = new Set<string>()
  for (const { node, pods } of state.views()) {
    const value = node?.metadata.labels?.[topologyKey]
    if (value === undefined || found.has(value)) continue
    for (const { pod: other } of pods.values()) {
      if (!matchers.every((matches) => matches(other))) continue
      found.add(value)
      break
    }
  }
  return found
}

/** The domains, by topology key, from which pods that are there already keep the pod away. */
function repellingDomains(
  pod: Pod,
  state: ClusterState,
  labelsOf: NamespaceLabels,
): ReadonlyMap<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const other of state.repelling.values()) {
    const node = state.view(state.nodeOf(other.metadata.uid) ?? '')?.node
    const { podAntiAffinity } = other.spec.affinity ?? {}
    for (const term of podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
      const value = node === undefined ? undefined : domainOf(node, term)
      if (value === undefined || !matcherOf(term, other, labelsOf)(pod)) continue
      const values = found.get(term.topologyKey) ?? new Set<string>()
      found.set(term.topologyKey, values.add(value))
    }
  }
  return found
}

/** Whether another pod is one that the term, which stands in `owner`, speaks of. */
function matcherOf(term: Term, owner: Pod, labelsOf: NamespaceLabels): (other: Pod) => boolean {
  const matchesLabels = labelSelectorMatcher(term.labelSelector)
  const { namespaces = [], namespaceSelector } = term
  const matchesNamespace =
    namespaceSelector === undefined ? () => false : labelSelectorMatcher(namespaceSelector)
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined
  return ({ metadata: { namespace, labels } }) => {
    const isMeant = isOwn
      ? namespace === owner.metadata.namespace
      : namespaces.includes(namespace) || matchesNamespace(labelsOf(namespace))
    return isMeant && matchesLabels(labels)
  }
}

function domainOf(node: Node, { topologyKey }: Term): string | undefined {
  return node.metadata.labels?.[topologyKey]
}

function isIn(values: ReadonlySet<string> | undefined, value: string | undefined): boolean {
  return value !== undefined && values?.has(value) === true
}

function refusal(reason: string, isCurable: boolean): NodeRefusal {
  return { plugin: 'InterPodAffinity', reasons: [reason], isCurable }
}
