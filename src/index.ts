/**
 * The library: a DaemonSet controller and a control plane to test against, under virtual time.
 *
 * @packageDocumentation
 */
export type { ConformanceReport } from './conformance/report'
export type { Verdict } from './conformance/verdict'
export { ApiServer } from './controlplane/api-server'
export {
  type InProcessCluster,
  type InProcessClusterOptions,
  startInProcessCluster,
} from './controlplane/in-process-cluster'
export { SimulatedNodes } from './controlplane/kubelet/simulated-nodes'
export { VirtualClock } from './controlplane/virtual-clock'
export type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  Watch,
  WatchEvent,
  Watcher,
  WatchOptions,
  WriteOptions,
} from './kubernetes/client'
export type { Clock, Timer } from './kubernetes/clock'
export { type Random, seededRandom } from './kubernetes/random'
export { StatusError } from './kubernetes/status-error'
export type * from './kubernetes/types'
export { DaemonSetController } from './reconciler/daemonset-controller'
export { type Placement, placementOn } from './reconciler/placement'
export { HttpClient } from './targets/http-client'
export { readManifest } from './targets/manifest'
