import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Writable } from 'node:stream'
import {
  type IConfiguration,
  type IRunConfiguration,
  type ISupportCodeLibrary,
  loadConfiguration,
  loadSupport,
  runCucumber,
} from '@cucumber/cucumber/api'
import type { Envelope } from '@cucumber/messages'
import type { NormalObservation } from './normal-form/normal-observation'
import type { ScenarioRun, ScenarioText } from './scenario-run'
import { SuiteRecorder } from './suite-recorder'

/** How many pieces of cucumber's own output are kept for an error message. */
const maxChunks = 100

/** Which scenarios, of which project. */
export interface SuiteSelection {
  /** Folder that holds `features/`, `steps/` and cucumber's configuration. */
  readonly root: string
  /** How step definitions are loaded from there. */
  readonly support: { readonly requireModule: string[]; readonly require: string[] }
  /** Feature files or folders; empty: all. */
  readonly paths: readonly string[]
  /** A cucumber tag expression; empty: all. */
  readonly tags: string
  /** Parts of scenario names; empty: all. */
  readonly names: readonly string[]
}

export interface SuiteRunOptions {
  /** A tag expression that narrows the selection further; empty: not. */
  readonly only: string
  /** Only these scenarios of the suite; absent: all. */
  readonly chosen?: readonly ScenarioText[]
  /** Extra cucumber formats, file by file, e.g. `{ 'report.html': 'html' }`. */
  readonly formats: { readonly [file: string]: string }
  /** Takes the observation that a scenario left behind. */
  readonly observationOf: (scenarioId: string) => NormalObservation | undefined
  readonly onFinished?: (run: ScenarioRun) => void
}

/** What is wrong with the features or the steps; no run can be made of them. Exit code 2. */
export class FeatureError extends Error {
  override readonly name = 'FeatureError'
}

/** The features and steps of a project, loaded once and run against any number of clusters. */
export class Suite {
  /** Every selected scenario, in the order of the files. */
  readonly scenarios: readonly ScenarioText[]
  readonly #selection: SuiteSelection
  readonly #configuration: IRunConfiguration
  readonly #support: ISupportCodeLibrary

  private constructor(
    selection: SuiteSelection,
    configuration: IRunConfiguration,
    support: ISupportCodeLibrary,
    scenarios: readonly ScenarioText[],
  ) {
    this.#selection = selection
    this.#configuration = configuration
    this.#support = support
    this.scenarios = scenarios
  }

  /**
   * Loads steps and features and checks that every step has exactly one definition.
   *
   * @throws FeatureError that names file and line of what cannot be parsed, is undefined or ambiguous.
   */
  static async load(selection: SuiteSelection): Promise<Suite> {
    const environment = { cwd: selection.root }
    for (const path of selection.paths) checkExists(selection.root, path)
    const { runConfiguration } = await featureErrors(() =>
      loadConfiguration({ file: false, provided: configurationFor(selection) }, environment),
    )
    const support = await supportOf(selection.root, runConfiguration)
    const suite = new Suite(selection, runConfiguration, support, [])
    const dry = await suite.#execute(
      { only: '', formats: {}, observationOf: () => undefined },
      'dry',
    )
    const problems = dry.flatMap(problemsOf)
    if (problems.length > 0) throw new FeatureError(problems.join('\n'))
    return new Suite(
      selection,
      runConfiguration,
      support,
      dry.map(({ scenario }) => scenario),
    )
  }

  /** Runs the scenarios against the cluster of the open session, one after the other. */
  run(options: SuiteRunOptions): Promise<readonly ScenarioRun[]> {
    return this.#execute(options, 'wet')
  }

  async #execute(
    { only, chosen, formats, observationOf, onFinished = () => {} }: SuiteRunOptions,
    mode: 'dry' | 'wet',
  ): Promise<readonly ScenarioRun[]> {
    const recorder = new SuiteRecorder(observationOf, onFinished)
    const complaints = new Collector()
    const parseErrors: string[] = []
    const { sources, runtime, formats: configured } = this.#configuration
    if (chosen?.length === 0) return []
    const places = chosen?.map(({ uri, line }) => `${uri}:${line}`)
    const tagExpression = [sources.tagExpression, only]
      .filter((part) => part !== '')
      .map((part) => `(${part})`)
      .join(' and ')
    await featureErrors(() =>
      runCucumber(
        {
          ...this.#configuration,
          sources: { ...sources, tagExpression, ...(places && { paths: places }) },
          support: this.#support,
          runtime: { ...runtime, dryRun: mode === 'dry' },
          formats: { ...configured, stdout: 'message', files: { ...formats }, publish: false },
        },
        // What cucumber would print has its place in the report.
        { cwd: this.#selection.root, stdout: new Collector(), stderr: complaints },
        (envelope: Envelope) => {
          const { parseError } = envelope
          if (parseError) {
            const { uri, location } = parseError.source
            parseErrors.push(`${uri}:${location?.line ?? 1}: ${parseError.message}`)
          }
          recorder.take(envelope)
        },
      ),
    )
    if (parseErrors.length > 0) throw new FeatureError(parseErrors.join('\n'))
    if (mode === 'dry' && recorder.runs.length === 0) {
      throw new FeatureError(
        `no scenario to run in ${this.#selection.paths.join(', ') || 'features'}`,
      )
    }
    return recorder.runs
  }
}

/** Cucumber's own configuration file is left alone: it is for people who run cucumber itself. */
function configurationFor({
  support,
  paths,
  tags,
  names,
}: SuiteSelection): Partial<IConfiguration> {
  return {
    ...support,
    paths: paths.length === 0 ? ['features/**/*.feature'] : [...paths],
    ...(tags === '' ? {} : { tags }),
    name: [...names],
    strict: true,
    publish: false,
  }
}

/** Step definitions register themselves once per process, so they can be loaded only once for each project. */
const supports = new Map<string, Promise<ISupportCodeLibrary>>()

function supportOf(root: string, configuration: IRunConfiguration): Promise<ISupportCodeLibrary> {
  const key = JSON.stringify([root, configuration.support])
  const loaded = supports.get(key) ?? featureErrors(() => loadSupport(configuration, { cwd: root }))
  supports.set(key, loaded)
  return loaded
}

function problemsOf({ scenario, outcome, steps }: ScenarioRun): readonly string[] {
  const place = `${scenario.uri}:${scenario.line}`
  if (!steps.some(({ keyword }) => keyword !== 'Hook'))
    return [`${place}: the scenario has no steps`]
  if (outcome !== 'undefined') return []
  const wrong = steps.filter((step) => step.outcome === 'undefined')
  return wrong.map(
    ({ keyword, text }) => `${place}: step has no definition, or more than one: ${keyword} ${text}`,
  )
}

function checkExists(root: string, path: string): void {
  if (existsSync(resolve(root, path.replace(/:\d+$/, '')))) return
  throw new FeatureError(`${path}: there is no such feature file or folder`)
}

/** Turns whatever cucumber throws while it reads configuration, steps and features into a `FeatureError`. */
async function featureErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new FeatureError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** A stream that keeps the last of what is written to it. */
class Collector extends Writable {
  readonly #chunks: string[] = []

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(String(chunk))
    if (this.#chunks.length > maxChunks) this.#chunks.shift()
    done()
  }

  text(): string {
    return this.#chunks.join('')
  }
}
