import type { Milestone, Traces } from '../normal-form/normal-observation'

/**
 * Traces without those orders that two right clusters may have the other way round when one of them is slower.
 *
 * Which other pods of its node were there when a pod was made, or when its deletion was requested, is compared of
 * pods that stay. Of one that goes as well it is a race: between its kubelet and the controller, who waits for the
 * begin of a deletion only (MANAGE-39), and between the creates and deletes of one pass. That nothing is made too
 * early without surge is an invariant (MANAGE-09).
 */
export function withoutOpenOrder(traces: Traces): Traces {
  const leaving = new Set(
    Object.entries(traces)
      .filter(([, milestones]) =>
        milestones.some(({ what }) => what.startsWith('deletion requested')),
      )
      .map(([object]) => object),
  )
  return Object.fromEntries(
    Object.entries(traces).map(([object, milestones]) => {
      const isStaying = (number: string) => !leaving.has(object.replace(/#\d+$/, number))
      return [object, milestones.map((milestone) => besideStaying(milestone, isStaying))]
    }),
  )
}

function besideStaying({ at, what }: Milestone, isStaying: (number: string) => boolean): Milestone {
  const [, event = '', ready = '', beside, rest = ''] =
    /^(.*?) beside (a ready )?(#\d+(?:, #\d+)*)(.*)$/.exec(what) ?? []
  if (beside === undefined) return { at, what }
  const staying = beside.split(', ').filter(isStaying)
  const told = staying.length === 0 ? '' : ` beside ${ready}${staying.join(', ')}`
  return { at, what: `${event}${told}${rest}` }
}
