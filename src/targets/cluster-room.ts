import { containerEngine } from './container-engine'
import type { Environment } from './kubeconfig'

/** How much memory a k3s takes by the end of a long run, in bytes; 390 MiB when it has just started, 600 MiB later. */
const clusterBytes = 640 * 1024 ** 2

/** Which part of the engine's memory clusters of one run may take together. */
const memoryPart = 0.5

/** What a container engine has room for. */
export interface ClusterRoom {
  /** How many clusters fit into its memory; at least one, for that many have been started already. */
  readonly clusters: number
  readonly processors: number
}

/** Asks the container engine what it has room for. */
export async function clusterRoom(environment: Environment): Promise<ClusterRoom> {
  const engine = await containerEngine(environment)
  return clusterRoomOf(await engine.container.dockerode.info())
}

/** Reads what the engine says of its machine; an engine that says nothing has room for one cluster. */
export function clusterRoomOf(facts: {
  readonly MemTotal?: number
  readonly NCPU?: number
}): ClusterRoom {
  const { MemTotal = 0, NCPU = 1 } = facts
  const fitting = Math.floor((MemTotal * memoryPart) / clusterBytes)
  return { clusters: Math.max(1, fitting), processors: Math.max(1, NCPU) }
}
