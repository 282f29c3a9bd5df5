import { isPodTerminal } from '../../kubernetes/conditions'
import { parseQuantity, podRequestsOf } from '../../kubernetes/quantity'
import { qualifiedNameOf, resources } from '../../kubernetes/resources'
import type { Container, Kind, KubernetesObject, Pod, PodSpec } from '../../kubernetes/types'

/** Amounts by the names that quotas use, in thousand-millionths. */
export type Amounts = ReadonlyMap<string, bigint>

const nanos = 10n ** 9n

/** How much of each quota resource an object takes up. */
export function amountsOf(kind: Kind, object: KubernetesObject): Amounts {
  const amounts = new Map<string, bigint>([[countOf(kind), nanos]])
  if (kind === 'Pod') addPod(amounts, object as Pod)
  else if (countedByPlural.has(kind)) amounts.set(resources[kind].plural, nanos)
  return amounts
}

const countedByPlural: ReadonlySet<Kind> = new Set<Kind>([
  'ConfigMap',
  'ResourceQuota',
  'Secret',
  'Service',
])

/** The kinds whose objects a resource of a quota counts. */
export function kindsCountedBy(resource: string): readonly Kind[] {
  const kinds = Object.keys(resources) as Kind[]
  return kinds.filter((kind) => {
    if (countOf(kind) === resource) return true
    if (kind === 'Pod') return !resource.startsWith('count/') && !pluralsCounted.has(resource)
    return countedByPlural.has(kind) && resources[kind].plural === resource
  })
}

const pluralsCounted: ReadonlySet<string> = new Set(
  [...countedByPlural].map((kind) => resources[kind].plural),
)

function countOf(kind: Kind): string {
  return `count/${qualifiedNameOf(resources[kind])}`
}

/** Pods that have run to their end take up nothing but a place in the store. */
function addPod(amounts: Map<string, bigint>, pod: Pod): void {
  if (isPodTerminal(pod)) return
  amounts.set('pods', nanos)
  for (const [name, amount] of podRequestsOf(pod.spec)) {
    const exact = inNanos(name, amount)
    amounts.set(`requests.${name}`, exact)
    if (plainNames.has(name)) amounts.set(name, exact)
  }
  for (const [name, amount] of podRequestsOf(limitsAsRequests(pod.spec))) {
    amounts.set(`limits.${name}`, inNanos(name, amount))
  }
}

const plainNames: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])

function inNanos(resource: string, amount: number): bigint {
  return BigInt(amount) * (resource === 'cpu' ? nanos / 1000n : nanos)
}

function limitsAsRequests(spec: PodSpec): PodSpec {
  const swapped = (container: Container): Container => {
    const limits = container.resources?.limits
    const { resources: _, ...rest } = container
    return limits === undefined ? rest : { ...rest, resources: { requests: limits } }
  }
  const { initContainers, ...rest } = spec
  return {
    ...rest,
    containers: spec.containers.map(swapped),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(swapped) }),
  }
}

/** The names under which one container states requests and limits. */
export function statedBy({ resources: stated = {} }: Container): ReadonlySet<string> {
  const names = new Set<string>()
  for (const name of Object.keys({ ...stated.limits, ...stated.requests })) {
    names.add(name)
    names.add(`requests.${name}`)
  }
  for (const name of Object.keys(stated.limits ?? {})) names.add(`limits.${name}`)
  return names
}

/** The hard limits of a quota, with the way in which each was written. */
export function hardOf(
  hard: Readonly<Record<string, string>> | undefined,
): ReadonlyMap<string, ReturnType<typeof parseQuantity>> {
  return new Map(
    Object.entries(hard ?? {}).map(([name, text]) => [name, parseQuantity(text)] as const),
  )
}
