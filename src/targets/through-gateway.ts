import { randomBytes } from 'node:crypto'
import { throwawayCertificates } from '../controlplane/gateway/certificates'
import { Gateway } from '../controlplane/gateway/gateway'
import { kubeconfigOf } from '../controlplane/gateway/kubeconfig'
import { serveCluster } from '../controlplane/gateway/served-cluster'
import { wallClock } from '../controlplane/gateway/wall-clock'
import type { InProcessCluster } from '../controlplane/in-process-cluster'
import type { Client } from '../kubernetes/client'
import { HttpClient } from './http-client'
import { HttpConnection } from './http-connection'
import { plainRequestsOver } from './http-plain-requests'
import { kubeConfigOf } from './kubeconfig'
import type { PlainAnswer, PlainRequest, PlainRequests } from './plain-request'

/** A cluster in this process that is reached over HTTPS. */
export interface GatewayAccess extends AsyncDisposable {
  readonly client: Client
  readonly plainRequests: PlainRequests
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
    plainRequests: plainRequestsOver(connection),
    advance: (milliseconds) => served.driver.advance(milliseconds),
    async [Symbol.asyncDispose]() {
      connection.close()
      await served[Symbol.asyncDispose]()
    },
  }
}

/** The length of a bearer token, in bytes of chance. */
const tokenBytes = 32

/**
 * Plain requests to a cluster that is otherwise used without HTTPS: its gateway starts with the first of them, so
 * that a scenario without any pays nothing.
 *
 * Nothing drives the cluster's time meanwhile: it stands still, so the same seed gives the same history.
 */
export class LateGateway implements AsyncDisposable {
  readonly #cluster: Pick<InProcessCluster, 'server' | 'clock'>
  #opened: Promise<{ readonly connection: HttpConnection; readonly gateway: Gateway }> | undefined

  constructor(cluster: Pick<InProcessCluster, 'server' | 'clock'>) {
    this.#cluster = cluster
  }

  async send(request: PlainRequest): Promise<PlainAnswer> {
    this.#opened ??= this.#open()
    const { connection } = await this.#opened
    return await plainRequestsOver(connection)(request)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened
    opened?.connection.close()
    await opened?.gateway.close()
  }

  async #open(): Promise<{ readonly connection: HttpConnection; readonly gateway: Gateway }> {
    const { server, clock } = this.#cluster
    const token = randomBytes(tokenBytes).toString('base64url')
    const certificates = throwawayCertificates(new Date(wallClock.now()))
    const gateway = await Gateway.start({ server, clock, wallClock, certificates, token, port: 0 })
    const { authority } = certificates
    const kubeconfig = kubeconfigOf({ url: gateway.url, authority, token })
    return { gateway, connection: new HttpConnection(await kubeConfigOf(kubeconfig)) }
  }
}
