import type { Difference } from './compare'
import type { Milestone, Traces } from './normal-form/normal-observation'

/** How many milestones before a difference are shown. */
const shownBefore = 6

/**
 * The first difference of every object that went through something else.
 *
 * Times never count. A pod whose deletion was requested on both sides may have been bound or ready before that on one
 * side only: how far a kubelet has come by then is timing.
 */
export function traceDifferences(target: Traces, reference: Traces): readonly Difference[] {
  const objects = [...new Set([...Object.keys(target), ...Object.keys(reference)])].sort()
  return objects.flatMap((object) => {
    const difference = firstDifference(target[object] ?? [], reference[object] ?? [])
    return difference === undefined ? [] : [{ path: `trace / ${object}`, ...difference }]
  })
}

function firstDifference(
  target: readonly Milestone[],
  reference: readonly Milestone[],
): Omit<Difference, 'path'> | undefined {
  const [left, right] = withoutOpenOnes(target, reference)
  const length = Math.max(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const [a, b] = [left[index], right[index]]
    if (a?.what === b?.what) continue
    return {
      ...(a === undefined ? {} : { target: a.what }),
      ...(b === undefined ? {} : { reference: b.what }),
      before: { target: shown(left, index), reference: shown(right, index) },
    }
  }
  return undefined
}

function shown(trace: readonly Milestone[], end: number): readonly string[] {
  return trace
    .slice(Math.max(0, end - shownBefore), end)
    .map(({ at, what }) => `${(at / 1000).toFixed(1)} s: ${what}`)
}

/** Leaves out what a kubelet may or may not have come to before a pod was deleted. */
function withoutOpenOnes(
  target: readonly Milestone[],
  reference: readonly Milestone[],
): readonly [readonly Milestone[], readonly Milestone[]] {
  const isDeleted = (trace: readonly Milestone[]): boolean =>
    trace.some(({ what }) => what.startsWith('deletion requested'))
  if (!isDeleted(target) || !isDeleted(reference)) return [target, reference]
  const isOpen = ({ what }: Milestone): boolean => /^(bound to |ready$|unready$)/.test(what)
  const kept = (own: readonly Milestone[], other: readonly Milestone[]): readonly Milestone[] =>
    own.filter((each) => !isOpen(each) || countOf(own, each) <= countOf(other, each))
  return [kept(target, reference), kept(reference, target)]
}

function countOf(trace: readonly Milestone[], { what }: Milestone): number {
  return trace.filter((each) => each.what === what).length
}

/** How far the two clusters were apart in time at one milestone of one object. */
export interface TimeDifference {
  readonly object: string
  readonly what: string
  readonly targetSeconds: number
  readonly referenceSeconds: number
}

/** The milestones that lie furthest apart in time, for people; never a reason to fail. */
export function timeDifferences(
  target: Traces,
  reference: Traces,
  limit: number,
): readonly TimeDifference[] {
  const found = Object.entries(target).flatMap(([object, trace]) => {
    const other = [...(reference[object] ?? [])]
    return trace.flatMap(({ at, what }): readonly TimeDifference[] => {
      const index = other.findIndex((each) => each.what === what)
      const [match] = index < 0 ? [] : other.splice(index, 1)
      if (match === undefined) return []
      return [{ object, what, targetSeconds: at / 1000, referenceSeconds: match.at / 1000 }]
    })
  })
  const apart = (each: TimeDifference): number =>
    Math.abs(each.targetSeconds - each.referenceSeconds)
  return found.sort((a, b) => apart(b) - apart(a)).slice(0, limit)
}
