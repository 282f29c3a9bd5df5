import type { Coverage, Standing } from '../coverage'
import { behavioursOf } from '../coverage'
import type { FeatureScenario } from '../feature-scenarios'
import type { UpstreamTest } from './upstream-tests'

/** An upstream test with what of ours asserts the same. */
export interface UpstreamTestCoverage {
  readonly test: UpstreamTest
  /** How many scenarios: those that it names, or those of its behaviours. */
  readonly scenarios: number
  /** The behaviours that only tests prove. */
  readonly byTestOnly: readonly string[]
}

/** How far the upstream tests are covered, and what is wrong with the list of them. */
export interface UpstreamCoverage {
  readonly tests: readonly UpstreamTestCoverage[]
  readonly mistakes: readonly string[]
}

/** Holds the list of upstream tests against the features and the catalogue. */
export function upstreamCoverageOf(
  tests: readonly UpstreamTest[],
  known: { readonly scenarios: readonly FeatureScenario[]; readonly coverage: Coverage },
): UpstreamCoverage {
  const byTitle = Map.groupBy(known.scenarios, ({ title }) => title)
  const standings = new Map<string, { standing: Standing; scenarios: number }>()
  for (const catalogue of [known.coverage.daemonSet, known.coverage.controlPlane]) {
    for (const { behaviour, standing, scenarios } of behavioursOf(catalogue)) {
      if (!standings.has(behaviour.id))
        standings.set(behaviour.id, { standing, scenarios: scenarios.length })
    }
  }
  const covered = tests.map((test): UpstreamTestCoverage => {
    const behaviours = test.behaviours.map((id) => ({ id, ...standings.get(id) }))
    return {
      test,
      scenarios: test.isThroughApi
        ? test.scenarios.length
        : behaviours.reduce((sum, { scenarios = 0 }) => sum + scenarios, 0),
      byTestOnly: behaviours
        .filter(({ standing }) => standing === 'byTestOnly')
        .map(({ id }) => id),
    }
  })
  const mistakes = tests.flatMap((test) => mistakesOf(test, byTitle, standings))
  return { tests: covered, mistakes }
}

function mistakesOf(
  { name, behaviours, scenarios, isConformance, file, line }: UpstreamTest,
  byTitle: ReadonlyMap<string, readonly FeatureScenario[]>,
  standings: ReadonlyMap<string, { readonly standing: Standing }>,
): readonly string[] {
  const place = `${file}:${line}: ${name}`
  const found = scenarios.flatMap((title) => byTitle.get(title) ?? [])
  const isCore = found.some(({ tags }) => tags.includes('@core'))
  return [
    ...behaviours
      .filter((id) => !standings.has(id))
      .map((id) => `${place}: there is no behaviour ${id}`),
    ...behaviours
      .filter((id) => standings.get(id)?.standing === 'unproven')
      .map((id) => `${place}: nothing proves ${id}`),
    ...scenarios
      .filter((title) => !byTitle.has(title))
      .map((title) => `${place}: there is no scenario "${title}"`),
    ...(isConformance && !isCore
      ? [`${place}: a conformance test needs a scenario tagged @core`]
      : []),
  ]
}

/** An upstream test as a report shows it, with what of ours asserts the same. */
export interface UpstreamProof {
  readonly test: string
  /** The path of its file in the repository of Kubernetes. */
  readonly source: string
  readonly isThroughApi: boolean
  readonly isConformance: boolean
  readonly behaviours: readonly string[]
  /** The behaviours among these that no scenario cites, but a test. */
  readonly byTestOnly: readonly string[]
  /** The ids of the scenarios that it names; those of a test on code are the ones that cite its behaviours. */
  readonly scenarios: readonly string[]
  /** Why there is no scenario, or no behaviour. */
  readonly because?: string
}

/** What stands beside each upstream test, whatever a run has chosen of it. */
export function upstreamProofsOf(
  tests: readonly UpstreamTest[],
  known: {
    readonly scenarios: readonly FeatureScenario[]
    readonly tested: ReadonlySet<string>
  },
): readonly UpstreamProof[] {
  const byTitle = Map.groupBy(known.scenarios, ({ title }) => title)
  const cited = new Set(known.scenarios.flatMap(({ tags }) => tags))
  return tests.map(({ name, source, isThroughApi, isConformance, behaviours, ...test }) => ({
    test: name,
    source,
    isThroughApi,
    isConformance,
    behaviours,
    byTestOnly: behaviours.filter((id) => !cited.has(`@${id}`) && known.tested.has(id)),
    scenarios: test.scenarios.flatMap((title) => (byTitle.get(title) ?? []).map(({ id }) => id)),
    ...(test.because === undefined ? {} : { because: test.because }),
  }))
}
