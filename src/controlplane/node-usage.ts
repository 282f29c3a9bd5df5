import { milliValueOf, podRequestsOf, unitValueOf } from '../kubernetes/quantity'
import type { Node, Pod, PodSpec } from '../kubernetes/types'

/** Amounts of resources: thousandths for cpu, whole units for everything else. */
export type Amounts = ReadonlyMap<string, number>

/** A resource of which a node has too little for a pod. */
export interface Shortage {
  readonly resource: string
  readonly requested: number
  readonly used: number
  readonly capacity: number
}

/** A port of the node that a pod wants for itself. */
export interface HostPort {
  readonly protocol: string
  readonly ip: string
  readonly port: number
}

/** What the pods on one node use together, kept up to date as pods come and go. */
export class NodeUsage {
  pods = 0
  /** Absent while nothing was asked for: there is one of these for every node. */
  #requested: Map<string, number> | undefined
  readonly #ports: HostPort[] = []

  add(pod: Pod): void {
    this.pods++
    this.#request(pod.spec, 1)
    for (const port of hostPortsOf(pod.spec)) this.#ports.push(port)
  }

  remove(pod: Pod): void {
    this.pods--
    this.#request(pod.spec, -1)
    for (const port of hostPortsOf(pod.spec)) {
      const index = this.#ports.findIndex((used) => isSamePort(used, port))
      if (index >= 0) this.#ports.splice(index, 1)
    }
  }

  used(resource: string): number {
    return this.#requested?.get(resource) ?? 0
  }

  #request(spec: PodSpec, sign: 1 | -1): void {
    const requests = requestsOf(spec)
    if (requests === noRequests) return
    for (const [resource, amount] of requests) {
      this.#requested ??= new Map()
      this.#requested.set(resource, this.used(resource) + sign * amount)
    }
  }

  /** Whether a port that the pod asks for is taken (SCHED-11). */
  hasPortConflict(spec: PodSpec): boolean {
    if (this.#ports.length === 0) return false
    return hostPortsOf(spec).some((wanted) => this.#ports.some((used) => conflicts(used, wanted)))
  }

  /** What the node has too little of for the pod, the number of pods first (SCHED-12, SCHED-13). */
  shortages(spec: PodSpec, allocatable: Amounts): readonly Shortage[] {
    const requests = requestsOf(spec)
    const hasRoom = (allocatable.get('pods') ?? 0) - this.pods >= 1
    // Most pods fit, and those that ask for nothing need no list of it.
    if (hasRoom && requests === noRequests) return noShortages
    const found: Shortage[] = []
    const check = (resource: string, requested: number, used: number) => {
      const capacity = allocatable.get(resource) ?? 0
      if (requested > capacity - used) found.push({ resource, requested, used, capacity })
    }
    check('pods', 1, this.pods)
    for (const [resource, requested] of requests) {
      if (requested > 0) check(resource, requested, this.used(resource))
    }
    return found
  }
}

const noShortages: readonly Shortage[] = []
const noRequests: Amounts = new Map()
const noPorts: readonly HostPort[] = []
const requestsBySpec = new WeakMap<PodSpec, Amounts>()
const amountsByAllocatable = new WeakMap<object, Amounts>()

/** What the pod asks for (SCHED-12), remembered per spec. */
function requestsOf(spec: PodSpec): Amounts {
  if (!asksForResources(spec)) return noRequests
  const remembered = requestsBySpec.get(spec)
  if (remembered !== undefined) return remembered
  const requests = podRequestsOf(spec)
  requestsBySpec.set(spec, requests)
  return requests
}

/** What the node has to give, remembered per status. */
export function allocatableOf({ status }: Node): Amounts {
  const allocatable = status?.allocatable
  if (allocatable === undefined) return noRequests
  const remembered = amountsByAllocatable.get(allocatable)
  if (remembered !== undefined) return remembered
  const amounts = amountsOf(allocatable)
  amountsByAllocatable.set(allocatable, amounts)
  return amounts
}

/** Nodes of one kind say the same texts: these are read once. */
function amountsOf(allocatable: Readonly<Record<string, string>>): Amounts {
  const key = JSON.stringify(allocatable)
  const remembered = amountsByText.get(key)
  if (remembered !== undefined) return remembered
  const amounts = new Map<string, number>()
  for (const [resource, text] of Object.entries(allocatable)) {
    amounts.set(resource, resource === 'cpu' ? milliValueOf(text) : unitValueOf(text))
  }
  if (amountsByText.size >= rememberedTexts) amountsByText.clear()
  amountsByText.set(key, amounts)
  return amounts
}

const amountsByText = new Map<string, Amounts>()
const rememberedTexts = 1_000

/** The host ports of the containers and of the init containers that keep running. */
function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  let found: HostPort[] | undefined
  const collect = (ports: PodSpec['containers'][number]['ports']) => {
    for (const { hostPort, hostIP, protocol } of ports ?? []) {
      if (hostPort === undefined || hostPort <= 0) continue
      found ??= []
      const ip = hostIP === undefined || hostIP === '' ? '0.0.0.0' : hostIP
      found.push({ protocol: protocol ?? 'TCP', ip, port: hostPort })
    }
  }
  for (const { ports } of spec.containers) collect(ports)
  for (const { ports, restartPolicy } of spec.initContainers ?? []) {
    if (restartPolicy === 'Always') collect(ports)
  }
  return found ?? noPorts
}

function asksForResources(spec: PodSpec): boolean {
  if (spec.overhead !== undefined || spec.resources !== undefined) return true
  for (const { resources } of spec.containers) if (resources?.requests !== undefined) return true
  if (spec.initContainers === undefined) return false
  return spec.initContainers.some(({ resources }) => resources?.requests !== undefined)
}

function conflicts(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false
  return a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0'
}

function isSamePort(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && a.ip === b.ip
}
