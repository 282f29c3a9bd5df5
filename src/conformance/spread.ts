import type { ClusterRoom } from '../targets/cluster-room'

/** How many clusters of a container engine a run takes unless it is told otherwise. */
const clusterDefaults = {
  /** More would gain little, and take the memory that others on the machine may need. */
  most: 4,
  /** A cluster with fewer scenarios costs more than it gains: each takes the machine for five seconds to start. */
  scenarios: 40,
  /** Scenarios mostly wait, for the cluster to come to rest. */
  perProcessor: 2,
} as const

/** How the scenarios of a run are spread. */
export interface Spread {
  /** Each on a cluster of its own in a thread; or in threads that share as many clusters; or all in this thread. */
  readonly over: 'threads' | 'clusters' | 'nothing'
  readonly count: number
  /** What to tell people, after the name of the cluster. */
  readonly note: string
}

/** What decides on how scenarios are spread. */
export interface SpreadFacts {
  readonly scenarios: number
  /** How often each is run. */
  readonly repeat: number
  /** How many at a time, as asked for. */
  readonly asked: number | undefined
  /** Whether the cluster runs outside this process. */
  readonly live: boolean
  /** What the engine has room for, where more clusters like this one can be had. */
  readonly room: ClusterRoom | undefined
}

/** Says how the scenarios of a run are spread. */
export function spreadOf({ scenarios, repeat, asked, live, room }: SpreadFacts): Spread {
  const alone = (note: string): Spread => ({ over: 'nothing', count: 1, note })
  if (!live) {
    const count = Math.min(asked ?? 1, scenarios)
    return asked === undefined || count < 1
      ? alone('')
      : { over: 'threads', count, note: `, ${count} at a time` }
  }
  // Labels, taints and pods of one scenario would show in another.
  if (room === undefined) return alone(', one after the other, for they share its nodes')
  const wanted = Math.min(asked ?? defaultCount(scenarios * repeat, room), Math.max(1, scenarios))
  const count = Math.min(wanted, room.clusters)
  const noMore = count < wanted && asked !== undefined
  const why = noMore ? `: the engine's memory has no room for ${wanted} clusters` : ''
  if (count === 1) return alone(noMore ? `, one after the other${why}` : '')
  return { over: 'clusters', count, note: `, spread over ${count} clusters${why}` }
}

function defaultCount(runs: number, { processors }: ClusterRoom): number {
  const { most, perProcessor } = clusterDefaults
  const worth = Math.floor(runs / clusterDefaults.scenarios)
  return Math.max(1, Math.min(most, processors * perProcessor, worth))
}
