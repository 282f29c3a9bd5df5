import type { ConfigMap, Lease, Namespace, Secret, ServiceAccount } from '../../kubernetes/types'
import { ageColumn, ageOf, nameColumn, type Printer, text } from './columns'

interface ConfigurationPrinters {
  readonly ConfigMap: Printer<ConfigMap>
  readonly Lease: Printer<Lease>
  readonly Namespace: Printer<Namespace>
  readonly Secret: Printer<Secret>
  readonly ServiceAccount: Printer<ServiceAccount>
}

/** Kinds with little to tell (TABLE-23, TABLE-24). */
export const configurationPrinters: ConfigurationPrinters = {
  ConfigMap: {
    columns: [nameColumn, text('Data', 'Number of keys.'), ageColumn],
    cellsOf: (object, now) => [
      object.metadata.name,
      sizeOf(object.data) + sizeOf(object.binaryData),
      ageOf(object, now),
    ],
  },
  Lease: {
    columns: [nameColumn, text('Holder', 'Who holds the lease.'), ageColumn],
    cellsOf: (object, now) => [
      object.metadata.name,
      object.spec?.holderIdentity ?? '',
      ageOf(object, now),
    ],
  },
  Namespace: {
    columns: [nameColumn, text('Status', 'Active, or being deleted.'), ageColumn],
    cellsOf: (object, now) => [
      object.metadata.name,
      object.status?.phase ?? '',
      ageOf(object, now),
    ],
  },
  Secret: {
    columns: [
      nameColumn,
      text('Type', 'What the secret is for.'),
      text('Data', 'Number of keys.'),
      ageColumn,
    ],
    cellsOf: (object, now) => [
      object.metadata.name,
      object.type ?? '',
      sizeOf(object.data),
      ageOf(object, now),
    ],
  },
  ServiceAccount: {
    columns: [nameColumn, ageColumn],
    cellsOf: (object, now) => [object.metadata.name, ageOf(object, now)],
  },
}

function sizeOf(data: object | undefined): number {
  return Object.keys(data ?? {}).length
}
