import { isSeq, parseDocument, YAMLMap, YAMLSeq } from 'yaml'
import { parseExpectedDifferences } from './expected-differences'
import type { ConformanceReport } from './report'
import type { ScenarioVerdict } from './verdict'
import { firstLine } from './verdict'

/** The first lines of a new list; editors complete and check its entries by the schema. */
const head = `# yaml-language-server: $schema=../src/conformance/schemas/expected-differences.schema.json
# Differences that somebody knows of, owns, and has promised to look at again.
`

/** What a person has to say about a difference. */
export interface Explanation {
  readonly reason: string
  readonly owner: string
  readonly expires: string
  readonly issue?: string
}

/** Why a report is no ground for expectations: what it leaves open could hide more. */
export function partialityOf(report: ConformanceReport): string | undefined {
  const { basis, reference, scenarios } = report
  const { filtered, shard, rerun, interrupted, stopped } = basis
  if (reference === undefined) return 'the run had no reference'
  if (filtered) return 'the run was narrowed down to some files, tags or names'
  if (shard !== undefined) return 'the run was a shard: merge the reports of all shards first'
  if (rerun !== undefined) return 'the run was a rerun of some scenarios'
  if (interrupted) return 'the run was interrupted'
  if (stopped !== undefined) return stopped
  const open = scenarios.filter(({ verdict, required }) => verdict === 'not-verified' && required)
  if (open.length === 0) return undefined
  return `${open.length} required ${open.length === 1 ? 'scenario was' : 'scenarios were'} not verified`
}

/** An entry of the list, as it is written. */
export type NewEntry = { readonly scenario: string; readonly message: string } & {
  readonly [field: string]: string
}

/** The entries that would explain what differs in a report; unstable scenarios become `known-flaky` with their rate. */
export function entriesFor(
  report: ConformanceReport,
  explanation: Explanation,
  wanted: (verdict: ScenarioVerdict) => boolean,
): readonly NewEntry[] {
  return report.scenarios
    .filter(({ verdict }) => verdict === 'differ' || verdict === 'both-failed')
    .filter(wanted)
    .map((verdict) => ({
      scenario: verdict.scenario.id,
      target: report.target.name,
      ...messageOf(verdict),
      ...explanation,
    }))
}

function messageOf({ reason = '', target }: ScenarioVerdict): { message: string } & {
  readonly [field: string]: string
} {
  const attempts = target?.attempts ?? []
  const failures = attempts.filter(({ outcome }) => outcome !== 'passed')
  if (failures.length === 0 || failures.length === attempts.length) return { message: reason }
  return {
    class: 'known-flaky',
    rate: `${failures.length}/${attempts.length}`,
    message: firstLine(failures[0]?.message),
  }
}

/**
 * Adds entries to the text of a list; what is there stays as it is, comments included.
 *
 * An entry for the same scenario and target gets the new message and explanation.
 *
 * @throws ExpectedDifferencesError when the list is not one.
 */
export function withEntries(text: string, entries: readonly NewEntry[], path: string): string {
  parseExpectedDifferences(text, path)
  const document = parseDocument(text.trim() === '' ? head : text)
  const found: unknown = document.get('differences')
  const list = isSeq(found) ? found : new YAMLSeq()
  if (!isSeq(found)) document.set('differences', list)
  for (const entry of entries) {
    const existing = list.items.find(
      (item) =>
        item instanceof YAMLMap &&
        item.get('scenario') === entry.scenario &&
        [undefined, entry['target']].includes(item.get('target') as string | undefined),
    ) as YAMLMap | undefined
    if (existing === undefined) list.add(document.createNode(entry))
    else for (const [field, value] of Object.entries(entry)) existing.set(field, value)
  }
  const written = document.toString({ lineWidth: 0 })
  parseExpectedDifferences(written, path)
  return written
}
