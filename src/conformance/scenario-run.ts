import type { NormalObservation } from './normal-form/normal-observation'

/** A scenario as the features state it, the same for every cluster. */
export interface ScenarioText {
  /** `{feature file} > {rule} > {scenario}`; never a line number. */
  readonly id: string
  readonly uri: string
  readonly line: number
  readonly feature: string
  readonly rule: string
  readonly name: string
  readonly tags: readonly string[]
  /** SHA-256 of the steps with their arguments: a recording of another text is stale. */
  readonly textHash: string
}

/**
 * How a scenario ended on one cluster.
 *
 * `failed`: the cluster did not behave as stated. `error`: the harness broke, so nothing is known. `undefined`: a
 * step has no definition, several, or is pending, so the feature is wrong. The three are never mixed.
 */
export type Outcome = 'passed' | 'failed' | 'error' | 'undefined'

export interface StepRun {
  readonly keyword: string
  readonly text: string
  readonly outcome: Outcome | 'skipped'
  readonly durationMilliseconds: number
  readonly message?: string
  /** The step's data table, row by row. */
  readonly table?: readonly (readonly string[])[]
  /** The step's block of text. */
  readonly docString?: string
}

/** One scenario, run on one cluster. */
export interface ScenarioRun {
  readonly scenario: ScenarioText
  readonly outcome: Outcome
  /** Why it did not pass. */
  readonly message?: string
  readonly steps: readonly StepRun[]
  readonly durationSeconds: number
  readonly observation?: NormalObservation
  /** Every run of this scenario on this cluster, where it ran more than once; the other fields are of the worst. */
  readonly attempts?: readonly Attempt[]
  /** When it was recorded, if that was later than the rest of its recording. */
  readonly recordedAt?: string
}

/** One of several runs of the same scenario on the same cluster. */
export interface Attempt {
  readonly outcome: Outcome
  readonly message?: string
  readonly durationSeconds: number
  /** The first place where it showed something else than the first attempt; absent: it showed the same. */
  readonly differs?: string
}

/** All scenarios of a suite, run on one cluster. */
export interface SuiteRun {
  readonly cluster: ClusterInfo
  readonly runs: readonly ScenarioRun[]
  /** Why the run ended before its last scenario; absent: it did not. */
  readonly stopped?: string
}

/** Which cluster it was, as far as that matters to somebody who wants to run it again. */
export interface ClusterInfo {
  /** As given on the command line, e.g. `k3s:v1.36.2-k3s1`. */
  readonly name: string
  /** `gitVersion` of the API server. */
  readonly version: string
  /** Where the evidence comes from, e.g. image, digest, date; free of paths and secrets. */
  readonly provenance: { readonly [key: string]: string }
}
