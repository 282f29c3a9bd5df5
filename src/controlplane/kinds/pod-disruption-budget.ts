import type { PodDisruptionBudget } from '../../kubernetes/types'
import {
  checkChoice,
  checkLabelSelector,
  checkNonNegative,
  hasMalformedValues,
  type Problems,
} from './checks'
import { invalidValue } from './field-error'
import { strategyOf, withGeneration } from './generic'
import { checkIntOrPercent, checkPercentLimit } from './int-or-percent'
import { pathNames } from './metadata'
import type { Strategy } from './strategy'
import { changed, defaulted, isSame } from './structure'

type Spec = NonNullable<PodDisruptionBudget['spec']>
type Status = NonNullable<PodDisruptionBudget['status']>

const noStatus: Status = Object.freeze({
  currentHealthy: 0,
  desiredHealthy: 0,
  disruptionsAllowed: 0,
  expectedPods: 0,
})

/** How the API server treats pod disruption budgets. */
export const podDisruptionBudgetStrategy: Strategy<PodDisruptionBudget> =
  strategyOf<PodDisruptionBudget>({
    names: pathNames,
    repeats: 'nothing',
    freeFinalizers: true,
    defaults: (budget) =>
      changed(budget, {
        spec: budget.spec ?? {},
        status: defaulted(budget.status ?? noStatus, noStatus),
      }),
    prepareForCreate: (budget) => withGeneration(changed(budget, { status: noStatus }), 1),
    prepareForUpdate(budget, previous, subresource) {
      if (subresource === 'status') return changed(budget, { spec: previous.spec })
      const stored = changed(budget, { status: previous.status })
      const { generation = 0 } = previous.metadata
      return isSame(budget.spec, previous.spec) ? stored : withGeneration(stored, generation + 1)
    },
    check: (problems, { spec = {} }) => checkSpec(problems, spec, { tolerateValues: false }),
    checkUpdate: (problems, { spec = {} }, previous) =>
      checkSpec(problems, spec, { tolerateValues: hasMalformedValues(previous.spec?.selector) }),
    checkStatus(problems, { status = noStatus }) {
      for (const field of [
        'disruptionsAllowed',
        'currentHealthy',
        'desiredHealthy',
        'expectedPods',
      ] as const) {
        checkNonNegative(problems, `status.${field}`, status[field])
      }
    },
  })

function checkSpec(
  problems: Problems,
  spec: Spec,
  options: { readonly tolerateValues: boolean },
): void {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const detail = 'minAvailable and maxUnavailable cannot be both set'
    problems.push(invalidValue('spec', shown(spec), detail))
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    checkIntOrPercent(problems, `spec.${field}`, value)
    checkPercentLimit(problems, `spec.${field}`, value)
  }
  checkLabelSelector(problems, 'spec.selector', selector, options)
  checkChoice(problems, 'spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, [
    'AlwaysAllow',
    'IfHealthyBudget',
  ])
}

/** The spec as messages show it: in the server's own form. */
function shown(spec: Spec): object {
  return {
    MinAvailable: spec.minAvailable ?? null,
    Selector: spec.selector ?? null,
    MaxUnavailable: spec.maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
  }
}
