import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'

/** The package's folder, seen from the sources and from the compiled package. */
const packages = [join(__dirname, '..', '..'), join(__dirname, '..', '..', '..')]

/**
 * The path of a manifest that a feature names.
 *
 * A name that ends in `.yaml` or `.yml` is a path, from the feature's folder or else from the working directory. Any
 * other one, e.g. `use-cases/log-collection-fluentd`, is in `manifests/` of the working directory, or else of the package.
 *
 * `featureUri` is the feature's path as cucumber tells it.
 */
export function manifestPath(name: string, featureUri: string): string {
  if (isAbsolute(name)) return name
  if (/\.ya?ml$/.test(name)) return firstOf([join(featureFolder(featureUri), name), resolve(name)])
  const own = join('manifests', `${name}.yaml`)
  return firstOf([own, ...packages.map((folder) => join(folder, own))])
}

/** Cucumber tells paths from the folder that it was started for: the working directory or the package. */
function featureFolder(uri: string): string {
  return dirname(firstOf([resolve(uri), ...packages.map((folder) => resolve(folder, uri))]))
}

/** The first path at which there is something; where there is none, the first, which an error then names. */
function firstOf([first, ...others]: readonly [string, ...string[]]): string {
  return [first, ...others].find((path) => existsSync(path)) ?? first
}
