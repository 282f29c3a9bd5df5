import { labelValueErrors } from '../../kubernetes/names'
import type { PodSpec, Toleration } from '../../kubernetes/types'
import { checkLabelKeys } from './affinity'
import {
  checkChoice,
  checkLabelSelector,
  checkPositive,
  checkQualifiedName,
  type Problems,
} from './checks'
import { duplicate, invalidValue, notSupported, required } from './field-error'

type SpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number]

/** What a taint does to pods that do not tolerate it. */
export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Tolerations: operator and value, effect and seconds must go together (PLACE-25, GATES-07). */
export function checkTolerations(
  problems: Problems,
  path: string,
  tolerations: readonly Toleration[],
): void {
  for (const [index, toleration] of tolerations.entries()) {
    const at = `${path}[${index}]`
    const { key = '', operator = '', effect = '', tolerationSeconds } = toleration
    if (key !== '') checkQualifiedName(problems, `${at}.key`, key)
    else if (operator !== 'Exists') {
      const detail =
        'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      problems.push(invalidValue(`${at}.operator`, operator, detail))
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
      problems.push(invalidValue(`${at}.effect`, effect, detail))
    }
    checkOperator(problems, `${at}.operator`, toleration)
    if (effect !== '') checkChoice(problems, `${at}.effect`, effect, taintEffects)
  }
}

/** How pods spread over the zones or nodes of a cluster. */
export function checkSpreadConstraints(
  problems: Problems,
  path: string,
  constraints: readonly SpreadConstraint[],
): void {
  for (const [index, constraint] of constraints.entries()) {
    const at = `${path}[${index}]`
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '' } = constraint
    checkPositive(problems, `${at}.maxSkew`, maxSkew)
    if (topologyKey === '') problems.push(required(`${at}.topologyKey`, 'can not be empty'))
    checkChoice(problems, `${at}.whenUnsatisfiable`, whenUnsatisfiable, [
      'DoNotSchedule',
      'ScheduleAnyway',
    ])
    const repeated = constraints
      .slice(index + 1)
      .some(
        (other) =>
          (other.topologyKey ?? '') === topologyKey &&
          (other.whenUnsatisfiable ?? '') === whenUnsatisfiable,
      )
    if (repeated) {
      const field = `${at}.{topologyKey, whenUnsatisfiable}`
      problems.push(duplicate(field, `{${topologyKey}, ${whenUnsatisfiable}}`))
    }
    checkDomains(problems, at, constraint)
    checkLabelKeys(problems, at, {
      matchLabelKeys: constraint.matchLabelKeys,
      selector: constraint.labelSelector,
    })
    checkLabelSelector(problems, `${at}.labelSelector`, constraint.labelSelector)
  }
}

/** `Lt` and `Gt` are behind a gate that is off. */
function checkOperator(
  problems: Problems,
  path: string,
  { operator = '', value = '' }: Toleration,
): void {
  switch (operator) {
    case '':
    case 'Equal': {
      const messages = labelValueErrors(value)
      if (messages.length > 0) problems.push(invalidValue(path, value, messages.join(';')))
      return
    }
    case 'Exists':
      if (value === '') return
      problems.push(invalidValue(path, value, "value must be empty when `operator` is 'Exists'"))
      return
    case 'Lt':
    case 'Gt':
      problems.push(notSupported(path, operator, ['Equal', 'Exists', 'Lt', 'Gt']))
      return
    default:
      problems.push(notSupported(path, operator, ['Equal', 'Exists']))
  }
}

function checkDomains(
  problems: Problems,
  path: string,
  { minDomains, whenUnsatisfiable = '', ...constraint }: SpreadConstraint,
): void {
  if (minDomains !== undefined) {
    checkPositive(problems, `${path}.minDomains`, minDomains)
    if (whenUnsatisfiable !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`
      problems.push(invalidValue(`${path}.minDomains`, minDomains, detail))
    }
  }
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    checkChoice(problems, `${path}.${field}`, constraint[field], ['Honor', 'Ignore'])
  }
}
