import type { PodSpec, Toleration } from '../kubernetes/types'

const noExecute = ['not-ready', 'unreachable']
const noSchedule = ['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable']

const onEveryNetwork = [
  ...noExecute.map((condition) => tolerationOf(condition, 'NoExecute')),
  ...noSchedule.map((condition) => tolerationOf(condition, 'NoSchedule')),
]
const onHostNetwork = [...onEveryNetwork, tolerationOf('network-unavailable', 'NoSchedule')]

/**
 * The tolerations of a daemon pod: those of its template, then those every daemon pod has.
 *
 * One of the template that says the same is replaced where it stands, so a `tolerationSeconds` on it is lost.
 *
 * @see PLACE-29 PLACE-30 PLACE-31
 */
export function daemonTolerationsOf({
  tolerations,
  hostNetwork,
}: Pick<PodSpec, 'tolerations' | 'hostNetwork'>): readonly Toleration[] {
  const result = [...(tolerations ?? [])]
  for (const toleration of hostNetwork ? onHostNetwork : onEveryNetwork) {
    const index = result.findIndex((present) => isSameToleration(present, toleration))
    if (index < 0) result.push(toleration)
    else result[index] = toleration
  }
  return result
}

function tolerationOf(condition: string, effect: string): Toleration {
  return Object.freeze({ key: `node.kubernetes.io/${condition}`, operator: 'Exists', effect })
}

/** Whether one of the template says what an automatic one does, which has no value. */
function isSameToleration(present: Toleration, automatic: Toleration): boolean {
  return (
    present.key === automatic.key &&
    present.effect === automatic.effect &&
    present.operator === automatic.operator &&
    !present.value
  )
}
