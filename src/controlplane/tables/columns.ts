import { formatAge } from '../../kubernetes/age'
import type { KubernetesObject } from '../../kubernetes/types'

/** A column of a table (TABLE-02, TABLE-06). */
export interface Column {
  readonly name: string
  readonly type: 'boolean' | 'integer' | 'string'
  readonly format: '' | 'name'
  readonly description: string
  /** 0 is always shown, 1 only in wide output. */
  readonly priority: 0 | 1
}

/** Why a row is not like the others: its pod has come to an end (TABLE-16). */
export interface RowCondition {
  readonly type: 'Completed'
  readonly status: 'True'
  readonly reason: string
  readonly message: string
}

/** How the objects of one kind become rows. */
export interface Printer<T> {
  readonly columns: readonly Column[]
  /** One value for each column, in their order; ages count to `now`. */
  cellsOf(object: T, now: number): readonly unknown[]
  conditionsOf?(object: T): readonly RowCondition[]
}

/** A column of texts that is always shown. */
export function text(name: string, description: string): Column {
  return { name, type: 'string', format: '', description, priority: 0 }
}

/** A column of whole numbers that is always shown. */
export function count(name: string, description: string): Column {
  return { ...text(name, description), type: 'integer' }
}

/** The same column, but in wide output only. */
export function wide(column: Column): Column {
  return { ...column, priority: 1 }
}

/** The column that names the object. */
export const nameColumn: Column = {
  ...text('Name', 'Name of the object, unique among those of its kind in its namespace.'),
  format: 'name',
}

/** The column that tells how long the object has existed. */
export const ageColumn: Column = text('Age', 'Time since the object was created.')

/** How long the object has existed (TABLE-27). */
export function ageOf({ metadata }: KubernetesObject, now: number): string {
  return since(metadata.creationTimestamp, now)
}

/** The time since a moment, `<unknown>` when there is none. */
export function since(timestamp: string | undefined, now: number): string {
  return timestamp ? formatAge(now - Date.parse(timestamp)) : '<unknown>'
}

/** Labels as `k=v,k=v` in the order of their keys; `<none>` without any. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return orNone(pairs.map(([key, value]) => `${key}=${value}`).join(','))
}

/** The text, or `<none>` where there is none. */
export function orNone(value: string | undefined): string {
  return value || '<none>'
}
