import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { readEvidence } from '../conformance/catalogue/read-coverage'
import {
  type ConformanceOptions,
  chooseReference,
  runConformance,
} from '../conformance/conformance-run'
import { readExpectedDifferences } from '../conformance/expected-differences'
import { terminalReport } from '../conformance/render/terminal'
import { ReportFolder } from '../conformance/report-files'
import { Suite } from '../conformance/suite'
import { isK3sImageAvailable } from '../targets/preflight'
import { interruptible } from './interrupt'
import { addSuiteFlags, type SuiteFlags, selectionOf, target } from './options'
import { packageRoot, version } from './package'
import type { CliContext } from './program'
import { lineProgress } from './progress'

interface RunFlags extends SuiteFlags {
  readonly target: string
  readonly reference?: string
  readonly requireLive: boolean
  readonly output: string
}

/** `dsc run`: the features on target and reference, compared, reported and gated. */
export function addRunCommand(program: Command, context: CliContext): void {
  addSuiteFlags(program.command('run', { isDefault: true }))
    .description('run the features on two clusters, compare what both showed, write the report')
    .option('--target <target>', 'the cluster under test', target, 'in-process')
    .option(
      '--reference <target>',
      'the cluster whose behaviour is the truth; default: k3s where its image is present, else the newest recording',
      target,
    )
    .option('--require-live', 'never fall back to a recording', false)
    .option('--output <folder>', 'where the report goes', join('reports', 'latest'))
    .action((features: string[], flags: RunFlags) => run(features, flags, context))
}

async function run(
  features: readonly string[],
  flags: RunFlags,
  context: CliContext,
): Promise<void> {
  const output = resolve(context.cwd, flags.output)
  const createdAt = new Date().toISOString()
  const suite = await Suite.load(
    selectionOf(
      features.map((path) => resolve(context.cwd, path)),
      flags,
    ),
  )
  const reference = await chooseReference({
    asked: flags.reference,
    requireLive: flags.requireLive,
    recordings: join(packageRoot, 'reports', 'recordings'),
    isK3sAvailable: () => isK3sImageAvailable(context.env, flags.image),
  })
  const expectedDifferences = readExpectedDifferences(
    join(packageRoot, 'reports', 'expected-differences.yaml'),
  )
  const behaviours = await readEvidence(packageRoot)
  const folder = new ReportFolder(output)
  const interrupt = interruptible()
  try {
    const options: ConformanceOptions = {
      suite,
      target: flags.target,
      reference,
      expectedDifferences,
      behaviours,
      slow: flags.slow,
      folder: folder.staging,
      session: sessionOptions(flags, folder, context),
      seed: flags.seed,
      createdAt,
      toolVersion: version,
      reproduce: reproduceCommand(features, flags),
      progress: lineProgress(context.stdout, { quiet: flags.quiet, now: Date.now }),
      signal: interrupt.signal,
    }
    const report = await runConformance(options)
    folder.publish(report)
    context.stdout.write(terminalReport(report))
    const page = relative(context.cwd, join(output, 'conformance.html'))
    context.stdout.write(`report: ${page}\n`)
    context.exit(report.exitCode)
  } catch (error) {
    folder.discard()
    throw error
  } finally {
    interrupt.end()
  }
}

/** What every command passes to the clusters it starts. */
export function sessionOptions(
  { seed, image }: SuiteFlags,
  folder: ReportFolder,
  { env }: CliContext,
): ConformanceOptions['session'] {
  return {
    seed,
    env,
    logFolder: folder.staging,
    ...(image === undefined ? {} : { image }),
  }
}

/** The command line that makes the same run again. */
function reproduceCommand(features: readonly string[], flags: RunFlags): string {
  const words = ['npm', 'run', 'conformance', '--', ...features.map(quoted)]
  const add = (flag: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') words.push(flag, quoted(value))
  }
  if (flags.target !== 'in-process') add('--target', withoutPath(flags.target))
  add('--reference', withoutPath(flags.reference))
  add('--image', flags.image)
  add('--tags', flags.tags)
  for (const name of flags.name) add('--name', name)
  if (flags.seed !== 1) add('--seed', String(flags.seed))
  if (flags.slow) words.push('--slow')
  if (flags.requireLive) words.push('--require-live')
  return words.join(' ')
}

/** Reports are passed on: they do not say where a kubeconfig lies. The variable KUBECONFIG takes its place. */
function withoutPath(target: string | undefined): string | undefined {
  return target?.replace(/^kubeconfig:[^#]*/, 'kubeconfig')
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
