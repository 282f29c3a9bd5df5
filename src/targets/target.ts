import type { SimulatedNodes } from '../controlplane/kubelet/simulated-nodes'
import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import type { Pod } from '../kubernetes/types'
import { UsageError } from './errors'
import type { ServerVersion } from './http-connection'
import type { Observation } from './observation'
import type { PlainAnswer, PlainRequest } from './plain-request'

/** A cluster that a suite can run against, as the command line names it. */
export type TargetSpec =
  | { readonly kind: 'in-process'; readonly gateway: boolean }
  | {
      readonly kind: 'k3s'
      /** Full name of the image; absent: the default one, or what the options say. */
      readonly image?: string
      readonly controller: 'built-in' | 'ours'
      readonly nodes: NodesSpec
    }
  | { readonly kind: 'kubeconfig'; readonly path?: string; readonly context?: string }
  | { readonly kind: 'recording'; readonly path: string }

/** What the nodes of a k3s are: simulated ones that scenarios make, or a number of containers with real kubelets. */
type NodesSpec = 'simulated' | { readonly real: number }

/** Where the evidence of a run comes from; free of paths and secrets, so that it can be published. */
export interface Provenance {
  readonly [key: string]: string
}

/**
 * A cluster that this run has started for itself, as another thread is told of it: plain data.
 *
 * Whoever started it takes it down. Holds credentials, so it stays in the process.
 */
export interface ClusterAccess {
  readonly name: string
  readonly run: string
  readonly seed: number
  readonly kubeconfig: string
  readonly version: ServerVersion
  readonly provenance: Provenance
}

/** A cluster that is up. Disposing of it leaves nothing behind. */
export interface StartedTarget extends AsyncDisposable {
  /** As given on the command line, e.g. `k3s:v1.36.2-k3s1`. */
  readonly name: string
  /** The `gitVersion` of the API server, e.g. `v1.36.2+k3s1`. */
  readonly version: string
  readonly provenance: Provenance
  /** Real nodes run containers, and are there before the scenarios: only those tagged `@real-kubelet` apply. */
  readonly nodes: 'simulated' | 'real'
  /** Whether it runs outside this process, in wall time. */
  readonly live: boolean
  /** The path of a kubeconfig with which people reach the cluster; absent: it lives in the process. */
  kubeconfigFile?(): string
  /** How another thread works on the cluster; absent: it is not this run's alone, or scenarios do not own its nodes. */
  readonly access?: ClusterAccess
  /** Gives a scenario a namespace and a node set of its own. */
  openScenario(id: string): Promise<ScenarioCluster>
}

/** The cluster as one scenario sees it; nothing tells which target it is. */
export interface ScenarioCluster extends AsyncDisposable {
  /** Records what the API server refuses. */
  readonly client: Client
  /**
   * Asks what `client` has no verb for; whatever the server says is the answer, and none of it is recorded.
   *
   * Throws when the path leads nowhere, or a write would leave the scenario's namespace.
   */
  request(request: PlainRequest): Promise<PlainAnswer>
  readonly namespace: string
  readonly clock: Clock
  /** Where scenarios make their nodes; throws on a cluster whose nodes are real. */
  readonly nodes: SimulatedNodes
  /** The nodes of a cluster whose nodes are real; throws elsewhere. */
  readonly realNodes: RealNodes
  /**
   * Reads until the condition is met, and returns what met it.
   *
   * Refusals while reading count as "not yet". Throws an `ExpectationError` when the time is over.
   */
  eventually<T>(
    description: string,
    read: () => Promise<T> | T,
    isMet: (value: T) => boolean,
    options?: { readonly withinSeconds?: number },
  ): Promise<T>
  /** Reads for the whole time and throws an `ExpectationError` as soon as the condition is not met. */
  consistently<T>(
    description: string,
    read: () => Promise<T> | T,
    isMet: (value: T) => boolean,
    options: { readonly forSeconds: number },
  ): Promise<T>
  /** Lets time pass: virtual in the process, wall time elsewhere. */
  elapse(seconds: number): Promise<void>
  /** Waits until nothing in the scenario's scope has changed for a second, at most 15 seconds. */
  settle(): Promise<void>
  observation(): Observation
}

/** Nodes with real kubelets, and what can be done to them from outside of the cluster. */
export interface RealNodes {
  /** In order. */
  readonly names: readonly string[]
  /** Switches a node off, as when a machine loses its power: the API server hears nothing more of it. */
  switchOff(node: string): Promise<void>
  /** Switches it on again. */
  switchOn(node: string): Promise<void>
  /** Kills the process of a container, as if it had crashed. */
  kill(pod: Pod, container: string): Promise<void>
  /** The log of a container, as the kubelet hands it out through the API server. */
  log(pod: Pod, container: string): Promise<string>
  /** The uids of the pods of which a container runs on the node, as its container runtime tells. */
  runningPodsOn(node: string): Promise<readonly string[]>
}

/** How long `eventually` waits unless told otherwise, in seconds. */
export const defaultWithinSeconds = 60

/** How many real nodes a target may have; each takes about 300 MB of memory. */
const maxRealNodes = 9

/** The image of the default reference; a tag of Docker Hub's `rancher/k3s`. */
export const defaultK3sImage = 'rancher/k3s:v1.36.2-k3s1'

/** Reads a target as the command line and the configuration spell it; throws a `UsageError`. */
export function parseTarget(text: string): TargetSpec {
  const [, kind = '', rest = ''] = /^([a-z0-9-]+)(.*)$/s.exec(text) ?? []
  switch (kind) {
    case 'in-process':
      return inProcessSpec(text, rest)
    case 'k3s':
      return k3sSpec(text, rest)
    case 'kubeconfig':
      return kubeconfigSpec(text, rest)
    case 'recording':
      if (!/^:./s.test(rest)) throw invalidTarget(text, 'a recording needs a path')
      return { kind, path: rest.slice(1) }
    default:
      throw invalidTarget(text, 'there is no such kind of target')
  }
}

/** The full name of a k3s image: a bare tag means that tag of `rancher/k3s`. */
export function k3sImageOf(text: string): string {
  if (/^sha256:/.test(text)) return `rancher/k3s@${text}`
  return /[/@:]/.test(text) ? text : `rancher/k3s:${text}`
}

function inProcessSpec(text: string, rest: string): TargetSpec {
  if (rest === '') return { kind: 'in-process', gateway: false }
  if (rest === '?gateway') return { kind: 'in-process', gateway: true }
  throw invalidTarget(text, `"${rest}" is not understood`)
}

function k3sSpec(text: string, rest: string): TargetSpec {
  const [, image, query = ''] = /^(?::([^?]+))?(?:\?(.*))?$/s.exec(rest) ?? []
  if (image === undefined && rest !== '' && !rest.startsWith('?')) {
    throw invalidTarget(text, `"${rest}" is not understood`)
  }
  if (image !== undefined && !imagePattern.test(image)) {
    throw invalidTarget(text, `"${image}" is neither a tag nor the name of an image`)
  }
  let controller: 'built-in' | 'ours' = 'built-in'
  let nodes: NodesSpec = 'simulated'
  for (const [key, value] of new URLSearchParams(query)) {
    if (key === 'controller' && (value === 'ours' || value === 'built-in')) controller = value
    else if (key === 'nodes') nodes = nodesSpec(text, value)
    else throw invalidTarget(text, `the option "${key}=${value}" does not exist`)
  }
  return {
    kind: 'k3s',
    ...(image === undefined ? {} : { image: k3sImageOf(image) }),
    controller,
    nodes,
  }
}

function nodesSpec(text: string, value: string): NodesSpec {
  if (value === 'simulated') return value
  const count = /^real:(\d{1,2})$/.exec(value)?.[1]
  if (count === undefined) {
    throw invalidTarget(text, `"nodes=${value}": wanted simulated, or a number such as real:2`)
  }
  const real = Number(count)
  if (real >= 1 && real <= maxRealNodes) return { real }
  throw invalidTarget(text, `"nodes=${value}": wanted 1 to ${maxRealNodes} real nodes`)
}

/** A tag, or a name with optional registry, port, tag and digest. */
const imagePattern = /^[A-Za-z0-9_][\w.\-/:]*(?:@sha256:[0-9a-f]{64})?$|^sha256:[0-9a-f]{64}$/

function kubeconfigSpec(text: string, rest: string): TargetSpec {
  const [, path, context] = /^(?::([^#]+))?(?:#(.+))?$/s.exec(rest) ?? []
  if (rest !== '' && path === undefined && context === undefined) {
    throw invalidTarget(text, `"${rest}" is not understood`)
  }
  return {
    kind: 'kubeconfig',
    ...(path === undefined ? {} : { path }),
    ...(context === undefined ? {} : { context }),
  }
}

function invalidTarget(text: string, problem: string): UsageError {
  return new UsageError(
    `target "${text}": ${problem}; targets are in-process[?gateway], ` +
      'k3s[:<tag or image>][?controller=ours&nodes=real:<n>], kubeconfig[:<path>[#<context>]], recording:<path>',
  )
}
