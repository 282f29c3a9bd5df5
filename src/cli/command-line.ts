import { Command } from 'commander'
import { version } from './package'
import type { CliContext } from './program'

/** The command line `dsc` without commands: what all of them have in common. */
export function commandLine(context: CliContext): Command {
  return (
    new Command('dsc')
      .description('Proves what a Kubernetes DaemonSet does, in-process and on a real cluster.')
      .version(version)
      // Before any command is added: commands inherit it when they are made.
      .exitOverride()
      .showHelpAfterError('(run with --help to see what there is)')
      .addHelpText('after', exitCodes)
      .configureOutput({
        writeOut: (text) => context.stdout.write(text),
        writeErr: (text) => context.stderr.write(text),
      })
  )
}

const exitCodes = `
Exit codes: 0 conformant, 1 not conformant, 2 wrong command line, manifest, feature or configuration,
3 the environment failed, 4 incomplete: something required was not verified, 130 interrupted.`
