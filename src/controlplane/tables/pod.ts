import { conditionOf, isPodReady, isPodTerminal } from '../../kubernetes/conditions'
import type { Pod, PodStatus } from '../../kubernetes/types'
import {
  ageColumn,
  ageOf,
  nameColumn,
  orNone,
  type Printer,
  type RowCondition,
  since,
  text,
  wide,
} from './columns'

type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]
type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>

/** Pods (API-68 to API-70, TABLE-09 to TABLE-16). */
export const podPrinter: Printer<Pod> = {
  columns: [
    nameColumn,
    text('Ready', 'How many of the containers are ready.'),
    text('Status', 'State of the pod as a whole, seen through its containers.'),
    text('Restarts', 'How often containers have been restarted, and when last.'),
    ageColumn,
    wide(text('IP', 'Address of the pod.')),
    wide(text('Node', 'Node that the pod is bound to.')),
    wide(text('Nominated Node', 'Node that is being cleared for the pod.')),
    wide(text('Readiness Gates', 'How many of the extra conditions for readiness are true.')),
  ],
  cellsOf(pod, now) {
    const { ready, total, status, restarts, restartedAt } = summaryOf(pod)
    const ago = restarts > 0 && restartedAt !== undefined
    return [
      pod.metadata.name,
      `${ready}/${total}`,
      status,
      ago ? `${restarts} (${since(restartedAt, now)} ago)` : String(restarts),
      ageOf(pod, now),
      orNone(pod.status.podIPs?.[0]?.ip),
      orNone(pod.spec.nodeName),
      orNone(pod.status.nominatedNodeName),
      gatesOf(pod),
    ]
  },
  conditionsOf: ({ status }) => ended[status.phase ?? ''] ?? [],
}

const ended: Readonly<Record<string, readonly RowCondition[]>> = {
  Succeeded: [completed('Succeeded', 'The pod has completed successfully.')],
  Failed: [completed('Failed', 'The pod failed.')],
}

function completed(reason: string, message: string): RowCondition {
  return { type: 'Completed', status: 'True', reason, message }
}

interface Summary {
  readonly ready: number
  readonly total: number
  readonly status: string
  readonly restarts: number
  /** When a container ended for the last time before it was restarted. */
  readonly restartedAt: string | undefined
}

function summaryOf(pod: Pod): Summary {
  const { spec, status } = pod
  const statuses = status.containerStatuses ?? []
  const init = initializationOf(pod)
  const total = (spec.containers ?? []).length + sidecarsOf(pod).size
  const started =
    init.status === undefined || conditionOf(status.conditions, 'Initialized')?.status === 'True'
  const sidecars = init.seen.filter(({ name }) => sidecarsOf(pod).has(name))
  const counted = started ? [...sidecars, ...statuses] : init.seen
  const running = statuses.filter(({ ready, state }) => ready && state?.running !== undefined)
  const begun = init.status ?? firstWordOf(pod)
  return {
    ready: init.ready + (started ? running.filter(isNeither).length : 0),
    total,
    status: lastWordOf(pod, started ? containerWordOf(pod, begun) : begun),
    restarts: counted.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    restartedAt: counted
      .flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
      .sort()
      .at(-1),
  }
}

/** A container that is waiting or has ended is not counted as ready, whatever its flag says. */
function isNeither({ state }: ContainerStatus): boolean {
  return !state?.waiting?.reason && state?.terminated === undefined
}

/** Init containers that keep running, which count as containers. */
function sidecarsOf({ spec }: Pod): ReadonlySet<string> {
  const sidecars = (spec.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === 'Always',
  )
  return new Set(sidecars.map(({ name }) => name))
}

/** The status before any container is looked at (TABLE-12). */
function firstWordOf({ status }: Pod): string {
  const gated = conditionOf(status.conditions, 'PodScheduled')?.reason === 'SchedulingGated'
  return gated ? 'SchedulingGated' : status.reason || status.phase || ''
}

/** The first init container that is not done decides (TABLE-13); sidecars before it may be ready. */
function initializationOf(pod: Pod): {
  readonly ready: number
  readonly status: string | undefined
  /** The init containers up to that one. */
  readonly seen: readonly ContainerStatus[]
} {
  const sidecars = sidecarsOf(pod)
  const statuses = pod.status.initContainerStatuses ?? []
  let ready = 0
  for (const [index, container] of statuses.entries()) {
    const { state, started } = container
    if (state?.terminated?.exitCode === 0) continue
    if (sidecars.has(container.name) && started === true) {
      if (container.ready) ready++
      continue
    }
    const total = (pod.spec.initContainers ?? []).length
    const status = `Init:${initWordOf(container) ?? `${index}/${total}`}`
    return { ready, status, seen: statuses.slice(0, index + 1) }
  }
  return { ready, status: undefined, seen: statuses }
}

function initWordOf({ state }: ContainerStatus): string | undefined {
  if (state?.terminated !== undefined) return endOf(state.terminated)
  const reason = state?.waiting?.reason
  return reason && reason !== 'PodInitializing' ? reason : undefined
}

function endOf({ reason, signal, exitCode }: Terminated): string {
  if (reason) return reason
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

/** What the containers add; they are read from the last to the first, so the first has the last word (TABLE-14). */
function containerWordOf(pod: Pod, before: string): string {
  const statuses = pod.status.containerStatuses ?? []
  const word = statuses.map(wordOf).find((candidate) => candidate !== undefined) ?? before
  if (word !== 'Completed') return word
  const running = statuses.some(
    (status) => wordOf(status) === undefined && status.ready && status.state?.running !== undefined,
  )
  if (running && isPodReady(pod)) return 'Running'
  const failure = statuses.find(
    ({ state }) => !state?.waiting?.reason && state?.terminated?.exitCode,
  )
  return (failure && wordOf(failure)) ?? (running ? 'NotReady' : word)
}

/** What one container says of itself; nothing while it runs. */
function wordOf({ state }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason) return state.waiting.reason
  return state?.terminated && endOf(state.terminated)
}

/** A pod that is being deleted says so (TABLE-15). */
function lastWordOf(pod: Pod, before: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return before
  if (pod.status.reason === 'NodeLost') return 'Unknown'
  return isPodTerminal(pod) ? before : 'Terminating'
}

function gatesOf({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const open = gates.filter(
    ({ conditionType }) => conditionOf(status.conditions, conditionType)?.status === 'True',
  )
  return `${open.length}/${gates.length}`
}
