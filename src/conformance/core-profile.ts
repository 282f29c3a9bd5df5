import { featureScenarios } from './catalogue/feature-scenarios'
import type { ScenarioText } from './scenario-run'

/**
 * How many scenarios of the `@core` profile a selection leaves out; the profile counts only as a whole.
 *
 * A selection of features that are none of the package's own has nothing to do with the profile.
 */
export function missingFromCore(root: string, selected: readonly ScenarioText[]): number {
  const chosen = new Set(selected.map(({ id }) => id))
  const all = featureScenarios(root)
  if (!all.some(({ id }) => chosen.has(id))) return 0
  return all.filter(({ id, tags }) => tags.includes('@core') && !chosen.has(id)).length
}
