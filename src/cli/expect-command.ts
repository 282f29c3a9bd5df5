import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { entriesFor, partialityOf, withEntries } from '../conformance/expect'
import { readReport } from '../conformance/read-report'
import { printable } from '../conformance/render/terminal'
import { verificationOf } from '../conformance/verify'
import { EnvironmentError, UsageError } from '../targets/errors'
import { expectedDifferencesFile } from './package'
import type { CliContext } from './program'

interface ExpectFlags {
  readonly report: string
  readonly scenario?: string
  readonly reason: string
  readonly owner: string
  readonly expires: string
  readonly issue?: string
  readonly file: string
}

/** `dsc expect`: lists what differs in a report as expected, with a reason, an owner and an expiry date. */
export function addExpectCommand(program: Command, context: CliContext): void {
  program
    .command('expect')
    .description('list what differs in the last report as expected, until a day')
    .requiredOption('--reason <text>', 'why this is expected')
    .requiredOption('--owner <name>', 'who looks at it again')
    .requiredOption('--expires <date>', 'the last day on which it holds, YYYY-MM-DD', day)
    .option('--issue <link>', 'where it is being worked on')
    .option('--scenario <part>', 'only scenarios with this in their id')
    .option('--report <file>', 'the report', join('reports', 'latest', 'conformance.json'))
    .option('--file <file>', 'the list', expectedDifferencesFile)
    .addHelpText(
      'after',
      '\nRefuses the report of a filtered, partial or interrupted run: what it leaves open could hide more.' +
        '\nA scenario whose attempts (--repeat) ended differently is listed as known-flaky with its measured rate.',
    )
    .action((flags: ExpectFlags) => expect(flags, context))
}

function expect(flags: ExpectFlags, context: CliContext): void {
  const { reason, owner, expires, issue } = flags
  const path = resolve(context.cwd, flags.report)
  const report = readReport(path)
  const [problem] = verificationOf(report, undefined).problems
  const refused = problem ?? partialityOf(report)
  if (refused !== undefined) throw new UsageError(`${flags.report}: ${refused}`)
  const explanation = { reason, owner, expires, ...(issue === undefined ? {} : { issue }) }
  const entries = entriesFor(report, explanation, ({ scenario }) =>
    scenario.id.includes(flags.scenario ?? ''),
  )
  if (entries.length === 0) throw new UsageError(`${flags.report}: nothing of that differs`)
  const file = resolve(context.cwd, flags.file)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  write(file, withEntries(text, entries, relative(context.cwd, file)))
  for (const { scenario, message } of entries) {
    context.stdout.write(`${printable(`expected until ${expires}: ${scenario}: ${message}`)}\n`)
  }
  context.exit(0)
}

function day(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw new InvalidArgumentError('wanted a day such as 2027-01-31')
}

function write(file: string, text: string): void {
  try {
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  } catch (cause) {
    throw new EnvironmentError(`${file} cannot be written`, {
      mend: 'choose another place with --file',
      cause,
    })
  }
}
