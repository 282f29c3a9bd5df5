import { formatQuantity, type Quantity, qosClassOf } from '../../kubernetes/quantity'
import { resources } from '../../kubernetes/resources'
import type { Kind, KubernetesObject, Pod, ResourceQuota } from '../../kubernetes/types'
import { forbiddenTo } from '../refusals'
import type { Registry } from '../registry'
import { type Amounts, amountsOf, hardOf, kindsCountedBy, statedBy } from './quota-amounts'

/**
 * Refuses a new object that would take its namespace past a quota, or does not state what a quota counts (API-212).
 *
 * What is used is counted anew each time, so it is never out of date.
 *
 * @throws StatusError `Forbidden`
 */
export function admitQuota(registry: Registry, kind: Kind, object: KubernetesObject): void {
  if (!resources[kind].namespaced) return
  const { namespace = '', name } = object.metadata
  const quotas = registry.store.objects('ResourceQuota', namespace) as readonly ResourceQuota[]
  if (quotas.length === 0) return
  const asked = amountsOf(kind, object)
  const scoped = quotas.filter((quota) => isInScope(quota, kind, object))
  for (const quota of scoped) {
    const missing = kind === 'Pod' ? unstated(quota, object as Pod) : ''
    if (missing === '') continue
    throw forbiddenTo(kind, name, `failed quota: ${quota.metadata.name}: must specify ${missing}`)
  }
  for (const quota of scoped) {
    const why = exceeded(quota, asked, usedOf(registry, quota))
    if (why !== '') throw forbiddenTo(kind, name, why)
  }
}

/** What the objects of the quota's namespace take up of the resources that it limits. */
export function usedOf({ store }: Pick<Registry, 'store'>, quota: ResourceQuota): Amounts {
  const hard = hardOf(quota.spec?.hard)
  const used = new Map([...hard.keys()].map((name) => [name, 0n]))
  const kinds = new Set([...hard.keys()].flatMap((name) => kindsCountedBy(name)))
  for (const kind of kinds) {
    for (const object of store.objects(kind, quota.metadata.namespace)) {
      if (!isInScope(quota, kind, object)) continue
      for (const [name, amount] of amountsOf(kind, object)) {
        const before = used.get(name)
        if (before !== undefined) used.set(name, before + amount)
      }
    }
  }
  return used
}

function exceeded(quota: ResourceQuota, asked: Amounts, used: Amounts): string {
  const over = [...hardOf(quota.spec?.hard)]
    .filter(([name, { nanos }]) => {
      const more = asked.get(name) ?? 0n
      return more > 0n && more + (used.get(name) ?? 0n) > nanos
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
  if (over.length === 0) return ''
  const list = (amountOf: (name: string, limit: Quantity) => bigint) =>
    over
      .map(([name, limit]) => {
        const nanos = amountOf(name, limit)
        return `${name}=${formatQuantity({ nanos, format: limit.format })}`
      })
      .join(',')
  return (
    `exceeded quota: ${quota.metadata.name}, requested: ${list((name) => asked.get(name) ?? 0n)}, ` +
    `used: ${list((name) => used.get(name) ?? 0n)}, limited: ${list((_, { nanos }) => nanos)}`
  )
}

const mustBeStated = [
  'cpu',
  'limits.cpu',
  'limits.memory',
  'memory',
  'requests.cpu',
  'requests.memory',
]

/** The computing resources that the quota counts and some container does not state. */
function unstated(quota: ResourceQuota, { spec }: Pod): string {
  const limited = mustBeStated.filter((name) => quota.spec?.hard?.[name] !== undefined)
  if (limited.length === 0) return ''
  const containers = [...spec.containers, ...(spec.initContainers ?? [])]
  const stated = containers.map((container) => ({
    name: container.name,
    names: statedBy(container),
  }))
  return limited
    .map((resource) => {
      const silent = stated.filter(({ names }) => !names.has(resource)).map(({ name }) => name)
      return silent.length === 0 ? '' : `${resource} for: ${silent.sort().join(',')}`
    })
    .filter((text) => text !== '')
    .join('; ')
}

/** Whether the scopes of a quota take the object in; without scopes it counts everything. */
function isInScope({ spec = {} }: ResourceQuota, kind: Kind, object: KubernetesObject): boolean {
  const requirements = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists', values: [] })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ]
  if (requirements.length === 0) return true
  if (kind !== 'Pod') return false
  return requirements.every(({ scopeName, operator, values = [] }) =>
    isPodInScope(object as Pod, { scopeName, operator, values }),
  )
}

function isPodInScope(
  { spec }: Pod,
  requirement: {
    readonly scopeName: string
    readonly operator: string
    readonly values: readonly string[]
  },
): boolean {
  switch (requirement.scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined
    case 'BestEffort':
      return qosClassOf(spec) === 'BestEffort'
    case 'NotBestEffort':
      return qosClassOf(spec) !== 'BestEffort'
    case 'PriorityClass':
      return isClassSelected(spec.priorityClassName ?? '', requirement)
    default:
      return false
  }
}

function isClassSelected(
  name: string,
  { operator, values }: { readonly operator: string; readonly values: readonly string[] },
): boolean {
  switch (operator) {
    case 'In':
      return values.includes(name)
    case 'NotIn':
      return !values.includes(name)
    case 'Exists':
      return name !== ''
    default:
      return name === ''
  }
}
