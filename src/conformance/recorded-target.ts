import { type Recording, recordedRun } from './recording'
import type { ScenarioText, SuiteRun } from './scenario-run'

/** A recording that stands for the cluster under test: what it showed then is held against the reference. */
export interface RecordedTarget {
  readonly recording: Recording
  /** What the file is called in the report, which others read. */
  readonly name: string
}

/** What the recording says of the scenarios, as if they had been run; one of another text did not run. */
export function recordedTargetRun(
  { recording, name }: RecordedTarget,
  scenarios: readonly ScenarioText[],
): SuiteRun {
  const { cluster, recordedAt } = recording
  return {
    cluster: {
      name: `recording:${name}`,
      version: cluster.version,
      provenance: { ...cluster.provenance, recordedAt },
    },
    runs: scenarios.flatMap((scenario) => recordedRun(recording, scenario).run ?? []),
  }
}
