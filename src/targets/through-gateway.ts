import { kubeconfigOf } from '../controlplane/gateway/kubeconfig'
import { serveCluster } from '../controlplane/gateway/served-cluster'
import { wallClock } from '../controlplane/gateway/wall-clock'
import type { InProcessCluster } from '../controlplane/in-process-cluster'
import type { Client } from '../kubernetes/client'
import { HttpClient } from './http-client'
import { HttpConnection } from './http-connection'
import { kubeConfigOf } from './kubeconfig'

/** A cluster in this process that is reached over HTTPS. */
export interface GatewayAccess extends AsyncDisposable {
  readonly client: Client
  /** Lets virtual time pass, between whatever requests are under way. */
  advance(milliseconds: number): Promise<void>
}

/** Puts a cluster behind HTTPS, its time standing still until it is moved, and connects to it. */
export async function throughGateway(
  cluster: InProcessCluster,
  name: string,
): Promise<GatewayAccess> {
  const served = await serveCluster({ cluster, wallClock, speed: 'manual', port: 0 })
  const connection = new HttpConnection(await kubeConfigOf(kubeconfigOf(served.access)))
  return {
    client: new HttpClient(connection, { name, version: await connection.version() }),
    advance: (milliseconds) => served.driver.advance(milliseconds),
    async [Symbol.asyncDispose]() {
      connection.close()
      await served[Symbol.asyncDispose]()
    },
  }
}
