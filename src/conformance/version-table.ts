import { differencesOf } from './compare'
import { minorOf } from './kubernetes-version'
import type { RecordedScenario, Recording } from './recording'

/** What one release did with a scenario. */
export type VersionCell = 'holds' | 'shows otherwise' | 'fails' | 'not recorded'

/** One scenario over several releases. */
interface VersionRow {
  readonly scenario: string
  readonly cells: readonly VersionCell[]
  /** The release from which on it holds, as its tag says or else as recorded; `always`, or `never` in the newest one. */
  readonly since: string
}

/** Which behaviour holds since when: scenarios down, releases across, from the oldest to the newest. */
export interface VersionTable {
  readonly versions: readonly string[]
  readonly rows: readonly VersionRow[]
}

/**
 * Puts recordings side by side; the newest one is what the others are held against.
 *
 * A scenario of which two recordings have different texts says nothing about the older release. `taggedSince` tells the
 * minor release that the tag of a scenario names, where there is one: between two recordings lie many.
 */
export function versionTableOf(
  recordings: readonly Recording[],
  taggedSince: (scenario: string) => number | undefined = () => undefined,
): VersionTable {
  const sorted = [...recordings].sort(oldestFirst)
  const newest = sorted.at(-1)
  const versions = sorted.map(({ cluster }) => cluster.version)
  const ids = [...new Set(sorted.flatMap(({ scenarios }) => Object.keys(scenarios)))].sort()
  const rows = ids.map((scenario) => {
    const truth = newest?.scenarios[scenario]
    const cells = sorted.map(({ scenarios }) => cellOf(scenarios[scenario], truth))
    return { scenario, cells, since: sinceOf(cells, versions, taggedSince(scenario)) }
  })
  return { versions, rows }
}

function cellOf(
  found: RecordedScenario | undefined,
  truth: RecordedScenario | undefined,
): VersionCell {
  if (found === undefined) return 'not recorded'
  if (truth !== undefined && found.textHash !== truth.textHash) return 'not recorded'
  if (found.outcome !== 'passed') return 'fails'
  if (found.observation === undefined || truth?.observation === undefined) return 'holds'
  // Words change from release to release: they say nothing about behaviour.
  const differences = differencesOf(found.observation, truth.observation, { wording: false })
  return differences.length === 0 ? 'holds' : 'shows otherwise'
}

function sinceOf(
  cells: readonly VersionCell[],
  versions: readonly string[],
  tagged: number | undefined,
): string {
  const recorded = recordedSince(cells, versions)
  const first = minorOf(recorded)
  if (tagged === undefined || first === undefined || tagged > first) return recorded
  // A release in between that is known to be otherwise is worth more than what somebody wrote.
  const isDenied = cells.some(
    (cell, index) =>
      (cell === 'fails' || cell === 'shows otherwise') &&
      (minorOf(versions[index] ?? '') ?? 0) >= tagged,
  )
  return isDenied ? recorded : `v1.${tagged}`
}

function recordedSince(cells: readonly VersionCell[], versions: readonly string[]): string {
  if (cells.at(-1) !== 'holds') return 'never'
  const broken = cells.findLastIndex((cell) => cell === 'fails' || cell === 'shows otherwise')
  const firstKnown = cells.findIndex((cell) => cell !== 'not recorded')
  if (broken < 0) return firstKnown <= 0 ? 'always' : (versions[firstKnown] ?? '')
  const next = cells.findIndex((cell, index) => index > broken && cell === 'holds')
  return versions[next] ?? 'never'
}

function oldestFirst(
  { cluster: { version: a } }: Recording,
  { cluster: { version: b } }: Recording,
): number {
  const minors = (minorOf(a) ?? 0) - (minorOf(b) ?? 0)
  return minors === 0 ? a.localeCompare(b, 'en', { numeric: true }) : minors
}
