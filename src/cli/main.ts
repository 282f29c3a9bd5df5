#!/usr/bin/env node
import { exitCodeOf, programOf } from './program'

/** Exit code of a command line that commander itself refuses: unknown flag, missing argument. */
const usageExitCode = 2

async function main(): Promise<void> {
  const program = programOf({
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    exit: (code) => {
      process.exitCode = code
    },
  })
  try {
    await program.parseAsync(process.argv)
  } catch (error) {
    process.exitCode = exitCodeOf(error, usageExitCode, (line) => process.stderr.write(`${line}\n`))
  }
}

void main().finally(() => {
  // A connection that a library keeps open must not keep the finished process alive.
  process.stdout.write('', () => process.exit())
})
