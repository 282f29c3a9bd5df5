import { createHash } from 'node:crypto'
import { canonicalJson } from '../kubernetes/canonical-json'
import type { BehaviourEvidence } from './catalogue/read-coverage'
import type { ScenarioText } from './scenario-run'

/** SHA-256 over the ids and texts of scenarios: two runs of the same hash were asked the same questions. */
export function featuresHashOf(scenarios: readonly ScenarioText[]): string {
  const hash = createHash('sha256')
  for (const { id, textHash } of scenarios) hash.update(`${id}\n${textHash}\n`)
  return hash.digest('hex')
}

/** Two reports of the same hash hold their verdicts against the same catalogues. */
export function catalogueHashOf({ catalogues, tested }: BehaviourEvidence): string {
  const text = canonicalJson({ catalogues, tested: [...tested].sort() })
  return createHash('sha256').update(text).digest('hex')
}
