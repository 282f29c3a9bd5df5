import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Shard } from '../conformance/basis'
import type { SuiteSelection } from '../conformance/suite'
import { UsageError } from '../targets/errors'
import { parseTarget } from '../targets/target'
import { packageRoot, support } from './package'

/** The flags of every command that runs features. */
export interface SuiteFlags {
  readonly tags: string
  readonly name: readonly string[]
  readonly slow: boolean
  readonly seed: number
  readonly image?: string
  readonly quiet: boolean
  readonly list: boolean
  readonly dryRun: boolean
  readonly failFast: boolean
  readonly maxFailures?: number
  readonly repeat: number
  readonly pauseOnFailure: boolean
}

export function addSuiteFlags(command: Command): Command {
  return command
    .argument('[features...]', 'feature files or folders; all by default')
    .option('--tags <expression>', 'only scenarios whose tags fit, e.g. "@core and not @slow"', '')
    .option('--name <part>', 'only scenarios with this in their name; repeatable', collect, [])
    .option('--slow', 'also run scenarios that take more than 30 s on a live cluster', false)
    .option('--seed <number>', 'seed of the in-process cluster', wholeNumber, 1)
    .addOption(
      new Option('--image <image>', 'image of the k3s target, with tag or digest').env(
        'DSC_K3S_IMAGE',
      ),
    )
    .option('--quiet', 'tell only of scenarios that do not pass', false)
    .option('--list', 'print the scenarios that would run, and run none', false)
    .option(
      '--dry-run',
      'check features and steps and say what would run where, and run none',
      false,
    )
    .option('--fail-fast', 'stop at the first failure; the run is incomplete then', false)
    .option('--max-failures <number>', 'stop after that many failures', positive)
    .option(
      '--repeat <number>',
      'run every scenario that often; all attempts are kept',
      positive,
      1,
    )
    .option(
      '--pause-on-failure',
      'wait at a failed scenario of a live cluster and say how to reach it',
      false,
    )
}

/** The selection that the flags describe, in the package's own features or in files of the user. */
export function selectionOf(paths: readonly string[], { tags, name }: SuiteFlags): SuiteSelection {
  return { root: packageRoot, support, paths, tags, names: name }
}

/** After how many failures a run ends, from either of the two flags. */
export function maxFailuresOf({ failFast, maxFailures }: SuiteFlags): {
  readonly maxFailures?: number
} {
  if (failFast) return { maxFailures: 1 }
  return maxFailures === undefined ? {} : { maxFailures }
}

/** Checks a target while the command line is read, so that the message names the flag. */
export function target(text: string): string {
  try {
    parseTarget(text)
    return text
  } catch (error) {
    throw error instanceof UsageError ? new InvalidArgumentError(error.message) : error
  }
}

/** Reads `2/3`: the second of three parts. */
export function shard(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []
  const found = { index: Number(index), count: Number(count) }
  if (!(found.index >= 1 && found.index <= found.count)) {
    throw new InvalidArgumentError('wanted a part such as 1/3, from 1/n to n/n')
  }
  return found
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('wanted a whole number from 0 on')
  return Number(text)
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError('wanted a whole number from 1 on')
  return Number(text)
}

function collect(text: string, all: readonly string[]): readonly string[] {
  return [...all, text]
}
