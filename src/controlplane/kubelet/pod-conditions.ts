import { timestampOf } from '../../kubernetes/clock'
import { conditionOf } from '../../kubernetes/conditions'
import type { Pod, PodCondition } from '../../kubernetes/types'
import { isInitDone, type PodRun } from './pod-run'

/** What the conditions of a pod follow from. */
export interface Situation {
  readonly pod: Pod
  readonly run: PodRun
  readonly phase: string
  readonly now: number
}

/** Why a condition is not met. */
interface Unmet {
  readonly reason: string
  readonly message?: string
}

/** The conditions that a kubelet writes, in its order (KUBELET-11 to KUBELET-13, KUBELET-18, KUBELET-26). */
export function conditionsOf(situation: Situation): readonly PodCondition[] {
  const { run } = situation
  const unready = unreadyOf(situation)
  const conditions = [
    conditionAs(situation, 'PodReadyToStartContainers', run.hasSandbox && run.result === undefined),
    conditionUnless(situation, 'Initialized', uninitializedOf(situation)),
    conditionUnless(situation, 'Ready', unready ?? gateOf(situation.pod)),
    conditionUnless(situation, 'ContainersReady', unready),
    conditionAs(situation, 'PodScheduled', true),
  ]
  const disruption = run.result?.disruption
  if (disruption !== undefined) {
    const why = { reason: 'TerminationByKubelet', message: disruption }
    conditions.push({ ...conditionAs(situation, 'DisruptionTarget', true), ...why })
  }
  return conditions
}

/** The generation that the status tells of; that of a deletion only once the containers have stopped (KUBELET-27). */
export function observedGenerationOf(
  { metadata, status }: Pod,
  { ending }: PodRun,
): number | undefined {
  if (ending === undefined) return metadata.generation
  return status.observedGeneration ?? metadata.generation
}

function unreadyOf({ run, phase }: Situation): Unmet | undefined {
  if (phase === 'Succeeded') return { reason: 'PodCompleted' }
  if (phase === 'Failed') return { reason: 'PodFailed' }
  if (run.containers.every(({ ready }) => ready)) return undefined
  const names = run.containers.filter(({ ready }) => !ready).map(({ name }) => name)
  return {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${names.join(' ')}]`,
  }
}

function uninitializedOf({ pod, run }: Situation): Unmet | undefined {
  if (run.initContainers.length === 0 || run.containers.some(({ starts }) => starts > 0)) {
    return undefined
  }
  const names = run.initContainers
    .filter((container, index) => {
      const isSidecar = pod.spec.initContainers?.[index]?.restartPolicy === 'Always'
      return !isInitDone(container, isSidecar)
    })
    .map(({ name }) => name)
  if (names.length === 0) return undefined
  return {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names.join(' ')}]`,
  }
}

/** Why a readiness gate keeps the pod from being ready (KUBELET-18); absent: none does. */
function gateOf({ spec, status }: Pod): Unmet | undefined {
  const texts: string[] = []
  for (const { conditionType } of spec.readinessGates ?? []) {
    const present = conditionOf(status.conditions, conditionType)
    if (present === undefined) {
      texts.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`)
    } else if (present.status !== 'True') {
      texts.push(
        `the status of pod readiness gate "${conditionType}" is not "True", but ${present.status}`,
      )
    }
  }
  return texts.length === 0
    ? undefined
    : { reason: 'ReadinessGatesNotReady', message: texts.join(', ') }
}

function conditionUnless(
  situation: Situation,
  type: string,
  unmet: Unmet | undefined,
): PodCondition {
  const condition = conditionAs(situation, type, unmet === undefined)
  return unmet === undefined ? condition : { ...condition, ...unmet }
}

/** A condition with the moment of its last change kept (KUBELET-13). */
function conditionAs({ pod, run, now }: Situation, type: string, isMet: boolean): PodCondition {
  const status = isMet ? 'True' : 'False'
  const present = conditionOf(pod.status.conditions, type)
  const since = present?.status === status ? present.lastTransitionTime : undefined
  const lastTransitionTime = since ?? timestampOf(now)
  const observedGeneration = observedGenerationOf(pod, run)
  return observedGeneration === undefined
    ? { type, status, lastTransitionTime }
    : { type, status, observedGeneration, lastTransitionTime }
}
