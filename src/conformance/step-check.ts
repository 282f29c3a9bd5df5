import type { Envelope, Pickle, StepDefinition, Suggestion, TestCase } from '@cucumber/messages'
import { nearestPattern } from './nearest-pattern'

/** Holds the steps of features against their definitions, from the messages of a dry run. */
export class StepCheck {
  readonly #lines = new Map<string, number>()
  readonly #pickles = new Map<string, Pickle>()
  readonly #definitions = new Map<string, StepDefinition>()
  readonly #suggestions = new Map<string, Suggestion>()
  readonly #cases: TestCase[] = []

  take({ gherkinDocument, pickle, stepDefinition, suggestion, testCase }: Envelope): void {
    for (const { background, scenario, rule } of gherkinDocument?.feature?.children ?? []) {
      for (const child of [{ background, scenario }, ...(rule?.children ?? [])]) {
        const steps = [...(child.background?.steps ?? []), ...(child.scenario?.steps ?? [])]
        for (const { id, location } of steps) this.#lines.set(id, location.line)
      }
    }
    if (pickle) this.#pickles.set(pickle.id, pickle)
    if (stepDefinition) this.#definitions.set(stepDefinition.id, stepDefinition)
    if (suggestion) this.#suggestions.set(suggestion.pickleStepId, suggestion)
    if (testCase) this.#cases.push(testCase)
  }

  /** One text for each step that has no definition or several, with the place of the step; each only once. */
  problems(): readonly string[] {
    const found = this.#matched().flatMap(({ place, step, definitions }) => {
      if (definitions.length === 1) return []
      return definitions.length === 0
        ? [`${place}: no step definition fits: ${step.text}${this.#adviceFor(step)}`]
        : [
            [
              `${place}: ${definitions.length} step definitions fit: ${step.text}`,
              ...definitions.map((each) => `    ${placeOf(each)}: ${each.pattern.source}`),
            ].join('\n'),
          ]
    })
    // The rows of an outline and the scenarios after a background share their steps.
    return [...new Set(found)]
  }

  /** Which files hold the definitions of a feature's steps, by the uri of the feature. */
  filesByFeature(): ReadonlyMap<string, ReadonlySet<string>> {
    const files = new Map<string, Set<string>>()
    for (const { uri, definitions } of this.#matched()) {
      const all = files.get(uri) ?? new Set()
      for (const { sourceReference } of definitions) all.add(sourceReference.uri ?? '')
      files.set(uri, all)
    }
    return files
  }

  #matched(): readonly MatchedStep[] {
    return this.#cases.flatMap(({ pickleId, testSteps }) => {
      const pickle = this.#pickles.get(pickleId)
      if (pickle === undefined) return []
      return testSteps.flatMap(({ pickleStepId, stepDefinitionIds = [] }) => {
        const step = pickle.steps.find(({ id }) => id === pickleStepId)
        if (step === undefined) return []
        const line = this.#lines.get(step.astNodeIds[0] ?? '') ?? pickle.location?.line ?? 1
        const definitions = stepDefinitionIds.flatMap((id) => this.#definitions.get(id) ?? [])
        return [{ uri: pickle.uri, place: `${pickle.uri}:${line}`, step, definitions }]
      })
    })
  }

  /** A definition that is nearly meant, or else how a new one would begin. */
  #adviceFor({ id, text }: MatchedStep['step']): string {
    const near = nearestPattern(
      text,
      [...this.#definitions.values()],
      ({ pattern }) => pattern.source,
    )
    if (near !== undefined) return `\n    nearest: ${near.pattern.source} (${placeOf(near)})`
    const code = this.#suggestions.get(id)?.snippets[0]?.code.split('\n', 1)[0]
    return code === undefined ? '' : `\n    a definition would begin: ${code}`
  }
}

interface MatchedStep {
  readonly uri: string
  readonly place: string
  readonly step: Pickle['steps'][number]
  readonly definitions: readonly StepDefinition[]
}

function placeOf({ sourceReference: { uri, location } }: StepDefinition): string {
  return `${uri}:${location?.line ?? 1}`
}
