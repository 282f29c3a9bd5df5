import { timestampOf } from '../../kubernetes/clock'
import type { Pod, PodStatus } from '../../kubernetes/types'
import { deepFrozen } from '../json-body'
import type { ContainerRun, ContainerState, TerminatedState } from './container-state'
import { containerIdOf, imageIdOf } from './images'
import { observedGenerationOf } from './pod-conditions'
import { isInitDone, type PodRun } from './pod-run'
import { sharedConditionsOf } from './shared-conditions'

/** An address as a status shows it: by itself, and as the list of which it is the only one. */
export interface Address {
  readonly ip: string
  readonly ips: readonly { readonly ip: string }[]
}

/** The addresses that a pod's status shows. */
export interface PodAddresses {
  readonly host: Address
  readonly pod: Address
}

/** An address, made once for all statuses that show it: what is the very same need not be compared or copied. */
export function addressOf(ip: string): Address {
  return deepFrozen({ ip, ips: [{ ip }] })
}

type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]
type WireState = NonNullable<ContainerStatus['state']>

/** The parts of a pod's status that its kubelet decides on (KUBELET-11 to KUBELET-18, KUBELET-26, KUBELET-31). */
export function podStatusOf(
  pod: Pod,
  run: PodRun,
  { host, pod: own }: PodAddresses,
  now: number,
): PodStatus {
  const phase = phaseOf(pod, run)
  const { observedGeneration, ...result } = resultFields(pod, run)
  const common = { phase, ...result, startTime: timestampOf(run.startTime), ...observedGeneration }
  if (run.containers.length === 0) return common
  const hasAddress = run.hasSandbox || pod.spec.hostNetwork === true
  const address = pod.spec.hostNetwork === true ? host : own
  const init = pod.spec.initContainers ?? []
  return {
    ...common,
    hostIP: host.ip,
    hostIPs: host.ips,
    ...(hasAddress ? { podIP: address.ip, podIPs: address.ips } : {}),
    conditions: sharedConditionsOf({ pod, run, phase, now }),
    ...(init.length > 0
      ? {
          initContainerStatuses: run.initContainers.map((container, index) =>
            statusOf(
              pod,
              container,
              isInitDone(container, init[index]?.restartPolicy === 'Always'),
            ),
          ),
        }
      : {}),
    containerStatuses: containerStatusesOf(pod, run.containers),
  }
}

/** The phase of a pod, from what its containers do (KUBELET-16). */
function phaseOf(pod: Pod, run: PodRun): string {
  // Nobody leaves a terminal phase, whoever wrote it (KUBELET-29).
  const present = pod.status.phase
  if (present === 'Failed' || present === 'Succeeded') return present
  if (run.result !== undefined) return run.result.phase ?? phaseByExitCodes(run)
  const isInitializing = run.initContainers.some(
    (container, index) =>
      !isInitDone(container, pod.spec.initContainers?.[index]?.restartPolicy === 'Always') &&
      run.containers.every(({ starts }) => starts === 0),
  )
  if (isInitializing || run.containers.some(({ starts }) => starts === 0)) return 'Pending'
  const goesOn = run.containers.some(
    ({ state, next }) => state.kind !== 'terminated' || next !== undefined,
  )
  return goesOn ? 'Running' : phaseByExitCodes(run)
}

function phaseByExitCodes({ containers }: PodRun): 'Failed' | 'Succeeded' {
  const allDone = containers.every(
    ({ state }) => state.kind === 'terminated' && state.exitCode === 0,
  )
  return allDone ? 'Succeeded' : 'Failed'
}

function resultFields(pod: Pod, run: PodRun) {
  const { result } = run
  const generation = observedGenerationOf(pod, run)
  return {
    ...(result?.reason === undefined ? {} : { reason: result.reason }),
    ...(result?.message === undefined ? {} : { message: result.message }),
    observedGeneration: generation === undefined ? {} : { observedGeneration: generation },
  }
}

/** The statuses of the containers; those that have not started yet say nothing of their pod and are shared like it. */
function containerStatusesOf(
  pod: Pod,
  containers: readonly ContainerRun[],
): readonly ContainerStatus[] {
  const known = statusesBeforeStart.get(containers)
  if (known !== undefined) return known
  const statuses = containers.map((container) => statusOf(pod, container, container.ready))
  const isShared = Object.isFrozen(containers) && containers.every(({ starts }) => starts === 0)
  if (isShared) statusesBeforeStart.set(containers, deepFrozen(statuses))
  return statuses
}

const statusesBeforeStart = new WeakMap<readonly ContainerRun[], readonly ContainerStatus[]>()

function statusOf(pod: Pod, run: ContainerRun, ready: boolean): ContainerStatus {
  return {
    name: run.name,
    state: wireState(run.state, pod, run),
    lastState: run.lastState === undefined ? {} : wireState(run.lastState, pod, run),
    ready,
    restartCount: Math.max(0, run.starts - 1),
    image: run.image,
    imageID: run.starts === 0 ? '' : imageIdOf(run.image),
    ...(run.starts === 0 ? {} : { containerID: idOf(pod, run, run.starts) }),
    started: run.started,
  }
}

function wireState(state: ContainerState, pod: Pod, run: ContainerRun): WireState {
  switch (state.kind) {
    case 'waiting': {
      const { reason, message } = state
      return { waiting: message === undefined ? { reason } : { reason, message } }
    }
    case 'running':
      return { running: { startedAt: timestampOf(state.startedAt) } }
    case 'terminated':
      return { terminated: terminatedState(state, pod, run) }
  }
}

function terminatedState(state: TerminatedState, pod: Pod, run: ContainerRun) {
  const { exitCode, reason, message, startedAt, finishedAt } = state
  const starts =
    state === run.lastState && run.state.kind === 'running' ? run.starts - 1 : run.starts
  return {
    exitCode,
    reason,
    ...(message === undefined ? {} : { message }),
    ...(startedAt === undefined ? {} : { startedAt: timestampOf(startedAt) }),
    finishedAt: timestampOf(finishedAt),
    ...(startedAt === undefined ? {} : { containerID: idOf(pod, run, starts) }),
  }
}

function idOf(pod: Pod, run: ContainerRun, starts: number): string {
  return containerIdOf(pod.metadata.uid, run.name, starts)
}
