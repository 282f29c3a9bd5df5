import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Whether this runs from TypeScript sources, not from the compiled package. */
export const fromSources = __filename.endsWith('.ts')

/** The package's folder: it holds `features/`, `manifests/` and `reports/`. */
export const packageRoot: string = fromSources
  ? join(__dirname, '..', '..')
  : join(__dirname, '..', '..', '..')

/** How cucumber finds the step definitions from the package's folder. */
export const support: { readonly requireModule: string[]; readonly require: string[] } = fromSources
  ? { requireModule: ['ts-node/register'], require: ['steps/**/!(*.test).ts'] }
  : { requireModule: [], require: ['dist/steps/**/!(*.test).js'] }

/** How a process of this command line is started: program and first arguments. */
export const mainCommand: readonly [string, ...string[]] = fromSources
  ? [process.execPath, '--require', require.resolve('ts-node/register'), join(__dirname, 'main.ts')]
  : [process.execPath, join(__dirname, 'main.js')]

/** The version in the package's manifest. */
export const version: string = readVersion()

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  const found = (manifest as { readonly version?: unknown }).version
  if (typeof found !== 'string')
    throw new Error(`${dirname(packageRoot)}: package.json has no version`)
  return found
}

/** Where the differences that somebody knows of are listed, unless a flag names another list. */
export const expectedDifferencesFile: string = join(
  packageRoot,
  'reports',
  'expected-differences.yaml',
)
