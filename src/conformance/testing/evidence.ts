import type { ReportBasis } from '../basis'
import { featuresHashOf } from '../hashes'
import { judge, type ScenarioEvidence } from '../judgement'
import type { NormalObservation } from '../normal-form/normal-observation'
import { type ConformanceReport, type ReferenceInfo, reportOf } from '../report'
import type { ClusterInfo, Outcome, ScenarioRun, ScenarioText } from '../scenario-run'
import type { Sealed } from '../seal'

export const target: ClusterInfo = {
  name: 'in-process',
  version: 'v1.36.2',
  provenance: { controller: 'ours' },
}
export const reference: ReferenceInfo = {
  name: 'k3s',
  version: 'v1.36.2+k3s1',
  provenance: { image: 'k3s' },
  live: true,
}

export function scenarioNamed(name: string, tags: readonly string[] = ['@core']): ScenarioText {
  return {
    id: `a.feature > It MUST be so > ${name}`,
    uri: 'features/a.feature',
    line: 3,
    feature: 'A',
    rule: 'It MUST be so',
    name,
    tags,
    textHash: `text of ${name}`,
  }
}

export function observed(state: string): NormalObservation {
  return {
    endState: { Pod: { pod: { state } } },
    history: { pods: {}, revisions: {}, events: [] },
    refusals: [],
    timeline: [],
  }
}

export function runOf(
  scenario: ScenarioText,
  outcome: Outcome = 'passed',
  state = 'Ready',
): ScenarioRun {
  const message = outcome === 'passed' ? {} : { message: 'no pod' }
  return {
    scenario,
    outcome,
    ...message,
    steps: [{ keyword: 'Given', text: 'it is so', outcome, durationMilliseconds: 1, ...message }],
    durationSeconds: 1,
    observation: observed(state),
  }
}

/** The evidence of scenarios that agree. */
export function agreeing(...names: readonly string[]): readonly ScenarioEvidence[] {
  return names.map((name) => {
    const scenario = scenarioNamed(name)
    return { scenario, target: runOf(scenario), reference: runOf(scenario) }
  })
}

/** A sealed report as a run of exactly these scenarios writes it. */
export function reportWith(
  scenarios: readonly ScenarioEvidence[],
  basis: Partial<ReportBasis> = {},
  features: readonly ScenarioText[] = scenarios.map(({ scenario }) => scenario),
): Sealed<ConformanceReport> {
  const whole: ReportBasis = {
    expected: scenarios.length,
    slow: false,
    filtered: false,
    interrupted: false,
    expectedDifferences: [],
    ...basis,
  }
  const createdAt = '2026-01-01T00:00:00.000Z'
  const { verdicts, gate } = judge({ scenarios, target, reference, basis: whole, createdAt })
  return reportOf({
    metadata: {
      createdAt,
      toolVersion: '0.1.0',
      seed: 1,
      featuresHash: featuresHashOf(features),
      reproduce: 'npm run conformance',
    },
    target,
    reference,
    gate,
    basis: whole,
    verdicts,
  })
}
