import { parentPort, workerData } from 'node:worker_threads'
import type { Envelope } from '@cucumber/messages'
import { type JoinedCluster, joinCluster } from '../targets/joined-cluster'
import { openSession, openSessionOn } from '../targets/session'
import { type ClusterAccess, parseTarget } from '../targets/target'
import { normalise } from './normal-form/normalise'
import type { ScenarioRun, ScenarioText } from './scenario-run'
import { Suite, type SuiteSelection } from './suite'

/** The module that a worker thread loads; whoever starts one has it compiled already. */
export const workerEntry = __filename

/** What a worker is told when it starts; plain data. */
export interface WorkerTask {
  readonly selection: SuiteSelection
  /** The target as on the command line. */
  readonly target: string
  /** The cluster that this thread has to itself; absent: the target is in-process. */
  readonly cluster?: ClusterAccess
  readonly seed: number
}

/** What a worker runs at one go, when it has asked for work. */
export interface Work {
  /** Checked by whoever sends it. */
  readonly scenarios: readonly ScenarioText[]
  /** The how manieth run of these scenarios it is. */
  readonly attempt: number
}

/** What a worker tells. */
export type WorkerMessage =
  | { readonly kind: 'idle' }
  | { readonly kind: 'finished'; readonly run: ScenarioRun }
  /** What cucumber itself told of the work that ended. */
  | { readonly kind: 'told'; readonly envelopes: readonly Envelope[] }

/** Runs what it is given on the cluster of this thread, until somebody ends the thread. */
async function runTask(
  { selection, target, cluster, seed }: WorkerTask,
  tell: (message: WorkerMessage) => void,
  nextWork: () => Promise<Work>,
): Promise<void> {
  const suite = await Suite.open(selection, [])
  const joined = cluster === undefined ? undefined : await joinCluster(cluster)
  await using session =
    joined === undefined
      ? await openSession(parseTarget(target), { name: target, seed })
      : openSessionOn(joined.target)
  for (;;) {
    const work = nextWork()
    tell({ kind: 'idle' })
    const { scenarios } = await work
    const envelopes: Envelope[] = []
    const runs = await suite.run({
      only: '',
      chosen: scenarios,
      formats: {},
      observationOf: (id) => {
        const observation = session.observations.get(id)
        return observation && normalise(observation)
      },
      onFinished: (run) => tell({ kind: 'finished', run }),
      onMessage: (envelope) => void envelopes.push(envelope),
    })
    tell({ kind: 'told', envelopes })
    await refuseGone(joined, runs)
  }
}

/** A thread whose cluster has gone would be done with each scenario at once, and take them all from the others. */
async function refuseGone(
  joined: JoinedCluster | undefined,
  runs: readonly ScenarioRun[],
): Promise<void> {
  if (joined === undefined || !runs.some(({ outcome }) => outcome === 'error')) return
  await joined.ping()
}

/**
 * The main program of a worker thread, which calls it by name.
 *
 * @public
 */
export function serveTask(): void {
  const { task } = workerData as { readonly task: WorkerTask }
  const nextWork = () =>
    new Promise<Work>((resolve) => {
      parentPort?.once('message', resolve)
    })
  runTask(task, (message) => parentPort?.postMessage(message), nextWork).catch((error: unknown) => {
    // Thrown outside of any promise, so that the thread ends and its owner hears why.
    setImmediate(() => {
      throw error
    })
  })
}
