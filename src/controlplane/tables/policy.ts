import type { PodDisruptionBudget, PriorityClass, ResourceQuota } from '../../kubernetes/types'
import { ageColumn, ageOf, count, nameColumn, type Printer, text } from './columns'

interface PolicyPrinters {
  readonly PodDisruptionBudget: Printer<PodDisruptionBudget>
  readonly PriorityClass: Printer<PriorityClass>
  readonly ResourceQuota: Printer<ResourceQuota>
}

/** Kinds that limit others (TABLE-24, TABLE-25). */
export const policyPrinters: PolicyPrinters = {
  PodDisruptionBudget: {
    columns: [
      nameColumn,
      text('Min Available', 'How many pods must stay available.'),
      text('Max Unavailable', 'How many pods may be unavailable.'),
      count('Allowed Disruptions', 'How many pods may be evicted now.'),
      ageColumn,
    ],
    cellsOf: (object, now) => [
      object.metadata.name,
      String(object.spec?.minAvailable ?? 'N/A'),
      String(object.spec?.maxUnavailable ?? 'N/A'),
      object.status?.disruptionsAllowed ?? 0,
      ageOf(object, now),
    ],
  },
  PriorityClass: {
    columns: [
      nameColumn,
      count('Value', 'Priority of the pods of the class.'),
      {
        ...text('Global-Default', 'Whether pods without a class are of this one.'),
        type: 'boolean',
      },
      ageColumn,
      text('PreemptionPolicy', 'Whether its pods may take the place of others.'),
    ],
    cellsOf: (object, now) => [
      object.metadata.name,
      object.value,
      object.globalDefault ?? false,
      ageOf(object, now),
      object.preemptionPolicy ?? '',
    ],
  },
  ResourceQuota: {
    columns: [
      nameColumn,
      text('Request', 'What may be used of each resource, and what is.'),
      text('Limit', 'The same for the sums of limits.'),
      ageColumn,
    ],
    cellsOf: (object, now) => [
      object.metadata.name,
      amountsOf(object, (name) => !name.startsWith('limits.')),
      amountsOf(object, (name) => name.startsWith('limits.')),
      ageOf(object, now),
    ],
  },
}

function amountsOf({ status }: ResourceQuota, isShown: (name: string) => boolean): string {
  return Object.entries(status?.hard ?? {})
    .filter(([name]) => isShown(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${status?.used?.[name] ?? '0'}/${hard}`)
    .join(', ')
}
