import { basename } from 'node:path'
import type { RunFlags } from './run-command'

/** The command line that makes the same run again, for people. */
export function reproduceCommand(features: readonly string[], flags: RunFlags): string {
  const published = { ...flags, ...withoutPaths(flags) }
  const words = [...features, ...evidenceWords(published)].map(quoted)
  const command = 'npm run conformance'
  return words.length === 0 ? command : `${command} -- ${words.join(' ')}`
}

/** The words after `dsc run` that make the same run again, with all that matters to a machine. */
export function runWords(features: readonly string[], flags: RunFlags): readonly string[] {
  const { output, maxFailures, parallel } = flags
  return [
    ...features,
    ...evidenceWords(flags),
    ...['--output', output],
    ...(flags.quiet ? ['--quiet'] : []),
    ...(flags.failFast ? ['--fail-fast'] : []),
    ...(maxFailures === undefined ? [] : ['--max-failures', String(maxFailures)]),
    ...(parallel === undefined ? [] : ['--parallel', String(parallel)]),
  ]
}

/** What decides what a run shows. */
function evidenceWords(flags: RunFlags): readonly string[] {
  const words: string[] = []
  const add = (flag: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') words.push(flag, value)
  }
  if (flags.target !== 'in-process') add('--target', flags.target)
  add('--reference', flags.reference)
  add('--image', flags.image)
  // Like kubeconfigs: where somebody keeps a file is nobody's business.
  for (const archive of flags.preload) add('--preload', basename(archive))
  add('--registry', flags.registry)
  add('--registries', flags.registries && basename(flags.registries))
  add('--tags', flags.tags)
  for (const name of flags.name) add('--name', name)
  if (flags.seed !== 1) add('--seed', String(flags.seed))
  if (flags.repeat !== 1) add('--repeat', String(flags.repeat))
  if (flags.shard !== undefined) add('--shard', `${flags.shard.index}/${flags.shard.count}`)
  if (flags.slow) words.push('--slow')
  if (flags.requireLive) words.push('--require-live')
  return words
}

/** Reports are passed on: they do not say where a kubeconfig lies. The variable KUBECONFIG takes its place. */
function withoutPaths({ target, reference }: RunFlags): Partial<RunFlags> {
  const hide = (name: string): string => name.replace(/^kubeconfig:[^#]*/, 'kubeconfig')
  return {
    target: hide(target),
    ...(reference === undefined ? {} : { reference: hide(reference) }),
  }
}

/** A word that a shell reads as this text. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
