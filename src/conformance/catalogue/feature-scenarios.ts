import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import type { GherkinDocument } from '@cucumber/messages'
import { scenarioIdOf } from '../../targets/scenario-id'
import { featureFiles } from './scenario-citations'

/** A scenario, or a row of an outline, as a feature holds it. */
export interface FeatureScenario {
  readonly id: string
  /** Feature file and title as it is written, with the placeholders of an outline: `placement/a.feature > Runs on <node>`. */
  readonly title: string
  readonly tags: readonly string[]
}

/** Every scenario of the package's features; features that cannot be read have none. */
export function featureScenarios(root: string): readonly FeatureScenario[] {
  return featureFiles(root).flatMap((file) =>
    scenariosIn(readFileSync(join(root, file), 'utf8'), file),
  )
}

function scenariosIn(text: string, file: string): readonly FeatureScenario[] {
  let ids = 0
  const newId = (): string => String(ids++)
  let document: GherkinDocument
  try {
    document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text)
  } catch {
    // What is wrong with it is told by those who look for citations.
    return []
  }
  const children = document.feature?.children ?? []
  const nodes = [...children, ...children.flatMap(({ rule }) => rule?.children ?? [])]
  const titles = new Map(
    nodes.flatMap(({ scenario }) => (scenario ? [[scenario.id, scenario.name]] : [])),
  )
  const path = file.replace(/^features\//, '')
  return compile(document, file, newId).map((pickle) => ({
    id: scenarioIdOf(document, pickle),
    title: `${path} > ${titles.get(pickle.astNodeIds[0] ?? '') ?? pickle.name}`,
    tags: pickle.tags.map(({ name }) => name),
  }))
}
