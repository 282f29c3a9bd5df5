import { type Behaviour, behavioursById, type Catalogue, type Catalogues } from './behaviour'
import type { Citation, CitationScan } from './citation'

/**
 * How a behaviour stands.
 *
 * - `proven`: a scenario cites it
 * - `byTestOnly`: no scenario does, but a test that runs
 * - `unproven`: nothing does
 * - `outOfScope`: nothing does, and nothing has to
 */
export type Standing = 'proven' | 'byTestOnly' | 'unproven' | 'outOfScope'

/** A behaviour with everything that cites it. */
export interface BehaviourCoverage {
  readonly behaviour: Behaviour
  readonly scenarios: readonly Citation[]
  readonly tests: readonly Citation[]
  readonly standing: Standing
}

/** How far a catalogue is proven. */
export interface CatalogueCoverage {
  readonly name: string
  readonly groups: readonly {
    readonly name: string
    readonly title: string
    readonly behaviours: readonly BehaviourCoverage[]
  }[]
}

/** How far everything is proven, and what is wrong with the proofs. */
export interface Coverage {
  readonly daemonSet: CatalogueCoverage
  readonly controlPlane: CatalogueCoverage
  /** Citations that cannot be right, each with file and line; they are wrong whatever is still missing. */
  readonly mistakes: readonly string[]
}

/** Holds the citations that were found against the catalogues. */
export function coverageOf(
  catalogues: Catalogues,
  found: { readonly scenarios: CitationScan; readonly tests: readonly Citation[] },
): Coverage {
  const { scenarios } = found
  const tests = provingCitations(catalogues, found.tests)
  const byScenario = Map.groupBy(scenarios.citations, ({ id }) => id)
  const byTest = Map.groupBy(tests, ({ id }) => id)
  const covered = ({ name, groups }: Catalogue): CatalogueCoverage => ({
    name,
    groups: groups.map((group) => ({
      name: group.name,
      title: group.title,
      behaviours: group.behaviours.map((behaviour) => {
        const of = { scenarios: byScenario.get(behaviour.id), tests: byTest.get(behaviour.id) }
        const { scenarios = [], tests = [] } = of
        const standing = standingOf(behaviour, scenarios, tests)
        return { behaviour, scenarios, tests, standing }
      }),
    })),
  })
  const daemonSet = covered(catalogues.daemonSet)
  const controlPlane = covered(catalogues.controlPlane)
  const mistakes = [
    ...scenarios.problems,
    ...unknownIds([...scenarios.citations, ...found.tests], behavioursById(catalogues)),
    ...coreByTestOnly(controlPlane),
    ...behavioursOf(daemonSet).flatMap(wrongProof),
  ]
  return { daemonSet, controlPlane, mistakes }
}

/** The citations that count: a test that runs only where something special is proves only what needs just that. */
export function provingCitations(
  catalogues: Catalogues,
  tests: readonly Citation[],
): readonly Citation[] {
  const known = behavioursById(catalogues)
  return tests.filter(
    ({ id, needs }) => needs === undefined || known.get(id)?.needs.includes(needs) === true,
  )
}

function standingOf(
  { outOfScope }: Behaviour,
  scenarios: readonly Citation[],
  tests: readonly Citation[],
): Standing {
  if (scenarios.length > 0) return 'proven'
  if (tests.length > 0) return 'byTestOnly'
  return outOfScope === undefined ? 'unproven' : 'outOfScope'
}

function unknownIds(
  citations: readonly Citation[],
  known: ReadonlyMap<string, Behaviour>,
): readonly string[] {
  const lines = citations
    .filter(({ id }) => !known.has(id))
    .map(({ id, file, line, by }) => `${file}:${line}: there is no behaviour ${id} ("${by}")`)
  return [...new Set(lines)]
}

function coreByTestOnly(coverage: CatalogueCoverage): readonly string[] {
  return behavioursOf(coverage)
    .filter(({ behaviour, standing }) => behaviour.level === 'core' && standing === 'byTestOnly')
    .map(({ behaviour: { id, title, file, line } }) => {
      return `${file}:${line}: ${id} is core and proven by a test only ("${title}")`
    })
}

/** A behaviour of DaemonSets needs a scenario, unless the catalogue says why none can show it. */
function wrongProof({ behaviour, standing }: BehaviourCoverage): readonly string[] {
  const { id, file, line, level, proof } = behaviour
  const place = `${file}:${line}: ${id}`
  if (level === 'core' && standing === 'byTestOnly') {
    return [`${place} is core and proven by a test only ("${behaviour.title}")`]
  }
  if (proof === 'scenario' && standing === 'byTestOnly') {
    return [`${place} is proven by a test only; wanted a scenario, or "proof: test" and "because"`]
  }
  if (proof === 'test' && standing === 'proven') {
    return [`${place} says that only a test can prove it, and a scenario cites it`]
  }
  return []
}

/** Every behaviour of a catalogue, in its order. */
export function behavioursOf({ groups }: CatalogueCoverage): readonly BehaviourCoverage[] {
  return groups.flatMap(({ behaviours }) => behaviours)
}

/** The ids of the behaviours that stand like that. */
export function idsThatAre(
  standing: Standing,
  behaviours: readonly BehaviourCoverage[],
): readonly string[] {
  return behaviours.filter((each) => each.standing === standing).map(({ behaviour: { id } }) => id)
}

/** Whether every behaviour that is promised has its proof, and no citation is wrong. */
export function isComplete({ daemonSet, controlPlane, mistakes }: Coverage): boolean {
  const all = [...behavioursOf(daemonSet), ...behavioursOf(controlPlane)]
  return mistakes.length === 0 && !all.some(({ standing }) => standing === 'unproven')
}
