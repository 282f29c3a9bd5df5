import type { Pod, PriorityClass } from '../../kubernetes/types'
import { forbiddenTo } from '../refusals'
import type { Registry } from '../registry'
import { nameInRefusal } from './names'

/**
 * Resolves the priority class of a pod into a number and a preemption policy (API-208).
 *
 * @throws StatusError `Forbidden` for an unknown class, and for values that contradict it
 */
export function withPriority(registry: Registry, pod: Pod): Pod {
  const decided = priorityOf(registry, pod)
  const { spec } = pod
  if (spec.priority !== undefined && spec.priority !== decided.priority) {
    throw forbiddenTo(
      'Pod',
      nameInRefusal(pod),
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; ` +
        `priority admission controller computed ${decided.priority} from the given PriorityClass name`,
    )
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== decided.preemptionPolicy) {
    throw forbiddenTo(
      'Pod',
      nameInRefusal(pod),
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; ` +
        `priority admission controller computed ${decided.preemptionPolicy} from the given PriorityClass name`,
    )
  }
  return { ...pod, spec: { ...spec, ...decided } }
}

interface Priority {
  readonly priorityClassName?: string
  readonly priority: number
  readonly preemptionPolicy: string
}

const preemptLower = 'PreemptLowerPriority'

function priorityOf({ store }: Registry, pod: Pod): Priority {
  const { priorityClassName = '' } = pod.spec
  if (priorityClassName === '') return defaultPriority({ store })
  const found = store.get('PriorityClass', '', priorityClassName) as PriorityClass | undefined
  if (found === undefined) {
    throw forbiddenTo(
      'Pod',
      nameInRefusal(pod),
      `no PriorityClass with name ${priorityClassName} was found`,
    )
  }
  return { priority: found.value ?? 0, preemptionPolicy: found.preemptionPolicy ?? preemptLower }
}

/** That of the global default class, of several the smallest; 0 without one. */
function defaultPriority({ store }: Pick<Registry, 'store'>): Priority {
  let chosen: PriorityClass | undefined
  for (const object of store.objects('PriorityClass', undefined)) {
    const candidate = object as PriorityClass
    if (candidate.globalDefault !== true) continue
    if (chosen === undefined || (candidate.value ?? 0) < (chosen.value ?? 0)) chosen = candidate
  }
  if (chosen === undefined) return noPriority
  return {
    priorityClassName: chosen.metadata.name,
    priority: chosen.value ?? 0,
    preemptionPolicy: chosen.preemptionPolicy ?? preemptLower,
  }
}

const noPriority: Priority = { priority: 0, preemptionPolicy: preemptLower }
