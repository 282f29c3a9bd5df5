import { pauseImage } from './real-nodes/stand-in-images'

/** The port of the API server in a container of k3s. */
export const apiServerPort = 6443

/**
 * Switches the built-in DaemonSet controller off. The short name is known to every version: newer ones,
 * which call it `daemonset-controller`, keep it as an alias.
 */
export const withoutDaemonSetController = '--kube-controller-manager-arg=controllers=*,-daemonset'

/** What a k3s server needs to be told. */
export interface ServerOptions {
  /** The host name under which the engine's published ports are reached; the certificate must name it. */
  readonly host: string
  /** The name of the server in the network that agents join it over; absent: there are no agents. */
  readonly networkName?: string
  readonly extraArguments: readonly string[]
}

/** The command of a k3s that runs no pods itself, so that it needs no privileges. */
export function serverCommand({ host, networkName, extraArguments }: ServerOptions): string[] {
  return [
    'server',
    '--disable-agent',
    '--disable-network-policy',
    '--disable=traefik,coredns,servicelb,local-storage,metrics-server',
    `--tls-san=${host}`,
    ...(networkName === undefined ? withoutAgents : withAgents(networkName)),
    ...extraArguments,
  ]
}

const withoutAgents = [
  '--disable-cloud-controller',
  // Pods here have no network, and handing out addresses delays every controller by ten seconds (1.21).
  '--kube-controller-manager-arg=allocate-node-cidrs=false',
]

function withAgents(networkName: string): readonly string[] {
  // All nodes share one network, so routes are enough; a tunnel would need another kernel module.
  return [`--tls-san=${networkName}`, '--flannel-backend=host-gw']
}

/** The command of a node: no image has to be pulled for its pods' sandboxes. */
export function agentCommand(nodeName: string): string[] {
  return ['agent', `--node-name=${nodeName}`, `--pause-image=${pauseImage}`]
}

/** The environment of server and agents: the token is not an argument, which others could read. */
export function clusterEnvironment(
  token: string,
  serverName?: string,
): Readonly<Record<string, string>> {
  return {
    K3S_TOKEN: token,
    ...(serverName === undefined ? {} : { K3S_URL: `https://${serverName}:${apiServerPort}` }),
  }
}
