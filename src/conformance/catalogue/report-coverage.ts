import type { ScenarioVerdict } from '../verdict'
import { type Behaviour, type BehaviourGroup, type Catalogue, levels } from './behaviour'
import type { BehaviourEvidence } from './read-coverage'

/** How far the behaviours of one group, or one level, are proven by a run. */
export interface CoverageTotal {
  readonly name: string
  readonly title: string
  readonly behaviours: number
  /** Scenarios of the run that cite one of the behaviours. */
  readonly scenarios: number
  readonly agree: number
  readonly differ: number
  /** Behaviours for which scenarios passed on that cluster, and none failed there. */
  readonly onTarget: number
  readonly onReference: number
  /** Proven on each, and nothing that the two showed differs. */
  readonly onBoth: number
  /** Proven on neither, but by a test. */
  readonly byTestOnly: number
  /** The ids of those that nothing proves. */
  readonly unproven: readonly string[]
  /** Behaviours that nothing proves, and that this project does not promise. */
  readonly outOfScope: number
}

/** How far a whole catalogue is proven by a run. */
export interface CatalogueTotals {
  readonly name: string
  readonly levels: readonly CoverageTotal[]
  readonly groups: readonly CoverageTotal[]
}

/** Holds the verdicts of a run against both catalogues. */
export function catalogueTotalsOf(
  { catalogues: { daemonSet, controlPlane }, tested }: BehaviourEvidence,
  verdicts: readonly ScenarioVerdict[],
): readonly CatalogueTotals[] {
  const byId = Map.groupBy(
    verdicts.flatMap((verdict) => citedBy(verdict).map((id) => ({ id, verdict }))),
    ({ id }) => id,
  )
  const standingOf = (behaviour: Behaviour): BehaviourInRun => {
    const citing = (byId.get(behaviour.id) ?? []).map(({ verdict }) => verdict)
    return inRun(behaviour, citing, tested.has(behaviour.id))
  }
  return [daemonSet, controlPlane].map((catalogue) => totalsOfCatalogue(catalogue, standingOf))
}

function totalsOfCatalogue(
  { name, groups }: Catalogue,
  standingOf: (behaviour: Behaviour) => BehaviourInRun,
): CatalogueTotals {
  const inGroups = groups.map((group: BehaviourGroup) => ({
    group,
    behaviours: group.behaviours.map(standingOf),
  }))
  const all = inGroups.flatMap(({ behaviours }) => behaviours)
  return {
    name,
    levels: levels.flatMap((level) => {
      const ofLevel = all.filter(({ behaviour }) => behaviour.level === level)
      return ofLevel.length === 0 ? [] : [totalOf(level, `All ${level} behaviours`, ofLevel)]
    }),
    groups: inGroups.map(({ group, behaviours }) => totalOf(group.name, group.title, behaviours)),
  }
}

/** One behaviour, as a run leaves it. */
interface BehaviourInRun {
  readonly behaviour: Behaviour
  readonly citing: readonly ScenarioVerdict[]
  readonly onTarget: boolean
  readonly onReference: boolean
  readonly onBoth: boolean
  readonly tested: boolean
}

function inRun(
  behaviour: Behaviour,
  citing: readonly ScenarioVerdict[],
  tested: boolean,
): BehaviourInRun {
  const provenOn = (cluster: 'target' | 'reference'): boolean => {
    const outcomes = citing.flatMap((verdict) => verdict[cluster]?.outcome ?? [])
    return outcomes.includes('passed') && outcomes.every((outcome) => outcome === 'passed')
  }
  const [onTarget, onReference] = [provenOn('target'), provenOn('reference')]
  const differs = citing.some(({ verdict }) => verdict === 'differ' || verdict === 'both-failed')
  return {
    behaviour,
    citing,
    onTarget,
    onReference,
    onBoth: onTarget && onReference && !differs,
    tested,
  }
}

function totalOf(
  name: string,
  title: string,
  behaviours: readonly BehaviourInRun[],
): CoverageTotal {
  const citing = new Set(behaviours.flatMap((each) => each.citing))
  const count = (verdict: ScenarioVerdict['verdict']): number =>
    [...citing].filter((each) => each.verdict === verdict).length
  const untouched = behaviours.filter(({ onTarget, onReference }) => !onTarget && !onReference)
  const open = untouched.filter(({ tested }) => !tested).map(({ behaviour }) => behaviour)
  return {
    name,
    title,
    behaviours: behaviours.length,
    scenarios: citing.size,
    agree: count('agree'),
    differ: count('differ'),
    onTarget: behaviours.filter(({ onTarget }) => onTarget).length,
    onReference: behaviours.filter(({ onReference }) => onReference).length,
    onBoth: behaviours.filter(({ onBoth }) => onBoth).length,
    byTestOnly: untouched.length - open.length,
    unproven: open.filter(({ outOfScope }) => outOfScope === undefined).map(({ id }) => id),
    outOfScope: open.filter(({ outOfScope }) => outOfScope !== undefined).length,
  }
}

/** The ids that a scenario cites by tag, e.g. `PLACE-07`. */
function citedBy({ scenario }: ScenarioVerdict): readonly string[] {
  return [...new Set(scenario.tags)].flatMap((tag) => {
    const id = /^@([A-Z][A-Z0-9]*-\d+)$/.exec(tag)?.[1]
    return id === undefined ? [] : [id]
  })
}
