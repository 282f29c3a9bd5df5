import { type Command, CommanderError } from 'commander'
import { CatalogueError } from '../conformance/catalogue/catalogue-error'
import { ExpectedDifferencesError } from '../conformance/expected-differences'
import { ReportError } from '../conformance/read-report'
import { RecordingError } from '../conformance/recording'
import { printable } from '../conformance/render/terminal'
import { ReportFolderError } from '../conformance/report-files'
import { FeatureError } from '../conformance/suite'
import { EnvironmentError, messageOf, UsageError } from '../targets/errors'
import { ManifestError } from '../targets/manifest'
import { addAdvanceCommand } from './advance-command'
import { commandLine } from './command-line'
import { addCoverageCommand } from './coverage-command'
import { addDiffCommand } from './diff-command'
import { addDoctorCommand } from './doctor-command'
import { addExpectCommand } from './expect-command'
import { addFuzzCommand } from './fuzz-command'
import { addMergeCommand } from './merge-command'
import { addRecordCommand } from './record-command'
import { addRunCommand } from './run-command'
import { addServeCommand } from './serve-command'
import { addVerifyCommand } from './verify-command'
import { addVersionsCommand } from './versions-command'
import { addWarmCommands } from './warm-commands'

/** What the command line needs of its process; a test passes its own. */
export interface CliContext {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string
  /** Tells the process that has started this one, if it wants to hear anything. */
  tell?(message: object): void
  /** Sets the exit code of the process. */
  exit(code: number): void
}

/** The command line `dsc`, with all its commands. */
export function programOf(context: CliContext): Command {
  const program = commandLine(context)
  addRunCommand(program, context)
  addRecordCommand(program, context)
  addVerifyCommand(program, context)
  addDiffCommand(program, context)
  addMergeCommand(program, context)
  addExpectCommand(program, context)
  addVersionsCommand(program, context)
  addDoctorCommand(program, context)
  addCoverageCommand(program, context)
  addFuzzCommand(program, context)
  addWarmCommands(program, context)
  addServeCommand(program, context)
  addAdvanceCommand(program, context)
  return program
}

/** The exit code for what a command threw; says why in one line, unless commander has said it already. */
export function exitCodeOf(
  error: unknown,
  usageExitCode: number,
  say: (line: string) => void,
): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode
  const hasLines = error instanceof FeatureError || error instanceof CatalogueError
  const tell = (text: string): void => say(text.split('\n').map(printable).join('\n'))
  // Names and steps stand in it: they must not steer the terminal.
  tell(`dsc: ${hasLines ? error.message : messageOf(error)}`)
  if (isUserError(error)) return usageExitCode
  if (error instanceof EnvironmentError || error instanceof ReportFolderError) return 3
  tell(error instanceof Error ? (error.stack ?? '') : '')
  return 3
}

function isUserError(error: unknown): boolean {
  return [
    UsageError,
    FeatureError,
    ManifestError,
    RecordingError,
    ReportError,
    CatalogueError,
    ExpectedDifferencesError,
  ].some((type) => error instanceof type)
}
