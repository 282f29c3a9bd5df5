import { join } from 'node:path'
import { checkTarget } from '../targets/check-target'
import { clusterRoom } from '../targets/cluster-room'
import { openSession, type Session, type SessionOptions } from '../targets/session'
import { parseTarget, type StartedTarget, type TargetSpec } from '../targets/target'
import { applicable } from './applicability'
import { mergedAttempts } from './attempts'
import { startMore } from './clusters'
import { normalise } from './normal-form/normalise'
import type { ClusterInfo, ScenarioRun, ScenarioText, SuiteRun } from './scenario-run'
import { runInWorkers, type Workers } from './scenario-workers'
import { type Spread, spreadOf } from './spread'
import type { Suite } from './suite'

/** What is told of a run while it goes on. */
export interface Progress {
  /** A line for people, e.g. which reference the verdict rests on. */
  say(line: string): void
  /** Called when the first of these scenarios is about to run. */
  started?(scenarios: readonly ScenarioText[]): void
  finished(run: ScenarioRun, done: number, total: number): void
}

/** Everything that runs on one cluster are told. */
export interface ClusterRunOptions {
  readonly suite: Suite
  /** Cucumber's own HTML of each run is put here. */
  readonly folder: string
  readonly session: Omit<SessionOptions, 'name' | 'signal'>
  readonly progress: Progress
  /** Aborted: no further scenario counts. */
  readonly signal: AbortSignal
  /** How often every scenario is run; absent: once. */
  readonly repeat?: number
  /** After how many failures the run ends; absent: never. */
  readonly maxFailures?: number
  /** Threads that scenarios may be spread over; absent: they run one after the other in this one. */
  readonly workers?: Workers
}

export interface ClusterRunChoice {
  /** Whether scenarios tagged `@slow` run on a live cluster. */
  readonly slow: boolean
  /** Only these scenarios; absent: all of the suite. */
  readonly chosen?: readonly ScenarioText[]
  /** What counts as a failure; absent: everything that did not pass. */
  readonly isFailure?: (run: ScenarioRun, cluster: ClusterInfo) => boolean
}

/**
 * Finds out whether all clusters of a run can be had, so that none turns out to be missing when half of it is done,
 * and says what is special about them.
 *
 * @throws EnvironmentError, UsageError
 */
export async function checkClusters(
  { session, progress }: Pick<ClusterRunOptions, 'session' | 'progress'>,
  names: readonly string[],
): Promise<void> {
  for (const name of new Set(names)) {
    const note = await checkTarget(parseTarget(name), { ...session, name })
    if (note !== undefined) progress.say(note)
  }
}

/** Starts a cluster, runs every scenario that applies to its version, and takes it down again. */
export async function runOn(
  options: ClusterRunOptions,
  name: string,
  role: string,
  choice: ClusterRunChoice,
): Promise<SuiteRun> {
  const { suite, progress, repeat = 1, signal } = options
  const spec: TargetSpec = parseTarget(name)
  await using session = await openSession(spec, { ...options.session, name, signal })
  const { version, provenance, live } = session.target
  const cluster: ClusterInfo = { name: publicName(spec, name), version, provenance }
  const chosen = choice.chosen ?? suite.scenarios
  const only = applicable(chosen, cluster, choice.slow || !live)
  const times = repeat === 1 ? '' : ` ${repeat} times`
  const count = only.scenarios.length
  const noun = count === 1 ? 'scenario' : 'scenarios'
  const spread = await spreadFor(options, session.target, count)
  progress.say(`Running ${count} ${noun}${times} on ${cluster.name} (${version})${spread.note}.`)
  const collected = new Collected(options, only.scenarios.length * repeat, (run) =>
    choice.isFailure === undefined ? run.outcome !== 'passed' : choice.isFailure(run, cluster),
  )
  if (spread.over === 'nothing') {
    progress.started?.(only.scenarios)
    const part = { role, session, expression: only.expression, chosen: choice.chosen }
    await runHere(options, part, collected)
  } else {
    const part = { name, spec, role, scenarios: only.scenarios, spread }
    await runSpread(options, part, session.target, collected)
  }
  const stopped = collected.stopped
    ? `stopped on ${cluster.name} after ${collected.failures} failures`
    : undefined
  const runs = collected.runs(suite.scenarios)
  return { cluster, runs, ...(stopped === undefined ? {} : { stopped }) }
}

async function spreadFor(
  { workers, session: { env = {} }, repeat = 1 }: ClusterRunOptions,
  { live, access }: StartedTarget,
  scenarios: number,
): Promise<Spread> {
  if (workers === undefined) return { over: 'nothing', count: 1, note: '' }
  const room = access === undefined ? undefined : await clusterRoom(env)
  return spreadOf({ scenarios, repeat, asked: workers.count, live, room })
}

/** Runs scenarios one after the other on the cluster of the session. */
async function runHere(
  { suite, folder, signal, repeat = 1 }: ClusterRunOptions,
  part: {
    readonly role: string
    readonly session: Session
    readonly expression: string
    readonly chosen: readonly ScenarioText[] | undefined
  },
  collected: Collected,
): Promise<void> {
  const { role, session, expression, chosen } = part
  for (let attempt = 1; attempt <= repeat && !signal.aborted && !collected.stopped; attempt++) {
    const whole = suite.run({
      only: expression,
      ...(chosen === undefined ? {} : { chosen }),
      formats: { [pageIn(folder, role, attempt)]: 'html' },
      observationOf: (id) => {
        const observation = session.observations.get(id)
        return observation && normalise(observation)
      },
      onFinished: (run) => {
        collected.take(run)
        // Without a session no further scenario can begin, so cucumber comes to its end quickly.
        if (collected.stopped) void session[Symbol.asyncDispose]()
      },
    })
    await Promise.race([whole, abortOf(signal)])
  }
}

/** Where cucumber's own page about an attempt goes. */
function pageIn(folder: string, role: string, attempt: number): string {
  return join(folder, `cucumber-${role}${attempt === 1 ? '' : `-${attempt}`}.html`)
}

/** Runs scenarios in threads; in-process each has clusters of its own, and of live ones each thread has one to itself. */
async function runSpread(
  options: ClusterRunOptions,
  part: {
    readonly name: string
    readonly spec: TargetSpec
    readonly role: string
    readonly scenarios: readonly ScenarioText[]
    readonly spread: Spread
  },
  { access }: StartedTarget,
  collected: Collected,
): Promise<void> {
  const { suite, folder, signal, progress, workers, session, repeat = 1 } = options
  const { name, spec, role, scenarios, spread } = part
  const stop = new AbortController()
  const start = { ...session, name, signal }
  await using clusters =
    access === undefined ? undefined : await startMore(access, spread.count, spec, start)
  progress.started?.(scenarios)
  const { seed = 1 } = session
  await runInWorkers({
    compiled: workers?.compiled,
    count: spread.count,
    ...(clusters && { clusters: clusters.accesses }),
    scenarios,
    repeat,
    task: { selection: suite.selection, target: name, seed },
    pageOf: (attempt) => pageIn(folder, role, attempt),
    signal: AbortSignal.any([signal, stop.signal]),
    onFinished: (run) => {
      collected.take(run)
      if (collected.stopped) stop.abort()
    },
  })
}

/** The runs of one cluster as they come in. */
class Collected {
  failures = 0
  stopped = false
  readonly #byId = new Map<string, ScenarioRun[]>()
  readonly #options: ClusterRunOptions
  readonly #total: number
  readonly #isFailure: (run: ScenarioRun) => boolean
  #done = 0

  constructor(options: ClusterRunOptions, total: number, isFailure: (run: ScenarioRun) => boolean) {
    this.#options = options
    this.#total = total
    this.#isFailure = isFailure
  }

  take(run: ScenarioRun): void {
    const { signal, progress, maxFailures } = this.#options
    // What ends after the end of the run was cut off by it, and says nothing about the cluster.
    if (signal.aborted || this.stopped) return
    const attempts = this.#byId.get(run.scenario.id) ?? []
    attempts.push(run)
    this.#byId.set(run.scenario.id, attempts)
    this.#done += 1
    progress.finished(run, this.#done, this.#total)
    if (maxFailures === undefined || !this.#isFailure(run)) return
    this.failures += 1
    this.stopped = this.failures >= maxFailures
  }

  /** In the order of the features, whichever ended first. */
  runs(scenarios: readonly ScenarioText[]): readonly ScenarioRun[] {
    return scenarios.flatMap(({ id }) => mergedAttempts(this.#byId.get(id) ?? []) ?? [])
  }
}

/** The name of a cluster for a report that others read: where somebody keeps a kubeconfig is nobody's business. */
function publicName(spec: TargetSpec, name: string): string {
  return spec.kind === 'kubeconfig' ? 'kubeconfig' : name
}

/** Resolves when the run is interrupted: what cucumber still does then no longer matters. */
function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
