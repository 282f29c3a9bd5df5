import { relative } from 'node:path'
import type { Progress } from '../conformance/cluster-run'
import { compiledSources } from '../conformance/compiled-sources'
import type { ConformanceOptions } from '../conformance/conformance-run'
import type { ReportFolder } from '../conformance/report-files'
import type { Workers } from '../conformance/scenario-workers'
import type { SuiteFlags } from './options'
import { pauseOn } from './pause'
import type { CliContext } from './program'
import { lineProgress, verbosityFor } from './progress'

/** Exit code of a run that somebody ended. */
const interruptedExitCode = 130

/** What every command tells of its runs. */
export function progressFor({ stdout }: CliContext, flags: SuiteFlags): Progress {
  return lineProgress(stdout, { verbosity: verbosityFor(stdout, flags), now: Date.now })
}

/** What every command passes to the clusters it starts. */
export function sessionOptions(
  flags: SuiteFlags,
  folder: ReportFolder,
  context: CliContext,
  signal: AbortSignal,
): ConformanceOptions['session'] {
  const { seed, image, pauseOnFailure } = flags
  return {
    seed,
    env: context.env,
    logFolder: folder.staging,
    ...(image === undefined ? {} : { image }),
    ...(pauseOnFailure ? { onFailure: pauseOn(context, signal) } : {}),
  }
}

/** The threads that scenarios may be spread over; none where somebody wants to look at each that fails. */
export function workersOf({ parallel, pauseOnFailure }: SuiteFlags): {
  readonly workers?: Workers
} {
  if (pauseOnFailure) return {}
  const compiled = compiledSources()
  return {
    workers: {
      ...(parallel === undefined ? {} : { count: parallel }),
      ...(compiled === undefined ? {} : { compiled }),
    },
  }
}

/** Ends a command whose run did not come to an end: an interruption during a start is said, everything else thrown on. */
export function endEarly(
  error: unknown,
  run: {
    readonly signal: AbortSignal
    readonly folder: ReportFolder
    readonly context: CliContext
  },
): void {
  const { signal, folder, context } = run
  if (!signal.aborted || error !== signal.reason) {
    keepLogs(folder, context)
    throw error
  }
  const left = 'nothing is left of it, and nothing was written'
  context.stderr.write(`interrupted before a cluster was up: ${left}\n`)
  context.exit(interruptedExitCode)
}

/** Keeps the logs of containers of a run that broke, and says where they are. */
function keepLogs(folder: ReportFolder, { stderr, cwd }: CliContext): void {
  const logs = folder.keepLogs()
  if (logs !== undefined) stderr.write(`dsc: logs of the containers: ${relative(cwd, logs)}\n`)
}
