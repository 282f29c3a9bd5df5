import { createHash } from 'node:crypto'
import type {
  Envelope,
  Feature,
  GherkinDocument,
  Pickle,
  PickleStep,
  Step,
  TestCase,
  TestStepResult,
} from '@cucumber/messages'
import { scenarioIdOf } from '../targets/scenario-id'
import type { NormalObservation } from './normal-form/normal-observation'
import { redacted } from './redact'
import type { Outcome, ScenarioRun, ScenarioText, StepRun } from './scenario-run'

/** Error classes that mean "the cluster did not do it"; every other one means that the harness broke. */
const failures: ReadonlySet<string> = new Set(['AssertionError', 'ExpectationError', 'StatusError'])

/** Puts the scenarios of one run together from cucumber's messages. */
export class SuiteRecorder {
  readonly runs: ScenarioRun[] = []
  readonly #documents = new Map<string, GherkinDocument>()
  readonly #pickles = new Map<string, Pickle>()
  readonly #cases = new Map<string, TestCase>()
  readonly #started = new Map<
    string,
    { readonly testCase: TestCase; readonly steps: StepResult[] }
  >()
  readonly #observationOf: (scenarioId: string) => NormalObservation | undefined
  readonly #onFinished: (run: ScenarioRun) => void

  constructor(
    observationOf: (scenarioId: string) => NormalObservation | undefined,
    onFinished: (run: ScenarioRun) => void,
  ) {
    this.#observationOf = observationOf
    this.#onFinished = onFinished
  }

  take(envelope: Envelope): void {
    const {
      gherkinDocument,
      pickle,
      testCase,
      testCaseStarted,
      testStepFinished,
      testCaseFinished,
    } = envelope
    if (gherkinDocument?.uri !== undefined)
      this.#documents.set(gherkinDocument.uri, gherkinDocument)
    if (pickle) this.#pickles.set(pickle.id, pickle)
    if (testCase) this.#cases.set(testCase.id, testCase)
    if (testCaseStarted) {
      const started = this.#cases.get(testCaseStarted.testCaseId)
      if (started) this.#started.set(testCaseStarted.id, { testCase: started, steps: [] })
    }
    if (testStepFinished) {
      this.#started.get(testStepFinished.testCaseStartedId)?.steps.push({
        testStepId: testStepFinished.testStepId,
        result: testStepFinished.testStepResult,
      })
    }
    if (testCaseFinished) this.#finish(testCaseFinished.testCaseStartedId)
  }

  #finish(testCaseStartedId: string): void {
    const started = this.#started.get(testCaseStartedId)
    const pickle = this.#pickles.get(started?.testCase.pickleId ?? '')
    const document = this.#documents.get(pickle?.uri ?? '')
    if (started === undefined || pickle === undefined || document?.feature === undefined) return
    this.#started.delete(testCaseStartedId)
    const scenario = scenarioTextOf(document, document.feature, pickle)
    const keywords = keywordsOf(document.feature)
    const steps = started.steps.map((step) => stepRunOf(step, started.testCase, pickle, keywords))
    const broken = worstOf(steps)
    const observation = this.#observationOf(scenario.id)
    const run: ScenarioRun = {
      scenario,
      outcome: broken === undefined ? 'passed' : (broken.outcome as Outcome),
      ...(broken === undefined ? {} : { message: broken.message ?? broken.text }),
      steps,
      durationSeconds: steps.reduce((sum, step) => sum + step.durationMilliseconds, 0) / 1000,
      ...(observation === undefined ? {} : { observation }),
    }
    this.runs.push(run)
    this.#onFinished(run)
  }
}

interface StepResult {
  readonly testStepId: string
  readonly result: TestStepResult
}

/** The text of a scenario, without running it. */
function scenarioTextOf(document: GherkinDocument, feature: Feature, pickle: Pickle): ScenarioText {
  const id = scenarioIdOf(document, pickle)
  const rule = feature.children.find(({ rule }) =>
    rule?.children.some(({ scenario }) => pickle.astNodeIds.includes(scenario?.id ?? '')),
  )?.rule
  return {
    id,
    uri: pickle.uri,
    line: pickle.location?.line ?? feature.location.line,
    feature: feature.name,
    rule: rule?.name ?? '',
    name: pickle.name,
    tags: pickle.tags.map(({ name }) => name),
    textHash: createHash('sha256')
      .update(JSON.stringify(pickle.steps.map(({ text, argument }) => [text, argument ?? null])))
      .digest('hex'),
  }
}

function stepRunOf(
  { testStepId, result }: StepResult,
  testCase: TestCase,
  pickle: Pickle,
  keywords: ReadonlyMap<string, string>,
): StepRun {
  const pickleStepId = testCase.testSteps.find(({ id }) => id === testStepId)?.pickleStepId
  const step: PickleStep | undefined = pickle.steps.find(({ id }) => id === pickleStepId)
  const outcome = outcomeOf(result)
  const message = result.exception?.message ?? result.message
  return {
    keyword: step === undefined ? 'Hook' : (keywords.get(step.astNodeIds[0] ?? '') ?? '').trim(),
    text: redacted(step?.text ?? 'set-up or clean-up of the scenario'),
    outcome,
    durationMilliseconds: result.duration.seconds * 1000 + Math.round(result.duration.nanos / 1e6),
    ...(message === undefined || outcome === 'passed' ? {} : { message: redacted(message) }),
    ...argumentOf(step),
  }
}

/** What stands below the line of a step; often the decisive part of it. */
function argumentOf(step: PickleStep | undefined): Pick<StepRun, 'table' | 'docString'> {
  const { dataTable, docString } = step?.argument ?? {}
  const table = dataTable?.rows.map(({ cells }) => cells.map(({ value }) => redacted(value)))
  return {
    ...(table === undefined ? {} : { table }),
    ...(docString === undefined ? {} : { docString: redacted(docString.content) }),
  }
}

function outcomeOf({ status, exception }: TestStepResult): StepRun['outcome'] {
  switch (status) {
    case 'PASSED':
      return 'passed'
    case 'SKIPPED':
      return 'skipped'
    case 'UNDEFINED':
    case 'AMBIGUOUS':
    case 'PENDING':
      return 'undefined'
    default:
      // A manifest that cannot be read is a mistake of whoever wrote the feature.
      if (exception?.type === 'ManifestError') return 'undefined'
      return failures.has(exception?.type ?? '') ? 'failed' : 'error'
  }
}

/** The step that decides: a wrong feature before a broken harness before a failure; none, if something was not merely skipped. */
export function worstOf(steps: readonly StepRun[]): StepRun | undefined {
  for (const outcome of ['undefined', 'error', 'failed'] as const) {
    const step = steps.find((each) => each.outcome === outcome)
    if (step) return step
  }
  const skipped = steps.find(({ outcome }) => outcome === 'skipped')
  return skipped && { ...skipped, outcome: 'error', message: 'the scenario was skipped' }
}

function keywordsOf({ children }: Feature): ReadonlyMap<string, string> {
  const steps: readonly Step[] = children.flatMap(({ background, scenario, rule }) => [
    ...(background?.steps ?? []),
    ...(scenario?.steps ?? []),
    ...(rule?.children ?? []).flatMap((child) => [
      ...(child.background?.steps ?? []),
      ...(child.scenario?.steps ?? []),
    ]),
  ])
  return new Map(steps.map(({ id, keyword }) => [id, keyword]))
}
