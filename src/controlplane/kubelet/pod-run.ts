import type { Container, Pod } from '../../kubernetes/types'
import { deepFrozen } from '../json-body'
import { changed, exited, newContainerRun, redefined, reprobed, stopped } from './container-run'
import type { ContainerContext, ContainerRun, PodEvent } from './container-state'
import type { KubeletTiming } from './timing'

/** How a pod ends, where its containers' exit codes alone do not say it. */
export interface PodResult {
  /** Absent: Succeeded when every container exited with 0, else Failed (KUBELET-26). */
  readonly phase?: 'Failed' | 'Succeeded'
  readonly reason?: string
  readonly message?: string
  /** The message of the condition `DisruptionTarget` that the kubelet adds (KUBELET-37). */
  readonly disruption?: string
}

/** One pod inside a simulated kubelet; immutable. What the API shows follows from it (`podStatusOf`). */
export interface PodRun {
  readonly startTime: number
  /** Whether the pod has its network (KUBELET-14). */
  readonly hasSandbox: boolean
  readonly initContainers: readonly ContainerRun[]
  readonly containers: readonly ContainerRun[]
  readonly readinessFails: boolean
  /** When and how the containers will be stopped; absent while nobody ends the pod. */
  readonly ending:
    | { readonly at: number; readonly exitCode: number; readonly result: PodResult }
    | undefined
  /** Set once the pod has ended for good. */
  readonly result: PodResult | undefined
}

/** What a pod's next step may depend on, beside the run itself. */
export interface PodContext {
  readonly pod: Pod
  readonly now: number
  readonly timing: KubeletTiming
  /** Takes what happens. */
  readonly events: PodEvent[]
}

/** A pod that was admitted just now (KUBELET-11). */
export function admittedRun(pod: Pod, now: number, timing: KubeletTiming): PodRun {
  const startAt = now + timing.containerStartMilliseconds
  const { containers, initContainers = [] } = pod.spec
  const waits = initContainers.length > 0
  return {
    startTime: now,
    hasSandbox: false,
    initContainers: initContainers.map((container, index) =>
      newContainerRun(container, 'PodInitializing', index === 0 ? startAt : undefined),
    ),
    containers: waits
      ? containers.map((container) => newContainerRun(container, 'PodInitializing'))
      : startingContainers(containers, startAt),
    readinessFails: false,
    ending: undefined,
    result: undefined,
  }
}

/** Containers that will start at the given moment; until then, pods of one template share them. */
function startingContainers(
  containers: readonly Container[],
  startAt: number,
): readonly ContainerRun[] {
  const known = startingTogether.get(containers)
  if (known?.startAt === startAt) return known.runs
  const runs = containers.map((container) =>
    newContainerRun(container, 'ContainerCreating', startAt),
  )
  if (Object.isFrozen(containers)) {
    startingTogether.set(containers, { startAt, runs: deepFrozen(runs) })
  }
  return runs
}

const startingTogether = new WeakMap<
  readonly Container[],
  { readonly startAt: number; readonly runs: readonly ContainerRun[] }
>()

/** A pod that ended without ever running a container: refused (KUBELET-31), or over already (KUBELET-29). */
export function endedRun(now: number, result: PodResult): PodRun {
  return {
    startTime: now,
    hasSandbox: false,
    initContainers: [],
    containers: [],
    readinessFails: false,
    ending: undefined,
    result,
  }
}

/** When something will happen to the pod by itself; absent: never. */
export function dueAt(run: PodRun, pod: Pod): number | undefined {
  if (run.result !== undefined) return undefined
  let due = run.ending?.at ?? Number.POSITIVE_INFINITY
  const deadline = pod.spec.activeDeadlineSeconds
  if (deadline !== undefined && run.ending === undefined) {
    due = Math.min(due, run.startTime + deadline * 1000)
  }
  for (const { next } of run.initContainers) if (next !== undefined) due = Math.min(due, next.at)
  for (const { next } of run.containers) if (next !== undefined) due = Math.min(due, next.at)
  return due === Number.POSITIVE_INFINITY ? undefined : due
}

/** The pod after everything that is due by now has happened; the same object when nothing has. */
export function advanced(run: PodRun, context: PodContext): PodRun {
  if (run.result !== undefined) return run
  const { pod, now } = context
  if (run.ending !== undefined && run.ending.at <= now) return finished(run, run.ending, now)
  const deadline = pod.spec.activeDeadlineSeconds
  if (
    deadline !== undefined &&
    run.ending === undefined &&
    run.startTime + deadline * 1000 <= now
  ) {
    const message = 'Pod was active on the node longer than the specified deadline'
    return ending(run, { phase: 'Failed', reason: 'DeadlineExceeded', message }, context)
  }
  const initContainers = each(run.initContainers, pod.spec.initContainers, context, run, true)
  const containers = each(run.containers, pod.spec.containers, context, run, false)
  if (initContainers === run.initContainers && containers === run.containers) return run
  const next = { ...run, hasSandbox: true, initContainers, containers }
  return initContainers === run.initContainers ? next : initialized(next, context)
}

/** The pod while its containers are being stopped, to end with the given result (KUBELET-25). */
export function ending(run: PodRun, result: PodResult, context: PodContext): PodRun {
  const { pod, now, timing, events } = context
  const grace =
    (pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1000
  const isRunning = run.containers.some(({ state }) => state.kind === 'running')
  const own = isRunning
    ? preStopMilliseconds(pod) + timing.stopMilliseconds
    : timing.stopMilliseconds
  const at = now + Math.min(own, grace)
  if (run.ending !== undefined) {
    // A shorter grace on the way brings the end forward, a longer one changes nothing.
    const killAt = now + grace
    if (run.ending.at <= killAt) return run
    return { ...run, ending: { ...run.ending, at: killAt, exitCode: 137 } }
  }
  for (const { name, state } of run.containers) {
    if (state.kind !== 'running') continue
    events.push({
      type: 'Normal',
      reason: 'Killing',
      message: `Stopping container ${name}`,
      container: name,
    })
  }
  return { ...run, ending: { at, exitCode: own <= grace ? 0 : 137, result } }
}

/** The pod after all of its containers exited with the code, and it was over at once. */
export function ended(run: PodRun, exitCode: number, result: PodResult, now: number): PodRun {
  return finished(run, { at: now, exitCode, result }, now)
}

/** The pod after one of its containers exited by itself (KUBELET-20). */
export function withExit(run: PodRun, name: string, exitCode: number, context: PodContext): PodRun {
  const change = (container: ContainerRun, of: ContainerContext) =>
    container.name === name ? exited(container, exitCode, of) : container
  return mapped(run, context, change)
}

/** The pod after its readiness probes began to fail, or to succeed again (KUBELET-17). */
export function withReadiness(run: PodRun, readinessFails: boolean, context: PodContext): PodRun {
  return mapped({ ...run, readinessFails }, context, reprobed)
}

/** The pod after its spec was updated: containers whose image changed begin anew (KUBELET-24). */
export function withSpecOf(run: PodRun, context: PodContext): PodRun {
  return mapped(run, context, (container, of) =>
    container.image === (of.container.image ?? '') ? container : redefined(container, of),
  )
}

function mapped(
  run: PodRun,
  context: PodContext,
  change: (container: ContainerRun, context: ContainerContext) => ContainerRun,
): PodRun {
  if (run.result !== undefined || run.ending !== undefined) return run
  const containers = run.containers.map((container, index) => {
    const definition = context.pod.spec.containers[index]
    return definition === undefined
      ? container
      : change(container, containerContext(definition, context, run, false))
  })
  return { ...run, containers }
}

function each(
  containers: readonly ContainerRun[],
  definitions: readonly Container[] | undefined,
  context: PodContext,
  run: PodRun,
  isInit: boolean,
): readonly ContainerRun[] {
  let result: ContainerRun[] | undefined
  for (let index = 0; index < containers.length; index++) {
    const container = containers[index]
    const definition = definitions?.[index]
    if (container?.next === undefined || definition === undefined) continue
    if (container.next.at > context.now) continue
    result ??= [...containers]
    result[index] = changed(container, containerContext(definition, context, run, isInit))
  }
  return result ?? containers
}

/** Ends init containers that have done their work and starts what waits for them, one after another. */
function initialized(run: PodRun, context: PodContext): PodRun {
  const startAt = context.now + context.timing.containerStartMilliseconds
  const initContainers = [...run.initContainers]
  for (const [index, container] of initContainers.entries()) {
    const definition = context.pod.spec.initContainers?.[index]
    if (definition === undefined) continue
    const isSidecar = definition.restartPolicy === 'Always'
    if (container.state.kind === 'running' && !isSidecar && container.next === undefined) {
      // A simulated init container has nothing to do: it is done as soon as it runs.
      initContainers[index] = exited(container, 0, containerContext(definition, context, run, true))
    }
    if (!isInitDone(initContainers[index], isSidecar)) {
      const waiting = initContainers[index]
      if (waiting?.starts === 0 && waiting.next === undefined && waiting.state.kind === 'waiting') {
        initContainers[index] = { ...waiting, next: { at: startAt, change: 'start' } }
      }
      return { ...run, initContainers }
    }
  }
  const containers = run.containers.map((container) =>
    container.starts === 0 && container.next === undefined
      ? { ...container, next: { at: startAt, change: 'start' } as const }
      : container,
  )
  return { ...run, initContainers, containers }
}

/** Whether what comes after the init container may start. */
export function isInitDone(container: ContainerRun | undefined, isSidecar: boolean): boolean {
  if (container === undefined) return true
  if (isSidecar) return container.started
  return container.state.kind === 'terminated' && container.state.exitCode === 0
}

function finished(run: PodRun, how: NonNullable<PodRun['ending']>, now: number): PodRun {
  const stop = (container: ContainerRun) => stopped(container, how.exitCode, now)
  return {
    ...run,
    // A pod that never got to its containers keeps them waiting.
    containers: run.containers.map(stop),
    initContainers: run.initContainers.map((container) =>
      container.state.kind === 'running' ? stop(container) : { ...container, next: undefined },
    ),
    ending: undefined,
    result: how.result,
  }
}

function preStopMilliseconds(pod: Pod): number {
  let longest = 0
  for (const { lifecycle } of pod.spec.containers) {
    longest = Math.max(
      longest,
      (lifecycle?.preStop?.sleep?.seconds ?? sleepOf(lifecycle?.preStop?.exec?.command)) * 1000,
    )
  }
  return longest
}

/** The seconds of a hook that only sleeps, e.g. `sh -c "sleep 15"`; other commands end at once. */
function sleepOf(command: readonly string[] | undefined): number {
  const seconds = /(?:^|\s)sleep (\d+(?:\.\d+)?)\s*$/.exec(command?.join(' ') ?? '')?.[1]
  return seconds === undefined ? 0 : Number(seconds)
}

function containerContext(
  container: Container,
  { pod, now, timing, events }: PodContext,
  { readinessFails }: PodRun,
  isInit: boolean,
): ContainerContext {
  return { pod, container, isInit, now, timing, readinessFails, events }
}
