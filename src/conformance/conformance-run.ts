import { basename } from 'node:path'
import { ofShard, type ReportBasis, type Shard } from './basis'
import type { SecondLook } from './blame'
import type { BehaviourEvidence } from './catalogue/read-coverage'
import type { UpstreamProof } from './catalogue/upstream/upstream-coverage'
import { basisOf, type ReferenceChoice } from './choose-reference'
import { type ClusterRunOptions, checkClusters, runOn } from './cluster-run'
import type { ExpectedDifference } from './expected-differences'
import { catalogueHashOf, featuresHashOf } from './hashes'
import { judge, judged, type ScenarioEvidence } from './judgement'
import { sinceOf } from './kubernetes-version'
import { type RecordedTarget, recordedTargetRun } from './recorded-target'
import { type RecordedAnswer, type Recording, recordedRun } from './recording'
import { type ConformanceReport, type Invocation, type ReferenceInfo, reportOf } from './report'
import type { ClusterInfo, ScenarioRun, ScenarioText, SuiteRun } from './scenario-run'
import type { Sealed } from './seal'
import type { Suite } from './suite'
import { versionTableOf } from './version-table'

export interface ConformanceOptions extends ClusterRunOptions {
  /** A target as on the command line, e.g. `in-process`. */
  readonly target: string
  /** Stands for the target where that is a recording: nothing is run on it then. */
  readonly recordedTarget?: RecordedTarget
  readonly reference: ReferenceChoice
  readonly expectedDifferences: readonly ExpectedDifference[]
  /** What the report holds the verdicts against; absent: only what scenarios cite. */
  readonly behaviours?: BehaviourEvidence
  /** What asserts the same as each test of Kubernetes itself; absent: the report does not tell. */
  readonly upstream?: readonly UpstreamProof[]
  /** Recordings that are put side by side in the report; fewer than two say nothing. */
  readonly recordings?: readonly Recording[]
  /** Whether scenarios tagged `@slow` run on a live cluster. */
  readonly slow: boolean
  /** Whether files, tags or names narrowed the suite down. */
  readonly filtered?: boolean
  /** How many scenarios of the `@core` profile that left out. */
  readonly coreMissing?: number
  /** How many scenarios there are without the filter. */
  readonly suiteSize?: number
  readonly shard?: Shard
  /** Only these scenarios, because they failed in the run before; by id. */
  readonly rerun?: ReadonlySet<string>
  /** A cluster like the reference, with our reconciler: differing scenarios are run there to find out whose they are. */
  readonly blameOn?: string
  readonly seed: number
  readonly createdAt: string
  readonly toolVersion: string
  readonly reproduce: string
  readonly invocation?: Invocation
}

/** Runs the suite against target and reference, compares what both showed, and returns the sealed report. */
export async function runConformance(
  options: ConformanceOptions,
): Promise<Sealed<ConformanceReport>> {
  const { suite, progress, reference: choice } = options
  progress.say(basisOf(choice))
  const { recordedTarget } = options
  if (recordedTarget !== undefined)
    progress.say(`The target is a recording as well, ${recordedTarget.name}: nothing is run on it.`)
  await checkClusters(options, [
    ...(recordedTarget === undefined ? [options.target] : []),
    ...(choice.kind === 'live' ? [choice.target] : []),
  ])
  const scenarios = chosenOf(options)
  const whole = scenarios.length === suite.scenarios.length
  const chosen = whole ? {} : { chosen: scenarios }
  const recorded = choice.kind === 'recording' ? recordedReference(choice) : undefined
  const target =
    recordedTarget === undefined
      ? await runOn(options, options.target, 'target', {
          slow: true,
          ...chosen,
          isFailure: (run, cluster) => isFailure(run, cluster, recorded, options),
        })
      : recordedTargetRun(recordedTarget, scenarios)
  const reference = recorded ?? (await liveReference(options, scenarios, target))
  const runs = byId(target.runs)
  const evidence = scenarios.map((scenario): ScenarioEvidence => {
    const { run, reason } = reference?.answerOf(scenario) ?? {}
    const why = run === undefined && reason !== undefined ? { referenceReason: reason } : {}
    return { scenario, target: runs.get(scenario.id), reference: run, ...why }
  })
  const looked = await secondLooks(options, evidence, target.cluster, reference)
  return reportFrom(options, looked, target, reference)
}

function reportFrom(
  options: ConformanceOptions,
  scenarios: readonly ScenarioEvidence[],
  target: SuiteRun,
  reference: Reference | undefined,
): Sealed<ConformanceReport> {
  const { createdAt, toolVersion, seed, reproduce, invocation } = options
  const { suite, behaviours, upstream, recordings = [] } = options
  const stopped = target.stopped ?? reference?.stopped
  const basis = reportBasisOf(options, scenarios.length, stopped)
  const clusters = { target: target.cluster, reference: reference?.cluster }
  const { verdicts, gate } = judge({ scenarios, ...clusters, basis, createdAt })
  const featuresHash = featuresHashOf(suite.scenarios)
  return reportOf({
    metadata: {
      createdAt,
      toolVersion,
      seed,
      featuresHash,
      reproduce,
      ...(invocation === undefined ? {} : { invocation }),
    },
    ...clusters,
    gate,
    basis,
    verdicts,
    behaviours,
    versions: recordings.length < 2 ? undefined : versionTableOf(recordings, tagsOf(suite)),
    upstream,
  })
}

/** From which release on the suite says that a scenario holds. */
function tagsOf({ scenarios }: Suite): (scenario: string) => number | undefined {
  const tags = new Map(scenarios.map((scenario) => [scenario.id, scenario.tags]))
  return (scenario) => sinceOf(tags.get(scenario) ?? [])
}

function reportBasisOf(
  options: ConformanceOptions,
  expected: number,
  stopped: string | undefined,
): ReportBasis {
  const {
    slow,
    filtered = false,
    coreMissing = 0,
    suiteSize,
    signal,
    shard,
    rerun,
    repeat,
    behaviours,
  } = options
  return {
    expected,
    slow,
    filtered,
    ...(coreMissing === 0 || options.reference.kind === 'declined' ? {} : { coreMissing }),
    ...(suiteSize === undefined ? {} : { suiteSize }),
    interrupted: signal.aborted,
    ...(stopped === undefined ? {} : { stopped }),
    ...(options.reference.kind === 'declined' ? { targetOnly: true } : {}),
    ...(shard === undefined ? {} : { shard }),
    ...(rerun === undefined ? {} : { rerun: expected }),
    ...(repeat === undefined || repeat === 1 ? {} : { repeat }),
    expectedDifferences: options.expectedDifferences,
    ...(behaviours === undefined ? {} : { catalogueHash: catalogueHashOf(behaviours) }),
  }
}

function chosenOf({ suite, shard, rerun }: ConformanceOptions): readonly ScenarioText[] {
  const wanted =
    rerun === undefined ? suite.scenarios : suite.scenarios.filter(({ id }) => rerun.has(id))
  return shard === undefined ? wanted : ofShard(wanted, shard)
}

/** Against a recording a difference is a failure at once; against a live cluster only what did not pass. */
function isFailure(
  run: ScenarioRun,
  cluster: ClusterInfo,
  reference: Reference | undefined,
  { slow, expectedDifferences }: ConformanceOptions,
): boolean {
  if (expectedDifferences.some(({ scenario }) => scenario === run.scenario.id)) return false
  if (reference === undefined) return run.outcome !== 'passed'
  const { scenario } = run
  const { run: other, reason } = reference.answerOf(scenario)
  const why = reason === undefined ? {} : { referenceReason: reason }
  const evidence = { scenario, target: run, reference: other, ...why }
  const { verdict, required } = judged(evidence, cluster, reference.cluster, { slow })
  return required && verdict !== 'agree'
}

interface Reference {
  readonly cluster: ReferenceInfo
  readonly stopped?: string
  answerOf(scenario: ScenarioText): RecordedAnswer
}

function recordedReference({
  recording,
  path,
  name = basename(path),
}: Extract<ReferenceChoice, { readonly kind: 'recording' }>): Reference {
  const provenance = { ...recording.cluster.provenance, recordedAt: recording.recordedAt }
  return {
    cluster: { ...recording.cluster, provenance, live: false, recording: name },
    answerOf: (scenario) => recordedRun(recording, scenario),
  }
}

async function liveReference(
  options: ConformanceOptions,
  scenarios: readonly ScenarioText[],
  target: SuiteRun,
): Promise<Reference | undefined> {
  const { reference: choice, signal, slow } = options
  if (choice.kind !== 'live' || signal.aborted) return undefined
  const ran = byId(target.runs)
  // What did not run on the target can have no verdict, so it need not run here either.
  const chosen =
    target.stopped === undefined ? scenarios : scenarios.filter(({ id }) => ran.has(id))
  const run = await unlessInterrupted(
    signal,
    runOn(options, choice.target, 'reference', {
      slow,
      ...(chosen.length === options.suite.scenarios.length ? {} : { chosen }),
    }),
  )
  if (run === undefined) return undefined
  const { cluster, runs, stopped } = run
  const answers = byId(runs)
  return {
    cluster: { ...cluster, live: true },
    ...(stopped === undefined ? {} : { stopped }),
    answerOf: ({ id }) => {
      const run = answers.get(id)
      return run === undefined ? {} : { run }
    },
  }
}

/** Runs what differs once more on the reference, and with our reconciler in the place of the built-in one. */
async function secondLooks(
  options: ConformanceOptions,
  evidence: readonly ScenarioEvidence[],
  target: ClusterInfo,
  reference: Reference | undefined,
): Promise<readonly ScenarioEvidence[]> {
  const { blameOn, reference: choice, signal, progress, slow } = options
  if (blameOn === undefined || choice.kind !== 'live' || reference === undefined) return evidence
  const differing = evidence.filter((each) => {
    const { verdict } = judged(each, target, reference.cluster, { slow })
    return verdict === 'differ' || verdict === 'both-failed'
  })
  if (differing.length === 0 || signal.aborted) return evidence
  progress.say(`Looking into ${differing.length} differences.`)
  const unlimited = withoutLimits(options)
  const chosen = differing.map(({ scenario }) => scenario)
  const look = async (target: string, role: string) =>
    byId((await unlessInterrupted(signal, runOn(unlimited, target, role, { slow, chosen })))?.runs)
  const again = await look(choice.target, 'again')
  if (signal.aborted) return evidence
  const ours = await look(blameOn, 'ours')
  return evidence.map((each) => {
    if (!differing.includes(each)) return each
    return {
      ...each,
      secondLook: secondLookOf(again.get(each.scenario.id), ours.get(each.scenario.id)),
    }
  })
}

/** A second look at a few scenarios: all of them, and on more than one cluster only if they are many. */
function withoutLimits({
  maxFailures: _,
  workers,
  ...options
}: ConformanceOptions): ConformanceOptions {
  const { count: __, ...threads } = workers ?? {}
  return { ...options, ...(workers === undefined ? {} : { workers: threads }) }
}

function secondLookOf(again: ScenarioRun | undefined, ours: ScenarioRun | undefined): SecondLook {
  return { ...(again && { again }), ...(ours && { ours }) }
}

/** What was observed before the interruption is kept, so it must not end in an error when it comes during a start. */
async function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined
    throw error
  }
}

function byId(runs: readonly ScenarioRun[] = []): ReadonlyMap<string, ScenarioRun> {
  return new Map(runs.map((run) => [run.scenario.id, run]))
}
