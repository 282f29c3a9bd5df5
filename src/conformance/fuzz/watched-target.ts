import { type InProcessCluster, startInProcessCluster } from '../../controlplane/in-process-cluster'
import type { ApiRequest } from '../../controlplane/request'
import { DaemonSetController } from '../../reconciler/daemonset-controller'
import { startInProcessTarget } from '../../targets/in-process-target'
import type { ScenarioCluster, StartedTarget } from '../../targets/target'
import { type Audit, AuditedClient } from './audit'

/** A cluster in this process, of which is known who writes what. */
export interface WatchedCluster extends AsyncDisposable {
  readonly cluster: ScenarioCluster
  readonly audit: Audit
  /** Tells of every write from now on, leases and what kubelets report aside, until it is called again. */
  writes(): readonly string[]
}

/** The in-process target whose scenarios can be looked into; one scenario at a time. */
export interface WatchedTarget extends AsyncDisposable {
  readonly target: StartedTarget
  open(id: string): Promise<WatchedCluster>
}

/** Starts our own control plane with an account of its writes. */
export async function startWatchedTarget(seed: number): Promise<WatchedTarget> {
  let latest: { readonly server: InProcessCluster['server']; readonly audit: Audit } | undefined
  const target = await startInProcessTarget({
    name: 'in-process',
    seed,
    async start(options) {
      const audit: Audit = { deletedPods: new Set(), idleWrites: [] }
      let server: InProcessCluster['server'] | undefined
      const cluster = await startInProcessCluster({
        ...options,
        controller: (context) => {
          const version = () => Number(server?.resourceVersion ?? 0)
          const client = new AuditedClient(context.client, audit, version)
          return new DaemonSetController({ ...context, client })
        },
      })
      server = cluster.server
      latest = { server, audit }
      return cluster
    },
  })
  return {
    target,
    async open(id) {
      const cluster = await target.openScenario(id)
      if (latest === undefined) throw new Error('the scenario has no cluster')
      const { server, audit } = latest
      const writes: string[] = []
      server.intercept((request) => {
        if (isWrite(request) && !isReport(request)) writes.push(describe(request))
      })
      return {
        cluster,
        audit,
        writes: () => writes.splice(0),
        [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
      }
    },
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  }
}

function isWrite({ verb }: ApiRequest): boolean {
  return verb !== 'get' && verb !== 'list' && verb !== 'watch'
}

/** What kubelets go on to say of nodes and pods that do not come up. */
function isReport({ kind, userAgent }: ApiRequest): boolean {
  return kind === 'Lease' || userAgent === 'kubelet'
}

function describe({ verb, kind, name, subresource, userAgent }: ApiRequest): string {
  const path = [kind, name, subresource].filter((part) => part !== undefined).join(' ')
  return `${userAgent}: ${verb} ${path}`
}
