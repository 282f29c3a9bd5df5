import type { PodSpec } from '../../kubernetes/types'
import { checkPresent, type Problems } from './checks'
import { forbidden, invalidValue } from './field-error'
import { checkFilePath } from './paths'
import { checkDownwardFiles, checkFileMode, checkItems } from './volume-files'

type Projected = NonNullable<NonNullable<PodSpec['volumes']>[number]['projected']>
type Projection = NonNullable<Projected['sources']>[number]

/** A volume filled from several sources: each source names exactly one thing, and no path is written twice. */
export function checkProjectedVolume(
  problems: Problems,
  path: string,
  { defaultMode, sources }: Projected,
): void {
  checkFileMode(problems, `${path}.defaultMode`, defaultMode)
  const taken = new TakenPaths(problems, path)
  for (const [index, projection] of (sources ?? []).entries()) {
    const at = `${path}.sources[${index}]`
    checkKeys(problems, `${at}.secret`, projection.secret, taken)
    checkKeys(problems, `${at}.configMap`, projection.configMap, taken)
    checkFields(problems, `${at}.downwardAPI`, projection, taken)
    checkToken(problems, { at: `${at}.serviceAccountToken`, volume: path }, projection)
    if (Object.keys(projection).length > 1) {
      problems.push(forbidden(at, 'may not specify more than 1 volume type per source'))
    }
  }
}

/** The paths that sources write to; a second writer is told at the volume. */
class TakenPaths {
  readonly #problems: Problems
  readonly #path: string
  readonly #taken = new Set<string>()

  constructor(problems: Problems, path: string) {
    this.#problems = problems
    this.#path = path
  }

  take(path: string | undefined, shownAs = path): void {
    if (!path) return
    if (this.#taken.has(path)) {
      this.#problems.push(invalidValue(this.#path, shownAs, 'conflicting duplicate paths'))
    }
    this.#taken.add(path)
  }
}

function checkKeys(
  problems: Problems,
  path: string,
  source: Projection['secret'],
  taken: TakenPaths,
): void {
  if (source === undefined) return
  checkPresent(problems, `${path}.name`, source.name)
  checkItems(problems, `${path}.items`, source.items)
  for (const item of source.items ?? []) taken.take(item.path, source.name ?? '')
}

function checkFields(
  problems: Problems,
  path: string,
  { downwardAPI }: Projection,
  taken: TakenPaths,
): void {
  if (downwardAPI === undefined) return
  checkDownwardFiles(problems, path, downwardAPI.items)
  for (const file of downwardAPI.items ?? []) taken.take(file.path)
}

const tokenSeconds = { shortest: 600, longest: 2 ** 32 } as const

function checkToken(
  problems: Problems,
  paths: { readonly at: string; readonly volume: string },
  { serviceAccountToken: token }: Projection,
): void {
  if (token === undefined) return
  const { expirationSeconds = 3600, path } = token
  const at = `${paths.at}.expirationSeconds`
  if (expirationSeconds < tokenSeconds.shortest) {
    const detail = 'may not specify a duration less than 10 minutes'
    problems.push(invalidValue(at, expirationSeconds, detail))
  }
  if (expirationSeconds > tokenSeconds.longest) {
    const detail = 'may not specify a duration larger than 2^32 seconds'
    problems.push(invalidValue(at, expirationSeconds, detail))
  }
  if (checkPresent(problems, `${paths.volume}.path`, path)) {
    checkFilePath(problems, `${paths.volume}.path`, path)
  }
}
