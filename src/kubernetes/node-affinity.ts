import { compileRequirement, type LabelPredicate } from './label-requirement'
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod, PodSpec } from './types'

type NodePredicate = (node: Node) => boolean
type Terms = readonly NodeSelectorTerm[] | undefined

/**
 * Whether the pod's `nodeSelector` and its required node affinity both match the node (PLACE-11).
 *
 * `spec.nodeName` is another question, and preferred affinity is none at all (PLACE-21).
 *
 * @see PLACE-09 PLACE-12
 */
export function matchesNodeSelectorAndAffinity(spec: PodSpec, node: Node): boolean {
  return compileNodeSelection(spec)(node)
}

/** The node that a spec as simple as that of most daemon pods names: no more needs to be compiled to compare it. */
function onlyNodeOf(spec: PodSpec): string | undefined {
  const terms = requiredTermsOf(spec)
  const [term] = terms ?? []
  if (spec.nodeSelector !== undefined || terms?.length !== 1 || term === undefined) return undefined
  const { matchExpressions, matchFields } = term
  const [field] = matchFields ?? []
  if (matchExpressions !== undefined || matchFields?.length !== 1) return undefined
  if (field === undefined || !namesNodes(field) || field.values?.length !== 1) return undefined
  return field.values[0]
}

/** The same question as `matchesNodeSelectorAndAffinity`, compiled once for many nodes. */
export function compileNodeSelection(spec: PodSpec): NodePredicate {
  const only = onlyNodeOf(spec)
  if (only !== undefined) return ({ metadata: { name } }) => name === only
  const wanted = Object.entries(spec.nodeSelector ?? {})
  const affinity = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const matchesTerms = affinity ? compileTerms(affinity.nodeSelectorTerms) : undefined
  if (wanted.length === 0) return matchesTerms ?? (() => true)
  return (node) => {
    const labels = node.metadata.labels
    return wanted.every(([key, value]) => labels?.[key] === value) && (matchesTerms?.(node) ?? true)
  }
}

/** Whether any of the terms matches the node; without terms, none does (PLACE-13). */
export function matchesNodeSelectorTerms(terms: Terms, node: Node): boolean {
  return compileTerms(terms)(node)
}

function compileTerms(terms: Terms): NodePredicate {
  const predicates = (terms ?? []).map(compileTerm).filter((term) => term !== undefined)
  const [only] = predicates
  if (predicates.length === 1 && only !== undefined) return only
  return (node) => predicates.some((matches) => matches(node))
}

/** `undefined` for a term that can never match: an empty one (PLACE-13) or one that is malformed (PLACE-19). */
function compileTerm(term: NodeSelectorTerm): NodePredicate | undefined {
  const expressions = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (expressions.length === 0 && fields.length === 0) return undefined
  const onLabels = allUnderstood(expressions.map(compileRequirement))
  const onName = allUnderstood(fields.map(compileField))
  if (onLabels === undefined || onName === undefined) return undefined
  return ({ metadata: { labels, name } }) =>
    onLabels.every((matches: LabelPredicate) => matches(labels)) &&
    onName.every((matches) => matches(name))
}

function allUnderstood<T>(predicates: readonly (T | undefined)[]): readonly T[] | undefined {
  const understood = predicates.filter((predicate) => predicate !== undefined)
  return understood.length === predicates.length ? understood : undefined
}

/** A question about the node's name, the only field there is (PLACE-18); another key reads as empty. */
function compileField(
  requirement: NodeSelectorRequirement,
): ((name: string) => boolean) | undefined {
  const { key, operator, values = [] } = requirement
  const [value] = values
  if (values.length !== 1 || value === undefined) return undefined
  const field = (name: string) => (key === nameField ? name : '')
  if (operator === 'In') return (name) => field(name) === value
  if (operator === 'NotIn') return (name) => field(name) !== value
  return undefined
}

const nameField = 'metadata.name'

/**
 * The node that a daemon pod is meant for: where it is bound, or else where its affinity sends it.
 *
 * @see PLACE-44
 */
export function targetNodeNameOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName
  for (const { matchFields } of requiredTermsOf(spec) ?? []) {
    const values = matchFields?.find(namesNodes)?.values
    if (values !== undefined) return values.length === 1 ? values[0] : undefined
  }
  return undefined
}

/**
 * The only nodes the scheduler has to look at, when every term names its nodes; an empty set when the
 * names contradict each other. `undefined`: any node may do.
 *
 * @see SCHED-10
 */
export function namedNodesOf(spec: PodSpec): ReadonlySet<string> | undefined {
  const terms = requiredTermsOf(spec)
  if (terms === undefined || terms.length === 0) return undefined
  const only = onlyNodeOf(spec)
  if (only !== undefined) return new Set([only])
  const named = new Set<string>()
  for (const { matchFields = [] } of terms) {
    const [first, ...others] = matchFields.filter(namesNodes).map(({ values = [] }) => values)
    if (first === undefined) return undefined
    for (const name of first) {
      if (others.every((values) => values.includes(name))) named.add(name)
    }
  }
  return named
}

function requiredTermsOf({ affinity }: PodSpec): Terms {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
}

function namesNodes({ key, operator }: NodeSelectorRequirement): boolean {
  return key === nameField && operator === 'In'
}
