import type { DaemonSet, Draft, Toleration } from '../../kubernetes/types'
import { daemonSetName, type Settings } from './history'

/** The container of the DaemonSet that histories are about, as in the features. */
const containerName = 'main'

/** The annotation that tells simulated kubelets when a pod becomes ready. */
export const readinessAnnotation = 'simulation.daemonset-conformance.dev/ready-after-seconds'

/** The DaemonSet of a history when it is created. */
export function draftOf(settings: Settings, namespace: string): Draft {
  const labels = { app: daemonSetName }
  const { template, ...rest } = changesOf(settings)
  const { labels: templateLabels, annotations } = template.metadata
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: daemonSetName, namespace },
    spec: {
      selector: { matchLabels: labels },
      ...rest,
      template: {
        metadata: {
          labels: { ...labels, ...templateLabels },
          ...(annotations === undefined ? {} : { annotations: withoutNulls(annotations) }),
        },
        spec: {
          ...withoutNulls(template.spec),
          containers: [{ name: containerName, image: settings['image'] ?? `${daemonSetName}:v1` }],
        },
      },
    },
  }
}

/** The strategic merge patch that brings the DaemonSet to the settings. */
export function patchOf(settings: Settings, { spec }: DaemonSet): object {
  const { template, ...rest } = changesOf(settings)
  const { nodeSelector, ...templateSpec } = template.spec
  const former = Object.keys(spec.template.spec?.nodeSelector ?? {})
  // A map is merged key by key; what a history says is the whole selector.
  const removed = Object.fromEntries(former.map((key) => [key, null]))
  const selector = nodeSelector && { ...removed, ...nodeSelector }
  const changedSelector = nodeSelector === undefined ? {} : { nodeSelector: selector }
  return {
    spec: {
      ...rest,
      template: { metadata: template.metadata, spec: { ...templateSpec, ...changedSelector } },
    },
  }
}

interface Changes {
  readonly minReadySeconds?: number
  readonly updateStrategy?: object
  readonly template: {
    readonly metadata: {
      readonly labels?: Readonly<Record<string, string>>
      readonly annotations?: Readonly<Record<string, string | null>>
    }
    readonly spec: {
      readonly containers?: readonly object[]
      readonly nodeSelector?: Readonly<Record<string, string>> | null
      readonly tolerations?: readonly Toleration[] | null
    }
  }
}

function changesOf(settings: Settings): Changes {
  const { image, tolerations, nodeSelector, readiness, minReadySeconds } = settings
  const label = settings['template label']
  return {
    ...(minReadySeconds === undefined ? {} : { minReadySeconds: Number(minReadySeconds) }),
    ...strategyOf(settings),
    template: {
      metadata: {
        ...(label === undefined ? {} : { labels: pairsOf(label) }),
        ...(readiness === undefined
          ? {}
          : { annotations: { [readinessAnnotation]: readinessOf(readiness) } }),
      },
      spec: {
        ...(image === undefined ? {} : { containers: [{ name: containerName, image }] }),
        ...(nodeSelector === undefined
          ? {}
          : { nodeSelector: nodeSelector === 'none' ? null : pairsOf(nodeSelector) }),
        ...(tolerations === undefined ? {} : { tolerations: tolerationsOf(tolerations) }),
      },
    },
  }
}

function strategyOf({ updateStrategy, maxSurge, maxUnavailable }: Settings): {
  readonly updateStrategy?: object
} {
  const limits = {
    ...(maxSurge === undefined ? {} : { maxSurge: limitOf(maxSurge) }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable: limitOf(maxUnavailable) }),
  }
  const strategy = {
    ...(updateStrategy === undefined ? {} : { type: updateStrategy }),
    ...(Object.keys(limits).length === 0 ? {} : { rollingUpdate: limits }),
  }
  return Object.keys(strategy).length === 0 ? {} : { updateStrategy: strategy }
}

function limitOf(text: string): number | string {
  return text.endsWith('%') ? text : Number(text)
}

/** `immediately`, `never` or `after 7 seconds`. */
function readinessOf(text: string): string | null {
  if (text === 'immediately') return null
  return text === 'never' ? text : text.replace(/^after (\d+) seconds?$/, '$1')
}

/** Tolerations as features write them: `none`, `Exists`, `dedicated Exists:NoExecute`. */
function tolerationsOf(text: string): readonly Toleration[] | null {
  if (text === 'none') return null
  return text.split(',').map((each) => {
    const [, key, effect] = /^\s*(?:(\S+) )?Exists(?::(\w+))?\s*$/.exec(each) ?? []
    return {
      ...(key === undefined ? {} : { key }),
      operator: 'Exists',
      ...(effect === undefined ? {} : { effect }),
    }
  })
}

/** `disk=ssd,zone=east` as an object. */
export function pairsOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [key = '', value = ''] = pair.split('=')
      return [key, value]
    }),
  )
}

function withoutNulls(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null))
}
