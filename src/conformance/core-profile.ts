import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { scenarioIdOf } from '../targets/scenario-id'
import { featureFiles } from './catalogue/scenario-citations'
import type { ScenarioText } from './scenario-run'

/**
 * How many scenarios of the `@core` profile a selection leaves out; the profile counts only as a whole.
 *
 * A selection of features that are none of the package's own has nothing to do with the profile.
 */
export function missingFromCore(root: string, selected: readonly ScenarioText[]): number {
  const chosen = new Set(selected.map(({ id }) => id))
  const all = scenariosBelow(root)
  if (!all.some(({ id }) => chosen.has(id))) return 0
  return all.filter(({ id, isCore }) => isCore && !chosen.has(id)).length
}

function scenariosBelow(
  root: string,
): readonly { readonly id: string; readonly isCore: boolean }[] {
  let ids = 0
  const newId = (): string => String(ids++)
  return featureFiles(root).flatMap((file) => {
    const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher())
    const document = parser.parse(readFileSync(join(root, file), 'utf8'))
    return compile(document, file, newId).map((pickle) => ({
      id: scenarioIdOf(document, pickle),
      isCore: pickle.tags.some(({ name }) => name === '@core'),
    }))
  })
}
