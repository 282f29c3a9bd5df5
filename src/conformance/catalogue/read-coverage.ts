import type { Catalogues } from './behaviour'
import { readCatalogues } from './catalogue'
import type { Citation } from './citation'
import { type Coverage, coverageOf, provingCitations } from './coverage'
import { featureScenarios } from './feature-scenarios'
import { scenarioCitations } from './scenario-citations'
import { testCitations } from './test-citations'
import {
  type UpstreamCoverage,
  type UpstreamProof,
  upstreamCoverageOf,
  upstreamProofsOf,
} from './upstream/upstream-coverage'
import { readUpstreamTests } from './upstream/upstream-tests'

/** The catalogues, the tests that cite them, and how far everything is proven. */
export interface Sources {
  readonly catalogues: Catalogues
  readonly tests: readonly Citation[]
  readonly coverage: Coverage
  readonly upstream: UpstreamCoverage
}

/**
 * Reads catalogues, features and tests from the package's folder.
 *
 * @throws CatalogueError
 */
export async function readSources(root: string): Promise<Sources> {
  const catalogues = readCatalogues(root)
  const tests = await testCitations(root)
  const coverage = coverageOf(catalogues, { scenarios: scenarioCitations(root), tests })
  const known = { scenarios: featureScenarios(root), coverage }
  return {
    catalogues,
    tests,
    coverage,
    upstream: upstreamCoverageOf(readUpstreamTests(root), known),
  }
}

/** What a report has to know besides its own verdicts to say how far the behaviours are proven. */
export interface BehaviourEvidence {
  readonly catalogues: Catalogues
  /** The ids that tests prove. */
  readonly tested: ReadonlySet<string>
}

/** @throws CatalogueError */
export async function readEvidence(root: string): Promise<BehaviourEvidence> {
  return evidenceIn({ catalogues: readCatalogues(root), tests: await testCitations(root) })
}

/** What of the sources goes into a report. */
export function evidenceIn({
  catalogues,
  tests,
}: Pick<Sources, 'catalogues' | 'tests'>): BehaviourEvidence {
  return { catalogues, tested: new Set(provingCitations(catalogues, tests).map(({ id }) => id)) }
}

/**
 * What of ours asserts the same as each test of Kubernetes itself.
 *
 * @throws CatalogueError
 */
export function readUpstreamProofs(
  root: string,
  { tested }: BehaviourEvidence,
): readonly UpstreamProof[] {
  return upstreamProofsOf(readUpstreamTests(root), { scenarios: featureScenarios(root), tested })
}
