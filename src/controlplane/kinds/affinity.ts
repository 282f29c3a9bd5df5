import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../kubernetes/names'
import type {
  Affinity,
  LabelSelector,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
} from '../../kubernetes/types'
import {
  checkFormat,
  checkLabelSelector,
  checkLabelValues,
  checkQualifiedName,
  type Problems,
} from './checks'
import { forbidden, invalidValue, required } from './field-error'

type PodAffinity = NonNullable<Affinity['podAffinity']>
type PodAffinityTerm = NonNullable<
  PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']
>[number]

const hard = 'requiredDuringSchedulingIgnoredDuringExecution'
const soft = 'preferredDuringSchedulingIgnoredDuringExecution'

/** The affinity of a pod to nodes and to other pods (PLACE-13 to PLACE-18). */
export function checkAffinity(
  problems: Problems,
  path: string,
  affinity: Affinity | undefined,
): void {
  if (affinity === undefined || namesOneNode(affinity)) return
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity
  if (nodeAffinity !== undefined) {
    const at = `${path}.nodeAffinity`
    const selector = nodeAffinity[hard]
    if (selector !== undefined) checkNodeSelector(problems, `${at}.${hard}`, selector)
    for (const [index, { weight, preference }] of (nodeAffinity[soft] ?? []).entries()) {
      const term = `${at}.${soft}[${index}]`
      checkWeight(problems, term, weight)
      // Malformed values are taken here: such a term just matches nothing.
      const options = { tolerateValues: true }
      checkNodeSelectorTerm(problems, `${term}.preference`, preference ?? {}, options)
    }
  }
  checkPodAffinity(problems, `${path}.podAffinity`, podAffinity)
  checkPodAffinity(problems, `${path}.podAntiAffinity`, podAntiAffinity)
}

/** Whether it is the affinity of most daemon pods, which only names a node: that is in order, and there are many. */
function namesOneNode({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity): boolean {
  if (podAffinity !== undefined || podAntiAffinity !== undefined) return false
  if (nodeAffinity === undefined || nodeAffinity[soft] !== undefined) return false
  const terms = nodeAffinity[hard]?.nodeSelectorTerms
  const fields = terms?.[0]?.matchFields
  if (terms?.length !== 1 || terms[0]?.matchExpressions !== undefined) return false
  const field = fields?.[0]
  if (fields?.length !== 1 || field?.operator !== 'In' || field.key !== 'metadata.name')
    return false
  const [name, ...others] = field.values ?? []
  return name !== undefined && others.length === 0 && dns1123SubdomainErrors(name).length === 0
}

/** Keys that take the value of the pod's own label into a selector. */
export function checkLabelKeys(
  problems: Problems,
  path: string,
  keys: {
    readonly matchLabelKeys: readonly string[] | undefined
    readonly mismatchLabelKeys?: readonly string[] | undefined
    readonly selector: LabelSelector | undefined
  },
): void {
  const { matchLabelKeys = [], mismatchLabelKeys = [], selector } = keys
  for (const [field, list] of Object.entries({ matchLabelKeys, mismatchLabelKeys })) {
    if (list.length > 0 && selector === undefined) {
      const detail = 'must not be specified when labelSelector is not set'
      problems.push(forbidden(`${path}.${field}`, detail))
      continue
    }
    for (const [index, key] of list.entries()) {
      checkQualifiedName(problems, `${path}.${field}[${index}]`, key)
    }
  }
  checkKeysOnce(problems, path, matchLabelKeys, selector)
  for (const [index, key] of matchLabelKeys.entries()) {
    if (!mismatchLabelKeys.includes(key)) continue
    const detail = 'exists in both matchLabelKeys and mismatchLabelKeys'
    problems.push(invalidValue(`${path}.matchLabelKeys[${index}]`, key, detail))
  }
}

function checkNodeSelector(problems: Problems, path: string, selector: NodeSelector): void {
  const terms = selector.nodeSelectorTerms ?? []
  const at = `${path}.nodeSelectorTerms`
  if (terms.length === 0) {
    problems.push(required(at, 'must have at least one node selector term'))
  }
  for (const [index, term] of terms.entries()) {
    checkNodeSelectorTerm(problems, `${at}[${index}]`, term, { tolerateValues: false })
  }
}

function checkNodeSelectorTerm(
  problems: Problems,
  path: string,
  term: NodeSelectorTerm,
  { tolerateValues }: { readonly tolerateValues: boolean },
): void {
  for (const [index, requirement] of (term.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${index}]`
    checkOperator(problems, at, requirement)
    checkQualifiedName(problems, `${at}.key`, requirement.key ?? '')
    if (!tolerateValues) checkLabelValues(problems, `${at}.values`, requirement.values)
  }
  for (const [index, requirement] of (term.matchFields ?? []).entries()) {
    checkFieldRequirement(problems, `${path}.matchFields[${index}]`, requirement)
  }
}

/** How many values each operator takes (PLACE-14 to PLACE-17). */
function checkOperator(
  problems: Problems,
  path: string,
  { operator = '', values = [] }: Partial<NodeSelectorRequirement>,
): void {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return
      problems.push(
        required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"),
      )
      return
    case 'Exists':
    case 'DoesNotExist': {
      if (values.length === 0) return
      const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
      problems.push(forbidden(`${path}.values`, detail))
      return
    }
    case 'Gt':
    case 'Lt': {
      if (values.length === 1) return
      const detail = "must be specified single value when `operator` is 'Lt' or 'Gt'"
      problems.push(required(`${path}.values`, detail))
      return
    }
    default:
      problems.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'))
  }
}

/** The only field is the node's name, and it is compared with exactly one value (PLACE-18). */
function checkFieldRequirement(
  problems: Problems,
  path: string,
  { key = '', operator = '', values = [] }: Partial<NodeSelectorRequirement>,
): void {
  if (operator !== 'In' && operator !== 'NotIn') {
    problems.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'))
  } else if (values.length !== 1) {
    const detail =
      "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    problems.push(required(`${path}.values`, detail))
  }
  if (key !== 'metadata.name') {
    problems.push(invalidValue(`${path}.key`, key, 'not a valid field selector key'))
    return
  }
  for (const [index, value] of values.entries()) {
    checkFormat(problems, `${path}.values[${index}]`, value, dns1123SubdomainErrors(value))
  }
}

function checkPodAffinity(
  problems: Problems,
  path: string,
  affinity: PodAffinity | undefined,
): void {
  for (const [index, term] of (affinity?.[hard] ?? []).entries()) {
    checkPodAffinityTerm(problems, `${path}.${hard}[${index}]`, term)
  }
  for (const [index, { weight, podAffinityTerm }] of (affinity?.[soft] ?? []).entries()) {
    const at = `${path}.${soft}[${index}]`
    checkWeight(problems, at, weight)
    checkPodAffinityTerm(problems, `${at}.podAffinityTerm`, podAffinityTerm ?? { topologyKey: '' })
  }
}

function checkPodAffinityTerm(problems: Problems, path: string, term: PodAffinityTerm): void {
  const { labelSelector, namespaceSelector, topologyKey = '' } = term
  checkLabelSelector(problems, `${path}.labelSelector`, labelSelector)
  checkLabelSelector(problems, `${path}.namespaceSelector`, namespaceSelector)
  for (const namespace of term.namespaces ?? []) {
    checkFormat(problems, `${path}.namespace`, namespace, dns1123LabelErrors(namespace))
  }
  checkLabelKeys(problems, path, {
    matchLabelKeys: term.matchLabelKeys,
    mismatchLabelKeys: term.mismatchLabelKeys,
    selector: labelSelector,
  })
  if (topologyKey === '') problems.push(required(`${path}.topologyKey`, 'can not be empty'))
  checkQualifiedName(problems, `${path}.topologyKey`, topologyKey)
}

function checkWeight(problems: Problems, path: string, weight = 0): void {
  if (weight >= 1 && weight <= 100) return
  problems.push(invalidValue(`${path}.weight`, weight, 'must be in the range 1-100'))
}

/** A key may be merged into the selector once; twice is somebody's mistake. */
function checkKeysOnce(
  problems: Problems,
  path: string,
  keys: readonly string[],
  selector: LabelSelector | undefined,
): void {
  const selected = new Set(Object.keys(selector?.matchLabels ?? {}))
  for (const { key } of selector?.matchExpressions ?? []) {
    if (keys.includes(key) && selected.has(key)) {
      const at = `${path}[${keys.lastIndexOf(key)}]`
      problems.push(invalidValue(at, key, 'exists in both matchLabelKeys and labelSelector'))
    }
    selected.add(key)
  }
}
