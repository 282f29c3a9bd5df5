import { compileRequirement, type LabelPredicate, type LabelRequirement } from './label-requirement'
import { parseLabelSelector } from './label-selector-parser'
import type { LabelSelector, Labels } from './types'

const everything: LabelPredicate = () => true
const nothing: LabelPredicate = () => false

/** Compiled selectors of frozen objects: those can never change, so a matcher made once stays right. */
const compiled = new WeakMap<object, LabelPredicate>()

/**
 * Whether the labels satisfy the selector of an object's spec.
 *
 * An absent selector matches nothing, an empty one everything; one that cannot be understood nothing.
 */
export function matchesLabelSelector(
  selector: LabelSelector | undefined | null,
  labels: Labels | undefined,
): boolean {
  return labelSelectorMatcher(selector)(labels)
}

/** The selector as a question about labels, compiled once for many objects. */
export function labelSelectorMatcher(selector: LabelSelector | undefined | null): LabelPredicate {
  if (selector === undefined || selector === null) return nothing
  const known = compiled.get(selector)
  if (known !== undefined) return known
  const matcher = compileAll(requirementsOf(selector))
  if (Object.isFrozen(selector)) compiled.set(selector, matcher)
  return matcher
}

/**
 * Compiles the text of a `labelSelector=` query.
 *
 * @throws StatusError `BadRequest` with the API server's words when the text cannot be parsed
 * @see API-224
 */
export function compileLabelSelector(text: string): LabelPredicate {
  return compileAll(parseLabelSelector(text))
}

function compileAll(requirements: readonly LabelRequirement[]): LabelPredicate {
  const predicates: LabelPredicate[] = []
  for (const requirement of requirements) {
    const predicate = compileRequirement(requirement)
    if (predicate === undefined) return nothing
    predicates.push(predicate)
  }
  const [only] = predicates
  if (only === undefined) return everything
  if (predicates.length === 1) return only
  return (labels) => predicates.every((predicate) => predicate(labels))
}

/**
 * The selector as `kubectl get -o wide` prints it: sorted by key, `<none>` when nothing is asked for.
 *
 * @see API-64
 */
export function formatLabelSelector(selector: LabelSelector | undefined | null): string {
  if (selector === undefined || selector === null) return '<none>'
  const understood = requirementsOf(selector).every((one) => compileRequirement(one) !== undefined)
  if (!understood) return '<error>'
  return labelSelectorText(selector) || '<none>'
}

/** The selector as the text of a `labelSelector=` query; empty for the selector that selects everything. */
export function labelSelectorText(selector: LabelSelector): string {
  const { matchLabels = {}, matchExpressions = [] } = selector
  const texts = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...matchExpressions.map((one) => ({ key: one.key, text: expressionText(one) })),
  ]
  texts.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return texts.map(({ text }) => text).join(',')
}

function expressionText({ key, operator, values = [] }: LabelRequirement): string {
  const list = `(${[...values].sort().join(',')})`
  switch (operator) {
    case 'In':
      return `${key} in ${list}`
    case 'NotIn':
      return `${key} notin ${list}`
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
    default:
      return `${key} ${operator} ${list}` // Not a selector: the server is to say so.
  }
}

/** Whether the selector is present and asks for nothing, so that it selects every object. */
export function isEmptySelector(selector: LabelSelector | undefined | null): boolean {
  return selector !== undefined && selector !== null && requirementsOf(selector).length === 0
}

/** `matchLabels` written as `In` expressions, followed by `matchExpressions`. */
function requirementsOf(selector: LabelSelector): readonly LabelRequirement[] {
  const { matchLabels, matchExpressions } = selector
  const equalities = Object.entries(matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }))
  return [...equalities, ...(matchExpressions ?? []).map(selectorExpression)]
}

/** `Gt` and `Lt` belong to node affinity alone; in a selector they are no operators (API-224 has them as text only). */
function selectorExpression(expression: LabelRequirement): LabelRequirement {
  const { operator } = expression
  return operator === 'Gt' || operator === 'Lt' ? { ...expression, operator: '' } : expression
}
