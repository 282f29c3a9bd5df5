import type { PriorityClass } from '../../kubernetes/types'
import { checkImmutable, checkRequiredChoice, type Problems } from './checks'
import { forbidden } from './field-error'
import { strategyOf, withGeneration } from './generic'
import { clusterNames } from './metadata'
import type { Strategy } from './strategy'
import { changed } from './structure'

/** The highest number that is not kept for the system's own pods. */
const highestForUsers = 1_000_000_000

/** The classes that are there from the start, and their numbers (API-209). */
const systemClasses: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

/** How the API server treats priority classes. */
export const priorityClassStrategy: Strategy<PriorityClass> = strategyOf<PriorityClass>({
  names: clusterNames,
  defaults: (object) =>
    changed(object, {
      value: object.value ?? 0,
      preemptionPolicy: object.preemptionPolicy ?? 'PreemptLowerPriority',
    }),
  prepareForCreate: (object) => withGeneration(object, 1),
  check,
  checkUpdate(problems, { value, preemptionPolicy }, previous) {
    if (value !== previous.value) {
      problems.push(forbidden('value', 'may not be changed in an update.'))
    }
    checkImmutable(problems, 'preemptionPolicy', preemptionPolicy, previous.preemptionPolicy)
  },
})

function check(problems: Problems, object: PriorityClass): void {
  const { value = 0, preemptionPolicy } = object
  const { name = '' } = object.metadata
  if (name.startsWith('system-')) {
    const problem = systemProblem(object)
    if (problem !== undefined) {
      const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${problem}`
      problems.push(forbidden('metadata.name', detail))
    }
  } else if (value > highestForUsers) {
    const detail = `maximum allowed value of a user defined priority is ${highestForUsers}`
    problems.push(forbidden('value', detail))
  }
  checkRequiredChoice(problems, 'preemptionPolicy', preemptionPolicy, [
    'PreemptLowerPriority',
    'Never',
  ])
}

function systemProblem({ metadata, value, globalDefault }: PriorityClass): string | undefined {
  const expected = Object.hasOwn(systemClasses, metadata.name)
    ? systemClasses[metadata.name]
    : undefined
  if (expected === undefined) return `${metadata.name} is not a known system priority class`
  if (value !== expected) return `value of ${metadata.name} PriorityClass must be ${expected}`
  if (globalDefault === true) {
    return `globalDefault of ${metadata.name} PriorityClass must be false`
  }
  return undefined
}
