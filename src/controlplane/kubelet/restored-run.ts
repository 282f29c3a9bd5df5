import type { Pod, PodStatus } from '../../kubernetes/types'
import type { ContainerRun, TerminatedState } from './container-state'
import { isCrashing } from './images'
import { admittedRun, type PodRun } from './pod-run'
import type { KubeletTiming } from './timing'

type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]

/**
 * A pod that was admitted just now: from its beginning, or, when the API shows that all of its containers
 * run, as it is. A kubelet that comes back to its machine finds them still there.
 *
 * @see KUBELET-30
 */
export function restoredRun(pod: Pod, now: number, timing: KubeletTiming): PodRun {
  const admitted = admittedRun(pod, now, timing)
  const { startTime, containerStatuses = [], initContainerStatuses = [] } = pod.status
  if (startTime === undefined || initContainerStatuses.length > 0) return admitted
  const containers: ContainerRun[] = []
  for (const container of admitted.containers) {
    const status = containerStatuses.find(({ name }) => name === container.name)
    const running = status?.state?.running
    if (status === undefined || running?.startedAt === undefined) return admitted
    containers.push(
      runningAs(container, status, { startedAt: Date.parse(running.startedAt), now, timing }),
    )
  }
  return { ...admitted, startTime: Date.parse(startTime), hasSandbox: true, containers }
}

function runningAs(
  container: ContainerRun,
  status: ContainerStatus,
  at: { readonly startedAt: number; readonly now: number; readonly timing: KubeletTiming },
): ContainerRun {
  const { crashMilliseconds, probeMilliseconds } = at.timing
  const running: ContainerRun = {
    ...container,
    image: status.image,
    state: { kind: 'running', startedAt: at.startedAt },
    lastState: terminatedAs(status.lastState?.terminated),
    starts: status.restartCount + 1,
    ready: status.ready,
    started: status.started ?? false,
    next: undefined,
  }
  if (isCrashing(status.image)) {
    return { ...running, next: { at: at.now + crashMilliseconds, change: 'crash' } }
  }
  // What was not ready is probed as if it had just started.
  return status.ready
    ? running
    : { ...running, next: { at: at.now + probeMilliseconds, change: 'started' } }
}

function terminatedAs(
  terminated: NonNullable<ContainerStatus['lastState']>['terminated'],
): TerminatedState | undefined {
  if (terminated === undefined) return undefined
  const { exitCode, reason = 'Error', message, startedAt, finishedAt } = terminated
  return {
    kind: 'terminated',
    exitCode,
    reason,
    ...(message === undefined ? {} : { message }),
    ...(startedAt === undefined ? {} : { startedAt: Date.parse(startedAt) }),
    finishedAt: Date.parse(finishedAt ?? startedAt ?? ''),
  }
}
