import type { Container, PodSpec } from '../../kubernetes/types'
import {
  checkDnsLabel,
  checkFormat,
  checkPresent,
  checkRequiredChoice,
  type Problems,
} from './checks'
import { checkEnvironment, checkEnvironmentImports } from './container-environment'
import { checkLifecycle, checkProbes } from './container-handlers'
import { checkVolumeDevices, checkVolumeMounts } from './container-mounts'
import { checkContainerResources } from './container-resources'
import { checkRestartRules } from './container-restarts'
import { duplicate, forbidden, invalidValue, notFound, required } from './field-error'
import { portNameErrors, portNumberErrors } from './formats'
import { checkSecurityContext } from './security-context'
import type { Volume } from './volume-sources'

type EphemeralContainer = NonNullable<PodSpec['ephemeralContainers']>[number]

/** What the containers of a pod are checked against. */
export interface PodContext {
  readonly spec: PodSpec
  readonly volumes: ReadonlyMap<string, Volume>
  /** Names of the pod's resource claims. */
  readonly claims: ReadonlySet<string>
  readonly hostUsers: boolean
}

/** The containers of a pod: at least one, with names of their own. */
export function checkContainers(problems: Problems, path: string, pod: PodContext): void {
  const containers = pod.spec.containers ?? []
  if (containers.length === 0) {
    problems.push(required(path))
    return
  }
  const names = new Set<string>()
  for (const [index, container] of containers.entries()) {
    const at = `${path}[${index}]`
    checkContainer(problems, at, container, pod)
    if (names.has(container.name)) problems.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    checkLifecycle(problems, `${at}.lifecycle`, container.lifecycle, pod.spec)
    checkProbes(problems, at, container, pod.spec)
    checkRestartRules(problems, at, container, { isInit: false })
  }
  checkHostPorts(problems, path, containers)
}

/** Containers that run before the others; with `restartPolicy: Always` they are sidecars. */
export function checkInitContainers(problems: Problems, path: string, pod: PodContext): void {
  const names = new Set((pod.spec.containers ?? []).map(({ name }) => name))
  for (const [index, container] of (pod.spec.initContainers ?? []).entries()) {
    const at = `${path}[${index}]`
    checkContainer(problems, at, container, pod)
    checkRestartRules(problems, at, container, { isInit: true })
    if (names.has(container.name)) problems.push(duplicate(`${at}.name`, container.name))
    else if (container.name) names.add(container.name)
    checkHostPorts(problems, path, [container])
    if (container.restartPolicy === 'Always') {
      checkLifecycle(problems, `${at}.lifecycle`, container.lifecycle, pod.spec)
      checkProbes(problems, at, container, pod.spec)
    } else checkRunsOnce(problems, at, container)
  }
}

/** Containers added for debugging; only pods that run have them. */
export function checkEphemeralContainers(problems: Problems, path: string, pod: PodContext): void {
  const others = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]
  const names = new Set(others.map(({ name }) => name))
  const targets = new Set(names)
  for (const [index, container] of (pod.spec.ephemeralContainers ?? []).entries()) {
    const at = `${path}[${index}]`
    checkContainer(problems, at, container, pod)
    if (names.has(container.name)) problems.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    checkEphemeral(problems, at, container, targets)
  }
}

/** Images of pods; templates may still have blanks around them. */
export function checkImagesOfPod(problems: Problems, path: string, spec: PodSpec): void {
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [index, { image }] of (spec[list] ?? []).entries()) {
      if (!image || image.trim() === image) continue
      const detail = 'must not have leading or trailing whitespace'
      problems.push(invalidValue(`${path}.${list}[${index}].image`, image, detail))
    }
  }
}

function checkContainer(
  problems: Problems,
  path: string,
  container: Container,
  pod: PodContext,
): void {
  if (checkPresent(problems, `${path}.name`, container.name)) {
    checkDnsLabel(problems, `${path}.name`, container.name)
  }
  checkPresent(problems, `${path}.image`, container.image)
  checkRequiredChoice(
    problems,
    `${path}.terminationMessagePolicy`,
    container.terminationMessagePolicy,
    ['File', 'FallbackToLogsOnError'],
  )
  checkPorts(problems, `${path}.ports`, container)
  checkEnvironment(problems, `${path}.env`, container.env)
  checkEnvironmentImports(problems, `${path}.envFrom`, container.envFrom)
  checkVolumeMounts(problems, `${path}.volumeMounts`, container, pod.volumes)
  checkVolumeDevices(problems, `${path}.volumeDevices`, container, pod.volumes)
  checkRequiredChoice(problems, `${path}.imagePullPolicy`, container.imagePullPolicy, [
    'Always',
    'IfNotPresent',
    'Never',
  ])
  checkContainerResources(problems, `${path}.resources`, container.resources, pod.claims)
  checkResizePolicy(problems, `${path}.resizePolicy`, container, pod.spec)
  checkSecurityContext(problems, `${path}.securityContext`, container.securityContext, pod)
}

function checkPorts(problems: Problems, path: string, { ports }: Container): void {
  const names = new Set<string>()
  for (const [index, { name, containerPort, hostPort, protocol }] of (ports ?? []).entries()) {
    const at = `${path}[${index}]`
    if (name) {
      const messages = portNameErrors(name)
      checkFormat(problems, `${at}.name`, name, messages)
      if (names.has(name)) problems.push(duplicate(`${at}.name`, name))
      if (messages.length === 0) names.add(name)
    }
    if (!containerPort) problems.push(required(`${at}.containerPort`))
    else {
      const messages = portNumberErrors(containerPort)
      checkFormat(problems, `${at}.containerPort`, containerPort, messages)
    }
    if (hostPort) checkFormat(problems, `${at}.hostPort`, hostPort, portNumberErrors(hostPort))
    checkRequiredChoice(problems, `${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'])
  }
}

/** No port of the host is used twice by one pod. */
function checkHostPorts(problems: Problems, path: string, containers: readonly Container[]): void {
  const taken = new Set<string>()
  for (const [index, { ports }] of containers.entries()) {
    for (const [portIndex, { hostPort, hostIP = '', protocol }] of (ports ?? []).entries()) {
      if (!hostPort) continue
      const port = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(port)) {
        problems.push(duplicate(`${path}[${index}].ports[${portIndex}].hostPort`, port))
      }
      taken.add(port)
    }
  }
}

function checkResizePolicy(
  problems: Problems,
  path: string,
  { resizePolicy }: Container,
  pod: PodSpec,
): void {
  const seen = new Set<string>()
  for (const [index, { resourceName, restartPolicy }] of (resizePolicy ?? []).entries()) {
    if (seen.has(resourceName)) problems.push(duplicate(`${path}[${index}]`, resourceName))
    seen.add(resourceName)
    checkRequiredChoice(problems, path, resourceName, ['cpu', 'memory'])
    checkRequiredChoice(problems, path, restartPolicy, ['NotRequired', 'RestartContainer'])
    if (pod.restartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      const detail = "must be 'NotRequired' when pod `restartPolicy` is 'Never'"
      problems.push(invalidValue(path, restartPolicy, detail))
    }
  }
}

/** What makes no sense for a container that runs once and ends. */
function checkRunsOnce(problems: Problems, path: string, container: Container): void {
  for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[field] === undefined) continue
    const detail = 'may not be set for init containers without restartPolicy=Always'
    problems.push(forbidden(`${path}.${field}`, detail))
  }
  for (const [index, { restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    if (restartPolicy !== 'RestartContainer') continue
    const at = `${path}.resizePolicy[${index}].restartPolicy`
    const detail = "must not be set to 'RestartContainer' for non-sidecar initContainers"
    problems.push(invalidValue(at, restartPolicy, detail))
  }
}

const ephemeralForbidden = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
] as const

function checkEphemeral(
  problems: Problems,
  path: string,
  container: EphemeralContainer,
  targets: ReadonlySet<string>,
): void {
  const { targetContainerName: target } = container
  if (target && !targets.has(target)) {
    problems.push(notFound(`${path}.targetContainerName`, target))
  }
  const detail = 'cannot be set for an Ephemeral Container'
  for (const field of ephemeralForbidden) {
    if (container[field] !== undefined) problems.push(forbidden(`${path}.${field}`, detail))
  }
  const { resources } = container
  if (resources !== undefined && Object.keys(resources).length > 0) {
    problems.push(forbidden(`${path}.resources`, detail))
  }
  for (const [index, { subPath, subPathExpr }] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}.volumeMounts[${index}]`
    if (subPath) problems.push(forbidden(`${at}.subPath`, detail))
    if (subPathExpr) problems.push(forbidden(`${at}.subPathExpr`, detail))
  }
}
