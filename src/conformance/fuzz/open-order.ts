import type { Milestone, Traces } from '../normal-form/normal-observation'

/**
 * Traces without those orders that two right clusters may have the other way round when one of them is slower.
 *
 * - Under surge a pod is made beside others. Whether one of them, whose deletion has begun, has gone by then is a
 *   race between its kubelet and the controller, who waits for the begin of a deletion only (MANAGE-39). That
 *   nobody waits less than that without surge is an invariant (MANAGE-09).
 * - Of two pods of a node that both go, how long the one outlives the other is a matter of speed.
 */
export function withoutOpenOrder(traces: Traces): Traces {
  const doomedAt = new Map<string, number>()
  for (const [object, milestones] of Object.entries(traces)) {
    const doomed = milestones.find(({ what }) => what.startsWith('deletion requested'))
    if (doomed !== undefined) doomedAt.set(object, doomed.at)
  }
  return Object.fromEntries(
    Object.entries(traces).map(([object, milestones]) => {
      const doom = (number: string) =>
        doomedAt.get(object.replace(/#\d+$/, number)) ?? Number.POSITIVE_INFINITY
      return [object, milestones.map((milestone) => withStaying(milestone, doom))]
    }),
  )
}

/** When the deletion of the pod with that number was requested; infinity when it stays. */
type Doom = (number: string) => number

function withStaying({ at, what }: Milestone, doom: Doom): Milestone {
  const [, event = '', beside, rest = ''] =
    /^(.*?) beside (?:a ready )?([#\d, ]+)(.*)$/.exec(what) ?? []
  if (beside === undefined) return { at, what }
  const numbers = beside.split(', ')
  if (event.startsWith('deletion requested')) {
    const staying = numbers.filter((number) => doom(number) === Number.POSITIVE_INFINITY)
    const told = staying.length === 0 ? '' : ` beside a ready ${staying.join(', ')}`
    return { at, what: `${event}${told}${rest}` }
  }
  const staying = numbers.filter((number) => doom(number) > at)
  const told = staying.length === 0 ? '' : ` beside ${staying.join(', ')}`
  return { at, what: `${event}${told}${rest}` }
}
