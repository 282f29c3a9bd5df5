import type { ExpectedDifference } from './expected-differences'
import type { ScenarioVerdict } from './verdict'

/** A flaky scenario counts as cured when so many passes in a row are less likely than this. */
const chance = 0.01
/** How many attempts say something about a rate. */
const enoughAttempts = 5

/** The share of attempts that fail, from a text such as `3/20`; `undefined` when it is none between 0 and 1. */
export function rateOf(text: string): number | undefined {
  const [, failures = '', attempts = ''] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []
  const rate = Number(failures) / Number(attempts)
  return failures !== '' && rate > 0 && rate < 1 ? rate : undefined
}

/**
 * Why an entry of class `known-flaky` does not hold for a scenario, if so.
 *
 * It is cured when it has passed so often that the listed rate is unlikely, and worse than known when it fails more
 * than twice as often as listed.
 */
export function flakyProblem(
  { message, rate: text = '' }: ExpectedDifference,
  { scenario, verdict, reason = '', target }: ScenarioVerdict,
): string | undefined {
  const rate = rateOf(text) ?? 0
  const outcomes = target?.attempts?.map(({ outcome }) => outcome) ?? [target?.outcome]
  const failures = outcomes.filter((outcome) => outcome !== 'passed').length
  if (verdict === 'not-verified') return `${scenario.id} was not verified: ${reason}`
  if (verdict === 'agree') {
    return (1 - rate) ** outcomes.length < chance
      ? `${scenario.id} passed ${outcomes.length} times in a row, listed is ${text}: remove the entry`
      : undefined
  }
  if (reason !== message && !reason.endsWith(`: ${message}`))
    return `another message in ${scenario.id}: ${reason}`
  if (outcomes.length >= enoughAttempts && failures / outcomes.length > 2 * rate) {
    return `${scenario.id} failed in ${failures} of ${outcomes.length} attempts, listed is ${text}: measure again`
  }
  return undefined
}
