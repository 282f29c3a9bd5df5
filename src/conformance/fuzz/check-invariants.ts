import type { DaemonSetStatus } from '../../kubernetes/types'
import type { History, Step } from './history'
import { HistoryRun } from './history-run'
import { brokenBy } from './invariants'
import { recount } from './recount'
import type { WatchedCluster } from './watched-target'

/** How long a settled cluster has to stay settled, in seconds. */
const calmSeconds = 3600

/**
 * How long a cluster may take to come to rest, in seconds: a back-off lasts 15 minutes at the longest, and its pod
 * may be left alone for all of it once more (MANAGE-17).
 */
const restSeconds = 2400

/** Makes the controller look at everything again: what it need not have noticed is not to come later (STATUS-26). */
const touch: Step = { step: 'daemonset labelled', label: 'looked-at=last' }

/** How long the control plane may take to record what it has seen of nodes that joined last, in seconds. */
const recordSeconds = 30

/** What one history came to. */
export interface Checked {
  /** The steps that could happen, in the words of the features. */
  readonly lines: readonly (readonly string[])[]
  /** The invariants that were broken, in words; the first step that broke one ends the history. */
  readonly broken: readonly string[]
  /** The same steps as data. */
  readonly happened: readonly Step[]
  /** What the status has to show in the end by a recount of what there is; absent: there is no DaemonSet. */
  readonly recounted?: Partial<DaemonSetStatus>
}

/**
 * Runs a history and checks the invariants after every change, in the order in which the changes were written.
 *
 * In the end the cluster must come to rest, and stay as it is for an hour.
 */
export async function checkInvariants(
  watched: WatchedCluster,
  { steps }: History,
): Promise<Checked> {
  const check = new InvariantCheck(watched)
  const lines: (readonly string[])[] = []
  const happened: Step[] = []
  for (const step of steps) {
    const told = await check.run.execute(step)
    if (told === undefined) continue
    lines.push(told)
    happened.push(step)
    await check.run.drain()
    const broken = check.broken()
    if (broken.length > 0) return { lines, happened, broken }
  }
  const broken = await check.calm()
  return { lines, happened, broken, ...check.recounted() }
}

/** The invariants of one cluster while a history happens to it. */
export class InvariantCheck {
  readonly run: HistoryRun
  readonly #watched: WatchedCluster
  readonly #broken: string[] = []

  constructor(watched: WatchedCluster) {
    const { cluster, audit } = watched
    const { startedAt } = cluster.observation()
    this.#watched = watched
    this.run = new HistoryRun(cluster, (event) => {
      const { state } = this.run
      const now = startedAt + event.at
      const change = { state, event, now, deletedByController: audit.deletedPods }
      this.#broken.push(...brokenBy(change))
    })
  }

  /** The invariants that were broken since the last time, in words. */
  broken(): readonly string[] {
    this.run.catchUp()
    return [...this.#broken.splice(0), ...this.#watched.audit.idleWrites.splice(0)]
  }

  /** What the status has to show by a recount of what there is. */
  recounted(): Pick<Checked, 'recounted'> {
    const { state, cluster } = this.run
    const { daemonSet } = state
    if (daemonSet === undefined) return {}
    return { recounted: recount(state, daemonSet, { now: cluster.clock.now() }) }
  }

  /** Whether the cluster comes to rest, and stays as it is for an hour. */
  async calm(): Promise<readonly string[]> {
    const { run } = this
    await run.rest(restSeconds)
    await run.execute(touch)
    const unrest = await run.rest(restSeconds)
    const broken = this.broken()
    if (broken.length > 0) return broken
    if (unrest.length > 0) return unrest.map((reason) => `it does not come to rest: ${reason}`)
    await run.cluster.elapse(recordSeconds)
    this.#watched.writes()
    await run.cluster.elapse(calmSeconds)
    const writes = this.#watched.writes().map((write) => `although nothing changed: ${write}`)
    return [...this.broken(), ...run.unrest(), ...writes]
  }
}
