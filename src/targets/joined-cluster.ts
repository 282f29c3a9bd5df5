import { wallClock } from '../controlplane/gateway/wall-clock'
import { seededRandom } from '../kubernetes/random'
import { EnvironmentError, messageOf } from './errors'
import { HttpClient } from './http-client'
import { HttpConnection } from './http-connection'
import { plainRequestsOver } from './http-plain-requests'
import { kubeConfigOf } from './kubeconfig'
import { liveTarget } from './live-target'
import type { ClusterAccess, StartedTarget } from './target'

/** A cluster that another thread has started, and will take down. */
export interface JoinedCluster {
  readonly target: StartedTarget
  /** @throws EnvironmentError when the cluster does not answer any more. */
  ping(): Promise<void>
}

/** Connects to a cluster that another thread has started for this one. */
export async function joinCluster(access: ClusterAccess): Promise<JoinedCluster> {
  const { name, run, seed, kubeconfig, version, provenance } = access
  const connection = new HttpConnection(await kubeConfigOf(kubeconfig))
  const client = (userAgent: string) => new HttpClient(connection, { name: userAgent, version })
  return {
    target: liveTarget({
      name,
      version: version.gitVersion,
      provenance,
      run,
      client,
      plainRequests: plainRequestsOver(connection),
      clock: wallClock,
      random: seededRandom(seed),
      outlivesRun: false,
      close: async () => connection.close(),
    }),
    async ping() {
      try {
        await connection.version()
      } catch (cause) {
        throw new EnvironmentError(`its cluster does not answer (${messageOf(cause)})`, {
          mend: 'look into the log of the container',
          cause,
        })
      }
    },
  }
}
