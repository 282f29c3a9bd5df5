import { differencesOf } from './compare'
import type { ConformanceReport } from './report'
import type { ScenarioRun } from './scenario-run'
import type { ScenarioVerdict } from './verdict'

/** One scenario in which two reports are not the same. */
export interface ScenarioChange {
  readonly id: string
  /**
   * `verdict`: another verdict or reason. `evidence`: the same verdict, though a cluster ended or showed something
   * else. `added`, `removed`: only one report has it. `text`: the scenario itself was changed.
   */
  readonly what: 'verdict' | 'evidence' | 'text' | 'added' | 'removed'
  readonly detail: string
}

/** What changed from one report to another; durations and times never count. */
export function reportChanges(
  before: ConformanceReport,
  after: ConformanceReport,
): readonly ScenarioChange[] {
  const earlier = new Map(before.scenarios.map((each) => [each.scenario.id, each]))
  const later = new Set(after.scenarios.map(({ scenario }) => scenario.id))
  const removed = [...earlier.values()].filter(({ scenario }) => !later.has(scenario.id))
  return [
    ...removed.map(
      ({ scenario: { id }, verdict }): ScenarioChange => ({ id, what: 'removed', detail: verdict }),
    ),
    ...after.scenarios.flatMap((now): readonly ScenarioChange[] => {
      const { id } = now.scenario
      const then = earlier.get(id)
      if (then === undefined) return [{ id, what: 'added', detail: now.verdict }]
      const change = changeOf(then, now)
      return change === undefined ? [] : [{ id, ...change }]
    }),
  ]
}

function changeOf(
  then: ScenarioVerdict,
  now: ScenarioVerdict,
): Omit<ScenarioChange, 'id'> | undefined {
  if (then.verdict !== now.verdict || then.required !== now.required) {
    return { what: 'verdict', detail: `${textOf(then)} -> ${textOf(now)}` }
  }
  if (then.scenario.textHash !== now.scenario.textHash) {
    return { what: 'text', detail: 'its steps were changed' }
  }
  for (const side of ['target', 'reference'] as const) {
    const detail = runChange(then[side], now[side])
    if (detail !== undefined) return { what: 'evidence', detail: `${side}: ${detail}` }
  }
  if (then.reason !== now.reason) {
    return { what: 'verdict', detail: `${textOf(then)} -> ${textOf(now)}` }
  }
  return undefined
}

function runChange(
  then: ScenarioRun | undefined,
  now: ScenarioRun | undefined,
): string | undefined {
  if (then?.outcome !== now?.outcome) {
    return `${then?.outcome ?? 'not run'} -> ${now?.outcome ?? 'not run'}`
  }
  const [left, right] = [then?.observation, now?.observation]
  if (left === undefined || right === undefined) {
    return left === right ? undefined : 'only one report has an observation'
  }
  const [first] = differencesOf(left, right, { wording: true })
  if (first === undefined) return undefined
  return `${first.path}: ${JSON.stringify(first.target) ?? 'nothing'} -> ${JSON.stringify(first.reference) ?? 'nothing'}`
}

function textOf({ verdict, reason }: ScenarioVerdict): string {
  return reason === undefined ? verdict : `${verdict} (${reason})`
}
