import type { Container } from '../../kubernetes/types'
import { probed, startedRun, waitingToPull } from './container-start'
import {
  type ContainerContext,
  type ContainerRun,
  recordEvent,
  type TerminatedState,
} from './container-state'
import { backOffAfter, backOffResetMilliseconds, syncMilliseconds } from './timing'

/** A container that has not been started yet (KUBELET-11). */
export function newContainerRun(
  container: Container,
  reason: string,
  startAt?: number,
): ContainerRun {
  return {
    name: container.name,
    image: container.image ?? '',
    state: { kind: 'waiting', reason },
    lastState: undefined,
    starts: 0,
    ready: false,
    started: false,
    failures: 0,
    next: startAt === undefined ? undefined : { at: startAt, change: 'start' },
  }
}

/** The container after the change that was due. */
export function changed(run: ContainerRun, context: ContainerContext): ContainerRun {
  const change = run.next?.change
  switch (change) {
    case undefined:
      return run
    case 'start':
      return startedRun(run, context)
    case 'pull-back-off':
      return waitingToPull(run, context)
    case 'crash':
      return exited(run, 1, context)
    case 'restart-back-off':
      return waitToRestart(run, context)
    case 'started':
      return probed({ ...run, started: true, next: undefined }, context)
    case 'becomes-ready':
      return { ...run, ready: true, next: undefined }
    case 'becomes-unready':
      recordEvent(context, 'Warning', 'Unhealthy', 'Readiness probe failed: simulated failure')
      return { ...run, ready: false, next: undefined }
  }
}

/** The container after it has exited by itself: restarted where the pod's policy says so (KUBELET-20, KUBELET-21). */
export function exited(
  run: ContainerRun,
  exitCode: number,
  context: ContainerContext,
): ContainerRun {
  if (run.state.kind !== 'running') return run
  const { now, timing } = context
  const { startedAt } = run.state
  const failures = now - startedAt >= backOffResetMilliseconds ? 0 : run.failures
  const state = terminated(exitCode, startedAt, now)
  const ended = { ...run, state, ready: false, started: false, next: undefined }
  if (!isRestarted(exitCode, context)) return ended
  if (failures === 0) {
    const at = now + timing.containerStartMilliseconds
    return { ...ended, failures: 1, next: { at, change: 'start' } }
  }
  return {
    ...ended,
    failures: failures + 1,
    next: { at: now + syncMilliseconds, change: 'restart-back-off' },
  }
}

/** The container after the kubelet has stopped it for good (KUBELET-26); one that never ran counts as lost. */
export function stopped(run: ContainerRun, exitCode: number, now: number): ContainerRun {
  if (run.state.kind === 'terminated') return { ...run, next: undefined }
  const state: TerminatedState =
    run.state.kind === 'running'
      ? terminated(exitCode, run.state.startedAt, now, exitCode === 0 ? 'Completed' : 'Error')
      : {
          kind: 'terminated',
          exitCode: 137,
          reason: 'ContainerStatusUnknown',
          message: 'The container could not be located when the pod was terminated',
          finishedAt: now,
        }
  return { ...run, state, ready: false, started: false, next: undefined }
}

/** The container after its definition changed: killed, and started anew at once (KUBELET-24). */
export function redefined(run: ContainerRun, context: ContainerContext): ContainerRun {
  const { container, now, timing } = context
  const at = now + timing.containerStartMilliseconds
  const next = { at, change: 'start' } as const
  const image = container.image ?? ''
  if (run.state.kind !== 'running') return { ...run, image, failures: 0, next }
  recordEvent(
    context,
    'Normal',
    'Killing',
    `Container ${run.name} definition changed, will be restarted`,
  )
  const state = terminated(0, run.state.startedAt, now)
  return { ...run, image, state, ready: false, started: false, failures: 0, next }
}

/** The container after its readiness probe began to fail, or to succeed again (KUBELET-17). */
export function reprobed(run: ContainerRun, context: ContainerContext): ContainerRun {
  if (run.state.kind !== 'running' || !run.started || run.next?.change === 'crash') return run
  const probe = context.container.readinessProbe
  const period = (probe?.periodSeconds ?? 10) * 1000
  if (!context.readinessFails) {
    if (run.ready) return { ...run, next: undefined }
    if (probe === undefined) return probed(run, context)
    const at = context.now + period * (probe.successThreshold ?? 1)
    return { ...run, next: { at, change: 'becomes-ready' } }
  }
  if (!run.ready) return { ...run, next: undefined }
  const at = context.now + (probe === undefined ? 0 : period * (probe.failureThreshold ?? 3))
  return { ...run, next: { at, change: 'becomes-unready' } }
}

function waitToRestart(run: ContainerRun, context: ContainerContext): ContainerRun {
  const { name, namespace, uid } = context.pod.metadata
  const delay = backOffAfter(run.failures - 1)
  const which = `${name}_${namespace}(${uid})`
  const message = `back-off ${durationText(delay)} restarting failed container=${run.name} pod=${which}`
  const text = `Back-off restarting failed container ${run.name} in pod ${which}`
  recordEvent(context, 'Warning', 'BackOff', text)
  return {
    ...run,
    state: { kind: 'waiting', reason: 'CrashLoopBackOff', message },
    lastState: run.state.kind === 'terminated' ? run.state : run.lastState,
    next: { at: context.now + delay - syncMilliseconds, change: 'start' },
  }
}

/** The form of Go's durations, for whole seconds below an hour. */
function durationText(milliseconds: number): string {
  const seconds = milliseconds / 1000
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

function isRestarted(exitCode: number, { pod, container, isInit }: ContainerContext): boolean {
  if (container.restartPolicy === 'Always') return true
  if (isInit && exitCode === 0) return false
  const policy = pod.spec.restartPolicy ?? 'Always'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

function terminated(
  exitCode: number,
  startedAt: number,
  now: number,
  reason = exitCode === 0 ? 'Completed' : exitCode === 137 ? 'OOMKilled' : 'Error',
): TerminatedState {
  return { kind: 'terminated', exitCode, reason, startedAt, finishedAt: now }
}
