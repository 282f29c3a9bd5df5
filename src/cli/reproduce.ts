import { basename } from 'node:path'
import type { RunFlags } from './run-command'

/** The command line that makes the same run again. */
export function reproduceCommand(features: readonly string[], flags: RunFlags): string {
  const words = features.map(quoted)
  const add = (flag: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') words.push(flag, quoted(value))
  }
  if (flags.target !== 'in-process') add('--target', withoutPath(flags.target))
  add('--reference', withoutPath(flags.reference))
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
  const command = 'npm run conformance'
  return words.length === 0 ? command : `${command} -- ${words.join(' ')}`
}

/** Reports are passed on: they do not say where a kubeconfig lies. The variable KUBECONFIG takes its place. */
function withoutPath(target: string | undefined): string | undefined {
  return target?.replace(/^kubeconfig:[^#]*/, 'kubeconfig')
}

/** A word that a shell reads as this text. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
