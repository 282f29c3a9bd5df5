import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { arch, availableParallelism, platform } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { hasRealNodes } from '../conformance/applicability'
import { checkClusters, runOn } from '../conformance/cluster-run'
import { featuresHashOf } from '../conformance/hashes'
import {
  type RecordingCircumstances,
  readRecording,
  recordingOf,
  recordingText,
  refreshed,
  unrecordedIn,
} from '../conformance/recording'
import { ReportFolder } from '../conformance/report-files'
import type { ScenarioRun, SuiteRun } from '../conformance/scenario-run'
import { Suite } from '../conformance/suite'
import { EnvironmentError, UsageError } from '../targets/errors'
import { parseTarget } from '../targets/target'
import { interruptible } from './interrupt'
import {
  addSuiteFlags,
  imageSourcesOf,
  maxFailuresOf,
  refuseIdleParallel,
  type SuiteFlags,
  selectionOf,
  target,
} from './options'
import { packageRoot, version } from './package'
import { listText } from './preview'
import type { CliContext } from './program'
import { endEarly, progressFor, sessionOptions, workersOf } from './suite-run'

interface RecordFlags extends SuiteFlags {
  readonly reference: string
  readonly output?: string
  readonly refresh?: string
}

/** `dsc record`: runs the features on a real cluster and keeps what it showed. */
export function addRecordCommand(program: Command, context: CliContext): void {
  addSuiteFlags(program.command('record'))
    .description('run the features on a real cluster and keep what it showed')
    .option('--reference <target>', 'the cluster to record', target, 'k3s')
    .option('--output <file>', 'default: reports/recordings/<version>.json')
    .option(
      '--refresh <file>',
      'put scenarios into this recording: those that are selected, or without a selection those that it lacks',
    )
    .action((features: string[], flags: RecordFlags) => record(features, flags, context))
}

async function record(
  features: readonly string[],
  flags: RecordFlags,
  context: CliContext,
): Promise<void> {
  refuseUnreal(flags)
  refuseIdleParallel(flags, [flags.reference])
  const sources = imageSourcesOf(flags, [flags.reference], context)
  const recordedAt = new Date().toISOString()
  const suite = await Suite.load(
    selectionOf(
      features.map((path) => resolve(context.cwd, path)),
      flags,
    ),
  )
  if (flags.list || flags.dryRun) {
    context.stdout.write(listText(suite.scenarios))
    context.exit(0)
    return
  }
  const older =
    flags.refresh === undefined ? undefined : readRecording(resolve(context.cwd, flags.refresh))
  const isSelection = features.length > 0 || flags.tags !== '' || flags.name.length > 0
  const chosen =
    older === undefined || isSelection ? undefined : unrecordedIn(older, suite.scenarios)
  const folder = new ReportFolder(join(packageRoot, 'reports', 'latest'))
  const interrupt = interruptible()
  try {
    const session = { ...sessionOptions(flags, folder, context, interrupt.signal), sources }
    const progress = progressFor(context, flags)
    await checkClusters({ session, progress }, [flags.reference])
    const run = await runOn(
      {
        suite,
        folder: folder.staging,
        session,
        repeat: flags.repeat,
        ...maxFailuresOf(flags),
        ...workersOf(flags),
        progress,
        signal: interrupt.signal,
      },
      flags.reference,
      'reference',
      { slow: flags.slow, ...(chosen === undefined ? {} : { chosen }) },
    )
    if (interrupt.signal.aborted) {
      context.exit(130)
      return
    }
    refuseBroken(run)
    refuseStopped(run)
    const file = resolve(context.cwd, flags.output ?? flags.refresh ?? defaultFile(run))
    const recording = recordingOf(run, recordedAt, circumstances(suite, flags))
    const all = isSelection ? undefined : suite.scenarios
    const whole = older === undefined ? recording : refreshed(older, recording, all)
    write(file, recordingText(whole))
    context.stdout.write(`recorded ${run.runs.length} scenarios: ${file}\n`)
    context.exit(run.runs.every(({ outcome }) => outcome === 'passed') ? 0 : 1)
  } catch (error) {
    endEarly(error, { signal: interrupt.signal, folder, context })
  } finally {
    folder.discard()
    interrupt.end()
  }
}

function refuseUnreal({ reference }: RecordFlags): void {
  const { kind } = parseTarget(reference)
  if (kind !== 'recording' && kind !== 'in-process') return
  throw new UsageError(`--reference ${reference}: only a real cluster can be recorded`)
}

/** What somebody needs to know to make the same recording again. */
function circumstances({ scenarios }: Suite, { seed }: RecordFlags): RecordingCircumstances {
  return {
    toolVersion: version,
    featuresHash: featuresHashOf(scenarios),
    seed,
    host: { platform: `${platform()}/${arch()}`, processors: availableParallelism() },
  }
}

function refuseStopped({ stopped }: SuiteRun): void {
  if (stopped === undefined) return
  throw new EnvironmentError(stopped, { mend: 'nothing was recorded' })
}

/** A recording with holes would make later runs incomplete without anybody knowing why. */
function refuseBroken({ runs }: SuiteRun): void {
  const broken = runs.filter(({ outcome }) => outcome === 'error' || outcome === 'undefined')
  const [first] = broken
  if (first === undefined) return
  throw new EnvironmentError(`${broken.length} scenarios broke, the first is ${describe(first)}`, {
    mend: 'nothing was recorded; see the messages above and record again',
  })
}

function describe({ scenario, message = '' }: ScenarioRun): string {
  return `${scenario.id}: ${message.split('\n', 1)[0]}`
}

function defaultFile({ cluster }: SuiteRun): string {
  const name = `${cluster.version.replace(/[^\w.-]+/g, '-')}.json`
  // Apart: it answers for other scenarios than its neighbours, and must never be taken for the newest of them.
  const folder = hasRealNodes(cluster) ? ['real-nodes'] : []
  return join(packageRoot, 'reports', 'recordings', ...folder, name)
}

/** Writes beside the file first, so that an old recording is never left half overwritten. */
function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  } catch (cause) {
    throw new EnvironmentError(`${file} cannot be written`, {
      mend: 'choose another place with --output',
      cause,
    })
  }
}
