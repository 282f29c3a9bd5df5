import { dns1123LabelErrors, qualifiedNameErrors } from '../../kubernetes/names'
import {
  compareQuantities,
  formatQuantity,
  isQuantity,
  milliValueOf,
  parseQuantity,
  type Quantity,
} from '../../kubernetes/quantity'
import type { Container } from '../../kubernetes/types'
import { checkFormat, type Problems } from './checks'
import { duplicate, forbidden, invalidValue, notFound, notSupported, required } from './field-error'

/** Requests and limits of a container or a pod. */
export type Resources = NonNullable<Container['resources']>

const countedResources = [
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
  'services.loadbalancers',
  'services.nodeports',
]

const containerResources = ['cpu', 'ephemeral-storage', 'memory']

/** Names of resources that need no domain. */
const standardResources = new Set([
  ...containerResources,
  ...countedResources,
  ...containerResources.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'storage',
  'requests.storage',
])

const hugePages = 'hugepages-'
const zero = parseQuantity('0')

/** Requests and limits of a container (a request may not be above its limit). */
export function checkContainerResources(
  problems: Problems,
  path: string,
  resources: Resources | undefined,
  claims: ReadonlySet<string>,
): void {
  if (resources === undefined) return
  checkAmounts(problems, path, resources, checkContainerResourceName)
  checkClaims(problems, `${path}.claims`, resources.claims ?? [], claims)
}

/** Requests and limits of a pod as a whole: only of what can be shared out among its containers. */
export function checkPodResources(
  problems: Problems,
  path: string,
  resources: Resources,
  claims: ReadonlySet<string>,
): void {
  if (resources.claims !== undefined) {
    const detail = 'claims may not be set for Resources at pod-level'
    problems.push(forbidden(`${path}.claims`, detail))
  }
  checkAmounts(problems, path, resources, (found, at, name) => {
    const before = found.length
    checkResourceName(found, at, name)
    if (found.length > before) return
    if (name !== 'cpu' && name !== 'memory' && !name.startsWith(hugePages)) {
      found.push(notSupported(at, name, ['cpu', hugePages, 'memory']))
    }
  })
  checkClaims(problems, `${path}.claims`, resources.claims ?? [], claims)
}

/** An amount: not negative, and whole where the resource can only be counted. */
export function checkAmount(problems: Problems, path: string, name: string, text: string): void {
  const amount = quantityOf(text)
  if (compareQuantities(amount, zero) < 0) {
    problems.push(invalidValue(path, formatQuantity(amount), 'must be greater than or equal to 0'))
  }
  if (isCounted(name) && milliValueOf(formatQuantity(amount)) % 1000 !== 0) {
    problems.push(invalidValue(path, formatQuantity(amount), 'must be an integer'))
  }
}

/** A name of a resource: a standard one, or one with a domain. */
export function checkResourceName(problems: Problems, path: string, name: string): void {
  const errors = qualifiedNameErrors(name)
  checkFormat(problems, path, name, errors)
  if (errors.length > 0 || name.includes('/')) return
  if (isStandardResource(name)) return
  problems.push(invalidValue(path, name, 'must be a standard resource type or fully qualified'))
}

/** Whether the name is one of Kubernetes' own, which needs no domain. */
export function isStandardResource(name: string): boolean {
  return standardResources.has(name) || /^(requests\.)?hugepages-/.test(name)
}

/** Amounts that text, checked when it was read, stands for; what is no quantity counts as none. */
function quantityOf(text: string): Quantity {
  return isQuantity(text) ? parseQuantity(text) : zero
}

function checkContainerResourceName(problems: Problems, path: string, name: string): void {
  checkResourceName(problems, path, name)
  if (!name.includes('/')) {
    if (containerResources.includes(name) || name.startsWith(hugePages)) return
    problems.push(invalidValue(path, name, 'must be a standard resource for containers'))
  } else if (!isNative(name) && !isExtended(name)) {
    const detail = "doesn't follow extended resource name standard"
    problems.push(invalidValue(path, name, detail))
  }
}

function checkAmounts(
  problems: Problems,
  path: string,
  { limits = {}, requests = {} }: Resources,
  checkName: (problems: Problems, path: string, name: string) => void,
): void {
  for (const [name, amount] of Object.entries(limits)) {
    const at = `${path}.limits[${name}]`
    checkName(problems, at, name)
    checkAmount(problems, at, name, amount)
    checkHugePages(problems, at, name, amount)
  }
  for (const [name, amount] of Object.entries(requests)) {
    const at = `${path}.requests[${name}]`
    checkName(problems, at, name)
    checkAmount(problems, at, name, amount)
    checkAgainstLimit(problems, path, { name, amount, limit: limits[name] })
    checkHugePages(problems, at, name, amount)
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  const computed = names.some((name) => name === 'cpu' || name === 'memory')
  if (!computed && names.some((name) => name.startsWith(hugePages))) {
    problems.push(forbidden(path, 'HugePages require cpu or memory'))
  }
}

function checkAgainstLimit(
  problems: Problems,
  path: string,
  request: { readonly name: string; readonly amount: string; readonly limit: string | undefined },
): void {
  const { name } = request
  const overcommit = isNative(name) && !name.startsWith(hugePages)
  if (request.limit === undefined) {
    if (overcommit) return
    problems.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'))
    return
  }
  const amount = quantityOf(request.amount)
  const limit = quantityOf(request.limit)
  const order = compareQuantities(amount, limit)
  const relation = overcommit ? 'less than or equal' : 'equal'
  if (order > 0 || (order !== 0 && !overcommit)) {
    problems.push(
      invalidValue(
        `${path}.requests`,
        formatQuantity(amount),
        `must be ${relation} to ${name} limit of ${formatQuantity(limit)}`,
      ),
    )
  }
}

/** Huge pages come whole. */
function checkHugePages(problems: Problems, path: string, name: string, text: string): void {
  if (!name.startsWith(hugePages)) return
  const size = quantityOf(name.slice(hugePages.length))
  const amount = quantityOf(text)
  if (size.nanos > 0n && amount.nanos % size.nanos === 0n) return
  const detail = `${formatQuantity(amount)} is not positive integer multiple of ${name}`
  problems.push(invalidValue(path, formatQuantity(amount), detail))
}

function checkClaims(
  problems: Problems,
  path: string,
  claims: NonNullable<Resources['claims']>,
  podClaims: ReadonlySet<string>,
): void {
  const seen = new Set<string>()
  for (const [index, { name, request }] of claims.entries()) {
    const at = `${path}[${index}]`
    if (!name) {
      problems.push(required(at))
      continue
    }
    if (request) checkFormat(problems, `${at}.request`, request, dns1123LabelErrors(request))
    const repeated = repetitionOf(seen, name, request)
    if (repeated !== undefined) problems.push(duplicate(at, repeated))
    seen.add(request ? `${name}/${request}` : name)
    if (!podClaims.has(name)) problems.push(unknownClaim(at, name, podClaims))
  }
}

/** What a claim repeats of those before it: the same request, or the claim as a whole. */
function repetitionOf(
  seen: ReadonlySet<string>,
  name: string,
  request: string | undefined,
): string | undefined {
  const key = request ? `${name}/${request}` : name
  if (seen.has(name)) return name
  if (seen.has(key)) return key
  const partly = [...seen].some((other) => other.startsWith(`${name}/`))
  return partly && !request ? name : undefined
}

function unknownClaim(
  path: string,
  name: string,
  claims: ReadonlySet<string>,
): ReturnType<typeof notFound> {
  const known = claims.size === 0 ? ' which is empty' : `: ${[...claims].sort().join(', ')}`
  return {
    ...notFound(path, name),
    detail: `must be one of the names in pod.spec.resourceClaims${known}`,
  }
}

/** Resources of Kubernetes itself; all others are extensions that a node offers. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/')
}

function isExtended(name: string): boolean {
  return (
    !isNative(name) &&
    !name.startsWith('requests.') &&
    qualifiedNameErrors(`requests.${name}`).length === 0
  )
}

function isCounted(name: string): boolean {
  return countedResources.includes(name) || isExtended(name)
}
