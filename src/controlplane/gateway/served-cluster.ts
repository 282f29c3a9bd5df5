import { randomBytes } from 'node:crypto'
import type { Clock } from '../../kubernetes/clock'
import type { Draft } from '../../kubernetes/types'
import type { InProcessCluster } from '../in-process-cluster'
import { throwawayCertificates } from './certificates'
import { clockPaths } from './clock-paths'
import { Gateway, type GatewayOptions } from './gateway'
import type { Access } from './kubeconfig'
import { pagePaths } from './page/page-paths'
import { type Speed, TimeDriver } from './time-driver'

/** A cluster behind HTTPS, with its time being driven. */
export interface ServedCluster extends AsyncDisposable {
  readonly access: Access
  readonly driver: TimeDriver
  /** Opens the live page in a browser, once it has set its cookie. */
  readonly pageUrl: string
}

/** How a cluster is served. */
export interface ServeOptions extends Pick<GatewayOptions, 'inFlight' | 'patience'> {
  readonly cluster: InProcessCluster
  readonly wallClock: Clock
  readonly speed: Speed
  /** 0 takes any free port. */
  readonly port: number
}

/** The length of a bearer token, in bytes of chance. */
const tokenBytes = 32

/** Puts a cluster behind HTTPS and starts its time; closing it ends watches cleanly and leaves the cluster as it is. */
export async function serveCluster(options: ServeOptions): Promise<ServedCluster> {
  const { cluster, wallClock, speed, port, ...limits } = options
  const token = randomBytes(tokenBytes).toString('base64url')
  const certificates = throwawayCertificates(new Date(wallClock.now()))
  const driver = new TimeDriver(cluster, wallClock, speed)
  const clock = clockPaths(driver, () => cluster.clock.now())
  const page = pagePaths({ cluster, speed })
  const gateway = await Gateway.start({
    server: cluster.server,
    clock: cluster.clock,
    wallClock,
    certificates,
    token,
    port,
    ...limits,
    side: {
      handle: async (exchange, url, door) =>
        (await clock.handle(exchange, url, door)) || (await page.handle(exchange, url, door)),
    },
  })
  driver.start()
  return {
    access: { url: gateway.url, authority: certificates.authority, token },
    driver,
    pageUrl: `${gateway.url}/?key=${gateway.door.pageToken}`,
    async [Symbol.asyncDispose]() {
      await driver.stop()
      await gateway.close()
    },
  }
}

/** Brings simulated nodes into a cluster: as many as asked for, or those of a fleet. */
export async function joinNodes(
  cluster: InProcessCluster,
  fleet: number | readonly Draft[],
): Promise<void> {
  const drafts = typeof fleet === 'number' ? numberedNodes(fleet) : fleet
  for (const draft of drafts) await cluster.nodes.join(draft)
  await cluster.drain()
}

function numberedNodes(count: number): readonly Draft[] {
  return Array.from({ length: count }, (_, index) => ({ metadata: { name: `node-${index + 1}` } }))
}
