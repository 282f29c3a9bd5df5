import type { Pod, PodCondition } from '../../kubernetes/types'
import { deepFrozen } from '../json-body'
import type { ContainerRun } from './container-state'
import { conditionsOf, type Situation } from './pod-conditions'
import type { PodRun } from './pod-run'

let latest:
  | { readonly situation: Situation; readonly conditions: readonly PodCondition[] }
  | undefined

/**
 * What `conditionsOf` says, and the very same list for pods that are in the same situation one after the other.
 *
 * The pods of one template that start at one moment are. They share their conditions from here on, down to what the API
 * server stores of them, instead of each having five objects of its own in every state of its life.
 */
export function sharedConditionsOf(situation: Situation): readonly PodCondition[] {
  if (latest !== undefined && isAlike(latest.situation, situation)) return latest.conditions
  const conditions = conditionsOf(situation)
  // Conditions that may yet change are no ground for an answer that stays.
  if (isSimple(situation) && Object.isFrozen(situation.pod.status.conditions)) {
    latest = { situation, conditions: deepFrozen(conditions) }
  }
  return conditions
}

/** Whether the conditions follow from what `isAlike` compares: gates and init containers have a say of their own. */
function isSimple({ pod, run }: Situation): boolean {
  return run.initContainers.length === 0 && (pod.spec.readinessGates ?? []).length === 0
}

function isAlike(a: Situation, b: Situation): boolean {
  return (
    a.now === b.now &&
    a.phase === b.phase &&
    isSimple(b) &&
    isSamePod(a.pod, b.pod) &&
    isSameRun(a.run, b.run)
  )
}

function isSamePod(a: Pod, b: Pod): boolean {
  return (
    a.status.conditions === b.status.conditions &&
    a.status.observedGeneration === b.status.observedGeneration &&
    a.metadata.generation === b.metadata.generation
  )
}

function isSameRun(a: PodRun, b: PodRun): boolean {
  return (
    a.hasSandbox === b.hasSandbox &&
    (a.ending === undefined) === (b.ending === undefined) &&
    (a.result === undefined) === (b.result === undefined) &&
    a.result?.disruption === b.result?.disruption &&
    isSameReadiness(a.containers, b.containers)
  )
}

function isSameReadiness(a: readonly ContainerRun[], b: readonly ContainerRun[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) {
    if (a[index]?.name !== b[index]?.name || a[index]?.ready !== b[index]?.ready) return false
  }
  return true
}
