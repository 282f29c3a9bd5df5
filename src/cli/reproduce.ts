import { existsSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import { noReference, type ReferenceChoice } from '../conformance/choose-reference'
import { redacted } from '../conformance/redact'
import type { Invocation } from '../conformance/report'
import { expectedDifferencesFile, fromSources, packageRoot } from './package'
import type { RunFlags } from './run-command'

/** How the tool is called again: from the sources where it runs from them, else as the installed package. */
const calls = fromSources
  ? { run: 'npm run conformance', separator: ' --', dsc: 'npm run --silent dsc --' }
  : { run: 'npx dsc run', separator: '', dsc: 'npx dsc' }

/** The command line that makes the same run again, for people. */
export function reproduceCommand(
  features: readonly string[],
  flags: RunFlags,
  reference: ReferenceChoice,
): string {
  const published = publishedFlags(flags, reference)
  const words = [...features, ...clusterWords(published), ...choiceWords(flags)].map(quoted)
  return words.length === 0 ? calls.run : `${calls.run}${calls.separator} ${words.join(' ')}`
}

/** The words around a command about one scenario of the run. */
export function invocationOf(flags: RunFlags, reference: ReferenceChoice): Invocation {
  const words = clusterWords(publishedFlags(flags, reference))
  return { dsc: calls.dsc, flags: words.map(quoted).join(' ') }
}

/** The words after `dsc run` that make the same run again, with all that matters to a machine. */
export function runWords(features: readonly string[], flags: RunFlags): readonly string[] {
  const { output, maxFailures, parallel } = flags
  return [
    ...features,
    ...clusterWords(flags),
    ...choiceWords(flags),
    ...['--output', output],
    ...(flags.quiet ? ['--quiet'] : []),
    ...(flags.failFast ? ['--fail-fast'] : []),
    ...(maxFailures === undefined ? [] : ['--max-failures', String(maxFailures)]),
    ...(parallel === undefined ? [] : ['--parallel', String(parallel)]),
  ]
}

type ClusterFlags = Pick<
  RunFlags,
  'target' | 'seed' | 'preload' | 'registry' | 'registries' | 'expectedDifferences'
> & {
  readonly reference?: string | undefined
  readonly image?: string | undefined
}

/** The flags that choose the same clusters, and what is known to differ between them. */
function clusterWords(flags: ClusterFlags): readonly string[] {
  const { target, reference, image, seed, preload, registry, registries } = flags
  const { expectedDifferences: list } = flags
  return [
    ...(target === 'in-process' ? [] : ['--target', target]),
    ...(reference === undefined ? [] : ['--reference', reference]),
    ...(image === undefined || image === '' ? [] : ['--image', image]),
    // Like kubeconfigs: where somebody keeps a file is nobody's business.
    ...preload.flatMap((archive) => ['--preload', basename(archive)]),
    ...(registry === undefined ? [] : ['--registry', registry]),
    ...(registries === undefined ? [] : ['--registries', basename(registries)]),
    ...(list === expectedDifferencesFile ? [] : ['--expected-differences', list]),
    ...(seed === 1 ? [] : ['--seed', String(seed)]),
  ]
}

/** The flags that choose the scenarios, and how they are run. */
function choiceWords(flags: RunFlags): readonly string[] {
  const { tags, name, repeat, shard } = flags
  return [
    ...(tags === '' ? [] : ['--tags', tags]),
    ...name.flatMap((part) => ['--name', part]),
    ...(repeat === 1 ? [] : ['--repeat', String(repeat)]),
    ...(shard === undefined ? [] : ['--shard', `${shard.index}/${shard.count}`]),
    ...(flags.slow ? ['--slow'] : []),
    ...(flags.requireLive ? ['--require-live'] : []),
  ]
}

/**
 * Reports are passed on: they name the reference even where it was chosen by default, and do not say where a kubeconfig
 * lies. The variable KUBECONFIG takes its place.
 */
function publishedFlags(flags: RunFlags, reference: ReferenceChoice): ClusterFlags {
  const hide = (name: string): string =>
    name
      .replace(/^kubeconfig:[^#]*/, 'kubeconfig')
      .replace(/^recording:(.+)$/s, (_, path: string) => `recording:${recordingName(path)}`)
  const { target, registry, expectedDifferences: list } = flags
  return {
    ...flags,
    target: hide(target),
    reference: referenceWord(reference, hide),
    ...(registry === undefined ? {} : { registry: redacted(registry) }),
    expectedDifferences: list === expectedDifferencesFile ? list : recordingName(list),
  }
}

function referenceWord(
  reference: ReferenceChoice,
  hide: (name: string) => string,
): string | undefined {
  switch (reference.kind) {
    case 'live':
      return hide(reference.target)
    case 'recording':
      return `recording:${recordingName(reference.path)}`
    case 'declined':
      return noReference
    case 'none':
      return undefined
  }
}

/** A recording as others find it: seen from the package or from here; of one that lies elsewhere only the name. */
export function recordingName(path: string): string {
  for (const base of [packageRoot, process.cwd()]) {
    const name = relative(base, resolve(path))
    if (!name.startsWith('..') && !isAbsolute(name)) return name.replaceAll('\\', '/')
  }
  return basename(path)
}

/** A file that a command names: seen from where the command was given, or else from the package. */
export function fileFrom(cwd: string, name: string): string {
  const here = resolve(cwd, name)
  const inPackage = join(packageRoot, name)
  const exists = (path: string): boolean => existsSync(path.replace(/(:\d+)+$/, ''))
  return isAbsolute(name) || exists(here) || !exists(inPackage) ? here : inPackage
}

/** A word that a shell reads as this text. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
