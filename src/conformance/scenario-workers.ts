import { Worker } from 'node:worker_threads'
import type { ClusterAccess } from '../targets/target'
import { ofShard } from './basis'
import { CucumberPage } from './cucumber-page'
import type { ScenarioRun, ScenarioText } from './scenario-run'
import { type Work, type WorkerMessage, type WorkerTask, workerEntry } from './scenario-worker'

/** How the threads of a run come to be. */
export interface Workers {
  /** How many, as asked for; absent: as many as make sense on the cluster, which in-process is none. */
  readonly count?: number
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

/** What takes so long that it is begun first: as the last of all, it would be waited for alone. */
const slow = '@slow'

/** What threads are given, in this order. */
interface Spreading {
  readonly scenarios: readonly ScenarioText[]
  readonly repeat: number
  /** How many threads there are. */
  readonly count: number
  /** Whether scenarios take wall time, so that it pays off to give each to the thread that is free first. */
  readonly live: boolean
}

/**
 * Cuts a run into pieces of work.
 *
 * In the process a piece is every n-th scenario: reading the features takes longer than running one. On a live cluster
 * each scenario is one, for some take twenty times as long as others.
 */
export function workOf({ scenarios, repeat, count, live }: Spreading): Work[] {
  const isSlow = ({ tags }: ScenarioText): boolean => tags.includes(slow)
  const ordered = [...scenarios.filter(isSlow), ...scenarios.filter((each) => !isSlow(each))]
  const pieces = live
    ? ordered.map((each) => [each])
    : Array.from({ length: count }, (_, index) => ofShard(scenarios, { index: index + 1, count }))
  const attempts = Array.from({ length: repeat }, (_, index) => index + 1)
  return attempts.flatMap((attempt) => pieces.map((piece) => ({ scenarios: piece, attempt })))
}

/** How scenarios run in threads. */
export interface WorkersOptions {
  readonly compiled: Workers['compiled']
  readonly count: number
  /** The cluster of each thread; absent: they are in-process. */
  readonly clusters?: readonly ClusterAccess[]
  readonly task: Omit<WorkerTask, 'cluster'>
  readonly scenarios: readonly ScenarioText[]
  readonly repeat: number
  /** Where cucumber's own page about an attempt goes. */
  readonly pageOf: (attempt: number) => string
  readonly signal: AbortSignal
  readonly onFinished: (run: ScenarioRun) => void
}

/**
 * Runs scenarios in several threads. In-process each has a cluster to itself anyhow, and of live ones each thread has
 * one, so they show what they would show one after the other.
 *
 * A thread that ends before its work is done leaves an error for every scenario of that, never a pass; so do all
 * scenarios for which no thread is left. Ends early when the signal is aborted.
 */
export async function runInWorkers(options: WorkersOptions): Promise<void> {
  const { count, clusters, scenarios, repeat, signal, onFinished, pageOf } = options
  const left = workOf({ scenarios, repeat, count, live: clusters !== undefined })
  const pages = Array.from({ length: repeat }, () => new CucumberPage())
  const ends = await Promise.all(
    Array.from({ length: count }, (_, index) => runThread(options, index, left, pages)),
  )
  if (!signal.aborted) {
    const why = `no thread is left for it: ${ends.find((end) => end !== undefined)}`
    for (const work of left) for (const run of brokenRuns(work.scenarios, why)) onFinished(run)
  }
  for (const [index, page] of pages.entries()) await page.write(pageOf(index + 1))
}

/** Gives a thread work until none is left; resolves to why it ended before that. */
function runThread(
  { task, clusters = [], compiled, signal, onFinished }: WorkersOptions,
  index: number,
  left: Work[],
  pages: readonly CucumberPage[],
): Promise<string | undefined> {
  const cluster = clusters[index]
  const worker = startWorker({ ...task, ...(cluster && { cluster }) }, compiled)
  const owed = new Map<string, ScenarioText>()
  let attempt = 1
  let why: string | undefined = 'it ended early'
  const end = (): void => void worker.terminate()
  const giveWork = (): void => {
    const work = left.shift()
    if (work === undefined) {
      why = undefined
      end()
      return
    }
    attempt = work.attempt
    for (const scenario of work.scenarios) owed.set(scenario.id, scenario)
    worker.postMessage(work)
  }
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'idle') giveWork()
    else if (message.kind === 'told') pages[attempt - 1]?.take(message.envelopes)
    else {
      owed.delete(message.run.scenario.id)
      onFinished(message.run)
    }
  })
  worker.on('error', (error) => {
    why = error instanceof Error ? error.message : String(error)
  })
  return new Promise((resolve) => {
    worker.on('exit', () => {
      signal.removeEventListener('abort', end)
      const broken = `the worker thread of this scenario broke: ${why}`
      if (!signal.aborted) for (const run of brokenRuns(owed.values(), broken)) onFinished(run)
      resolve(why)
    })
  })
}

/** What is left of scenarios whose thread broke: nothing is known of them. */
function brokenRuns(scenarios: Iterable<ScenarioText>, message: string): readonly ScenarioRun[] {
  return [...scenarios].map((scenario) => ({
    scenario,
    outcome: 'error',
    message,
    steps: [],
    durationSeconds: 0,
  }))
}

function startWorker(task: WorkerTask, compiled: Workers['compiled']): Worker {
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
