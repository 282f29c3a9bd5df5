import {
  type ContainerContext,
  type ContainerRun,
  readyAfterAnnotation,
  recordEvent,
} from './container-state'
import { isCrashing, isPullable, pullErrorOf } from './images'
import { backOffAfter, syncMilliseconds } from './timing'

/** The container with its process running, or failing to get its image (KUBELET-15, KUBELET-22). */
export function startedRun(run: ContainerRun, context: ContainerContext): ContainerRun {
  const { container, now, timing } = context
  const image = container.image ?? ''
  if (!isPullable(image)) return failedPull(run, context)
  pullEvents(image, context)
  recordEvent(context, 'Normal', 'Created', 'Container created')
  recordEvent(context, 'Normal', 'Started', 'Container started')
  const running: ContainerRun = {
    ...run,
    image,
    state: { kind: 'running', startedAt: now },
    lastState: run.state.kind === 'terminated' ? run.state : run.lastState,
    starts: run.starts + 1,
    ready: false,
    started: false,
    failures: run.starts === 0 ? 0 : run.failures,
    next: undefined,
  }
  if (isCrashing(image)) {
    const at = now + timing.crashMilliseconds
    return {
      ...running,
      started: true,
      ready: isReadyUnprobed(context),
      next: { at, change: 'crash' },
    }
  }
  const probe = container.startupProbe
  if (probe === undefined) return probed({ ...running, started: true }, context)
  const delay = Math.max((probe.initialDelaySeconds ?? 0) * 1000, timing.probeMilliseconds)
  return { ...running, next: { at: now + delay, change: 'started' } }
}

/** A started container, with the moment at which it becomes ready. */
export function probed(run: ContainerRun, context: ContainerContext): ContainerRun {
  if (context.readinessFails || context.isInit) return run
  const delay = readinessDelay(context)
  if (delay === undefined) return run
  if (delay === 0) return { ...run, ready: true }
  return { ...run, next: { at: context.now + delay, change: 'becomes-ready' } }
}

/** Milliseconds from the start of a container until it is ready; absent: it never is. */
function readinessDelay({ pod, container, timing }: ContainerContext): number | undefined {
  const annotation = pod.metadata.annotations?.[readyAfterAnnotation]
  if (annotation === 'never') return undefined
  const seconds = Number(annotation)
  if (annotation !== undefined && seconds >= 0) return seconds * 1000
  const probe = container.readinessProbe
  if (probe === undefined) return 0
  const first = Math.max((probe.initialDelaySeconds ?? 0) * 1000, timing.probeMilliseconds)
  return first + ((probe.successThreshold ?? 1) - 1) * (probe.periodSeconds ?? 10) * 1000
}

/** An image is there already unless the container wants it pulled each time (KUBELET-19). */
function pullEvents(image: string, context: ContainerContext): void {
  if (context.container.imagePullPolicy !== 'Always') {
    recordEvent(
      context,
      'Normal',
      'Pulled',
      `Container image "${image}" already present on machine`,
    )
    return
  }
  recordEvent(context, 'Normal', 'Pulling', `Pulling image "${image}"`)
  const took = `${context.timing.containerStartMilliseconds}ms`
  const text = `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: 1048576 bytes.`
  recordEvent(context, 'Normal', 'Pulled', text)
}

function isReadyUnprobed(context: ContainerContext): boolean {
  return !context.readinessFails && !context.isInit && readinessDelay(context) === 0
}

function failedPull(run: ContainerRun, context: ContainerContext): ContainerRun {
  const { container, now } = context
  const image = container.image ?? ''
  const message = pullErrorOf(image)
  recordEvent(context, 'Normal', 'Pulling', `Pulling image "${image}"`)
  recordEvent(context, 'Warning', 'Failed', `Failed to pull image "${image}": ${message}`)
  recordEvent(context, 'Warning', 'Failed', 'Error: ErrImagePull')
  return {
    ...run,
    image,
    state: { kind: 'waiting', reason: 'ErrImagePull', message },
    lastState: run.state.kind === 'terminated' ? run.state : run.lastState,
    failures: run.failures + 1,
    next: { at: now + syncMilliseconds, change: 'pull-back-off' },
  }
}

/** The container while it waits to try its image again (KUBELET-22). */
export function waitingToPull(run: ContainerRun, context: ContainerContext): ContainerRun {
  const text = `Back-off pulling image "${run.image}"`
  recordEvent(context, 'Normal', 'BackOff', text)
  recordEvent(context, 'Warning', 'Failed', 'Error: ImagePullBackOff')
  const message = `${text}: ErrImagePull: ${pullErrorOf(run.image)}`
  return {
    ...run,
    state: { kind: 'waiting', reason: 'ImagePullBackOff', message },
    next: { at: context.now + backOffAfter(run.failures) - syncMilliseconds, change: 'start' },
  }
}
