import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The program as plain JavaScript, beside what it needs of the package, so that no compiler is measured. */
export interface Compiled extends Disposable {
  readonly folder: string
  /** The file of a script in `src/cli`, such as `bench/gateway-load`. */
  script(name: string): string
}

/** Compiles the sources into a temporary folder. */
export function compiled(): Compiled {
  const root = resolve(__dirname, '..', '..', '..')
  const folder = mkdtempSync(join(tmpdir(), 'daemonset-conformance-bench-'))
  const outDir = join(folder, 'dist')
  const options = ['--noEmit', 'false', '--noCheck', '--outDir', outDir]
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const { status } = spawnSync(tsc, ['--project', join(root, 'tsconfig.json'), ...options])
  if (status !== 0) throw new Error('the benchmarks do not compile')
  for (const name of ['node_modules', 'package.json']) {
    symlinkSync(join(root, name), join(folder, name))
  }
  return {
    folder,
    script: (name) => join(outDir, 'src', 'cli', `${name}.js`),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
