import { conditionOf } from '../../kubernetes/conditions'
import { templateGenerationAnnotation } from '../../kubernetes/pods'
import type {
  ControllerRevision,
  DaemonSet,
  Kind,
  KubernetesObject,
  Node,
  ObjectMeta,
  Pod,
} from '../../kubernetes/types'

/**
 * What of an object is compared between clusters: everything a DaemonSet promises about it, and nothing that
 * depends on the machine, the moment or the release (probes' addresses, start times, defaults of other fields).
 */
export function projectionOf(kind: Kind, object: KubernetesObject): object {
  switch (kind) {
    case 'DaemonSet':
      return daemonSetFacts(object as DaemonSet)
    case 'Pod':
      return podFacts(object as Pod)
    case 'ControllerRevision':
      return revisionFacts(object as ControllerRevision)
    case 'Node':
      return nodeFacts(object as Node)
    default:
      return { metadata: metadataFacts(object.metadata) }
  }
}

function daemonSetFacts({ metadata, spec, status }: DaemonSet): object {
  return {
    metadata: {
      ...metadataFacts(metadata),
      generation: metadata.generation,
      templateGeneration: metadata.annotations?.[templateGenerationAnnotation],
    },
    spec,
    status,
  }
}

function podFacts({ metadata, spec, status }: Pod): object {
  return {
    metadata: metadataFacts(metadata),
    spec: {
      affinity: spec.affinity,
      containers: spec.containers.map(({ name, image }) => ({ name, image })),
      hostNetwork: spec.hostNetwork,
      nodeName: spec.nodeName,
      nodeSelector: spec.nodeSelector,
      priority: spec.priority,
      priorityClassName: spec.priorityClassName,
      restartPolicy: spec.restartPolicy,
      terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds,
      tolerations: spec.tolerations,
    },
    status: {
      phase: status.phase,
      reason: status.reason,
      ready: conditionOf(status.conditions, 'Ready')?.status,
      scheduled: scheduledFacts(status),
      containers: (status.containerStatuses ?? []).map(({ name, ready, state }) => ({
        name,
        ready,
        waiting: state?.waiting?.reason,
        exitCode: state?.terminated?.exitCode,
      })),
    },
  }
}

function scheduledFacts(status: Pod['status']): object | undefined {
  const scheduled = conditionOf(status.conditions, 'PodScheduled')
  return scheduled && { status: scheduled.status, reason: scheduled.reason }
}

function revisionFacts({ metadata, revision, data }: ControllerRevision): object {
  return { metadata: metadataFacts(metadata), revision, data }
}

/** They come through a queue with one node in ten seconds (NODE-11), so whether they are there yet is open. */
const lostNodeTaints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

function nodeFacts({ metadata, spec, status }: Node): object {
  return {
    labels: withoutKeys(metadata.labels, (key) => key.startsWith('beta.kubernetes.io/')),
    unschedulable: spec.unschedulable,
    taints: (spec.taints ?? [])
      .filter(({ key, effect }) => !(effect === 'NoExecute' && lostNodeTaints.includes(key)))
      .map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`)
      .sort(),
    ready: conditionOf(status.conditions, 'Ready')?.status,
  }
}

function metadataFacts(metadata: ObjectMeta): object {
  return {
    labels: metadata.labels,
    annotations: withoutKeys(
      metadata.annotations,
      // The DaemonSet's number is a fact of its own; kubectl's copy repeats the manifest.
      (key) =>
        key === templateGenerationAnnotation || key.startsWith('kubectl.kubernetes.io/last-'),
    ),
    finalizers: metadata.finalizers,
    ownerReferences: metadata.ownerReferences,
    deleting: metadata.deletionTimestamp === undefined ? undefined : true,
  }
}

function withoutKeys(
  record: { readonly [key: string]: string } | undefined,
  drop: (key: string) => boolean,
): { readonly [key: string]: string } | undefined {
  if (record === undefined) return undefined
  return Object.fromEntries(Object.entries(record).filter(([key]) => !drop(key)))
}
