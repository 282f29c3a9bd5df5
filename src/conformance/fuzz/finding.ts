import type { DaemonSetStatus } from '../../kubernetes/types'
import type { Difference } from '../compare'
import type { Json, NormalObservation } from '../normal-form/normal-observation'
import { daemonSetName, type History } from './history'
import type { Outcome } from './lockstep'

/** A history in which something was not as it has to be. */
export interface Finding {
  readonly history: History
  /** What was wrong, in one line. */
  readonly title: string
  /** All that was wrong, one line each. */
  readonly details: readonly string[]
  /** The steps that could happen until then, in the words of the features. */
  readonly lines: readonly (readonly string[])[]
  /** Whether the clusters came to rest after each step. */
  readonly isStepwise: boolean
  /** What the DaemonSet's status is on the reference; `none`: it has no DaemonSet, absent: nobody knows. */
  readonly expected?: Partial<DaemonSetStatus> | 'none'
}

/** What an outcome has to say against the target; `undefined`: nothing. */
export function findingOf({ seed }: History, outcome: Outcome): Finding | undefined {
  const history = { seed, steps: outcome.happened }
  switch (outcome.kind) {
    case 'equal':
    case 'left open':
      return undefined
    case 'broken': {
      const [title] = outcome.broken
      if (title === undefined) return undefined
      const finding = { history, title, details: outcome.broken, lines: outcome.lines }
      const { recounted } = outcome
      // What a status has to show is told; other invariants are for the replay to show.
      const isOfStatus = recounted !== undefined && /recount|should run|may not have/.test(title)
      return { ...finding, isStepwise: false, ...(isOfStatus ? { expected: recounted } : {}) }
    }
    case 'diverged': {
      const details = outcome.differences.map(differenceText)
      return {
        history,
        title: details[0] ?? 'the clusters differ',
        details,
        lines: outcome.lines,
        isStepwise: true,
        expected: expectedOf(outcome.reference),
      }
    }
  }
}

/** A history that the in-process cluster did not survive. */
export function findingOfError(history: History, message: string): Finding {
  const title = `it failed: ${message}`
  return { history, title, details: [title], lines: [], isStepwise: false }
}

function differenceText({ path, target, reference }: Difference): string {
  const [here, there] = [target, reference].map((value) => JSON.stringify(value) ?? 'nothing')
  return `${path}: in-process ${here}, reference ${there}`
}

function expectedOf({ endState }: NormalObservation): NonNullable<Finding['expected']> {
  const daemonSet = endState['DaemonSet']?.[daemonSetName] as
    | { readonly [field: string]: Json }
    | undefined
  if (daemonSet === undefined) return 'none'
  const status = (daemonSet['status'] ?? {}) as { readonly [field: string]: Json }
  const numbers = Object.entries(status).filter(
    ([field, value]) => typeof value === 'number' && field !== 'collisionCount',
  )
  return Object.fromEntries(numbers)
}
