import { fork, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { benchFlags, usageExitCode } from './arguments'
import { benchmarks } from './benchmarks'
import type { Measurement } from './measure'

/** How often each benchmark is run. */
const runs = 5

/**
 * `--expose-gc` so that garbage of the preparation is not collected in measured time; a small young generation, because
 * nearly everything that a control plane makes stays, and a large one only adds to the memory of the process.
 */
const flags = ['--expose-gc', '--max-semi-space-size=16']

/** What a benchmark has come to over all of its runs. */
interface Result {
  readonly name: string
  readonly runs: number
  readonly medianSeconds: number
  readonly minSeconds: number
  readonly maxSeconds: number
  readonly peakRssMegabytes: number
}

/** Runs all benchmarks, or those whose names are given, and prints a table, or JSON with `--json`. */
async function main(args: readonly string[]): Promise<void> {
  const { json: isJson, names } = benchFlags(args, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  })
  const chosen = benchmarks.filter(({ name }) => names.length === 0 || names.includes(name))
  const { script, dispose } = compiled(resolve(__dirname, 'measure'))
  try {
    const results: Result[] = []
    if (!isJson) console.log(row('benchmark', 'runs', 'median', 'min', 'max', 'peak RSS'))
    for (const { name } of chosen) {
      const measurements: Measurement[] = []
      for (let run = 0; run < runs; run++) measurements.push(await measured(script, name))
      const result = resultOf(name, measurements)
      results.push(result)
      if (!isJson) console.log(rowOf(result))
    }
    if (isJson) console.log(JSON.stringify({ results }))
  } finally {
    dispose()
  }
}

/**
 * The script to run in child processes: plain JavaScript, so that the compiler's memory is not measured.
 *
 * Run from the build output, that is there already; run from the sources, it is made in a temporary folder.
 */
function compiled(script: string): { readonly script: string; dispose(): void } {
  if (__filename.endsWith('.js')) return { script: `${script}.js`, dispose() {} }
  const root = rootOf(__dirname)
  const outDir = mkdtempSync(join(tmpdir(), 'daemonset-conformance-bench-'))
  const options = ['--noEmit', 'false', '--noCheck', '--outDir', outDir]
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const { status, error } = spawnSync(tsc, ['--project', join(root, 'tsconfig.json'), ...options], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error('the benchmarks do not compile', { cause: error })
  return {
    script: `${join(outDir, relative(root, script))}.js`,
    dispose: () => rmSync(outDir, { recursive: true, force: true }),
  }
}

/** The folder of the package, three levels above this one. */
function rootOf(folder: string): string {
  return dirname(dirname(dirname(folder)))
}

/** Runs a benchmark once, in a process of its own so that its memory is its own. */
async function measured(script: string, name: string): Promise<Measurement> {
  return await new Promise((resolvePromise, reject) => {
    const child = fork(script, [name], { execArgv: flags })
    let measurement: Measurement | undefined
    child.once('message', (message) => {
      measurement = message as Measurement
      child.disconnect()
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (measurement !== undefined) resolvePromise(measurement)
      else reject(new Error(`benchmark ${name} ended with exit code ${code}`))
    })
  })
}

function resultOf(name: string, measurements: readonly Measurement[]): Result {
  const seconds = measurements.map((measurement) => measurement.seconds).sort((a, b) => a - b)
  const round = (value: number, digits: number) => Number(value.toFixed(digits))
  return {
    name,
    runs: measurements.length,
    medianSeconds: round(seconds[Math.floor(seconds.length / 2)] ?? 0, 4),
    minSeconds: round(seconds[0] ?? 0, 4),
    maxSeconds: round(seconds.at(-1) ?? 0, 4),
    peakRssMegabytes: round(Math.max(...measurements.map((one) => one.peakRssMegabytes)), 0),
  }
}

function rowOf(result: Result): string {
  const time = (seconds: number) => `${(seconds * 1000).toFixed(1)} ms`
  return row(
    result.name,
    String(result.runs),
    time(result.medianSeconds),
    time(result.minSeconds),
    time(result.maxSeconds),
    `${result.peakRssMegabytes} MB`,
  )
}

function row(name: string, ...columns: readonly string[]): string {
  return [name.padEnd(20), ...columns.map((column) => column.padStart(12))].join(' ')
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const usage = usageExitCode(error)
  // What was wrong with the command line has been said.
  if (usage === undefined) console.error(error instanceof Error ? error.message : error)
  process.exitCode = usage ?? 1
})
