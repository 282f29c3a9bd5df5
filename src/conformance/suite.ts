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
import { StepCheck } from './step-check'
import { SuiteRecorder } from './suite-recorder'

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
  /** Takes everything that cucumber tells of the run. */
  readonly onMessage?: (envelope: Envelope) => void
}

/** What is wrong with the features or the steps; no run can be made of them. Exit code 2. */
export class FeatureError extends Error {
  override readonly name = 'FeatureError'
}

/** The features and steps of a project, loaded once and run against any number of clusters. */
export class Suite {
  /** Every selected scenario, in the order of the files. */
  readonly scenarios: readonly ScenarioText[]
  /** What it was loaded from; another thread can open it from that. */
  readonly selection: SuiteSelection
  /** Which files hold the definitions of a feature's steps, by the uri of the feature. */
  readonly stepFiles: ReadonlyMap<string, ReadonlySet<string>>
  readonly #configuration: IRunConfiguration
  readonly #support: ISupportCodeLibrary

  private constructor(
    selection: SuiteSelection,
    configuration: IRunConfiguration,
    support: ISupportCodeLibrary,
    known: Pick<Suite, 'scenarios' | 'stepFiles'>,
  ) {
    this.selection = selection
    this.#configuration = configuration
    this.#support = support
    this.scenarios = known.scenarios
    this.stepFiles = known.stepFiles
  }

  /**
   * Loads steps and features and checks that every step has exactly one definition.
   *
   * @throws FeatureError that names file and line of what cannot be parsed, is undefined or ambiguous.
   */
  static async load(selection: SuiteSelection): Promise<Suite> {
    for (const path of selection.paths) checkExists(selection.root, path)
    const suite = await Suite.open(selection, [])
    const check = new StepCheck()
    const dry = await suite.#execute(
      {
        only: '',
        formats: {},
        observationOf: () => undefined,
        onMessage: (envelope) => check.take(envelope),
      },
      'dry',
    )
    const problems = [...dry.flatMap(stepless), ...check.problems()]
    if (problems.length > 0) throw new FeatureError(problems.join('\n'))
    return new Suite(selection, suite.#configuration, suite.#support, {
      scenarios: dry.map(({ scenario }) => scenario),
      stepFiles: check.filesByFeature(),
    })
  }

  /** Opens a suite whose features somebody has checked already, and whose scenarios are known. */
  static async open(selection: SuiteSelection, scenarios: readonly ScenarioText[]): Promise<Suite> {
    const environment = { cwd: selection.root }
    const { runConfiguration } = await featureErrors(() =>
      loadConfiguration({ file: false, provided: configurationFor(selection) }, environment),
    )
    const support = await supportOf(selection.root, runConfiguration)
    return new Suite(selection, runConfiguration, support, { scenarios, stepFiles: new Map() })
  }

  /** Runs the scenarios against the cluster of the open session, one after the other. */
  run(options: SuiteRunOptions): Promise<readonly ScenarioRun[]> {
    return this.#execute(options, 'wet')
  }

  async #execute(
    { only, chosen, formats, observationOf, onFinished = () => {}, onMessage }: SuiteRunOptions,
    mode: 'dry' | 'wet',
  ): Promise<readonly ScenarioRun[]> {
    const recorder = new SuiteRecorder(observationOf, onFinished)
    const parseErrors: string[] = []
    const { sources, runtime, formats: configured } = this.#configuration
    if (chosen?.length === 0) return []
    const places = chosen?.map(({ uri, line }) => `${uri}:${line}`)
    const parts = [sources.tagExpression, only].filter((part) => part !== '')
    // A single expression stays as it is, so that a complaint about it quotes what was written.
    const tagExpression = parts.length < 2 ? parts.join('') : `(${parts.join(') and (')})`
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
        { cwd: this.selection.root, stdout: nowhere(), stderr: nowhere() },
        (envelope: Envelope) => {
          const { parseError } = envelope
          if (parseError) {
            const { uri, location } = parseError.source
            parseErrors.push(`${uri}:${location?.line ?? 1}: ${parseError.message}`)
          }
          recorder.take(envelope)
          onMessage?.(envelope)
        },
      ),
    )
    if (parseErrors.length > 0) throw new FeatureError(parseErrors.join('\n'))
    if (mode === 'dry' && recorder.runs.length === 0) {
      throw new FeatureError(
        `no scenario to run in ${this.selection.paths.join(', ') || 'features'}`,
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

function stepless({ scenario, steps }: ScenarioRun): readonly string[] {
  if (steps.some(({ keyword }) => keyword !== 'Hook')) return []
  return [`${scenario.uri}:${scenario.line}: the scenario has no steps`]
}

function checkExists(root: string, path: string): void {
  if (existsSync(resolve(root, path.replace(/:\d+$/, '')))) return
  // A word alone may have been meant as a command.
  const hint = /\.feature(:\d+)?$/.test(path) ? '' : ', and no such command (see --help)'
  throw new FeatureError(`${path}: there is no such feature file or folder${hint}`)
}

/** Turns whatever cucumber throws while it reads configuration, steps and features into a `FeatureError`. */
async function featureErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new FeatureError(reasonOf(cause), { cause })
  }
}

/** What went wrong at the bottom: cucumber wraps a tag expression that it cannot read twice. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  const reason = reasonOf(cause)
  return /^tag expression/i.test(reason) ? `--tags: ${reason}` : `${error.message}: ${reason}`
}

/** Takes what nobody reads. */
function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}
