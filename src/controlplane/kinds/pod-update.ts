import type {
  Affinity,
  Container,
  NodeSelectorTerm,
  Pod,
  PodSpec,
  Toleration,
} from '../../kubernetes/types'
import type { Problems } from './checks'
import { forbidden, invalidValue, required } from './field-error'
import { rangeText } from './formats'
import { changed, isSame } from './structure'
import { unifiedDiff } from './unified-diff'

/** The only fields of a spec that may change, as the refusal of all others lists them (API-190). */
const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

/** What an update of a pod may change in its spec (API-190). */
export function checkPodSpecUpdate(problems: Problems, pod: Pod, previousPod: Pod): void {
  const { spec } = pod
  const previous = previousPod.spec
  if (spec === previous) return
  for (const list of ['containers', 'initContainers'] as const) {
    if (!checkSameContainers(problems, `spec.${list}`, spec[list], previous[list])) return
  }
  if (!checkDeadline(problems, spec, previous)) return
  checkTolerationsKept(problems, spec.tolerations ?? [], previous.tolerations ?? [])
  checkGatesOnlyGo(problems, spec, previous)
  if (isSame(spec, previous)) return
  const undone = withoutAllowedChanges(problems, spec, previous)
  if (isSame(undone, previous)) return
  problems.push(
    forbidden(
      'spec',
      `pod updates may not change fields other than ${updatable}\n${unifiedDiff(previous, undone)}`,
    ),
  )
}

/** Tells whether it makes sense to compare the containers one by one. */
function checkSameContainers(
  problems: Problems,
  path: string,
  containers: readonly Container[] = [],
  previous: readonly Container[] = [],
): boolean {
  if (containers.length !== previous.length) {
    problems.push(forbidden(path, 'pod updates may not add or remove containers'))
    return false
  }
  for (const [index, { image = '' }] of containers.entries()) {
    const at = `${path}[${index}].image`
    if (image === '') problems.push(required(at))
    if (image.trim() !== image) {
      problems.push(invalidValue(at, image, 'must not have leading or trailing whitespace'))
    }
  }
  return true
}

/** A deadline may be set, and brought forward. */
function checkDeadline(problems: Problems, spec: PodSpec, previous: PodSpec): boolean {
  const at = 'spec.activeDeadlineSeconds'
  const { activeDeadlineSeconds: deadline } = spec
  const before = previous.activeDeadlineSeconds
  if (deadline === undefined) {
    if (before !== undefined) {
      const detail = 'must not update from a positive integer to nil value'
      problems.push(invalidValue(at, null, detail))
    }
    return true
  }
  if (deadline < 0 || deadline > 0x7fffffff) {
    problems.push(invalidValue(at, deadline, rangeText(0, 0x7fffffff)))
    return false
  }
  if (before !== undefined && before < deadline) {
    problems.push(invalidValue(at, deadline, 'must be less than or equal to previous value'))
    return false
  }
  return true
}

/** Tolerations may be added; of those that are there only the seconds may change. */
function checkTolerationsKept(
  problems: Problems,
  tolerations: readonly Toleration[],
  previous: readonly Toleration[],
): void {
  if (tolerations === previous) return
  const kept = previous.every((old) =>
    tolerations.some((toleration) =>
      isSame(
        changed<Toleration>(old, { tolerationSeconds: toleration.tolerationSeconds }),
        toleration,
      ),
    ),
  )
  if (kept) return
  problems.push(
    forbidden(
      'spec.tolerations',
      'existing toleration can not be modified except its tolerationSeconds',
    ),
  )
}

function checkGatesOnlyGo(problems: Problems, spec: PodSpec, previous: PodSpec): void {
  const before = new Set((previous.schedulingGates ?? []).map(({ name }) => name))
  for (const [index, { name }] of (spec.schedulingGates ?? []).entries()) {
    if (before.has(name)) continue
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`
    problems.push(forbidden(`spec.schedulingGates[${index}].name`, detail))
  }
}

/** The new spec with everything that may change put back, so that what is left may not. */
function withoutAllowedChanges(problems: Problems, spec: PodSpec, previous: PodSpec): PodSpec {
  const grace = previous.terminationGracePeriodSeconds ?? 0
  const mended = grace < 0 && spec.terminationGracePeriodSeconds === 1
  const undone = changed(spec, {
    containers: spec.containers && withImages(spec.containers, previous.containers),
    initContainers: spec.initContainers && withImages(spec.initContainers, previous.initContainers),
    activeDeadlineSeconds: previous.activeDeadlineSeconds,
    schedulingGates: previous.schedulingGates,
    tolerations: previous.tolerations,
    ...(mended && { terminationGracePeriodSeconds: grace }),
  })
  if ((previous.schedulingGates ?? []).length === 0) return undone
  checkNodeSelectorNarrows(problems, spec, previous)
  checkNodeAffinityNarrows(problems, spec.affinity, previous.affinity)
  return changed(undone, {
    nodeSelector: previous.nodeSelector,
    affinity: withNodeAffinityOf(previous.affinity, spec.affinity),
  })
}

/** The affinity with the node affinity that was there before; none at all where there was none. */
function withNodeAffinityOf(
  previous: Affinity | undefined,
  affinity: Affinity | undefined,
): Affinity | undefined {
  const nodeAffinity = previous?.nodeAffinity
  if (affinity === undefined) return nodeAffinity && { nodeAffinity }
  const undone = changed(affinity, { nodeAffinity })
  return previous === undefined && Object.keys(undone).length === 0 ? undefined : undone
}

function withImages(
  containers: readonly Container[],
  previous: readonly Container[] = [],
): readonly Container[] {
  return containers.map((container, index) => changed(container, { image: previous[index]?.image }))
}

function checkNodeSelectorNarrows(problems: Problems, spec: PodSpec, previous: PodSpec): void {
  const { nodeSelector = {} } = spec
  const narrows = Object.entries(previous.nodeSelector ?? {}).every(
    ([key, value]) => nodeSelector[key] === value,
  )
  if (narrows) return
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
  problems.push(invalidValue('spec.nodeSelector', nodeSelector, detail))
}

/** Terms may get more requirements; none may go and no term may come. */
function checkNodeAffinityNarrows(
  problems: Problems,
  affinity: Affinity | undefined,
  previous: Affinity | undefined,
): void {
  const before = termsOf(previous)
  if (before === undefined || before.length === 0) return
  const path =
    'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'
  const terms = termsOf(affinity) ?? []
  if (terms.length !== before.length) {
    const detail = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'
    problems.push(invalidValue(path, termsOf(affinity)?.map(shownTerm) ?? null, detail))
    return
  }
  for (const [index, term] of terms.entries()) {
    const old = before[index] ?? {}
    const expressions = [term.matchExpressions ?? [], old.matchExpressions ?? []] as const
    const fields = [term.matchFields ?? [], old.matchFields ?? []] as const
    const wasEmpty = expressions[1].length + fields[1].length === 0
    const grew = expressions[0].length + fields[0].length > 0
    if (beginsWith(...expressions) && beginsWith(...fields) && !(wasEmpty && grew)) continue
    const detail = 'only additions are allowed (no mutations or deletions)'
    problems.push(invalidValue(`${path}[${index}]`, shownTerm(term), detail))
  }
}

/** A term as messages show it: in the server's own form. */
function shownTerm({ matchExpressions, matchFields }: NodeSelectorTerm): object {
  const shown = (requirements: NodeSelectorTerm['matchFields']) =>
    requirements?.map(({ key, operator, values }) => ({
      Key: key,
      Operator: operator,
      Values: values ?? null,
    })) ?? null
  return { MatchExpressions: shown(matchExpressions), MatchFields: shown(matchFields) }
}

function termsOf(affinity: Affinity | undefined) {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
}

function beginsWith(list: readonly unknown[], beginning: readonly unknown[]): boolean {
  return list.length >= beginning.length && isSame(list.slice(0, beginning.length), beginning)
}
