import type { DaemonSet, Draft } from '../../src/kubernetes/types'
import { type Fields, merged, onlyField, withoutNulls } from './fields'
import { labelsOf, listOf, nodeSelectorTermsOf, termOf, tolerationsOf } from './kubernetes-text'

/** The container of every DaemonSet that a feature describes without a manifest. */
export const containerName = 'main'

/** What a table of settings says: a name of the list below, and a value. */
export type Settings = Readonly<Record<string, string>>

/** The DaemonSet that a feature means by a name and some settings. */
export function daemonSetDraft(name: string, settings: Settings = {}): Draft {
  const labels = { app: name }
  const simplest: Fields = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: containerName, image: `${name}:v1` }] },
      },
    },
  }
  return withoutNulls(merged(simplest, ...fragmentsOf(settings)))
}

/** The strategic merge patch that brings the DaemonSet to the settings. */
export function daemonSetPatch({ spec }: DaemonSet, settings: Settings): object {
  const patch = merged(...fragmentsOf(settings))
  const former = Object.keys(spec.template.spec?.nodeSelector ?? {})
  if (!('nodeSelector' in settings) || settings['nodeSelector'] === 'none') return patch
  // A map is merged key by key; what a feature writes is the whole selector.
  const removed = Object.fromEntries(former.map((key) => [key, null]))
  return merged(onlyField('spec.template.spec.nodeSelector', removed), patch)
}

function fragmentsOf(settings: Settings): readonly Fields[] {
  return Object.entries(settings).map(([name, value]) => {
    const setting = settingsByName[name]
    if (setting === undefined) throw new Error(`"${name}" is no setting of a DaemonSet`)
    return setting(value)
  })
}

const settingsByName: Readonly<Record<string, (value: string) => Fields>> = {
  annotation: (value) => onlyField('metadata.annotations', labelsOf(value)),
  cpu: (value) => container({ resources: { requests: { cpu: value } } }),
  environment: (value) => {
    const env = Object.entries(labelsOf(value)).map(([name, value]) => ({ name, value }))
    return container({ env })
  },
  finalizers: (value) => onlyField('spec.template.metadata.finalizers', listOf(value)),
  hostNetwork: (value) => onlyField('spec.template.spec.hostNetwork', value === 'true'),
  hostPort: (value) => {
    const port = Number(value)
    return container({ ports: [{ containerPort: port, hostPort: port }] })
  },
  image: (value) => container({ image: value }),
  label: (value) => onlyField('metadata.labels', labelsOf(value)),
  maxSurge: (value) => rollingUpdate('maxSurge', value),
  maxUnavailable: (value) => rollingUpdate('maxUnavailable', value),
  minReadySeconds: (value) => onlyField('spec.minReadySeconds', Number(value)),
  'node affinity': (value) =>
    requiredNodeAffinity({ nodeSelectorTerms: nodeSelectorTermsOf(value) }),
  nodeName: (value) => onlyField('spec.template.spec.nodeName', value),
  nodeSelector: (value) =>
    onlyField('spec.template.spec.nodeSelector', value === 'none' ? null : labelsOf(value)),
  'preferred node affinity': (value) =>
    nodeAffinity('preferredDuringSchedulingIgnoredDuringExecution', [
      { weight: 10, preference: termOf(value) },
    ]),
  priorityClassName: (value) => onlyField('spec.template.spec.priorityClassName', value),
  readiness: (value) => templateAnnotation(readinessAnnotation, readinessOf(value)),
  revisionHistoryLimit: (value) => onlyField('spec.revisionHistoryLimit', Number(value)),
  selector: (value) => onlyField('spec.selector.matchLabels', labelsOf(value)),
  'template annotation': (value) =>
    onlyField('spec.template.metadata.annotations', labelsOf(value)),
  'template label': (value) => onlyField('spec.template.metadata.labels', labelsOf(value)),
  tolerations: (value) =>
    onlyField('spec.template.spec.tolerations', value === 'none' ? null : tolerationsOf(value)),
  updateStrategy: (value) => onlyField('spec.updateStrategy.type', value),
}

/** Tells the simulated kubelets when the containers of a pod become ready. */
export const readinessAnnotation = 'simulation.daemonset-conformance.dev/ready-after-seconds'

function readinessOf(value: string): string | null {
  if (value === 'immediately') return null
  return value === 'never' ? value : value.replace(/^after (\d+) seconds?$/, '$1')
}

function templateAnnotation(name: string, value: string | null): Fields {
  return { spec: { template: { metadata: { annotations: { [name]: value } } } } }
}

function container(fields: Fields): Fields {
  return onlyField('spec.template.spec.containers', [{ name: containerName, ...fields }])
}

function rollingUpdate(limit: 'maxSurge' | 'maxUnavailable', value: string): Fields {
  const number = value.endsWith('%') ? value : Number(value)
  return onlyField(`spec.updateStrategy.rollingUpdate.${limit}`, number)
}

function requiredNodeAffinity(selector: object): Fields {
  return nodeAffinity('requiredDuringSchedulingIgnoredDuringExecution', selector)
}

function nodeAffinity(when: string, value: object): Fields {
  return onlyField(`spec.template.spec.affinity.nodeAffinity.${when}`, value)
}
