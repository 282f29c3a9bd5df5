import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, relative, resolve } from 'node:path'
import type { ReferenceChoice } from '../conformance/choose-reference'
import { printable } from '../conformance/render/terminal'
import { UsageError } from '../targets/errors'
import { parseTarget } from '../targets/target'
import { type Affected, affectedBy, saidOf, type WatchedProject, watchedPaths } from './affected'
import { interruptible } from './interrupt'
import { mainCommand, packageRoot } from './package'
import type { CliContext } from './program'
import { runWords } from './reproduce'
import type { RunFlags } from './run-command'
import { watchLoop } from './watch-loop'

/** What a run tells the watch that has started it: which files define the steps of a feature, as paths from the package. */
export interface StepFilesMessage {
  readonly stepFiles: readonly (readonly [string, readonly string[]])[]
}

/** Exit code of a watch: it ends only by an interruption. */
const interruptedExitCode = 130

/**
 * Runs the features, and again what every saved file affects, until Ctrl-C.
 *
 * Every run is a process of its own: steps and sources are loaded once per process, so a changed one needs a new one.
 */
export async function watchRuns(
  features: readonly string[],
  flags: RunFlags,
  reference: ReferenceChoice,
  context: CliContext,
): Promise<void> {
  refuseForWatch(flags, reference)
  const stepFiles = new Map<string, ReadonlySet<string>>()
  const selected = features.map((path) => resolve(context.cwd, path))
  const project: WatchedProject = {
    root: packageRoot,
    cwd: context.cwd,
    selection: selected.map(withoutLine),
    stepFiles,
  }
  const interrupt = interruptible()
  const say = (line: string): void => void context.stdout.write(`${printable(line)}\n`)
  try {
    await watchLoop({
      paths: () => watchedPaths(project),
      affectedBy: (path) => affectedBy(path, project),
      idle: () => say('Waiting for a saved file; Ctrl-C ends.'),
      signal: interrupt.signal,
      run: async (affected, saved, signal) => {
        if (saved.length > 0) say(`\n${saidOf(saved, affected, context.cwd)}`)
        // Relative, because reports are passed on.
        const paths = pathsFor(affected, selected).map((path) => relative(context.cwd, path))
        const words = runWords(paths, flagsFor(flags, reference, context.cwd))
        const child = startRun(words, context)
        child.on('message', (message: StepFilesMessage) => keepStepFiles(message, stepFiles))
        await ended(child, signal)
      },
    })
    context.exit(interruptedExitCode)
  } finally {
    interrupt.end()
  }
}

/** Flags that make no sense together with a watch are refused, all in one way. */
function refuseForWatch(flags: RunFlags, reference: ReferenceChoice): void {
  const refused = [
    ...(flags.list ? ['--list'] : []),
    ...(flags.dryRun ? ['--dry-run'] : []),
    ...(flags.rerunFailed ? ['--rerun-failed'] : []),
    ...(flags.shard === undefined ? [] : ['--shard']),
    ...(flags.pauseOnFailure ? ['--pause-on-failure'] : []),
    ...(flags.requireLive ? ['--require-live'] : []),
    ...(flags.blame === true ? ['--blame'] : []),
  ]
  if (refused.length > 0) throw new UsageError(`--watch: makes no sense with ${refused.join(', ')}`)
  const live = [
    ...(parseTarget(flags.target).kind === 'in-process' ? [] : [`--target ${flags.target}`]),
    ...(reference.kind === 'live' && parseTarget(reference.target).kind !== 'in-process'
      ? [`--reference ${reference.target}`]
      : []),
  ]
  if (live.length === 0) return
  throw new UsageError(
    `--watch: runs in-process, against a recording or alone, not with ${live.join(' and ')}`,
  )
}

/** What the single runs are told: a reference that is decided, so that none of them starts a cluster. */
function flagsFor(flags: RunFlags, reference: ReferenceChoice, cwd: string): RunFlags {
  switch (reference.kind) {
    case 'recording':
      return { ...flags, reference: `recording:${relative(cwd, reference.path)}` }
    case 'live':
      return { ...flags, reference: reference.target }
    case 'none':
    case 'declined':
      return { ...flags, reference: 'none' }
  }
}

/** The words for the features that are affected; one that was asked for by line stays so. */
function pathsFor(affected: Affected, selected: readonly string[]): readonly string[] {
  if (affected === 'everything') return selected
  return [...affected].flatMap((path) => {
    const asked = selected.filter((each) => withoutLine(each) === path)
    return asked.length === 0 ? [path] : asked
  })
}

/** Starts a run outside of the terminal's process group, so that Ctrl-C reaches it once: through the watch. */
function startRun(
  words: readonly string[],
  { stdout, stderr, cwd, env }: CliContext,
): ChildProcess {
  const [command, ...before] = mainCommand
  const child = spawn(command, [...before, 'run', ...words], {
    cwd,
    env: { ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.stdout?.on('data', (text) => stdout.write(text))
  child.stderr?.on('data', (text) => stderr.write(text))
  return child
}

/** Waits until the run has ended; an interrupted one ends in order and leaves no half report. */
async function ended(child: ChildProcess, signal: AbortSignal): Promise<void> {
  const interrupt = (): void => void child.kill('SIGINT')
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  signal.addEventListener('abort', interrupt, { once: true })
  if (signal.aborted) interrupt()
  try {
    await once(child, 'close')
  } finally {
    signal.removeEventListener('abort', interrupt)
    process.off('exit', kill)
  }
}

function keepStepFiles(message: StepFilesMessage, all: Map<string, ReadonlySet<string>>): void {
  const absolute = (path: string): string => join(packageRoot, path)
  for (const [feature, files] of message.stepFiles) {
    all.set(absolute(feature), new Set(files.map(absolute)))
  }
}

function withoutLine(path: string): string {
  return path.replace(/:\d+$/, '')
}
