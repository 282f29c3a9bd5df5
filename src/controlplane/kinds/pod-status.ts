import { dns1123SubdomainErrors, qualifiedNameErrors } from '../../kubernetes/names'
import type { Pod, PodSpec, PodStatus } from '../../kubernetes/types'
import { checkFormat, checkImmutable, checkQualifiedName, type Problems } from './checks'
import { forbidden, invalidValue } from './field-error'
import { addressErrors, isIpv6Family } from './formats'

type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]

const ownConditions = ['PodScheduled', 'Ready', 'Initialized']
const noStatus: PodStatus = Object.freeze({})

/** What is wrong with a write to a pod's status. */
export function checkPodStatus(problems: Problems, pod: Pod, previousPod: Pod): void {
  const { status = noStatus } = pod
  const { status: previous = noStatus, spec } = previousPod
  checkConditions(problems, status, previous)
  checkNomination(problems, status, previousPod)
  if ((status.observedGeneration ?? 0) < 0) {
    const detail = 'must be a non-negative integer'
    problems.push(invalidValue('status.observedGeneration', status.observedGeneration, detail))
  }
  checkImmutable(problems, 'status.qosClass', status.qosClass, previous.qosClass)
  for (const list of ['containerStatuses', 'initContainerStatuses'] as const) {
    if (status[list] === previous[list]) continue
    checkStaysEnded(problems, `status.${list}`, { list, status, previous, spec })
  }
  checkAddresses(problems, status, previous)
}

function checkConditions(problems: Problems, status: PodStatus, previous: PodStatus): void {
  const { conditions = [] } = status
  if (conditions === previous.conditions) return
  for (let index = 0; index < conditions.length; index++) {
    const { type = '', observedGeneration = 0 } = conditions[index] ?? {}
    // Asked with every status: paths are put together only for what is wrong.
    if (observedGeneration < 0) {
      const field = `status.conditions[${index}].observedGeneration`
      problems.push(invalidValue(field, observedGeneration, 'must be a non-negative integer'))
    }
    if (ownConditions.includes(type) || qualifiedNameErrors(type).length === 0) continue
    checkQualifiedName(problems, `status.conditions[${index}].Type`, type)
  }
}

function checkNomination(
  problems: Problems,
  status: PodStatus,
  { spec, status: previous }: Pod,
): void {
  const { nominatedNodeName: name } = status
  if (!name || name === previous?.nominatedNodeName) return
  checkFormat(problems, 'status.nominatedNodeName', name, dns1123SubdomainErrors(name))
  if (spec.nodeName) {
    const detail = 'may not be set on pods that are already bound to a node'
    problems.push(forbidden('status.nominatedNodeName', detail))
  }
}

/** A container that has ended for good does not come back. */
function checkStaysEnded(
  problems: Problems,
  path: string,
  change: {
    readonly list: 'containerStatuses' | 'initContainerStatuses'
    readonly status: PodStatus
    readonly previous: PodStatus
    readonly spec: PodSpec
  },
): void {
  const { list, status, previous, spec } = change
  for (const [index, old] of (previous[list] ?? []).entries()) {
    if (old.state?.terminated === undefined || mayRestart(spec, list, old)) continue
    const next = status[list]?.find(({ name }) => name === old.name)
    if (next === undefined || next.state?.terminated !== undefined) continue
    const detail = 'may not be transitioned to non-terminated state'
    problems.push(forbidden(`${path}[${index}].state`, detail))
  }
}

function mayRestart(
  spec: PodSpec,
  list: 'containerStatuses' | 'initContainerStatuses',
  { name, state }: ContainerStatus,
): boolean {
  const containers = list === 'containerStatuses' ? spec.containers : spec.initContainers
  const container = containers?.find((candidate) => candidate.name === name)
  if ((container?.restartPolicyRules ?? []).length > 0) return true
  const policy = container?.restartPolicy ?? spec.restartPolicy
  if (policy === 'Always') return true
  const failed = state?.terminated?.exitCode !== 0
  return failed && (policy === 'OnFailure' || container === undefined)
}

/** Addresses are valid, and there is one for each family at most. */
function checkAddresses(problems: Problems, status: PodStatus, previous: PodStatus): void {
  for (const list of ['podIPs', 'hostIPs'] as const) {
    const addresses = status[list] ?? []
    if (addresses.length === 0 || addresses === previous[list]) continue
    if (list === 'hostIPs' && addresses[0]?.ip !== status.hostIP) {
      const detail = 'must be equal to `hostIP`'
      problems.push(invalidValue('status.hostIPs[0].ip', addresses[0]?.ip ?? '', detail))
    }
    for (const [index, { ip = '' }] of addresses.entries()) {
      checkFormat(problems, `status.${list}[${index}]`, ip, addressErrors(ip))
    }
    if (addresses.length > 1) checkFamilies(problems, `status.${list}`, addresses)
  }
}

function checkFamilies(
  problems: Problems,
  path: string,
  addresses: readonly { readonly ip?: string }[],
): void {
  const texts = addresses.map(({ ip = '' }) => ip)
  const malformed = texts.findIndex((text) => addressErrors(text).length > 0)
  if (malformed >= 0) {
    const detail = `failed to check for dual stack with error:invalid IP[${malformed}]: ${texts[malformed]}`
    problems.push({ field: path, type: 'InternalError', detail })
  }
  if (malformed < 0 && new Set(texts.map(isIpv6Family)).size === texts.length) return
  // The addresses as messages show them: in the server's own form.
  const shown = texts.map((text) => ({ IP: text }))
  const detail = 'may specify no more than one IP for each IP family'
  problems.push(invalidValue(path, shown, detail))
}
