import type { Milestone, Traces } from '../normal-form/normal-observation'

/**
 * Traces without an order that two right clusters may have the other way round.
 *
 * Under surge a pod is made beside one that stays. Whether a third one, whose deletion has begun, has gone by then
 * is a race between its kubelet and the controller, who waits for the begin of a deletion only (MANAGE-39).
 */
export function withoutOpenOrder(traces: Traces): Traces {
  const doomedAt = new Map<string, number>()
  for (const [object, milestones] of Object.entries(traces)) {
    const doomed = milestones.find(({ what }) => what.startsWith('deletion requested'))
    if (doomed !== undefined) doomedAt.set(object, doomed.at)
  }
  return Object.fromEntries(
    Object.entries(traces).map(([object, milestones]) => {
      const isDoomed = (number: string, at: number) =>
        (doomedAt.get(object.replace(/#\d+$/, number)) ?? Number.POSITIVE_INFINITY) <= at
      return [object, milestones.map((milestone) => withStaying(milestone, isDoomed))]
    }),
  )
}

function withStaying(
  milestone: Milestone,
  isDoomed: (number: string, at: number) => boolean,
): Milestone {
  const [, created, beside] = /^(created \(.*?\)) beside ([#\d, ]+)/.exec(milestone.what) ?? []
  if (created === undefined || beside === undefined) return milestone
  const staying = beside.split(', ').filter((number) => !isDoomed(number, milestone.at))
  // Beside nothing but pods on their way out is what surge alone does (MANAGE-10): that is told.
  if (staying.length === 0) return milestone
  const rest = milestone.what.slice(`${created} beside ${beside}`.length)
  return { ...milestone, what: `${created} beside ${staying.join(', ')}${rest}` }
}
