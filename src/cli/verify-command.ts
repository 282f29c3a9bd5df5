import { resolve } from 'node:path'
import type { Command } from 'commander'
import { readEvidence } from '../conformance/catalogue/read-coverage'
import { readUnsealedReport } from '../conformance/read-report'
import { printable } from '../conformance/render/terminal'
import { verificationOf } from '../conformance/verify'
import { packageRoot } from './package'
import type { CliContext } from './program'

/** `dsc verify report.json`: whether a report is what it says. */
export function addVerifyCommand(program: Command, context: CliContext): void {
  program
    .command('verify')
    .description('derive verdicts, totals and exit code of a report again from what is in it')
    .argument('<report>', 'a conformance.json')
    .addHelpText(
      'after',
      '\nExit codes: 0 the report is what it says, 1 it is not, 2 it cannot be read.' +
        '\nWhether the report is green is another question: its own exit code answers that.',
    )
    .action((path: string) => verify(path, context))
}

async function verify(path: string, context: CliContext): Promise<void> {
  const report = readUnsealedReport(resolve(context.cwd, path))
  const { problems, notes } = verificationOf(report, await readEvidence(packageRoot))
  for (const line of [...problems, ...notes.map((note) => `note: ${note}`)]) {
    context.stdout.write(`${printable(line)}\n`)
  }
  const { scenarios, answer, exitCode } = report
  context.stdout.write(
    problems.length === 0
      ? `verified: ${scenarios.length} scenarios, ${answer}, exit code ${exitCode} follow from the evidence\n`
      : `refused: ${problems.length} problems\n`,
  )
  context.exit(problems.length === 0 ? 0 : 1)
}
