import { isQuantity, milliValueOf } from '../../kubernetes/quantity'
import type { Container, NodeSelectorTerm, PodSpec, PodTemplateSpec } from '../../kubernetes/types'
import { containersOf } from './pod-volumes'
import { SharedParts } from './shared-parts'

/** Labels of nodes that have got new names or no longer mean anything. */
const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods':
    'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod':
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls':
    'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls':
    'non-functional in v1.11+; use the "sysctls" field instead',
}

const deprecatedVolumes = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
} as const

/** What is odd but not wrong about a template, or a pod when `path` is empty (API-26). */
export function templateWarnings(path: string, template: PodTemplateSpec): readonly string[] {
  const { metadata, spec } = template
  if (spec === undefined) return []
  const at = path === '' ? '' : `${path}.`
  const shared = sharedWarnings(`${at}spec`, spec)
  const parts = [
    nodeLabelWarnings(`${at}spec`, spec),
    shared.beforeAnnotations,
    annotationWarnings(`${at}metadata`, metadata?.annotations),
    shared.beforeAffinity,
    podAffinityWarnings(`${at}spec`, spec),
  ]
  return parts.every(({ length }) => length === 0) ? none : parts.flat()
}

const none: readonly string[] = []

/** The warnings of what pods share, cut where an API server lists those of what they do not. */
interface SharedWarnings {
  readonly beforeAnnotations: readonly string[]
  readonly beforeAffinity: readonly string[]
}

const remembered = new SharedParts<SharedWarnings>()

function sharedWarnings(path: string, spec: PodSpec): SharedWarnings {
  const known = remembered.get(path, spec)
  if (known !== undefined) return known
  const warnings: SharedWarnings = {
    beforeAnnotations: spreadWarnings(path, spec),
    beforeAffinity: [
      ...volumeWarnings(path, spec),
      ...repetitionWarnings(path, spec),
      ...containersOf(spec, path).flatMap(([containerPath, container]) => [
        ...fractionWarnings(containerPath, container),
        ...environmentWarnings(containerPath, container),
      ]),
      ...portWarnings(path, spec),
      ...graceWarnings(path, spec),
    ],
  }
  remembered.set(path, spec, warnings)
  return warnings
}

function annotationWarnings(
  path: string,
  annotations: Readonly<Record<string, string>> | undefined,
): readonly string[] {
  if (annotations === undefined) return []
  return Object.entries(deprecatedAnnotations).flatMap(([key, message]) =>
    annotations[key] === undefined ? [] : [`${path}.annotations[${key}]: ${message}`],
  )
}

function nodeLabelWarnings(path: string, spec: PodSpec): readonly string[] {
  const affinity = spec.affinity?.nodeAffinity
  if (affinity === undefined && spec.nodeSelector === undefined) return none
  const at = `${path}.affinity.nodeAffinity`
  const hard = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const soft = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const isAboutLabels =
    spec.nodeSelector !== undefined ||
    soft.length > 0 ||
    hard.some(({ matchExpressions }) => matchExpressions !== undefined)
  if (!isAboutLabels) return none
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap((key) =>
      labelWarning(`${path}.nodeSelector[${key}]`, key, ''),
    ),
    ...hard.flatMap((term, index) =>
      termWarnings(
        `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`,
        term,
      ),
    ),
    ...soft.flatMap(({ preference }, index) =>
      termWarnings(
        `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`,
        preference ?? {},
      ),
    ),
  ]
}

function termWarnings(path: string, term: NodeSelectorTerm): readonly string[] {
  return (term.matchExpressions ?? []).flatMap(({ key }, index) =>
    labelWarning(`${path}.matchExpressions[${index}].key`, key, `${key} is `),
  )
}

function labelWarning(path: string, key: string, prefix: string): readonly string[] {
  const message = Object.hasOwn(deprecatedNodeLabels, key) ? deprecatedNodeLabels[key] : undefined
  return message === undefined ? [] : [`${path}: ${prefix}${message}`]
}

function spreadWarnings(path: string, spec: PodSpec): readonly string[] {
  return (spec.topologySpreadConstraints ?? []).flatMap((constraint, index) => {
    const at = `${path}.topologySpreadConstraints[${index}]`
    const { topologyKey = '', labelSelector } = constraint
    return [
      ...labelWarning(`${at}.topologyKey`, topologyKey, `${topologyKey} is `),
      ...(labelSelector === undefined ? [noSelector(at)] : []),
    ]
  })
}

function noSelector(path: string): string {
  return `${path}.labelSelector: a null labelSelector results in matching no pod`
}

function volumeWarnings(path: string, spec: PodSpec): readonly string[] {
  return (spec.volumes ?? []).flatMap((volume, index) =>
    Object.entries(deprecatedVolumes).flatMap(([source, message]) => {
      if (volume[source as keyof typeof deprecatedVolumes] === undefined) return []
      const field = source === 'storageos' ? 'storageOS' : source
      return [`${path}.volumes[${index}].${field}: ${message}`]
    }),
  )
}

function repetitionWarnings(path: string, spec: PodSpec): readonly string[] {
  const addresses = (spec.hostAliases ?? []).map(({ ip }) => ip)
  const secrets = (spec.imagePullSecrets ?? []).map(({ name = '' }) => name)
  const repeated = (list: readonly string[], at: (index: number) => string, word: string) =>
    list.flatMap((text, index) =>
      list.indexOf(text) < index ? [`${at(index)}: duplicate ${word} ${JSON.stringify(text)}`] : [],
    )
  return [
    ...repeated(addresses, (index) => `${path}.hostAliases[${index}].ip`, 'ip'),
    ...repeated(secrets, (index) => `${path}.imagePullSecrets[${index}].name`, 'name'),
    ...secrets.flatMap((name, index) =>
      name === '' ? [`${path}.imagePullSecrets[${index}].name: invalid empty name ""`] : [],
    ),
  ]
}

/** Bytes come whole. */
function fractionWarnings(path: string, { resources }: Container): readonly string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((list) => {
      const amount = resources?.[list]?.[name]
      if (amount === undefined || !isQuantity(amount) || milliValueOf(amount) % 1000 === 0)
        return []
      return [
        `${path}.resources.${list}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`,
      ]
    }),
  )
}

function environmentWarnings(path: string, { env }: Container): readonly string[] {
  const seen = new Set<string>()
  return (env ?? []).flatMap(({ name, value = '', valueFrom }, index) => {
    const repeated = seen.has(name)
    seen.add(name)
    const reference = `$(${name})`
    const extendsIt = valueFrom === undefined && value !== reference && value.includes(reference)
    if (!repeated || extendsIt) return []
    return [
      `${path}.env[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
    ]
  })
}

interface PlacedPort {
  readonly path: string
  readonly port: NonNullable<Container['ports']>[number]
}

function portWarnings(path: string, spec: PodSpec): readonly string[] {
  const placed: PlacedPort[] = []
  const names = new Map<string, string>()
  const clashes: string[] = []
  const nameClashes: string[] = []
  for (const [containerPath, { ports }] of containersOf(spec, path)) {
    for (const [index, port] of (ports ?? []).entries()) {
      const current = { path: `${containerPath}.ports[${index}]`, port }
      for (const other of placed) clashes.push(...clashOf(current, other))
      placed.push(current)
      if (!port.name) continue
      const first = names.get(port.name)
      if (first === undefined) names.set(port.name, current.path)
      else {
        nameClashes.push(
          `${current.path}: duplicate port name ${JSON.stringify(port.name)} with ${first}, services and probes that select ports by name will use ${first}`,
        )
      }
    }
  }
  return [...clashes, ...nameClashes]
}

function clashOf({ path, port }: PlacedPort, other: PlacedPort): readonly string[] {
  const { containerPort, protocol, hostPort = 0, hostIP = '' } = port
  const { hostPort: otherPort = 0, hostIP: otherAddress = '' } = other.port
  if (containerPort !== other.port.containerPort || protocol !== other.port.protocol) return []
  const where = `port definition with ${other.path}`
  if (hostIP === otherAddress && hostPort === otherPort) return [`${path}: duplicate ${where}`]
  if (hostPort === 0 || otherPort === 0) return [`${path}: overlapping ${where}`]
  const oneIsAny = (hostIP === '') !== (otherAddress === '')
  return hostPort === otherPort && oneIsAny ? [`${path}: dangerously ambiguous ${where}`] : []
}

function graceWarnings(path: string, spec: PodSpec): readonly string[] {
  if ((spec.terminationGracePeriodSeconds ?? 0) >= 0) return []
  return [
    `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
  ]
}

function podAffinityWarnings(path: string, spec: PodSpec): readonly string[] {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  if (podAffinity === undefined && podAntiAffinity === undefined) return none
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((field) => {
    const affinity = spec.affinity?.[field]
    if (affinity === undefined) return []
    const at = `${path}.affinity.${field}`
    const hard = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    const soft = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    return [
      ...hard.flatMap(({ labelSelector }, index) =>
        labelSelector === undefined
          ? [noSelector(`${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`)]
          : [],
      ),
      ...soft.flatMap(({ podAffinityTerm }, index) =>
        podAffinityTerm?.labelSelector === undefined
          ? [
              noSelector(
                `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm`,
              ),
            ]
          : [],
      ),
    ]
  })
}
