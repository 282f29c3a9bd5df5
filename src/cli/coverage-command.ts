import { resolve } from 'node:path'
import type { Command } from 'commander'
import { isComplete } from '../conformance/catalogue/coverage'
import { evidenceIn, readSources } from '../conformance/catalogue/read-coverage'
import { catalogueTotalsOf } from '../conformance/catalogue/report-coverage'
import { readReport } from '../conformance/read-report'
import { coverageJson, coverageText } from '../conformance/render/coverage-text'
import { upstreamText } from '../conformance/render/upstream-text'
import { packageRoot } from './package'
import type { CliContext } from './program'

interface CoverageFlags {
  readonly json: boolean
  readonly upstream: boolean
  readonly report?: string
}

/** `dsc coverage`: which behaviours scenarios and tests prove, and which nothing does. */
export function addCoverageCommand(program: Command, context: CliContext): void {
  program
    .command('coverage')
    .description('tell which behaviours scenarios and tests prove, and which nothing does')
    .option('--json', 'print numbers and ids as JSON', false)
    .option('--upstream', 'tell what asserts the same as each test of Kubernetes itself', false)
    .option(
      '--report <file>',
      'also tell what a run has proven, e.g. reports/latest/conformance.json',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 all proven, 1 a proof is missing or wrong, 2 the catalogue or the report cannot be used.',
    )
    .action((flags: CoverageFlags) => coverage(flags, context))
}

async function coverage(
  { json, upstream, report }: CoverageFlags,
  context: CliContext,
): Promise<void> {
  const run = report === undefined ? undefined : readReport(resolve(context.cwd, report))
  const sources = await readSources(packageRoot)
  const inReport = run && catalogueTotalsOf(evidenceIn(sources), run.scenarios)
  if (sources.tests.length === 0) {
    context.stderr.write(
      'dsc: no tests are here to look at; only a checkout of the project has them\n',
    )
  }
  const print = json ? coverageJson : coverageText
  const { mistakes } = sources.upstream
  if (upstream) context.stdout.write(upstreamText(sources.upstream))
  else context.stdout.write(print(sources.coverage, inReport))
  if (!upstream) for (const mistake of mistakes) context.stderr.write(`${mistake}\n`)
  context.exit(isComplete(sources.coverage) && mistakes.length === 0 ? 0 : 1)
}
