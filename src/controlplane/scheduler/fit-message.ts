import type { Refusals } from './fit'

/** What preemption had to say about a pod that no node takes (SCHED-20). */
export type PreemptionVerdict =
  | { readonly kind: 'nominated' }
  | { readonly kind: 'not-eligible'; readonly why: string }
  | { readonly kind: 'no-victims' }

/** The message for a cluster without nodes (SCHED-21). */
export const noNodesMessage = 'no nodes available to schedule pods'

/** The message of a pod that no node takes, word for word as the default scheduler writes it (SCHED-19). */
export function fitMessageOf(refusals: Refusals, preemption: PreemptionVerdict): string {
  const { nodeCount, message } = refusals
  const head = `0/${nodeCount} nodes are available:`
  if (message !== undefined) return `${head} ${message}. not found`
  const reasons = `${head} ${histogram(reasonsOf(refusals))}.`
  switch (preemption.kind) {
    case 'nominated':
      return reasons
    case 'not-eligible':
      return `${reasons} no new claims to deallocate, preemption: ${preemption.why}`
    case 'no-victims':
      return `${reasons} no new claims to deallocate, preemption: ${head} ${histogram(preemptionReasons(refusals))}.`
  }
}

function reasonsOf({ nodeCount, byNode }: Refusals): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { reasons } of byNode.values()) {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  const unseen = nodeCount - byNode.size
  if (unseen > 0) counts.set("node(s) didn't satisfy plugin(s) [NodeAffinity]", unseen)
  return counts
}

function preemptionReasons({ nodeCount, byNode }: Refusals): Map<string, number> {
  const curable = [...byNode.values()].filter(({ isCurable }) => isCurable).length
  const counts = new Map<string, number>()
  if (curable > 0) counts.set('No preemption victims found for incoming pod', curable)
  if (nodeCount > curable) {
    counts.set('Preemption is not helpful for scheduling', nodeCount - curable)
  }
  return counts
}

/** `{n reason}, {n reason}`, sorted as strings. */
function histogram(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join(', ')
}
