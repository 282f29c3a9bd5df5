import type { ResourceQuota } from '../../kubernetes/types'
import type { Problems } from './checks'
import { checkAmount, checkResourceName, isStandardResource } from './container-resources'
import { invalidValue, required } from './field-error'
import { strategyOf } from './generic'
import { subdomainNames } from './metadata'
import type { Strategy } from './strategy'
import { changed } from './structure'

type Spec = NonNullable<ResourceQuota['spec']>
type Requirement = NonNullable<NonNullable<Spec['scopeSelector']>['matchExpressions']>[number]

const podResources = [
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
]

/** The scopes of quotas, and the standard resources that may be counted in each. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  BestEffort: ['pods'],
  CrossNamespacePodAffinity: podResources,
  NotBestEffort: podResources,
  NotTerminating: podResources,
  PriorityClass: podResources,
  Terminating: podResources,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
}

/** How the API server treats resource quotas. */
export const resourceQuotaStrategy: Strategy<ResourceQuota> = strategyOf<ResourceQuota>({
  names: subdomainNames,
  defaults: (quota) => changed(quota, { spec: quota.spec ?? {}, status: quota.status ?? {} }),
  prepareForCreate: (quota) => changed(quota, { status: {} }),
  prepareForUpdate: (quota, previous, subresource) =>
    subresource === 'status'
      ? changed(quota, { spec: previous.spec })
      : changed(quota, { status: previous.status }),
  check: (problems, { spec = {} }) => checkSpec(problems, spec),
  checkUpdate(problems, { spec = {} }, { spec: previous = {} }) {
    checkSpec(problems, spec)
    const sorted = (list: readonly string[] = []) => [...new Set(list)].sort().join()
    if (sorted(spec.scopes) !== sorted(previous.scopes)) {
      problems.push(invalidValue('spec.scopes', spec.scopes ?? null, 'field is immutable'))
    }
  },
  checkStatus(problems, { status }) {
    checkAmounts(problems, 'status.hard', status?.hard)
    checkAmounts(problems, 'status.used', status?.used)
  },
})

function checkSpec(problems: Problems, spec: Spec): void {
  checkAmounts(problems, 'spec.hard', spec.hard)
  const { scopes: list = [], scopeSelector } = spec
  for (const scope of list) checkScope(problems, 'spec.scopes', { scope, shown: list, spec })
  checkConflicts(problems, list, list)
  const requirements = scopeSelector?.matchExpressions ?? []
  for (const requirement of requirements) checkRequirement(problems, requirement, spec)
  const named = requirements.map(({ scopeName }) => scopeName)
  checkConflicts(problems, named, list)
}

function checkAmounts(
  problems: Problems,
  path: string,
  amounts: Readonly<Record<string, string>> | undefined,
): void {
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    checkResourceName(problems, `${path}[${name}]`, name)
    if (!isQuotaName(name)) {
      problems.push(invalidValue(`${path}[${name}]`, name, 'must be a standard resource for quota'))
    }
    checkAmount(problems, `${path}[${name}]`, name, amount)
  }
}

/** Names with a domain are anybody's; of the standard ones only plain `storage` cannot be limited. */
function isQuotaName(name: string): boolean {
  return name.includes('/') || (isStandardResource(name) && name !== 'storage')
}

function checkScope(
  problems: Problems,
  path: string,
  { scope, shown, spec }: { readonly scope: string; readonly shown: unknown; readonly spec: Spec },
): void {
  const counted = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined
  if (counted === undefined) problems.push(invalidValue(path, shown, 'unsupported scope'))
  for (const name of Object.keys(spec.hard ?? {}).sort()) {
    if (counted === undefined || counted.includes(name) || name.includes('/')) continue
    problems.push(invalidValue(path, shown, 'unsupported scope applied to resource'))
  }
}

function checkConflicts(
  problems: Problems,
  named: readonly string[],
  shown: readonly string[],
): void {
  for (const pair of [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ]) {
    if (!pair.every((scope) => named.includes(scope))) continue
    problems.push(invalidValue('spec.scopes', shown, 'conflicting scopes'))
  }
}

const existsOnly =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

function checkRequirement(problems: Problems, requirement: Requirement, spec: Spec): void {
  const path = 'spec.scopeSelector.matchExpressions'
  const { scopeName: scope = '', operator = '', values = [] } = requirement
  checkScope(problems, scope in scopes ? path : `${path}.scopeName`, { scope, shown: scope, spec })
  const valued = scope === 'PriorityClass' || scope === 'VolumeAttributesClass'
  if (scope in scopes && !valued && operator !== 'Exists') {
    problems.push(invalidValue(`${path}.operator`, operator, existsOnly))
  }
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length > 0) return
    const detail =
      "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
    problems.push(required(`${path}.values`, detail))
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length === 0) return
    const detail =
      "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
    problems.push(invalidValue(`${path}.values`, values, detail))
  } else {
    problems.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'))
  }
}
