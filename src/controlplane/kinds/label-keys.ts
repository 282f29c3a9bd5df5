import type { Affinity, LabelSelector, PodSpec } from '../../kubernetes/types'
import { changed, mapped, within } from './structure'

type Labels = Readonly<Record<string, string>>

interface WithKeys {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

type PodAffinity = NonNullable<Affinity['podAffinity']>

/** The spec with the pod's own labels in every selector that asks for them by `matchLabelKeys`. */
export function withLabelKeys(spec: PodSpec, labels: Labels | undefined): PodSpec {
  if (labels === undefined) return spec
  const merged = <T extends WithKeys>(term: T): T => withOwnLabels(term, labels)
  const inAffinity = (affinity: PodAffinity): PodAffinity => {
    const hard = within(affinity, 'requiredDuringSchedulingIgnoredDuringExecution', (terms) =>
      mapped(terms, merged),
    )
    return within(hard, 'preferredDuringSchedulingIgnoredDuringExecution', (terms) =>
      mapped(terms, (term) => within(term, 'podAffinityTerm', merged)),
    )
  }
  const spread = within(spec, 'topologySpreadConstraints', (list) => mapped(list, merged))
  return within(spread, 'affinity', (affinity) =>
    within(within(affinity, 'podAffinity', inAffinity), 'podAntiAffinity', inAffinity),
  )
}

function withOwnLabels<T extends WithKeys>(term: T, labels: Labels): T {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  if (labelSelector === undefined) return term
  const before = labelSelector.matchExpressions ?? []
  const added = [
    ...requirementsOf(matchLabelKeys, labels, 'In'),
    ...requirementsOf(mismatchLabelKeys, labels, 'NotIn'),
  ]
  if (added.length === 0) return term
  const selector = changed(labelSelector, { matchExpressions: [...before, ...added] })
  return { ...term, labelSelector: selector }
}

function requirementsOf(keys: readonly string[], labels: Labels, operator: 'In' | 'NotIn') {
  return keys.flatMap((key) => {
    const value = labels[key]
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })
}
