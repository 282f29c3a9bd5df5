import { createHash } from 'node:crypto'
import type { ExpectedDifference } from '../expected-differences'
import { expectationsIn } from '../judgement'
import type { ConformanceReport } from '../report'
import type { ScenarioVerdict } from '../verdict'

/**
 * Where a scenario stands for somebody who reads the report, the most urgent first.
 *
 * - `open`: the gate names it
 * - `listed`: it differs, as the list of expected differences says
 * - `exempt`: it was not verified and need not be
 * - `agree`
 */
export type Standing = 'open' | 'listed' | 'exempt' | 'agree'

/** A scenario with what the reader has to know of it besides its own verdict. */
export interface StandingScenario {
  readonly verdict: ScenarioVerdict
  readonly standing: Standing
  /** The anchor of the scenario: the same in every report, whatever else changes. */
  readonly anchor: string
  /** The entry that lists its difference. */
  readonly entry?: ExpectedDifference
}

const order: readonly Standing[] = ['open', 'listed', 'exempt', 'agree']

/** The entries that explain what does not agree, by scenario id: the gate does not count these as failures. */
export function listedIn(report: ConformanceReport): ReadonlyMap<string, ExpectedDifference> {
  // Where nothing was compared, the list says nothing either.
  if (report.basis.targetOnly === true && report.reference === undefined) return new Map()
  const { explained } = expectationsIn(report)
  const open = report.scenarios.filter(({ verdict }) => verdict !== 'agree')
  return new Map(
    open.flatMap(({ scenario: { id } }) => {
      const entry = explained.get(id)
      return entry === undefined ? [] : [[id, entry]]
    }),
  )
}

/** Every scenario of a report, the most urgent first and within that as in the features. */
export function standingsIn(report: ConformanceReport): readonly StandingScenario[] {
  const listed = listedIn(report)
  const all = report.scenarios.map((verdict): StandingScenario => {
    const { scenario } = verdict
    const entry = listed.get(scenario.id)
    return {
      verdict,
      standing: standingOf(verdict, entry !== undefined),
      anchor: anchorOf(scenario.id),
      ...(entry === undefined ? {} : { entry }),
    }
  })
  return order.flatMap((standing) => all.filter((each) => each.standing === standing))
}

function standingOf({ verdict, required }: ScenarioVerdict, isListed: boolean): Standing {
  if (verdict === 'agree') return 'agree'
  if (isListed) return 'listed'
  return verdict === 'not-verified' && !required ? 'exempt' : 'open'
}

/** The anchor of a scenario: made of its id alone, and nothing of the id can be read as markup. */
export function anchorOf(scenarioId: string): string {
  return `s-${createHash('sha256').update(scenarioId).digest('hex').slice(0, 12)}`
}
