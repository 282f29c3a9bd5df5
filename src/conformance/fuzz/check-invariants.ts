import type { History, Step } from './history'
import { HistoryRun } from './history-run'
import { brokenBy } from './invariants'
import type { WatchedCluster } from './watched-target'

/** How long a settled cluster has to stay settled, in seconds. */
const calmSeconds = 3600

/** How long the control plane may take to record what it has seen of nodes that joined last, in seconds. */
const recordSeconds = 30

/** What one history came to. */
export interface Checked {
  /** The steps that could happen, in the words of the features. */
  readonly lines: readonly (readonly string[])[]
  /** The invariants that were broken, in words; the first step that broke one ends the history. */
  readonly broken: readonly string[]
  /** The number of the step (from 1) after which it was seen; one more than there are steps: at the end. */
  readonly at: number
}

/**
 * Runs a history and checks the invariants after every change, in the order in which the changes were written.
 *
 * In the end the cluster must come to rest, and stay as it is for an hour.
 */
export async function checkInvariants(watched: WatchedCluster, { steps }: History): Promise<Checked> {
  const check = new InvariantCheck(watched)
  const lines: (readonly string[])[] = []
  for (const [index, step] of steps.entries()) {
    const { broken, told } = await check.after(step)
    if (told !== undefined) lines.push(told)
    if (broken.length > 0) return { lines, broken, at: index + 1 }
  }
  return { lines, broken: await check.atTheEnd(), at: steps.length + 1 }
}

/** The invariants of one cluster while a history happens to it. */
class InvariantCheck {
  readonly #run: HistoryRun
  readonly #watched: WatchedCluster

  constructor(watched: WatchedCluster) {
    this.#watched = watched
    this.#run = new HistoryRun(watched.cluster)
  }

  async after(step: Step) {
    const told = await this.#run.execute(step)
    await this.#run.cluster.elapse(0)
    return { told, broken: this.broken() }
  }

  async atTheEnd(): Promise<readonly string[]> {
    const run = this.#run
    // A back-off lasts 15 minutes at the longest, and its pod is left alone for all of it once more (MANAGE-17).
    const unrest = await restOf(run, this)
    if (unrest.length > 0) return unrest
    await run.cluster.elapse(recordSeconds)
    this.#watched.writes()
    await run.cluster.elapse(calmSeconds)
    const writes = this.#watched.writes()
    const after = this.broken()
    return [...after, ...run.unrest(), ...writes.map((write) => `although nothing changed: ${write}`)]
  }

  /** The invariants that what has been observed since the last time has broken. */
  broken(): readonly string[] {
    const { cluster, state } = this.#run
    const { audit } = this.#watched
    const broken: string[] = []
    const observation = cluster.observation()
    state.catchUp(observation, (event) => {
      const now = observation.startedAt + event.at
      broken.push(...brokenBy({ state, event, now, deletedByController: audit.deletedPods }))
    })
    return [...broken, ...audit.idleWrites.splice(0)]
  }
}

/** How long a cluster may take to come to rest, in seconds. */
const restSeconds = 2400

/** Looks once a second, so that every change is checked before the state has taken it in. */
async function restOf(run: HistoryRun, check: InvariantCheck): Promise<readonly string[]> {
  const { cluster } = run
  const deadline = cluster.clock.now() + restSeconds * 1000
  let unrest: readonly string[] = ['nothing was looked at']
  while (unrest.length > 0 && cluster.clock.now() < deadline) {
    await cluster.settle()
    const broken = check.broken()
    if (broken.length > 0) return broken
    unrest = run.unrest()
    if (unrest.length > 0) await cluster.elapse(1)
  }
  const late = check.broken()
  return late.length > 0 ? late : unrest.map((reason) => `it does not come to rest: ${reason}`)
}
