import { conditionOf } from '../../kubernetes/conditions'
import type { Node } from '../../kubernetes/types'
import { ageColumn, ageOf, nameColumn, orNone, type Printer, text, wide } from './columns'

const rolePrefix = 'node-role.kubernetes.io/'

/** Nodes (API-66, API-67, TABLE-17 to TABLE-19). */
export const nodePrinter: Printer<Node> = {
  columns: [
    nameColumn,
    text('Status', 'Whether the node can run pods.'),
    text('Roles', 'What the node is there for.'),
    ageColumn,
    text('Version', 'Version of the kubelet.'),
    wide(text('Internal-IP', 'Address of the node inside the cluster.')),
    wide(text('External-IP', 'Address of the node outside the cluster.')),
    wide(text('OS-Image', 'Operating system.')),
    wide(text('Kernel-Version', 'Version of the kernel, and the architecture it is for.')),
    wide(text('Container-Runtime', 'What runs the containers, and its version.')),
  ],
  cellsOf(node, now) {
    const { nodeInfo } = node.status
    return [
      node.metadata.name,
      statusOf(node),
      rolesOf(node),
      ageOf(node, now),
      nodeInfo?.kubeletVersion ?? '',
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      nodeInfo?.osImage || '<unknown>',
      kernelOf(node),
      nodeInfo?.containerRuntimeVersion || '<unknown>',
    ]
  },
}

function statusOf({ spec, status }: Node): string {
  const ready = conditionOf(status.conditions, 'Ready')
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec.unschedulable === true ? `${word},SchedulingDisabled` : word
}

function rolesOf({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix))
      return key.length > rolePrefix.length ? [key.slice(rolePrefix.length)] : []
    return key === 'kubernetes.io/role' && value !== '' ? [value] : []
  })
  return orNone([...new Set(roles)].sort().join(','))
}

function addressOf({ status }: Node, type: string): string {
  return orNone(status.addresses?.find((address) => address.type === type)?.address)
}

function kernelOf({ status }: Node): string {
  const { kernelVersion, architecture } = status.nodeInfo ?? {}
  const kernel = kernelVersion || '<unknown>'
  return architecture ? `${kernel} (${architecture})` : kernel
}
