import { timestampOf } from '../../src/kubernetes/clock'
import type { Pod, PodStatus } from '../../src/kubernetes/types'
import { listOf } from './kubernetes-text'

type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]

/** What a table says about the status that somebody writes for a pod. */
export interface PodStatusText {
  readonly phase?: string
  readonly reason?: string
  /** The types of the conditions that are true. */
  readonly conditions?: string
  /** One text for each container, in their order; see `stateOf`. */
  readonly containers?: string
  readonly 'init containers'?: string
  /** How often each container was restarted. */
  readonly restarts?: string
  /** How many seconds ago the run before the present one ended, for each container that was restarted. */
  readonly 'ended seconds ago'?: string
  readonly addresses?: string
  readonly 'nominated node'?: string
}

/** The status that the table means, for a pod with these containers. */
export function podStatusOf(text: PodStatusText, { spec }: Pod, now: number): object {
  const { phase, reason, conditions = '', addresses } = text
  const nominatedNodeName = text['nominated node']
  const runs = {
    restarts: listOf(text.restarts ?? ''),
    ended: listOf(text['ended seconds ago'] ?? ''),
  }
  const statuses = (states: string | undefined, containers: readonly { readonly name: string }[]) =>
    listOf(states ?? '').map((state, index): ContainerStatus => {
      const container = containers[index]
      if (container === undefined) throw new Error(`the pod has no container for "${state}"`)
      return { ...containerOf(container.name, state, now), ...historyOf(runs, index, now) }
    })
  const containerStatuses = statuses(text.containers, spec.containers)
  const initContainerStatuses = statuses(text['init containers'], spec.initContainers ?? [])
  return {
    ...(phase === undefined ? {} : { phase }),
    ...(reason === undefined ? {} : { reason }),
    conditions: listOf(conditions).map((type) => ({ type, status: 'True' })),
    ...(addresses === undefined ? {} : addressesOf(addresses)),
    ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }),
    ...(containerStatuses.length === 0 ? {} : { containerStatuses }),
    ...(initContainerStatuses.length === 0 ? {} : { initContainerStatuses }),
  }
}

function addressesOf(addresses: string): object {
  const podIPs = listOf(addresses).map((ip) => ({ ip }))
  return { podIP: podIPs[0]?.ip, podIPs }
}

function containerOf(name: string, text: string, now: number): ContainerStatus {
  const isReady = text === 'ready'
  const state = stateOf(text, now)
  const status = { name, ready: isReady, restartCount: 0, image: '', imageID: '', state }
  return isReady ? { ...status, started: true } : status
}

/** `waiting <reason>`, `running`, `ready`, `exited <code>`, `exited <code> <reason>` or `killed by <signal>`. */
function stateOf(text: string, now: number): NonNullable<ContainerStatus['state']> {
  const at = timestampOf(now)
  if (text === 'running' || text === 'ready') return { running: { startedAt: at } }
  const [, waitingReason] = /^waiting (\S+)$/.exec(text) ?? []
  if (waitingReason !== undefined) return { waiting: { reason: waitingReason } }
  const [, exitCode, reason] = /^exited (\d+)(?: (\S+))?$/.exec(text) ?? []
  const times = { startedAt: at, finishedAt: at }
  if (exitCode !== undefined) {
    return { terminated: { exitCode: Number(exitCode), ...times, ...(reason && { reason }) } }
  }
  const [, signal] = /^killed by (\d+)$/.exec(text) ?? []
  if (signal === undefined) throw new Error(`"${text}" is no state of a container`)
  return { terminated: { exitCode: 128 + Number(signal), signal: Number(signal), ...times } }
}

function historyOf(
  { restarts, ended }: { readonly restarts: readonly string[]; readonly ended: readonly string[] },
  index: number,
  now: number,
): Partial<ContainerStatus> {
  const count = Number(restarts[index] ?? 0)
  const seconds = ended[index]
  if (count === 0) return {}
  if (seconds === undefined) return { restartCount: count }
  const finishedAt = timestampOf(now - Number(seconds) * 1000)
  const lastState = { terminated: { exitCode: 1, startedAt: finishedAt, finishedAt } }
  return { restartCount: count, lastState }
}
