import type { DaemonSetStatus, Event } from '../../kubernetes/types'
import type { Observation } from '../../targets/observation'
import { type Comparison, type Difference, differencesByName, differencesOf } from '../compare'
import {
  nodeNumbersOf,
  withNumberedNodes,
  withRenamedNodes,
} from '../normal-form/interchangeable-nodes'
import type { Json, NormalObservation } from '../normal-form/normal-observation'
import { normalise } from '../normal-form/normalise'
import type { InvariantCheck } from './check-invariants'
import type { History, Step } from './history'
import type { HistoryRun } from './history-run'
import { isOpenChoice } from './open-choice'
import { withoutOpenOrder } from './open-order'

/** What two clusters to which the same happened showed. */
export type Outcome = {
  /** The steps that could happen, in the words of the features. */
  readonly lines: readonly (readonly string[])[]
  /** The same steps as data. */
  readonly happened: readonly Step[]
} & (
  | { readonly kind: 'equal' }
  /** An unfinished rollout took other nodes that are not alike: from there on two right clusters may differ. */
  | { readonly kind: 'left open' }
  | {
      readonly kind: 'diverged'
      readonly differences: readonly Difference[]
      readonly reference: NormalObservation
    }
  | {
      readonly kind: 'broken'
      readonly broken: readonly string[]
      readonly recounted?: Partial<DaemonSetStatus>
    }
)

export interface LockstepOptions {
  readonly check: InvariantCheck
  readonly reference: HistoryRun
  readonly comparison: Comparison
  /** Aborted: no further step happens, and what was compared so far counts. */
  readonly signal?: AbortSignal | undefined
  readonly stepped: (done: number) => void
}

/**
 * Lets the same history happen on two clusters, each coming to rest after every step, and compares what they have
 * shown so far in normal form.
 *
 * Where Kubernetes leaves open which of several alike nodes it takes, the nodes are exchanged for all that follows.
 */
export async function lockstep({ steps }: History, options: LockstepOptions): Promise<Outcome> {
  const { check, reference, stepped, signal } = options
  const lines: (readonly string[])[] = []
  const happened: Step[] = []
  const rest = () => Promise.all([check.run.rest(), reference.rest()])
  const carryOut = async (step: Step): Promise<boolean> => {
    const [told] = await Promise.all([check.run.execute(step), reference.execute(step)])
    if (told === undefined) return false
    lines.push(told)
    happened.push(step)
    return true
  }
  for (const [index, step] of steps.entries()) {
    if (signal?.aborted) break
    if (!(await carryOut(step))) continue
    let unrest = await rest()
    for (let look = 0; look < mostLooks && isOpen(step, look, options); look++) {
      if (await carryOut(lookOf(index, look))) unrest = await rest()
    }
    const broken = check.broken()
    if (broken.length > 0) return { kind: 'broken', lines, happened, broken }
    const verdict = compared(options, ...unrest)
    if (verdict.kind !== 'equal') return { ...verdict, lines, happened }
    stepped(index + 1)
  }
  return { kind: 'equal', lines, happened }
}

/**
 * Whether it is open what the controller sees of the step: of a node that falls silent or comes back, its taints and
 * the readiness of its pods change at once, and only the latter make the controller look (QUEUE-22).
 */
function isRacing({ step }: Step): boolean {
  return step === 'node stopped' || step === 'node resumed'
}

/** Whether it is open what the controllers of both clusters have seen of a step, after so many looks since. */
function isOpen(step: Step, looks: number, { check, reference }: LockstepOptions): boolean {
  const runs = [check.run, reference]
  if (runs.some((run) => run.mayHaveStalled())) return true
  return looks === 0 && (isRacing(step) || runs.some((run) => run.isRetrying()))
}

/** How often the controllers may be made to look after one step: a surge may come to a halt on every node. */
const mostLooks = 8

/** Makes the controllers of both clusters look at everything again. */
function lookOf(index: number, look: number): Step {
  return { step: 'daemonset labelled', label: `looked-at=${index}${look === 0 ? '' : `-${look}`}` }
}

type Verdict =
  | { readonly kind: 'equal' | 'left open' }
  | {
      readonly kind: 'diverged'
      readonly differences: readonly Difference[]
      readonly reference: NormalObservation
    }

function compared(
  { check, reference, comparison }: LockstepOptions,
  unrest: readonly string[],
  unrestThere: readonly string[],
): Verdict {
  const observations = [check.run, reference].map(({ cluster }) => cluster.observation())
  const withEvents = observations.every(showsAllEvents)
  const [here, there] = observations.map((each) => comparable(normalise(each), withEvents))
  if (here === undefined || there === undefined) throw new Error('two clusters were observed')
  const named = withRenamedNodes(there, inverse(reference.names))
  const restless: readonly Difference[] =
    (unrest.length === 0) === (unrestThere.length === 0)
      ? []
      : [{ path: 'still to do', target: unrest, reference: unrestThere }]
  const differences = [...restless, ...differencesOf(here, named, comparison)]
  if (differences.length > 0) {
    return restless.length === 0 && isOpenChoice(here, named)
      ? { kind: 'left open' }
      : { kind: 'diverged', differences, reference: named }
  }
  const isSame = (a: NormalObservation, b: NormalObservation) =>
    differencesByName(a, b, comparison).length === 0
  if (isSame(here, named)) return { kind: 'equal' }
  if (!isSame(withNumberedNodes(here), withNumberedNodes(there))) return { kind: 'left open' }
  reference.names = exchanged(here, there, reference.names)
  return { kind: 'equal' }
}

/** Which node of the second observation stands for which of the first. */
function exchanged(
  here: NormalObservation,
  there: NormalObservation,
  former: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const byNumber = inverse(nodeNumbersOf(there))
  const names = new Map(former)
  for (const [name, number] of nodeNumbersOf(here)) names.set(name, byNumber.get(number) ?? name)
  return names
}

function inverse(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...map].map(([key, value]) => [value, key]))
}

/** How many events about one object a client records before it holds most of them back (EVENTS-10). */
const eventBurst = 25

/** Whether no event can have been held back: what is held back depends on how fast the clock runs. */
function showsAllEvents({ events }: Observation): boolean {
  const counts = new Map<string, number>()
  for (const { kind, type, object } of events) {
    if (kind !== 'Event' || type === 'DELETED') continue
    const { involvedObject } = object as Event
    if (involvedObject.kind !== 'DaemonSet') continue
    const key = involvedObject.uid ?? ''
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts.values()].every((count) => count < eventBurst)
}

/**
 * The observation without what only the moment decides: whether a kubelet that cannot pull an image has just
 * failed or waits for the next try (KUBELET-22), and events where some may be missing.
 */
function comparable(observation: NormalObservation, withEvents: boolean): NormalObservation {
  const { endState, history } = observation
  return {
    ...observation,
    endState: steady(endState as Json) as NormalObservation['endState'],
    history: {
      ...history,
      ...(withEvents ? {} : { events: [] }),
      ...(history.traces === undefined ? {} : { traces: withoutOpenOrder(history.traces) }),
    },
  }
}

function steady(value: Json): Json {
  if (value === 'ErrImagePull') return 'ImagePullBackOff'
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => steady(item as Json))
  return Object.fromEntries(
    Object.entries(value as { readonly [key: string]: Json }).map(([key, member]) => [
      key,
      steady(member),
    ]),
  )
}
