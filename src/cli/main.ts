#!/usr/bin/env node
import type { Command } from 'commander'
import { keepCompiled } from '../conformance/compiled-sources'
import type { CliContext } from './program'

/** The oldest Node.js that the dependencies run on; `engines` of the package says the same. */
const oldestNode = [22, 22] as const
/** Exit code of a command line that commander itself refuses: unknown flag, missing argument. */
const usageExitCode = 2
/** Exit code when the harness or its environment failed: never the one that means "not conformant". */
const brokenExitCode = 3

async function main(): Promise<void> {
  if (isTooOld(process.versions.node)) {
    process.stderr.write(
      `dsc: needs Node.js ${oldestNode.join('.')} or newer, this is ${process.versions.node}\n`,
    )
    process.exitCode = brokenExitCode
    return
  }
  keepCompiled()
  // Loaded late, so that an installation that is not whole ends with the right exit code as well.
  const program = programFor(process.argv[2])({
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    tell: (message) => process.send?.(message),
    exit: (code) => {
      process.exitCode = code
    },
  })
  try {
    await program.parseAsync(process.argv)
  } catch (error) {
    const { exitCodeOf }: typeof import('./program') = require('./program')
    process.exitCode = exitCodeOf(error, usageExitCode, (line) => process.stderr.write(`${line}\n`))
  }
}

/** Most of the time until a served cluster is ready would go into loading what other commands need. */
function programFor(command: string | undefined): (context: CliContext) => Command {
  const { serveCommands, serveProgramOf }: typeof import('./serve-program') =
    require('./serve-program')
  if (serveCommands.has(command ?? '')) return serveProgramOf
  const { programOf }: typeof import('./program') = require('./program')
  return programOf
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])
}

function broken(error: unknown): void {
  process.stderr.write(
    `dsc: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  process.exitCode = brokenExitCode
}

// The reader of a pipe may leave early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
})

void main()
  .catch(broken)
  .finally(() => {
    // A connection that a library keeps open must not keep the finished process alive.
    process.stdout.write('', () => process.exit())
  })
