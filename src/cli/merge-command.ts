import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { readEvidence } from '../conformance/catalogue/read-coverage'
import { mergedReport } from '../conformance/merge'
import { ReportError, readReport } from '../conformance/read-report'
import { terminalReport } from '../conformance/render/terminal'
import { ReportFolder } from '../conformance/report-files'
import { verificationOf } from '../conformance/verify'
import { tellCi } from './ci'
import { packageRoot } from './package'
import type { CliContext } from './program'

/** `dsc merge a.json b.json ...`: one report of the reports of all shards. */
export function addMergeCommand(program: Command, context: CliContext): void {
  program
    .command('merge')
    .description('join the reports of all shards to one report, and gate that')
    .argument('<reports...>', 'the conformance.json of every shard')
    .option('--output <folder>', 'where the report goes', join('reports', 'latest'))
    .addHelpText(
      'after',
      '\nEvery shard is verified first. Exit codes are those of a run; 4 if a shard is missing.',
    )
    .action((paths: string[], flags: { readonly output: string }) => merge(paths, flags, context))
}

async function merge(
  paths: readonly string[],
  flags: { readonly output: string },
  context: CliContext,
): Promise<void> {
  const behaviours = await readEvidence(packageRoot)
  const parts = paths.map((path) => {
    const report = readReport(resolve(context.cwd, path))
    const [problem] = verificationOf(report, behaviours).problems
    if (problem !== undefined) throw new ReportError(`${path}: ${problem}`)
    return { path, report }
  })
  const report = mergedReport(parts, behaviours)
  const output = resolve(context.cwd, flags.output)
  new ReportFolder(output).publish(report)
  tellCi(report, output, context)
  context.stdout.write(terminalReport(report))
  context.stdout.write(`report: ${relative(context.cwd, join(output, 'conformance.html'))}\n`)
  context.exit(report.exitCode)
}
