import { timestampOf } from '../../kubernetes/clock'
import type { ObjectMeta } from '../../kubernetes/types'
import { equalSets, type FieldSet, fieldSetOf, fieldsV1Of, isEmptySet, union } from './field-set'

/** One entry of `metadata.managedFields` on the wire (API-168). */
export type ManagedFieldsEntry = NonNullable<ObjectMeta['managedFields']>[number]

/** Who has written: the key of an entry. */
export interface ManagerKey {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
}

/** A manager and the fields that are its own. */
export interface Manager extends ManagerKey {
  readonly fields: FieldSet
  /** When its fields last changed. */
  readonly time: string
  /** The entry that says the same, where there is one. */
  readonly entry: ManagedFieldsEntry | undefined
}

/** More managers that update than these are put together (API-175). */
const updatersLimit = 10
const ancientChanges = 'ancient-changes'

/** The managers of an object; entries that make no sense are left out. */
export function managersOf(entries: readonly ManagedFieldsEntry[] | undefined): readonly Manager[] {
  return (entries ?? []).flatMap((entry) => {
    const { manager = '', operation, apiVersion = '', subresource = '', time = '' } = entry
    if (operation !== 'Apply' && operation !== 'Update') return []
    const fields = fieldSetOf(entry.fieldsV1)
    return [{ manager, operation, apiVersion, subresource, time, fields, entry }]
  })
}

/** Whether two keys are those of one manager. */
export function isSameManager(a: ManagerKey, b: ManagerKey): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.apiVersion === b.apiVersion &&
    a.subresource === b.subresource
  )
}

/** The managers with one of them having other fields; its time moves only when its fields do (API-174). */
export function withFields(
  managers: readonly Manager[],
  key: ManagerKey,
  { fields, now }: { readonly fields: FieldSet; readonly now: number },
): readonly Manager[] {
  const previous = managers.find((manager) => isSameManager(manager, key))
  if (previous !== undefined && equalSets(previous.fields, fields)) return managers
  const others = managers.filter((manager) => manager !== previous)
  if (isEmptySet(fields)) return others
  const { manager, operation, apiVersion, subresource } = key
  const time = timestampOf(now)
  return [
    ...others,
    { manager, operation, apiVersion, subresource, fields, time, entry: undefined },
  ]
}

/** The managers as entries, in the order in which servers list them. */
export function entriesOf(managers: readonly Manager[]): readonly ManagedFieldsEntry[] {
  return capped(managers)
    .filter(({ fields }) => !isEmptySet(fields))
    .sort(byOrder)
    .map((manager) => manager.entry ?? entryOf(manager))
}

function entryOf({
  manager,
  operation,
  apiVersion,
  subresource,
  time,
  fields,
}: Manager): ManagedFieldsEntry {
  return {
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsV1Of(fields),
    ...(subresource === '' ? {} : { subresource }),
  } as ManagedFieldsEntry
}

function byOrder(a: Manager, b: Manager): number {
  const [left, right] = [a, b].map(({ operation, time, manager, subresource }) =>
    [operation, time, manager, subresource].join('\0'),
  )
  if (left === right) return 0
  return (left ?? '') < (right ?? '') ? -1 : 1
}

function capped(managers: readonly Manager[]): Manager[] {
  const updaters = managers.filter(({ operation }) => operation === 'Update').sort(byOrder)
  const tooMany = updaters.length - updatersLimit
  if (tooMany <= 0) return [...managers]
  const old = new Set(updaters.slice(0, tooMany + 1))
  const bucketOf = (apiVersion: string): ManagerKey => ({
    manager: ancientChanges,
    operation: 'Update',
    apiVersion,
    subresource: '',
  })
  const buckets = new Map<string, Manager>()
  for (const { apiVersion, fields, time } of old) {
    const bucket = buckets.get(apiVersion)
    buckets.set(apiVersion, {
      ...bucketOf(apiVersion),
      fields: bucket === undefined ? fields : union(bucket.fields, fields),
      time,
      entry: undefined,
    })
  }
  return [...managers.filter((manager) => !old.has(manager)), ...buckets.values()]
}
