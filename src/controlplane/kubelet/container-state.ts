import type { Container, Pod } from '../../kubernetes/types'
import type { KubeletTiming } from './timing'

/** What one container is doing, as its status will tell it. */
export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly startedAt: number }
  | TerminatedState

export interface TerminatedState {
  readonly kind: 'terminated'
  readonly exitCode: number
  readonly reason: string
  readonly message?: string
  /** Absent for a container that never ran. */
  readonly startedAt?: number
  readonly finishedAt: number
}

/** What will happen to a container next, unless something else happens first. */
type ContainerChange =
  | 'start'
  | 'pull-back-off'
  | 'crash'
  | 'restart-back-off'
  | 'started'
  | 'becomes-ready'
  | 'becomes-unready'

/** One container inside a simulated kubelet; immutable. */
export interface ContainerRun {
  readonly name: string
  readonly image: string
  readonly state: ContainerState
  readonly lastState: TerminatedState | undefined
  /** How often it has been started; 0 before the first time. */
  readonly starts: number
  readonly ready: boolean
  readonly started: boolean
  /** Failures in a row, for the back-off. */
  readonly failures: number
  readonly next: { readonly at: number; readonly change: ContainerChange } | undefined
}

/** An event to record on a pod; `container` says which one it is about (KUBELET-19). */
export interface PodEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly container?: string
}

/** Everything a change of one container may depend on. */
export interface ContainerContext {
  readonly pod: Pod
  readonly container: Container
  /** Init containers that end are done; others are restarted (KUBELET-16). */
  readonly isInit: boolean
  readonly now: number
  readonly timing: KubeletTiming
  readonly readinessFails: boolean
  /** Takes what happens. */
  readonly events: PodEvent[]
}

/** The annotation that sets when the containers of a pod become ready: seconds, or `never`. */
export const readyAfterAnnotation = 'simulation.daemonset-conformance.dev/ready-after-seconds'

/** Takes note of something that happened to the container. */
export function recordEvent(
  { events, container }: ContainerContext,
  type: PodEvent['type'],
  reason: string,
  message: string,
): void {
  events.push({ type, reason, message, container: container.name })
}
