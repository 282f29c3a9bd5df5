import { labelValueErrors } from '../../kubernetes/names'
import type { Node, NodeSpec, NodeStatus, Taint } from '../../kubernetes/types'
import { checkFormat, checkQualifiedName, checkRequiredChoice, type Problems } from './checks'
import { checkAmount } from './container-resources'
import { duplicate, forbidden, invalidValue } from './field-error'
import { addressBlockErrors, isIpv6Family } from './formats'
import { strategyOf } from './generic'
import { clusterNames } from './metadata'
import { taintEffects } from './scheduling'
import type { Strategy } from './strategy'
import { changed, defaulted } from './structure'

/** How the API server treats nodes; their status may come with the create (API-188). */
export const nodeStrategy: Strategy<Node> = strategyOf<Node>({
  names: clusterNames,
  defaults(node) {
    const { spec = noSpec, status = noStatus } = node
    const { podCIDR, podCIDRs } = spec
    // The single block and the first of the list are one and the same. Dynamic configuration is no more.
    const blocks = podCIDR && podCIDRs?.[0] !== podCIDR ? [podCIDR] : podCIDRs
    const allocatable = status.allocatable ?? status.capacity
    return changed(node, {
      spec: changed(spec, {
        podCIDR: podCIDR || podCIDRs?.[0] || undefined,
        podCIDRs: blocks,
        configSource: undefined,
      }),
      status: changed(status, {
        allocatable,
        config: undefined,
        // These are there even when nothing is known (API-194).
        nodeInfo: defaulted(status.nodeInfo ?? noInfo, noInfo),
        daemonEndpoints: defaulted(status.daemonEndpoints ?? noEndpoints, noEndpoints),
      }),
    })
  },
  prepareForUpdate: (node, previous, subresource) =>
    subresource === 'status'
      ? changed(node, { spec: previous.spec })
      : changed(node, { status: previous.status }),
  check(problems, { spec = noSpec, status = noStatus }) {
    // Taints are told at `metadata.taints`, which is an old slip of the API.
    checkTaints(problems, 'metadata.taints', spec.taints ?? [])
    checkAmounts(problems, status)
    checkAddressBlocks(problems, spec.podCIDRs ?? [])
  },
  checkUpdate,
  checkStatus: checkUpdate,
  fieldsOf: ({ spec }) => ({ 'spec.unschedulable': String(spec?.unschedulable ?? false) }),
  selectableFields: ['spec.unschedulable'],
})

const noSpec: NodeSpec = Object.freeze({})
const noStatus: NodeStatus = Object.freeze({})
const noEndpoints = Object.freeze({ kubeletEndpoint: Object.freeze({ Port: 0 }) })
const noInfo: NonNullable<NodeStatus['nodeInfo']> = Object.freeze({
  architecture: '',
  bootID: '',
  containerRuntimeVersion: '',
  kernelVersion: '',
  kubeProxyVersion: '',
  kubeletVersion: '',
  machineID: '',
  operatingSystem: '',
  osImage: '',
  systemUUID: '',
})

function checkUpdate(problems: Problems, node: Node, previous: Node): void {
  const { spec = noSpec, status = noStatus } = node
  checkAmounts(problems, status)
  checkAddressesOnce(problems, status)
  checkBlocksKept(problems, spec, previous.spec)
  const { providerID } = previous.spec
  if (providerID && providerID !== spec.providerID) {
    const detail = 'node updates may not change providerID except from "" to valid'
    problems.push(forbidden('spec.providerID', detail))
  }
  checkTaints(problems, 'metadata.taints', spec.taints ?? [])
}

function checkTaints(problems: Problems, path: string, taints: readonly Taint[]): void {
  const seen = new Set<string>()
  for (const [index, taint] of taints.entries()) {
    const at = `${path}[${index}]`
    const { key = '', value = '', effect = '' } = taint
    checkQualifiedName(problems, `${at}.key`, key)
    const messages = labelValueErrors(value)
    if (messages.length > 0) problems.push(invalidValue(`${at}.value`, value, messages.join(';')))
    checkRequiredChoice(problems, `${at}.effect`, effect, taintEffects)
    if (seen.has(`${effect}/${key}`)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null }
      const detail = 'taints must be unique by key and effect pair'
      problems.push({ ...duplicate(at, shown), detail })
    }
    seen.add(`${effect}/${key}`)
  }
}

function checkAmounts(problems: Problems, status: NodeStatus): void {
  for (const list of ['capacity', 'allocatable'] as const) {
    for (const [name, amount] of Object.entries(status[list] ?? {})) {
      checkAmount(problems, `status.${list}.${name}`, name, amount)
    }
  }
}

function checkAddressBlocks(problems: Problems, blocks: readonly string[]): void {
  for (const [index, block] of blocks.entries()) {
    checkFormat(problems, `spec.podCIDRs[${index}]`, block, addressBlockErrors(block))
  }
  const malformed = blocks.findIndex((block) => addressBlockErrors(block).length > 0)
  if (blocks.length > 1 && malformed >= 0) {
    const block = blocks[malformed] ?? ''
    const detail = `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${malformed}]: <nil> (invalid CIDR address: ${block})`
    problems.push({ field: 'spec.podCIDRs', type: 'InternalError', detail })
  }
  if (new Set(blocks.map(isIpv6Family)).size < blocks.length) {
    const detail = 'may specify no more than one CIDR for each IP family'
    problems.push(invalidValue('spec.podCIDRs', blocks, detail))
  }
}

/** A node's blocks of addresses are given once. */
function checkBlocksKept(problems: Problems, spec: NodeSpec, previous: NodeSpec): void {
  const before = previous.podCIDRs ?? []
  if (before.length === 0 || spec.podCIDRs === previous.podCIDRs) return
  const blocks = spec.podCIDRs ?? []
  const changes =
    blocks.length === before.length
      ? before.filter((block, index) => block !== blocks[index]).length
      : 1
  for (let change = 0; change < changes; change++) {
    const detail = 'node updates may not change podCIDR except from "" to valid'
    problems.push(forbidden('spec.podCIDRs', detail))
  }
}

function checkAddressesOnce(problems: Problems, { addresses }: NodeStatus): void {
  const seen = new Set<string>()
  for (const [index, { type = '', address = '' }] of (addresses ?? []).entries()) {
    const key = `${type} ${address}`
    if (seen.has(key)) {
      const shown = { Type: type, Address: address }
      problems.push(duplicate(`status.addresses[${index}]`, shown))
    }
    seen.add(key)
  }
}
