import type { Pod, Toleration } from '../../kubernetes/types'

/** How long pods stay on a node that is lost, unless they say something else. */
const tolerationSeconds = 300

/**
 * Gives a pod five minutes on a node that is not ready or unreachable, where it says nothing of that (API-207).
 *
 * Daemon pods come with tolerations of their own and get none.
 */
export function withDefaultTolerations(pod: Pod): Pod {
  const { tolerations = [] } = pod.spec
  const missing = conditions.filter(
    (key) => !tolerations.some((toleration) => speaksOf(toleration, key)),
  )
  if (missing.length === 0) return pod
  const added = missing.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds,
  }))
  return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...added] } }
}

const conditions = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

function speaksOf({ key = '', effect = '' }: Toleration, condition: string): boolean {
  return (key === condition || key === '') && (effect === 'NoExecute' || effect === '')
}
