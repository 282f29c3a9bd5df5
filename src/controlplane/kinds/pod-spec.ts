import { dns1123SubdomainErrors } from '../../kubernetes/names'
import type { PodSpec } from '../../kubernetes/types'
import { checkAffinity } from './affinity'
import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkFormat,
  checkLabels,
  checkQualifiedName,
  checkRequiredChoice,
  type Problems,
} from './checks'
import { checkContainerResources, checkPodResources } from './container-resources'
import {
  checkContainers,
  checkEphemeralContainers,
  checkInitContainers,
  type PodContext,
} from './containers'
import { duplicate, forbidden, invalidValue, required, tooLong } from './field-error'
import { rangeText } from './formats'
import { checkOperatingSystem } from './operating-system'
import { checkDnsConfig, checkHostAliases } from './pod-network'
import { checkFileVolumes, checkResourceClaims, checkUserNamespace } from './pod-volumes'
import { checkSpreadConstraints, checkTolerations } from './scheduling'
import { checkPodSecurityContext } from './security-context'
import { SharedParts } from './shared-parts'
import { checkVolumes } from './volumes'
import { checkHostProcess } from './windows-options'

/** Whose spec it is: pods are held to more than templates. */
export interface SpecOwner {
  /** The pod's name; `undefined` for a template. */
  readonly podName: string | undefined
}

/**
 * All that can be wrong with a pod spec (API-41).
 *
 * What daemon pods do not share, which is their affinity and node, is looked at each time; the rest is remembered
 * for as long as it consists of the same frozen parts.
 */
export function checkPodSpec(
  problems: Problems,
  path: string,
  spec: PodSpec,
  owner: SpecOwner,
): void {
  const shared = sharedProblems(path, spec, owner)
  problems.push(...shared.beforeAffinity)
  checkAffinity(problems, `${path}.affinity`, spec.affinity)
  problems.push(...shared.beforeNode)
  if (spec.nodeName) {
    const messages = dns1123SubdomainErrors(spec.nodeName)
    checkFormat(problems, `${path}.nodeName`, spec.nodeName, messages)
  }
  problems.push(...shared.last)
}

/** The problems of what pods share, cut where an API server lists those of what they do not. */
interface SharedProblems {
  readonly beforeAffinity: Problems
  readonly beforeNode: Problems
  readonly last: Problems
}

const ofPods = new SharedParts<SharedProblems>()
const ofTemplates = new SharedParts<SharedProblems>()

function sharedProblems(path: string, spec: PodSpec, owner: SpecOwner): SharedProblems {
  const remembered = owner.podName === undefined ? ofTemplates : ofPods
  const known = remembered.get(path, spec)
  if (known !== undefined) return known
  const problems: SharedProblems = { beforeAffinity: [], beforeNode: [], last: [] }
  checkParts(problems.beforeAffinity, path, spec, owner)
  checkPlacement(problems.beforeNode, path, spec)
  checkRest(problems.last, path, spec)
  // Volumes of a pod's own make problems that name the pod.
  const hasOwnVolumes = spec.volumes?.some(({ ephemeral }) => ephemeral !== undefined) === true
  if (!hasOwnVolumes) remembered.set(path, spec, problems)
  return problems
}

function checkParts(problems: Problems, path: string, spec: PodSpec, owner: SpecOwner): void {
  if (spec.terminationGracePeriodSeconds === undefined) {
    problems.push(required(`${path}.terminationGracePeriodSeconds`))
  }
  const pod: PodContext = {
    spec,
    volumes: checkVolumes(problems, `${path}.volumes`, spec.volumes ?? [], owner.podName),
    claims: new Set((spec.resourceClaims ?? []).map(({ name }) => name)),
    hostUsers: spec.hostUsers !== false,
  }
  checkResourceClaims(problems, `${path}.resourceClaims`, spec.resourceClaims ?? [])
  checkContainers(problems, `${path}.containers`, pod)
  checkInitContainers(problems, `${path}.initContainers`, pod)
  checkEphemeralContainers(problems, `${path}.ephemeralContainers`, pod)
  if (spec.resources !== undefined) {
    checkPodResources(problems, `${path}.resources`, spec.resources, pod.claims)
  }
  checkHostNetwork(problems, path, spec, owner)
  checkRequiredChoice(problems, `${path}.restartPolicy`, spec.restartPolicy, [
    'Always',
    'OnFailure',
    'Never',
  ])
  checkRequiredChoice(problems, `${path}.dnsPolicy`, spec.dnsPolicy, [
    'ClusterFirstWithHostNet',
    'ClusterFirst',
    'Default',
    'None',
  ])
  checkLabels(problems, `${path}.nodeSelector`, spec.nodeSelector)
  checkPodSecurityContext(problems, `${path}.securityContext`, spec)
}

function checkPlacement(problems: Problems, path: string, spec: PodSpec): void {
  checkDnsConfig(problems, `${path}.dnsConfig`, spec)
  checkGates(problems, path, spec)
  checkSpreadConstraints(
    problems,
    `${path}.topologySpreadConstraints`,
    spec.topologySpreadConstraints ?? [],
  )
  checkHostProcess(problems, path, spec)
  checkUserNamespace(problems, path, spec)
  checkHostnameOverride(problems, path, spec)
  if (spec.serviceAccountName) {
    checkDnsSubdomain(problems, `${path}.serviceAccountName`, spec.serviceAccountName)
  }
}

function checkRest(problems: Problems, path: string, spec: PodSpec): void {
  const { activeDeadlineSeconds: deadline } = spec
  if (deadline !== undefined && (deadline < 1 || deadline > 0x7fffffff)) {
    problems.push(invalidValue(`${path}.activeDeadlineSeconds`, deadline, rangeText(1, 0x7fffffff)))
  }
  for (const field of ['hostname', 'subdomain'] as const) {
    const name = spec[field]
    if (name) checkDnsLabel(problems, `${path}.${field}`, name)
  }
  checkTolerations(problems, `${path}.tolerations`, spec.tolerations ?? [])
  checkHostAliases(problems, `${path}.hostAliases`, spec.hostAliases ?? [])
  if (spec.priorityClassName) {
    checkDnsSubdomain(problems, `${path}.priorityClassName`, spec.priorityClassName)
  }
  if (spec.runtimeClassName !== undefined) {
    checkDnsSubdomain(problems, `${path}.runtimeClassName`, spec.runtimeClassName)
  }
  if (spec.preemptionPolicy !== undefined) {
    checkRequiredChoice(problems, `${path}.preemptionPolicy`, spec.preemptionPolicy, [
      'PreemptLowerPriority',
      'Never',
    ])
  }
  if (spec.overhead !== undefined) {
    checkContainerResources(problems, `${path}.overhead`, { limits: spec.overhead }, new Set())
  }
  checkOperatingSystem(problems, path, spec)
  checkFileVolumes(problems, path, spec)
}

/** In the host's network a container's port is the host's port. */
function checkHostNetwork(
  problems: Problems,
  path: string,
  spec: PodSpec,
  { podName }: SpecOwner,
): void {
  if (spec.hostNetwork !== true) return
  for (const [index, { ports }] of (spec.containers ?? []).entries()) {
    for (const [portIndex, { hostPort = 0, containerPort }] of (ports ?? []).entries()) {
      if (hostPort === containerPort || (hostPort === 0 && podName === undefined)) continue
      const at = `${path}.containers[${index}].ports[${portIndex}].hostPort`
      const detail = 'must match `containerPort` when `hostNetwork` is true'
      problems.push(invalidValue(at, hostPort, detail))
    }
  }
}

function checkGates(problems: Problems, path: string, spec: PodSpec): void {
  for (const [index, { conditionType = '' }] of (spec.readinessGates ?? []).entries()) {
    checkQualifiedName(problems, `${path}.readinessGates[${index}].conditionType`, conditionType)
  }
  const seen = new Set<string>()
  for (const [index, { name = '' }] of (spec.schedulingGates ?? []).entries()) {
    const at = `${path}.schedulingGates[${index}]`
    checkQualifiedName(problems, at, name)
    if (seen.has(name)) problems.push(duplicate(at, name))
    seen.add(name)
  }
}

const hostnameLength = 64

function checkHostnameOverride(problems: Problems, path: string, spec: PodSpec): void {
  const { hostnameOverride: name } = spec
  if (name === undefined) return
  const at = `${path}.hostnameOverride`
  if (spec.setHostnameAsFQDN === true) {
    problems.push(forbidden(at, 'may not be specified when setHostnameAsFQDN is true'))
  }
  if (spec.hostNetwork === true) {
    problems.push(forbidden(at, 'may not be specified when hostNetwork is true'))
  }
  if (name.length > hostnameLength) problems.push(tooLong(at, hostnameLength))
  checkDnsSubdomain(problems, at, name)
}
