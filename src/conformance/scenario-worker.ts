import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { openSession } from '../targets/session'
import { parseTarget } from '../targets/target'
import { normalise } from './normal-form/normalise'
import type { ScenarioRun, ScenarioText } from './scenario-run'
import { Suite, type SuiteSelection } from './suite'

/** The module that a worker thread loads; whoever starts one has it compiled already. */
export const workerEntry = __filename

/** What a worker is told when it starts; plain data. */
export interface WorkerTask {
  readonly selection: SuiteSelection
  /** Its part of the scenarios, checked by whoever sends it. */
  readonly scenarios: readonly ScenarioText[]
  /** The in-process target as on the command line. */
  readonly target: string
  readonly seed: number
  readonly repeat: number
  /** Where cucumber's own HTML goes, and what its name begins with. */
  readonly folder: string
  readonly page: string
}

/** What a worker tells. */
export type WorkerMessage =
  | { readonly kind: 'finished'; readonly run: ScenarioRun }
  | { readonly kind: 'done' }

/** Runs a part of the scenarios on an in-process cluster of this thread. */
async function runTask(
  { selection, scenarios, target, seed, repeat, folder, page }: WorkerTask,
  tell: (message: WorkerMessage) => void,
): Promise<void> {
  const suite = await Suite.open(selection, scenarios)
  await using session = await openSession(parseTarget(target), { name: target, seed })
  for (let attempt = 1; attempt <= repeat; attempt++) {
    const part = attempt === 1 ? '' : `-${attempt}`
    await suite.run({
      only: '',
      chosen: scenarios,
      formats: { [join(folder, `${page}${part}.html`)]: 'html' },
      observationOf: (id) => {
        const observation = session.observations.get(id)
        return observation && normalise(observation)
      },
      onFinished: (run) => tell({ kind: 'finished', run }),
    })
  }
  tell({ kind: 'done' })
}

/**
 * The main program of a worker thread, which calls it by name.
 *
 * @public
 */
export function serveTask(): void {
  const { task } = workerData as { readonly task: WorkerTask }
  runTask(task, (message) => parentPort?.postMessage(message)).catch((error: unknown) => {
    // Thrown outside of any promise, so that the thread ends and its owner hears why.
    setImmediate(() => {
      throw error
    })
  })
}
