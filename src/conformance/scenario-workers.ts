import { Worker } from 'node:worker_threads'
import { ofShard } from './basis'
import type { ScenarioRun, ScenarioText } from './scenario-run'
import { type WorkerMessage, type WorkerTask, workerEntry } from './scenario-worker'

/** How the threads of a run come to be. */
export interface Workers {
  readonly count: number
  /** What ts-node has compiled already, by file; absent in the compiled package, and where nobody kept it. */
  readonly compiled?: ReadonlyMap<string, string>
}

/**
 * The program of a worker thread: it loads the modules of this package as its owner did.
 *
 * From the sources it takes what its owner has compiled, for compiling takes longer than running. What is not
 * among that is left to ts-node.
 */
const program = `
const { workerData } = require('node:worker_threads')
const { compiled, entry, tsNode } = workerData
if (compiled !== undefined) {
  require.extensions['.ts'] = (module, file) => {
    const text = compiled.get(file)
    if (text !== undefined) return module._compile(text, file)
    require(tsNode)
    require.extensions['.js'](module, file)
  }
} else if (tsNode !== undefined) require(tsNode)
require(entry).serveTask()
`

/**
 * Runs scenarios in several threads, every n-th in the same; each has an in-process cluster to itself anyhow, so
 * they show what they would show one after the other.
 *
 * A thread that ends before its work is done leaves an error for every scenario that it owes, never a pass.
 * Ends early when the signal is aborted.
 */
export async function runInWorkers(options: {
  readonly workers: Workers
  readonly task: Omit<WorkerTask, 'scenarios' | 'page'> & { readonly role: string }
  readonly scenarios: readonly ScenarioText[]
  readonly signal: AbortSignal
  readonly onFinished: (run: ScenarioRun) => void
}): Promise<void> {
  const { workers, scenarios, signal } = options
  const count = Math.min(workers.count, scenarios.length)
  const parts = Array.from({ length: count }, (_, index) => index + 1)
  await Promise.all(
    parts.map((index) => {
      const { role, ...shared } = options.task
      const part = ofShard(scenarios, { index, count })
      const task = { ...shared, scenarios: part, page: `cucumber-${role}-part${index}` }
      return runPart(task, workers, signal, options.onFinished)
    }),
  )
}

function runPart(
  task: WorkerTask,
  workers: Workers,
  signal: AbortSignal,
  onFinished: (run: ScenarioRun) => void,
): Promise<void> {
  const owed = new Map(task.scenarios.map((scenario) => [scenario.id, task.repeat]))
  return new Promise((resolve) => {
    const worker = startWorker(task, workers)
    const end = (): void => void worker.terminate()
    let isDone = false
    let why = 'it ended early'
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'done') isDone = true
      else {
        const { id } = message.run.scenario
        owed.set(id, (owed.get(id) ?? 0) - 1)
        onFinished(message.run)
      }
    })
    worker.on('error', (error) => {
      why = error instanceof Error ? error.message : String(error)
    })
    worker.on('exit', () => {
      signal.removeEventListener('abort', end)
      if (!signal.aborted && !isDone) for (const run of brokenRuns(task, owed, why)) onFinished(run)
      resolve()
    })
  })
}

/** What a thread that broke leaves of the scenarios that it owes: nothing is known of them. */
function brokenRuns(
  { scenarios }: WorkerTask,
  owed: ReadonlyMap<string, number>,
  why: string,
): readonly ScenarioRun[] {
  return scenarios.flatMap((scenario) =>
    Array.from({ length: Math.max(0, owed.get(scenario.id) ?? 0) }, () => ({
      scenario,
      outcome: 'error' as const,
      message: `the worker thread of this scenario broke: ${why}`,
      steps: [],
      durationSeconds: 0,
    })),
  )
}

function startWorker(task: WorkerTask, { compiled }: Workers): Worker {
  const { selection } = task
  const isSource = __filename.endsWith('.ts')
  // Cucumber would load ts-node for the steps, and compile them again.
  const support =
    compiled === undefined ? selection.support : { ...selection.support, requireModule: [] }
  return new Worker(program, {
    eval: true,
    execArgv: [],
    workerData: {
      task: { ...task, selection: { ...selection, support } },
      compiled,
      entry: workerEntry,
      ...(isSource ? { tsNode: require.resolve('ts-node/register') } : {}),
    },
  })
}
