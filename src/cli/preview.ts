import { basisOf, type ReferenceChoice } from '../conformance/choose-reference'
import { featuresHashOf } from '../conformance/hashes'
import { printable } from '../conformance/render/terminal'
import type { ScenarioText } from '../conformance/scenario-run'

/** What `--list` prints: a line per scenario with its place and tags. */
export function listText(scenarios: readonly ScenarioText[]): string {
  const lines = scenarios.map(({ id, uri, line, tags }) =>
    printable(`${uri}:${line}  ${id}  ${tags.join(' ')}`.trimEnd()),
  )
  return `${[...lines, countOf(scenarios)].join('\n')}\n`
}

/** What `--dry-run` prints: features and steps are sound, and this is what would run where. */
export function dryRunText(
  scenarios: readonly ScenarioText[],
  targets: { readonly target: string; readonly reference: ReferenceChoice },
): string {
  return [
    `${countOf(scenarios)}, every step has its one definition, features ${featuresHashOf(scenarios).slice(0, 12)}`,
    `target: ${targets.target}`,
    basisOf(targets.reference),
    'Nothing was run and nothing was written.',
    '',
  ].join('\n')
}

function countOf({ length }: readonly ScenarioText[]): string {
  return `${length} ${length === 1 ? 'scenario' : 'scenarios'}`
}
