import { createHash } from 'node:crypto'
import { join, relative } from 'node:path'
import { openSession, type Session, type SessionOptions } from '../targets/session'
import { parseTarget, type TargetSpec } from '../targets/target'
import type { BehaviourEvidence } from './catalogue/read-coverage'
import { type ExpectedDifference, expectationsOf } from './expected-differences'
import { gateOf } from './gate'
import { minorOf } from './kubernetes-version'
import { normalise } from './normal-form/normalise'
import { type RecordedAnswer, type Recording, readRecording, recordedRun } from './recording'
import { newestRecording } from './reference'
import { type ConformanceReport, type ReferenceInfo, reportOf } from './report'
import type { ClusterInfo, ScenarioRun, ScenarioText, SuiteRun } from './scenario-run'
import type { Sealed } from './seal'
import type { Suite } from './suite'
import { verdictOf } from './verdict'

/** What is told of a run while it goes on. */
export interface Progress {
  /** A line for people, e.g. which reference the verdict rests on. */
  say(line: string): void
  finished(run: ScenarioRun, done: number, total: number): void
}

export interface ConformanceOptions {
  readonly suite: Suite
  /** A target as on the command line, e.g. `in-process`. */
  readonly target: string
  readonly reference: ReferenceChoice
  readonly expectedDifferences: readonly ExpectedDifference[]
  /** What the report holds the verdicts against; absent: only what scenarios cite. */
  readonly behaviours?: BehaviourEvidence
  /** Whether scenarios tagged `@slow` run on a live cluster. */
  readonly slow: boolean
  /** Cucumber's own HTML of each run is put here. */
  readonly folder: string
  readonly session: Omit<SessionOptions, 'name'>
  readonly seed: number
  readonly createdAt: string
  readonly toolVersion: string
  readonly reproduce: string
  readonly progress: Progress
  /** Aborted: no further scenario counts, and the report says that the run was interrupted. */
  readonly signal: AbortSignal
}

/** Where the truth of a run comes from. */
export type ReferenceChoice =
  | { readonly kind: 'live'; readonly target: string }
  | { readonly kind: 'recording'; readonly path: string; readonly recording: Recording }
  | { readonly kind: 'none' }

/**
 * Chooses the reference: what was asked for; else a live k3s where its image is there; else the newest recording.
 *
 * @throws RecordingError, UsageError
 */
export async function chooseReference(options: {
  readonly asked: string | undefined
  readonly requireLive: boolean
  readonly recordings: string
  readonly isK3sAvailable: () => Promise<boolean>
}): Promise<ReferenceChoice> {
  const { asked, requireLive, recordings, isK3sAvailable } = options
  if (asked !== undefined) {
    const spec = parseTarget(asked)
    if (spec.kind !== 'recording') return { kind: 'live', target: asked }
    return { kind: 'recording', path: spec.path, recording: readRecording(spec.path) }
  }
  if (requireLive || (await isK3sAvailable())) return { kind: 'live', target: 'k3s' }
  const newest = newestRecording(recordings)
  return newest === undefined ? { kind: 'none' } : { kind: 'recording', ...newest }
}

/** Runs the suite against target and reference, compares what both showed, and returns the sealed report. */
export async function runConformance(
  options: ConformanceOptions,
): Promise<Sealed<ConformanceReport>> {
  const { suite, progress, reference: choice, slow, signal } = options
  progress.say(basisOf(choice))
  const target = await runOn(options, options.target, 'target', { slow: true })
  const reference = await referenceRun(options, choice)
  const runs = new Map(target.runs.map((run) => [run.scenario.id, run]))
  const verdicts = suite.scenarios.map((scenario) => {
    const answer = reference?.answerOf(scenario) ?? {}
    return verdictOf({
      scenario,
      target: runs.get(scenario.id),
      reference: answer.run,
      ...(answer.reason === undefined ? {} : { referenceReason: answer.reason }),
      targetCluster: target.cluster,
      referenceCluster: reference?.cluster,
      slow: slow || reference?.cluster.live === false,
    })
  })
  const { createdAt, toolVersion, seed, reproduce } = options
  const expectations = expectationsOf(options.expectedDifferences, verdicts, {
    target: options.target,
    referenceVersion: reference?.cluster.version ?? '',
    today: createdAt.slice(0, 10),
  })
  const gate = gateOf({
    verdicts,
    expectations,
    reference: reference?.cluster,
    expected: suite.scenarios.length,
    interrupted: signal.aborted,
  })
  return reportOf({
    metadata: { createdAt, toolVersion, seed, featuresHash: hashOf(suite), reproduce },
    target: target.cluster,
    reference: reference?.cluster,
    gate,
    verdicts,
    behaviours: options.behaviours,
  })
}

/** The first line of a run: what its verdict will rest on. */
function basisOf(choice: ReferenceChoice): string {
  switch (choice.kind) {
    case 'live':
      return `The verdict rests on a live reference: ${choice.target}.`
    case 'recording': {
      const { cluster, recordedAt } = choice.recording
      const path = relative(process.cwd(), choice.path)
      return `The verdict rests on a recording, not on a live cluster: ${path} (${cluster.name}, ${cluster.version}, recorded ${recordedAt}).`
    }
    case 'none':
      return 'There is no reference: no container engine with the k3s image, and no recording. Nothing can be verified.'
  }
}

interface Reference {
  readonly cluster: ReferenceInfo
  answerOf(scenario: ScenarioText): RecordedAnswer
}

async function referenceRun(
  options: ConformanceOptions,
  choice: ReferenceChoice,
): Promise<Reference | undefined> {
  if (choice.kind === 'none' || options.signal.aborted) return undefined
  if (choice.kind === 'recording') {
    const { recording } = choice
    const provenance = { ...recording.cluster.provenance, recordedAt: recording.recordedAt }
    return {
      cluster: { ...recording.cluster, provenance, live: false },
      answerOf: (scenario) => recordedRun(recording, scenario),
    }
  }
  const { cluster, runs } = await runOn(options, choice.target, 'reference', options)
  const byId = new Map(runs.map((run) => [run.scenario.id, run]))
  return {
    cluster: { ...cluster, live: true },
    answerOf: ({ id }) => {
      const run = byId.get(id)
      return run === undefined ? {} : { run }
    },
  }
}

/** Starts a cluster, runs every scenario that applies to its version, and takes it down again. */
export async function runOn(
  options: Omit<ConformanceOptions, 'target' | 'reference' | 'reproduce' | 'expectedDifferences'>,
  name: string,
  role: string,
  { slow }: { readonly slow: boolean },
): Promise<SuiteRun> {
  const { suite, progress, folder, signal } = options
  const spec: TargetSpec = parseTarget(name)
  await using session = await openSession(spec, { ...options.session, name })
  const { version, provenance, live } = session.target
  const cluster: ClusterInfo = { name: publicName(spec, name), version, provenance }
  const only = applicable(suite.scenarios, version, slow || !live)
  const total = only.count
  progress.say(`Running ${total} scenarios on ${cluster.name} (${version}).`)
  const runs: ScenarioRun[] = []
  const whole = suite.run({
    only: only.expression,
    formats: { [join(folder, `cucumber-${role}.html`)]: 'html' },
    observationOf: (id) => observationOf(session, id),
    onFinished: (run) => {
      // What ends after the abort was cut off by it, and says nothing about the cluster.
      if (signal.aborted) return
      runs.push(run)
      progress.finished(run, runs.length, total)
    },
  })
  await Promise.race([whole, abortOf(signal)])
  return { cluster, runs }
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

function observationOf(session: Session, id: string) {
  const observation = session.observations.get(id)
  return observation && normalise(observation)
}

/** The tag expression that leaves out what is younger than the cluster, and slow scenarios unless wanted. */
function applicable(
  scenarios: readonly ScenarioText[],
  version: string,
  slow: boolean,
): { readonly expression: string; readonly count: number } {
  const minor = minorOf(version) ?? Number.POSITIVE_INFINITY
  const tags = new Set(scenarios.flatMap(({ tags }) => tags))
  const excluded = [...tags].filter((tag) => {
    const since = /^@since-1\.(\d+)$/.exec(tag)?.[1]
    return (since !== undefined && Number(since) > minor) || (tag === '@slow' && !slow)
  })
  return {
    expression: excluded.map((tag) => `not ${tag}`).join(' and '),
    count: scenarios.filter(({ tags }) => !tags.some((tag) => excluded.includes(tag))).length,
  }
}

function hashOf({ scenarios }: Suite): string {
  const hash = createHash('sha256')
  for (const { id, textHash } of scenarios) hash.update(`${id}\n${textHash}\n`)
  return hash.digest('hex')
}
