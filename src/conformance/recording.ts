import { readFileSync } from 'node:fs'
import type { NormalObservation } from './normal-form/normal-observation'
import type {
  Attempt,
  ClusterInfo,
  Outcome,
  ScenarioRun,
  ScenarioText,
  SuiteRun,
} from './scenario-run'
import { isIntact, type Sealed, sealed } from './seal'

/** What a real cluster showed, kept so that a target can be compared with it where no container engine is. */
export interface Recording {
  readonly apiVersion: 'daemonset-conformance.dev/v1alpha1'
  readonly kind: 'Recording'
  readonly cluster: ClusterInfo
  /** When the run against the cluster began, RFC 3339. */
  readonly recordedAt: string
  /** How it was made; absent in recordings of older versions. */
  readonly circumstances?: RecordingCircumstances
  readonly scenarioCount: number
  readonly scenarios: { readonly [id: string]: RecordedScenario }
}

/** What somebody needs to know to make the same recording again. */
export interface RecordingCircumstances {
  readonly toolVersion: string
  /** Of all scenarios that were to be run. */
  readonly featuresHash: string
  readonly seed: number
  /** Timing depends on it. */
  readonly host: { readonly platform: string; readonly processors: number }
}

export interface RecordedScenario {
  readonly textHash: string
  readonly outcome: Outcome
  readonly message?: string
  readonly durationSeconds: number
  readonly observation?: NormalObservation
  readonly attempts?: readonly Attempt[]
  /** When it was recorded, if that was later than the rest. */
  readonly recordedAt?: string
}

/** A recording that cannot be used: absent, no JSON, of another kind, incomplete or changed by hand. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
}

/** Makes a recording of a run; broken scenarios are left out, because nothing is known of them. */
export function recordingOf(
  { cluster, runs }: SuiteRun,
  recordedAt: string,
  circumstances?: RecordingCircumstances,
): Sealed<Recording> {
  const known = runs.filter(({ outcome }) => outcome === 'passed' || outcome === 'failed')
  const scenarios = Object.fromEntries(
    known
      .map((run): [string, RecordedScenario] => [run.scenario.id, recorded(run)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  return sealed({
    apiVersion: 'daemonset-conformance.dev/v1alpha1',
    kind: 'Recording',
    cluster,
    recordedAt,
    ...(circumstances === undefined ? {} : { circumstances }),
    scenarioCount: known.length,
    scenarios,
  })
}

function recorded(run: ScenarioRun): RecordedScenario {
  const { scenario, outcome, message, durationSeconds, observation, attempts } = run
  return {
    textHash: scenario.textHash,
    outcome,
    ...(message === undefined ? {} : { message }),
    durationSeconds,
    ...(observation === undefined ? {} : { observation }),
    ...(attempts === undefined ? {} : { attempts }),
  }
}

/** The text of a recording: one line per scenario, so that a change of one shows as a change of one. */
export function recordingText(recording: Sealed<Recording>): string {
  const { scenarios, seal, ...head } = recording
  const lines = Object.entries(scenarios).map(
    ([id, scenario]) => `    ${JSON.stringify(id)}: ${JSON.stringify(scenario)}`,
  )
  const text = JSON.stringify({ ...head, seal }, undefined, 2)
  return `${text.slice(0, -2)},\n  "scenarios": {\n${lines.join(',\n')}\n  }\n}\n`
}

/** The scenarios of which a recording says nothing, or that failed when it was made. */
export function unrecordedIn(
  recording: Recording,
  scenarios: readonly ScenarioText[],
): readonly ScenarioText[] {
  return scenarios.filter((scenario) => recordedRun(recording, scenario).run?.outcome !== 'passed')
}

/**
 * The recording with some scenarios recorded anew. Those that no longer exist are left out, where all that exist are
 * given.
 *
 * Both must be of the same version of Kubernetes, or the recording would speak for no cluster at all.
 */
export function refreshed(
  recording: Recording,
  newer: Sealed<Recording>,
  scenarios: readonly ScenarioText[] | undefined,
): Sealed<Recording> {
  if (recording.cluster.version !== newer.cluster.version) {
    throw new RecordingError(
      `the recording is of ${recording.cluster.version}, the cluster is ${newer.cluster.version}`,
    )
  }
  const ids = scenarios && new Set(scenarios.map(({ id }) => id))
  const kept = Object.entries(recording.scenarios).filter(([id]) => ids?.has(id) ?? true)
  const added = Object.entries(newer.scenarios).map(
    ([id, scenario]): [string, RecordedScenario] => [
      id,
      { ...scenario, recordedAt: newer.recordedAt },
    ],
  )
  const all = Object.entries(Object.fromEntries([...kept, ...added]))
  const { seal: _, ...head } = newer
  return sealed({
    ...head,
    cluster: recording.cluster,
    recordedAt: recording.recordedAt,
    scenarioCount: all.length,
    scenarios: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))),
  })
}

/**
 * Reads a recording and checks that it is whole.
 *
 * @throws RecordingError that names the file and what is wrong with it.
 */
export function readRecording(path: string): Recording {
  const recording = parse(path)
  if (recording.kind !== 'Recording') {
    throw new RecordingError(`${path}: wanted kind Recording, found ${String(recording.kind)}`)
  }
  if (!isIntact(recording)) {
    throw new RecordingError(
      `${path}: its seal does not fit: it is incomplete or was changed by hand`,
    )
  }
  const count = Object.keys(recording.scenarios).length
  if (count !== recording.scenarioCount) {
    throw new RecordingError(`${path}: wanted ${recording.scenarioCount} scenarios, found ${count}`)
  }
  return recording
}

function parse(path: string): Recording {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new RecordingError(`${path}: cannot be read`, { cause })
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Recording
  } catch (cause) {
    throw new RecordingError(`${path}: not JSON: ${(cause as Error).message}`, { cause })
  }
  throw new RecordingError(`${path}: wanted a JSON object`)
}

/** What a recording says of a scenario: a run, or why it says nothing. */
export interface RecordedAnswer {
  readonly run?: ScenarioRun
  readonly reason?: string
}

/**
 * What the recording says of a scenario, as if it had just been run on that cluster.
 *
 * A recording of another text of the scenario is stale and says nothing.
 */
export function recordedRun(recording: Recording, scenario: ScenarioText): RecordedAnswer {
  const found = recording.scenarios[scenario.id]
  if (found === undefined) return { reason: 'the recording does not hold this scenario' }
  const { textHash, ...rest } = found
  if (textHash !== scenario.textHash) {
    return { reason: 'stale: the recording is of another text of this scenario; record it again' }
  }
  return { run: { scenario, steps: [], ...rest } }
}
