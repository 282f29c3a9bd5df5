import type { Labels, Node } from '../../kubernetes/types'

/** The old names of labels that some selectors still use (NODE-14). */
const oldNames = {
  'kubernetes.io/arch': 'beta.kubernetes.io/arch',
  'kubernetes.io/os': 'beta.kubernetes.io/os',
} as const

/** The old labels that do not say what the new ones say; absent: they all do (NODE-14). */
export function systemLabelsToWrite({ metadata: { labels } }: Node): Labels | undefined {
  const stale = Object.entries(oldNames).filter(
    ([name, old]) => labels?.[name] !== undefined && labels[name] !== labels[old],
  )
  if (stale.length === 0) return undefined
  return Object.fromEntries(stale.map(([name, old]) => [old, labels?.[name] ?? '']))
}
