import { existsSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Shard } from '../conformance/basis'
import { noReference } from '../conformance/choose-reference'
import type { SuiteSelection } from '../conformance/suite'
import { UsageError } from '../targets/errors'
import type { ImageSources } from '../targets/real-nodes/start-real-nodes'
import { parseTarget } from '../targets/target'
import { expectedDifferencesFile, packageRoot, support } from './package'
import type { CliContext } from './program'

/** The flags of every command that runs features. */
export interface SuiteFlags {
  readonly tags: string
  readonly name: readonly string[]
  readonly slow: boolean
  readonly seed: number
  readonly image?: string
  /** Whether the command line names the image, not the variable. */
  readonly isImageAsked?: true
  readonly quiet: boolean
  readonly list: boolean
  readonly dryRun: boolean
  readonly failFast: boolean
  readonly maxFailures?: number
  readonly repeat: number
  readonly parallel?: number
  readonly pauseOnFailure: boolean
  readonly preload: readonly string[]
  readonly registry?: string
  readonly registries?: string
}

export function addSuiteFlags(command: Command): Command {
  // Not of the variable: that may be set for other runs.
  command.on('option:image', () => command.setOptionValue('isImageAsked', true))
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
      '--parallel <number>',
      'run that many scenarios at a time: in-process in threads, on k3s with that many containers; default: 1 in-process, up to 4 containers of k3s, one for every 40 scenarios',
      positive,
    )
    .option(
      '--pause-on-failure',
      'wait at a failed scenario of a live cluster and say how to reach it',
      false,
    )
    .option(
      '--preload <archive>',
      'images for real nodes, as docker save writes them; repeatable',
      collect,
      [],
    )
    .option('--registry <url>', 'where real nodes pull what would come from Docker Hub')
    .option('--registries <file>', 'a registries.yaml of k3s for real nodes, instead of --registry')
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

/**
 * An option without effect would be taken for one that works.
 *
 * @throws UsageError where none of the clusters can run several scenarios at a time.
 */
export function refuseIdleParallel(
  { parallel = 1, pauseOnFailure }: SuiteFlags,
  targets: readonly string[],
): void {
  if (parallel === 1) return
  if (pauseOnFailure) {
    throw new UsageError(
      '--parallel and --pause-on-failure exclude each other: while somebody looks at one scenario, none may go on',
    )
  }
  if (targets.some(canSpread)) return
  throw new UsageError(
    '--parallel: scenarios run at the same time only in-process and on k3s with simulated nodes; elsewhere they share the nodes of one cluster',
  )
}

function canSpread(name: string): boolean {
  const spec = parseTarget(name)
  return spec.kind === 'in-process' || (spec.kind === 'k3s' && spec.nodes === 'simulated')
}

/**
 * Where real nodes get their images from: the flags, else the variables.
 *
 * @throws UsageError for flags that would have no effect.
 */
export function imageSourcesOf(
  { preload, registry, registries }: SuiteFlags,
  targets: readonly string[],
  context: Pick<CliContext, 'cwd' | 'env'>,
): ImageSources {
  const isGiven = preload.length > 0 || registry !== undefined || registries !== undefined
  if (isGiven && !targets.some(hasRealNodes)) {
    throw new UsageError(
      '--preload, --registry and --registries are for real nodes, and none of the targets has any: use e.g. k3s?nodes=real:2',
    )
  }
  if (registry !== undefined && registries !== undefined) {
    throw new UsageError(
      '--registry and --registries exclude each other: put the registry into the file',
    )
  }
  const { DSC_PRELOAD = '', DSC_REGISTRY, DSC_REGISTRIES } = context.env
  const archives = preload.length > 0 ? preload : DSC_PRELOAD.split(delimiter).filter(Boolean)
  const file = registries ?? (registry === undefined ? DSC_REGISTRIES : undefined)
  const address = registry ?? DSC_REGISTRY
  return {
    preload: archives.map((path) => resolve(context.cwd, path)),
    ...(address ? { registry: address } : {}),
    ...(file ? { registriesFile: resolve(context.cwd, file) } : {}),
  }
}

/**
 * The file of the list of expected differences.
 *
 * @throws UsageError for one that was named and is not there: an empty list would stand in for it.
 */
export function listOf(
  { expectedDifferences: name }: { readonly expectedDifferences: string },
  { cwd }: Pick<CliContext, 'cwd'>,
): string {
  const file = resolve(cwd, name)
  if (file === expectedDifferencesFile || existsSync(file)) return file
  throw new UsageError(`--expected-differences: there is no file ${name}; "dsc expect" writes one`)
}

/**
 * An option without effect would be taken for one that works.
 *
 * @throws UsageError for a flag that none of the clusters would heed.
 */
export function refuseIdleFlagsOfClusters(flags: SuiteFlags, targets: readonly string[]): void {
  refuseIdlePause(flags, targets)
  refuseIdleImage(flags, targets)
}

function refuseIdlePause(
  { pauseOnFailure }: Pick<SuiteFlags, 'pauseOnFailure'>,
  targets: readonly string[],
): void {
  const isLive = (name: string): boolean =>
    !['in-process', 'recording'].includes(parseTarget(name).kind)
  if (!pauseOnFailure || targets.some(isLive)) return
  throw new UsageError(
    '--pause-on-failure: no cluster of this run can be reached from outside; name a live one by --target or --reference, e.g. k3s',
  )
}

/** An image that no cluster is made of: the verdict would rest on something else. */
function refuseIdleImage(
  { image = '', isImageAsked }: Pick<SuiteFlags, 'image' | 'isImageAsked'>,
  targets: readonly string[],
): void {
  if (isImageAsked !== true || targets.some((name) => parseTarget(name).kind === 'k3s')) return
  throw new UsageError(
    `--image ${image}: no k3s takes part in this run: it is not there, or other clusters were named; --require-live pulls it`,
  )
}

/** Whether a target's nodes run containers. */
export function hasRealNodes(target: string): boolean {
  const spec = parseTarget(target)
  return spec.kind === 'k3s' && spec.nodes !== 'simulated'
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

/** Checks what stands for the reference: a target, or that there is to be none. */
export function reference(text: string): string {
  return text === noReference ? text : target(text)
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

/** Reads a whole number from 1 on. */
function positive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError('wanted a whole number from 1 on')
  return Number(text)
}

function collect(text: string, all: readonly string[]): readonly string[] {
  return [...all, text]
}
