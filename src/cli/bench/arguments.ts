import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander'
import { benchmarks } from './benchmarks'

/** Where usage and complaints are written. */
export interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** What `npm run bench` was asked for. */
export interface BenchFlags {
  readonly json: boolean
  /** Those to run; all where none is named. */
  readonly names: readonly string[]
}

/** What `npm run bench:gateway` was asked for. */
export interface GatewayFlags {
  readonly json: boolean
  readonly kubeconfig?: string
  readonly pods: number
  readonly connections: number
  readonly seconds: number
  readonly watchers: number
  readonly writes: number
}

/**
 * Reads the arguments of `npm run bench`.
 *
 * @throws CommanderError when there is nothing to measure: usage was asked for, or something is wrong with it
 */
export function benchFlags(args: readonly string[], output: Output): BenchFlags {
  const names = benchmarks.map(({ name }) => name)
  const command = commandOf('npm run bench --', output)
    .description(
      'Measures the in-process control plane, five times over, each time in a new process.',
    )
    .addArgument(
      new Argument('[names...]', 'what to measure; everything by default').choices(names),
    )
    .parse(args, { from: 'user' })
  return { json: command.opts<{ json: boolean }>().json, names: command.args }
}

/**
 * Reads the arguments of `npm run bench:gateway`.
 *
 * @throws CommanderError when there is nothing to measure: usage was asked for, or something is wrong with it
 */
export function gatewayFlags(args: readonly string[], output: Output): GatewayFlags {
  return commandOf('npm run bench:gateway --', output)
    .description(
      'Measures "dsc serve", and the API server of a kubeconfig beside it, in a namespace of its own.',
    )
    .option('--kubeconfig <file>', 'a kubeconfig with certificates or a token in it')
    .option('--pods <number>', 'how many pods are made and listed', from1To(100_000), 5_000)
    .option('--connections <number>', 'how many clients read one pod', from1To(1_000), 32)
    .option('--seconds <number>', 'for how long they read it, three times', from1To(600), 3)
    .option('--watchers <number>', 'how many watches are open', from1To(10_000), 1_000)
    .option(
      '--writes <number>',
      'how many writes each of them has to see',
      from1To(1_000_000),
      5_000,
    )
    .parse(args, { from: 'user' })
    .opts<GatewayFlags>()
}

/** The exit code of a refusal to measure: 0 after usage that was asked for, else 2; absent for other errors. */
export function usageExitCode(error: unknown): 0 | 2 | undefined {
  if (!(error instanceof CommanderError)) return undefined
  return error.exitCode === 0 ? 0 : 2
}

function commandOf(name: string, { out, err }: Output): Command {
  return new Command(name)
    .option('--json', 'print JSON', false)
    .exitOverride()
    .showHelpAfterError('(run with --help to see what there is)')
    .configureOutput({ writeOut: out, writeErr: err })
}

function from1To(limit: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < 1 || Number(text) > limit) {
      throw new InvalidArgumentError(`Wanted a whole number from 1 to ${limit}.`)
    }
    return Number(text)
  }
}
