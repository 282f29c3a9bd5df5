import type { Command } from 'commander'
import { addAdvanceCommand } from './advance-command'
import { commandLine } from './command-line'
import type { CliContext } from './program'
import { addServeCommand } from './serve-command'

/** The names of the commands below. */
export const serveCommands: ReadonlySet<string> = new Set(['serve', 'advance'])

/**
 * The command line with the commands of a served cluster alone.
 *
 * They need neither cucumber nor a container engine, whose packages take longer to load than a cluster to start.
 */
export function serveProgramOf(context: CliContext): Command {
  const program = commandLine(context)
  addServeCommand(program, context)
  addAdvanceCommand(program, context)
  return program
}
