import { timestampOf } from '../../kubernetes/clock'
import { controllerReferenceTo } from '../../kubernetes/owner-references'
import {
  controllerRevisionHashLabel,
  podTemplateGenerationLabel,
  templateGenerationAnnotation,
} from '../../kubernetes/pods'
import type {
  DaemonSet,
  DaemonSetSpec,
  DaemonSetStatus,
  Labels,
  Node,
  ObjectMeta,
  Pod,
  PodSpec,
  PodStatus,
  PodTemplateSpec,
  Taint,
} from '../../kubernetes/types'

/** The namespace of everything that tests make. */
export const namespace = 'default'

/** When objects were made unless a test says otherwise. */
export const epoch: number = Date.UTC(2026, 0, 1)

type Strategy = NonNullable<DaemonSetSpec['updateStrategy']>

/** Both strategies that every test of the controller is run with. */
export const strategies: Readonly<Record<'OnDelete' | 'RollingUpdate', Strategy>> = {
  OnDelete: { type: 'OnDelete' },
  RollingUpdate: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
}

/** A rolling update that surges. */
export function surging(maxSurge: number | string): Strategy {
  return { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge } }
}

/** A rolling update without surge. */
export function rolling(maxUnavailable: number | string): Strategy {
  return { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge: 0 } }
}

/** What tests say about a DaemonSet. */
export interface DaemonSetOptions {
  readonly name?: string
  readonly uid?: string
  readonly metadata?: Partial<ObjectMeta>
  readonly strategy?: Strategy
  readonly spec?: Partial<DaemonSetSpec>
  readonly podSpec?: Partial<PodSpec>
  readonly templateMetadata?: PodTemplateSpec['metadata']
  readonly templateGeneration?: number
  readonly generation?: number
  readonly status?: Partial<DaemonSetStatus>
}

/** A DaemonSet as a server would store it. */
export function daemonSetOf(options: DaemonSetOptions = {}): DaemonSet {
  const { name = 'agent', templateGeneration = 1, generation = 1 } = options
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name,
      namespace,
      uid: options.uid ?? `uid-of-${name}`,
      resourceVersion: '10',
      creationTimestamp: timestampOf(epoch),
      generation,
      annotations: { [templateGenerationAnnotation]: String(templateGeneration) },
      ...options.metadata,
    },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, ...options.templateMetadata },
        spec: { containers: [{ name: 'app', image: 'agent:1' }], ...options.podSpec },
      },
      updateStrategy: options.strategy ?? strategies.RollingUpdate,
      revisionHistoryLimit: 10,
      ...options.spec,
    },
    status: {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
      ...options.status,
    },
  }
}

/** A node with the given labels and taints. */
export function nodeOf(
  name: string,
  options: {
    readonly labels?: Labels
    readonly taints?: readonly Taint[]
    readonly status?: Node['status']
    readonly unschedulable?: boolean
  } = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `uid-of-${name}`,
      resourceVersion: '1',
      creationTimestamp: timestampOf(epoch),
      ...(options.labels ? { labels: options.labels } : {}),
    },
    spec: {
      ...(options.taints ? { taints: options.taints } : {}),
      ...(options.unschedulable === undefined ? {} : { unschedulable: options.unschedulable }),
    },
    status: options.status ?? {},
  }
}

/** `count` nodes named `node-0`, `node-1` ... */
export function nodesOf(count: number, options: Parameters<typeof nodeOf>[1] = {}): Node[] {
  return Array.from({ length: count }, (_, index) => nodeOf(`node-${index}`, options))
}

/** What tests say about a pod. */
export interface PodOptions {
  readonly name?: string
  /** Where it is bound. */
  readonly nodeName?: string
  /** Where its affinity sends it, when it is not bound. */
  readonly aimedAt?: string
  readonly owner?: DaemonSet
  readonly labels?: Labels
  readonly hash?: string
  readonly templateGeneration?: number
  readonly phase?: PodStatus['phase']
  /** Since when it is ready, in milliseconds; absent: not ready. */
  readonly readySince?: number
  readonly createdAt?: number
  readonly deletedAt?: number
  readonly finalizers?: readonly string[]
}

let podNumber = 0

/** A pod as a server would store it. */
export function podOf(options: PodOptions): Pod {
  const { owner, hash, templateGeneration, deletedAt, readySince, aimedAt, nodeName } = options
  const name = options.name ?? `pod-${podNumber++}`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-of-${name}`,
      resourceVersion: '1',
      creationTimestamp: timestampOf(options.createdAt ?? epoch),
      labels: {
        ...(options.labels ?? owner?.spec.template.metadata?.labels),
        ...(hash === undefined ? {} : { [controllerRevisionHashLabel]: hash }),
        ...(templateGeneration === undefined
          ? {}
          : { [podTemplateGenerationLabel]: String(templateGeneration) }),
      },
      ...(owner === undefined ? {} : { ownerReferences: [controllerReferenceTo(owner)] }),
      ...(deletedAt === undefined ? {} : { deletionTimestamp: timestampOf(deletedAt) }),
      ...(options.finalizers === undefined ? {} : { finalizers: options.finalizers }),
    },
    spec: {
      containers: [{ name: 'app', image: 'agent:1' }],
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(aimedAt === undefined ? {} : { affinity: affinityTo([aimedAt]) }),
    },
    status: {
      phase: options.phase ?? (readySince === undefined ? 'Pending' : 'Running'),
      ...(readySince === undefined ? {} : { conditions: [readyCondition(readySince)] }),
    },
  }
}

/** The condition of a pod that is ready since the given moment. */
export function readyCondition(since: number) {
  return { type: 'Ready', status: 'True', lastTransitionTime: timestampOf(since) }
}

/** A required node affinity for nodes by name. */
export function affinityTo(nodeNames: readonly string[]) {
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchFields: [{ key: 'metadata.name', operator: 'In', values: [...nodeNames] }] },
        ],
      },
    },
  }
}
