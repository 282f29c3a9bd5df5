import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path'

/** Which features a saved file makes run again: these, or whatever was asked for. */
export type Affected = ReadonlySet<string> | 'everything'

/** What a watch is about. */
export interface WatchedProject {
  /** The package's folder, with `steps/`, `src/` and `manifests/`. */
  readonly root: string
  readonly cwd: string
  /** Feature files and folders that were asked for, absolute and without line numbers; empty: all of the package. */
  readonly selection: readonly string[]
  /** The files that define a feature's steps, both absolute; features that never were loaded are missing. */
  readonly stepFiles: ReadonlyMap<string, ReadonlySet<string>>
}

const nothing: ReadonlySet<string> = new Set()

/** The features among those asked for that a saved file touches; everything, where that cannot be known. */
export function affectedBy(path: string, project: WatchedProject): Affected {
  const { root } = project
  const features = featuresOf(project)
  if (path.endsWith('.feature')) return features.includes(path) ? new Set([path]) : nothing
  if (/\.test\.ts$/.test(path) || path.split(sep).includes('testing')) return nothing
  const isIn = (folder: string): boolean => path.startsWith(join(folder, sep))
  if (isIn(join(root, 'src')) || isIn(join(root, 'steps', 'support'))) return 'everything'
  if (isIn(join(root, 'steps'))) return definedBy(path, features, project)
  if (!/\.ya?ml$/.test(path)) return nothing
  const named = namedBy(path, features)
  // A step may name a manifest in a way that only its code knows.
  const isShared = [root, project.cwd].some((folder) => isIn(join(folder, 'manifests')))
  return named.size === 0 && isShared ? 'everything' : named
}

/** What two saved files touch together. */
export function both(a: Affected, b: Affected): Affected {
  return a === 'everything' || b === 'everything' ? 'everything' : new Set([...a, ...b])
}

/** All files and folders that have to be watched; manifests beside features are found by their names in them. */
export function watchedPaths(project: WatchedProject): readonly string[] {
  const { root, cwd, selection } = project
  const named = featuresOf(project).flatMap(manifestsNamedIn(cwd))
  const folders = ['steps', 'src', 'manifests'].map((name) => join(root, name))
  return [
    ...new Set([
      ...(selection.length === 0 ? [join(root, 'features')] : selection),
      ...folders,
      join(cwd, 'manifests'),
      ...named,
    ]),
  ].filter((path) => existsSync(path))
}

/** The feature files that were asked for. */
function featuresOf({ root, selection }: WatchedProject): readonly string[] {
  const paths = selection.length === 0 ? [join(root, 'features')] : selection
  return paths.flatMap((path) => {
    if (!existsSync(path)) return []
    if (!statSync(path).isDirectory()) return [path]
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.feature'))
      .map((name) => join(path, name))
  })
}

/** The features whose text names a manifest, with or without folder and suffix. */
function namedBy(path: string, features: readonly string[]): ReadonlySet<string> {
  const parts = path.slice(0, -extname(path).length).split(sep)
  const names = parts.map((_, index) => parts.slice(index).join('/'))
  const quoted = [...names.map((name) => `"${name}"`), `${basename(path)}"`]
  return new Set(
    features.filter((feature) => quoted.some((name) => textOf(feature).includes(name))),
  )
}

/** The features with a step that is defined in the file; those of which nothing is known count as well. */
function definedBy(
  path: string,
  features: readonly string[],
  { stepFiles }: WatchedProject,
): Affected {
  const isKnown = [...stepFiles.values()].some((files) => files.has(path))
  if (!isKnown) return 'everything'
  return new Set(features.filter((feature) => stepFiles.get(feature)?.has(path) ?? true))
}

function manifestsNamedIn(cwd: string): (feature: string) => readonly string[] {
  return (feature) =>
    [...textOf(feature).matchAll(/"([^"\n]+\.ya?ml)"/g)]
      .flatMap(([, name = '']) => [resolve(dirname(feature), name), resolve(cwd, name)])
      .filter((path) => existsSync(path))
}

/** A file that has gone meanwhile says nothing. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** What is saved, for people. */
export function saidOf(paths: readonly string[], affected: Affected, cwd: string): string {
  const [first = '', ...others] = paths.map((path) => relative(cwd, path))
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  const what = affected === 'everything' ? 'everything' : `${affected.size} of the features`
  return `${first}${more} saved: running ${what}`
}
