import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Shard } from '../conformance/basis'
import { readEvidence, readUpstreamProofs } from '../conformance/catalogue/read-coverage'
import { scenarioCount } from '../conformance/catalogue/scenario-citations'
import { chooseReference, type ReferenceChoice } from '../conformance/choose-reference'
import { type ConformanceOptions, runConformance } from '../conformance/conformance-run'
import { missingFromCore } from '../conformance/core-profile'
import { readExpectedDifferences } from '../conformance/expected-differences'
import { readReport } from '../conformance/read-report'
import { recordingsIn } from '../conformance/reference'
import { terminalReport } from '../conformance/render/terminal'
import { ReportFolder } from '../conformance/report-files'
import { Suite } from '../conformance/suite'
import { UsageError } from '../targets/errors'
import { isK3sImageAvailable } from '../targets/preflight'
import { checkedSources } from '../targets/real-nodes/start-real-nodes'
import { tellCi } from './ci'
import { interruptible } from './interrupt'
import {
  addSuiteFlags,
  hasRealNodes,
  imageSourcesOf,
  listOf,
  maxFailuresOf,
  reference,
  refuseIdleFlagsOfClusters,
  refuseIdleParallel,
  type SuiteFlags,
  selectionOf,
  shard,
  target,
} from './options'
import { expectedDifferencesFile, packageRoot, version } from './package'
import { dryRunText, listText } from './preview'
import type { CliContext } from './program'
import { recordedTargetOf } from './recorded-target'
import { fileFrom, invocationOf, recordingName, reproduceCommand } from './reproduce'
import { endEarly, progressFor, sessionOptions, workersOf } from './suite-run'
import { type StepFilesMessage, watchRuns } from './watch'

/** The flags of `dsc run`. */
export interface RunFlags extends SuiteFlags {
  readonly target: string
  readonly reference?: string
  readonly requireLive: boolean
  readonly output: string
  readonly expectedDifferences: string
  readonly rerunFailed: boolean
  readonly shard?: Shard
  readonly watch: boolean
  readonly blame?: boolean
}

/** `dsc run`: the features on target and reference, compared, reported and gated. */
export function addRunCommand(program: Command, context: CliContext): void {
  addSuiteFlags(program.command('run', { isDefault: true }))
    .description('run the features on two clusters, compare what both showed, write the report')
    .option('--target <target>', 'the cluster under test', target, 'in-process')
    .option(
      '--reference <target>',
      'the cluster whose behaviour is the truth, or "none": only the target runs, and nothing is compared; default: k3s where its image is present, else the newest recording',
      reference,
    )
    .option('--require-live', 'never fall back to a recording', false)
    .option('--output <folder>', 'where the report goes', join('reports', 'latest'))
    .option(
      '--expected-differences <file>',
      'the list of differences that somebody knows of, as "dsc expect --file" writes it',
      expectedDifferencesFile,
    )
    .option(
      '--rerun-failed',
      'only the scenarios that did not agree in the last report of the output folder',
      false,
    )
    .option(
      '--watch',
      'run again what a saved feature, manifest, step or source affects, in-process, until Ctrl-C',
      false,
    )
    .option('--shard <i/n>', 'only the i-th of n parts; join their reports by "dsc merge"', shard)
    .option(
      '--blame',
      'run what differs again, also with our reconciler on the reference, to find where it sits; default: with a live k3s',
    )
    .option('--no-blame', 'do not look into differences')
    .addHelpText(
      'after',
      '\nA shard, a rerun, a run that stopped early and a selection without the whole @core profile prove nothing alone:\nexit code 4 at best.',
    )
    .action((features: string[], flags: RunFlags) => run(features, flags, context))
}

async function run(
  features: readonly string[],
  flags: RunFlags,
  context: CliContext,
): Promise<void> {
  if (flags.watch)
    return await watchRuns(features, flags, await referenceFor(flags, context), context)
  const output = resolve(context.cwd, flags.output)
  const rerun = flags.rerunFailed ? failedIn(output) : undefined
  const selection = selectionOf(
    features.map((path) => fileFrom(context.cwd, path)),
    flags,
  )
  const suite = await Suite.load(selection)
  context.tell?.(stepFilesOf(suite))
  if (flags.list) {
    context.stdout.write(listText(suite.scenarios))
    context.exit(0)
    return
  }
  const reference = await referenceFor(flags, context)
  refuseIdleParallel(flags, clustersOf(flags, reference))
  if (flags.dryRun) {
    context.stdout.write(dryRunText(suite.scenarios, { target: flags.target, reference }))
    context.exit(0)
    return
  }
  await runAndReport({ features, flags, context, suite, reference, output, rerun })
}

async function runAndReport(plan: {
  readonly features: readonly string[]
  readonly flags: RunFlags
  readonly context: CliContext
  readonly suite: Suite
  readonly reference: ReferenceChoice
  readonly output: string
  readonly rerun: ReadonlySet<string> | undefined
}): Promise<void> {
  const { features, flags, context, suite, reference, output, rerun } = plan
  const expectedDifferences = readExpectedDifferences(listOf(flags, context))
  const behaviours = await readEvidence(packageRoot)
  const recordedTarget = recordedTargetOf(flags, context)
  const blameOn = recordedTarget === undefined ? blameTarget(flags, reference) : undefined
  const targets = clustersOf(flags, reference)
  const sources = imageSourcesOf(flags, targets, context)
  refuseIdleFlagsOfClusters(flags, targets)
  // What the command line names is read before any cluster is looked for: it is wrong whatever the machine has.
  if (targets.some(hasRealNodes)) await checkedSources(sources)
  const folder = new ReportFolder(output)
  const interrupt = interruptible()
  try {
    const options: ConformanceOptions = {
      suite,
      target: flags.target,
      ...(recordedTarget === undefined ? {} : { recordedTarget }),
      reference,
      expectedDifferences,
      behaviours,
      upstream: readUpstreamProofs(packageRoot, behaviours),
      recordings: recordingsIn(recordingsFolder).map(({ recording }) => recording),
      slow: flags.slow,
      coreMissing: missingFromCore(packageRoot, suite.scenarios),
      ...filterOf(features, flags),
      repeat: flags.repeat,
      ...maxFailuresOf(flags),
      ...workersOf(flags),
      ...(flags.shard === undefined ? {} : { shard: flags.shard }),
      ...(rerun === undefined ? {} : { rerun }),
      ...(blameOn === undefined ? {} : { blameOn }),
      folder: folder.staging,
      session: { ...sessionOptions(flags, folder, context, interrupt.signal), sources },
      seed: flags.seed,
      createdAt: new Date().toISOString(),
      toolVersion: version,
      reproduce: reproduceCommand(features, flags, reference),
      invocation: invocationOf(flags, reference),
      progress: progressFor(context, flags),
      signal: interrupt.signal,
    }
    const report = await runConformance(options)
    folder.publish(report)
    tellCi(report, output, context)
    context.stdout.write(terminalReport(report))
    const page = relative(context.cwd, join(output, 'conformance.html'))
    context.stdout.write(`report: ${page}\n`)
    context.exit(report.exitCode)
  } catch (error) {
    endEarly(error, { signal: interrupt.signal, folder, context })
  } finally {
    folder.discard()
    interrupt.end()
  }
}

/** Where recordings of real clusters are kept. */
const recordingsFolder = join(packageRoot, 'reports', 'recordings')

async function referenceFor(flags: RunFlags, context: CliContext): Promise<ReferenceChoice> {
  const choice = await chooseReference({
    target: flags.target,
    asked: flags.reference?.replace(
      /^recording:(.+)$/s,
      (_, path: string) => `recording:${fileFrom(context.cwd, path)}`,
    ),
    requireLive: flags.requireLive,
    recordings: recordingsFolder,
    // A watch is to answer at once.
    isK3sAvailable: async () =>
      !flags.watch && (await isK3sImageAvailable(context.env, flags.image)),
  })
  return choice.kind === 'recording' ? { ...choice, name: recordingName(choice.path) } : choice
}

/** Whether something narrows the suite down, and how many scenarios there would be without it. */
function filterOf(
  features: readonly string[],
  { tags, name }: RunFlags,
): Pick<ConformanceOptions, 'filtered' | 'suiteSize'> {
  const filtered = features.length > 0 || tags !== '' || name.length > 0
  return { filtered, ...(filtered ? { suiteSize: scenarioCount(packageRoot) } : {}) }
}

/** The clusters that will be used, as on the command line. */
function clustersOf({ target: name }: RunFlags, reference: ReferenceChoice): readonly string[] {
  return [name, ...(reference.kind === 'live' ? [reference.target] : [])]
}

function stepFilesOf({ stepFiles }: Suite): StepFilesMessage {
  return { stepFiles: [...stepFiles].map(([feature, files]) => [feature, [...files]]) }
}

/** The scenarios that did not agree in the last report. */
function failedIn(output: string): ReadonlySet<string> {
  const { scenarios } = readReport(join(output, 'conformance.json'))
  const failed = scenarios.filter(({ verdict, required }) => verdict !== 'agree' && required)
  if (failed.length === 0) {
    throw new UsageError('--rerun-failed: every required scenario of the last report agrees')
  }
  return new Set(failed.map(({ scenario }) => scenario.id))
}

/** The reference with our reconciler; only k3s can run without its own one. */
function blameTarget({ blame }: RunFlags, reference: ReferenceChoice): string | undefined {
  const isK3s = reference.kind === 'live' && /^k3s(?!.*[?&]controller=ours)/.test(reference.target)
  if (isK3s && blame !== false) {
    const joint = reference.target.includes('?') ? '&' : '?'
    return `${reference.target}${joint}controller=ours`
  }
  if (blame !== true) return undefined
  throw new UsageError(
    '--blame needs a live k3s as reference: only there our reconciler can take the place of the built-in one',
  )
}
