import { timestampOf } from '../../kubernetes/clock'
import { type Random, uuid } from '../../kubernetes/random'
import type { Draft, NodeCondition, NodeStatus } from '../../kubernetes/types'

/** What a simulated node has to offer unless its draft says otherwise. */
const defaultCapacity = {
  cpu: '4',
  'ephemeral-storage': '100Gi',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '8Gi',
  pods: '110',
} as const

/** The conditions a kubelet reports, in its order, with what it says of each (KUBELET-04, KUBELET-05). */
const kubeletConditions = {
  MemoryPressure: {
    False: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    True: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
  },
  DiskPressure: {
    False: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    True: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
  },
  PIDPressure: {
    False: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    True: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
  },
  Ready: {
    False: ['KubeletNotReady', 'container runtime network not ready'],
    True: ['KubeletReady', 'kubelet is posting ready status'],
  },
} as const

/** The node event that goes with each value of a condition (KUBELET-06). */
const conditionEvents: Readonly<Record<string, readonly [ifTrue: string, ifNot: string]>> = {
  MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
  DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
  PIDPressure: ['NodeHasInsufficientPID', 'NodeHasSufficientPID'],
  Ready: ['NodeReady', 'NodeNotReady'],
}

/** What the version of a simulated kubelet is. */
const kubeletVersion = 'v1.36.2'

/** What a new node is made from. */
export interface NodeMaking {
  readonly draft: Draft
  /** The how-manieth node of its fleet it is; addresses follow from it. */
  readonly index: number
  /** Labels that every node of the fleet gets. */
  readonly labels: Readonly<Record<string, string>>
  readonly now: number
  readonly random: Random
}

/** The draft with everything that a kubelet reports when it registers (KUBELET-01, KUBELET-07). */
export function nodeDraftOf({ draft, index, labels, now, random }: NodeMaking): Draft {
  const name = draft.metadata?.name ?? ''
  const status = (draft['status'] ?? {}) as Partial<NodeStatus>
  const capacity = status.capacity ?? { ...defaultCapacity, ...status.allocatable }
  return {
    ...draft,
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...draft.metadata,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...labels,
        ...draft.metadata?.labels,
      },
    },
    status: {
      ...status,
      capacity,
      allocatable: status.allocatable ?? capacity,
      conditions: registered(status.conditions ?? [], now),
      addresses: status.addresses ?? [
        { type: 'InternalIP', address: nodeAddress(index) },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: status.nodeInfo ?? nodeInfoOf(random),
      daemonEndpoints: status.daemonEndpoints ?? { kubeletEndpoint: { Port: 10250 } },
    },
  }
}

/** A condition as the kubelet reports it; what it says goes with the status unless something else is given. */
export function nodeConditionOf(condition: {
  readonly type: string
  readonly status: string
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly now: number
  readonly since?: string | undefined
}): NodeCondition {
  const { type, status, now, since } = condition
  const [reason, message] = wording(type, status)
  return {
    type,
    status,
    lastHeartbeatTime: timestampOf(now),
    lastTransitionTime: since ?? timestampOf(now),
    reason: condition.reason ?? reason,
    message: condition.message ?? message,
  }
}

/** The reason of the node event for a condition; absent: none is recorded. */
export function conditionEventOf({ type, status }: NodeCondition): string | undefined {
  const [ifTrue, ifNot] = conditionEvents[type] ?? []
  return status === 'True' ? ifTrue : ifNot
}

/** The address of the nth pod that a node has run. */
export function podAddress(nodeIndex: number, nth: number): string {
  return `10.${64 + ((nodeIndex >> 8) & 63)}.${nodeIndex & 255}.${2 + (nth % 252)}`
}

function nodeAddress(index: number): string {
  const n = index + 2
  return `172.${16 + ((n >> 16) & 15)}.${(n >> 8) & 255}.${n & 255}`
}

function registered(given: readonly NodeCondition[], now: number): NodeCondition[] {
  const own = Object.keys(kubeletConditions).map((type) => {
    const condition = given.find((candidate) => candidate.type === type)
    const status = condition?.status ?? (type === 'Ready' ? 'True' : 'False')
    return nodeConditionOf({
      type,
      status,
      reason: condition?.reason,
      message: condition?.message,
      now,
    })
  })
  const others = given.filter(({ type }) => !(type in kubeletConditions))
  return [
    ...others.map(({ type, status, reason, message }) =>
      nodeConditionOf({ type, status, reason, message, now }),
    ),
    ...own,
  ]
}

function wording(type: string, status: string): readonly [reason: string, message: string] {
  const known = (kubeletConditions as Readonly<Record<string, Wording>>)[type]
  if (known !== undefined) return status === 'True' ? known.True : known.False
  return [`${type}${status}`, `${type} is ${status}`]
}

interface Wording {
  readonly True: readonly [string, string]
  readonly False: readonly [string, string]
}

function nodeInfoOf(random: Random) {
  return {
    machineID: uuid(random).replaceAll('-', ''),
    systemUUID: uuid(random),
    bootID: uuid(random),
    kernelVersion: '6.12.0',
    osImage: 'Simulated node',
    containerRuntimeVersion: 'containerd://2.1.0',
    kubeletVersion,
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  }
}
