import { traceDifferences } from './compare-traces'
import { withNumberedNodes, withNumberedRollouts } from './normal-form/interchangeable-nodes'
import type { Json, NormalHistory, NormalObservation } from './normal-form/normal-observation'

/** One place where two observations are not the same. */
export interface Difference {
  /** Where, from the outside in, e.g. `end state / DaemonSet / fluentd / status / numberReady`. */
  readonly path: string
  /** What the target showed; absent when only the reference has something here. */
  readonly target?: Json
  /** What the reference showed; absent when only the target has something here. */
  readonly reference?: Json
  /** Of a difference between traces: what both sides went through before it. */
  readonly before?: { readonly target: readonly string[]; readonly reference: readonly string[] }
}

export interface Comparison {
  /**
   * Whether the wording of refusals counts. Kubernetes rewords messages between minor versions, so it does
   * only when both clusters are of the same one; codes, reasons and fields always count.
   */
  readonly wording: boolean
}

/**
 * Every place where two observations differ: end state first, then history, refusals and traces.
 *
 * Which of several alike nodes something happened to, and which nodes a rollout took first, does not count,
 * because Kubernetes leaves it open.
 * Timelines are not compared: how long something took is not a promise of Kubernetes.
 */
export function differencesOf(
  target: NormalObservation,
  reference: NormalObservation,
  comparison: Comparison,
): readonly Difference[] {
  let fewest: readonly Difference[] | undefined
  for (const form of [(each: NormalObservation) => each, withNumberedNodes, withNumberedRollouts]) {
    const differences = differencesByName(form(target), form(reference), comparison)
    if (differences.length === 0) return differences
    if (fewest === undefined || differences.length < fewest.length) fewest = differences
  }
  return fewest ?? []
}

/** Every place where two observations differ, each node taken by its name. */
export function differencesByName(
  target: NormalObservation,
  reference: NormalObservation,
  { wording }: Comparison,
): readonly Difference[] {
  const differences: Difference[] = []
  const compared = (observation: NormalObservation): { readonly [part: string]: Json } => ({
    'end state': observation.endState,
    history: withoutTraces(observation.history) as unknown as Json,
    'refused requests': observation.refusals.map(({ message, ...rest }) =>
      wording ? { ...rest, message } : rest,
    ) as unknown as Json,
  })
  const [left, right] = [compared(target), compared(reference)]
  for (const part of Object.keys(left)) walk(left[part], right[part], part, differences)
  const [ours, theirs] = [target.history.traces, reference.history.traces]
  // A recording of an older version has no traces: there is nothing to compare then.
  if (ours === undefined || theirs === undefined) return differences
  return [...differences, ...traceDifferences(ours, theirs)]
}

function withoutTraces({ traces: _, ...rest }: NormalHistory): Omit<NormalHistory, 'traces'> {
  return rest
}

function walk(
  target: Json | undefined,
  reference: Json | undefined,
  path: string,
  differences: Difference[],
): void {
  if (target === reference) return
  if (
    !isBranch(target) ||
    !isBranch(reference) ||
    Array.isArray(target) !== Array.isArray(reference)
  ) {
    differences.push({
      path,
      ...(target === undefined ? {} : { target }),
      ...(reference === undefined ? {} : { reference }),
    })
    return
  }
  const left = target as { readonly [key: string]: Json }
  const right = reference as { readonly [key: string]: Json }
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    walk(left[key], right[key], `${path} / ${key}`, differences)
  }
}

function isBranch(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null
}
