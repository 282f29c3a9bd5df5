import { differencesOf } from './compare'
import type { Attempt, Outcome, ScenarioRun } from './scenario-run'

/** From the worst to the best: what decides when the attempts at a scenario end differently. */
const worstFirst: readonly Outcome[] = ['undefined', 'error', 'failed', 'passed']

/**
 * Puts several runs of one scenario on one cluster together: the worst one counts, all are kept.
 *
 * A single run stays as it is.
 */
export function mergedAttempts(runs: readonly ScenarioRun[]): ScenarioRun | undefined {
  const [first] = runs
  if (first === undefined || runs.length === 1) return first
  const worst = worstFirst.flatMap((outcome) => runs.filter((run) => run.outcome === outcome))[0]
  return { ...(worst ?? first), attempts: runs.map((run) => attemptOf(run, first)) }
}

function attemptOf(run: ScenarioRun, first: ScenarioRun): Attempt {
  const { outcome, message, durationSeconds, observation } = run
  const [difference] =
    run === first || observation === undefined || first.observation === undefined
      ? []
      : differencesOf(observation, first.observation, { wording: true })
  return {
    outcome,
    ...(message === undefined ? {} : { message }),
    durationSeconds,
    ...(difference === undefined ? {} : { differs: difference.path }),
  }
}

/** How the attempts ended, if they did not all end the same way, and why the first bad one did. */
export function instabilityOf(run: ScenarioRun | undefined): string | undefined {
  const attempts = run?.attempts ?? []
  if (new Set(attempts.map(({ outcome }) => outcome)).size < 2) return undefined
  const bad = attempts.find(({ outcome }) => outcome !== 'passed')
  const message = (bad?.message ?? 'no message').split('\n', 1)[0]
  return `${attempts.map(({ outcome }) => outcome).join(', ')}: ${message}`
}

/** The outcome that the attempts give together. */
export function outcomeOfAttempts(attempts: readonly Attempt[]): Outcome | undefined {
  return worstFirst.find((outcome) => attempts.some((attempt) => attempt.outcome === outcome))
}
