import { type Command, InvalidArgumentError, Option } from 'commander'
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
}

/** The selection that the flags describe, in the package's own features or in files of the user. */
export function selectionOf(paths: readonly string[], { tags, name }: SuiteFlags): SuiteSelection {
  return { root: packageRoot, support, paths, tags, names: name }
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

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('wanted a whole number from 0 on')
  return Number(text)
}

function collect(text: string, all: readonly string[]): readonly string[] {
  return [...all, text]
}
