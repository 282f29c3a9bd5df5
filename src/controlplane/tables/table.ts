import type { Kind, Kinds, KubernetesObject } from '../../kubernetes/types'
import type { Column, Printer, RowCondition } from './columns'
import { configurationPrinters } from './configuration'
import { revisionPrinter } from './controller-revision'
import { daemonSetPrinter } from './daemonset'
import { eventPrinter } from './event'
import { nodePrinter } from './node'
import { podPrinter } from './pod'
import { policyPrinters } from './policy'
import { servicePrinter } from './service'

/** A list of objects as a person reads it (TABLE-02). */
export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: 'meta.k8s.io/v1'
  readonly metadata: TableMetadata
  readonly columnDefinitions: readonly Column[]
  readonly rows: readonly TableRow[]
}

/** What a table takes over from the list that it shows. */
interface TableMetadata {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

/** One object of a table: a cell for each column, and the object or a part of it (TABLE-03). */
interface TableRow {
  readonly cells: readonly unknown[]
  readonly conditions?: readonly RowCondition[]
  readonly object?: object
}

export interface TableOptions {
  /** What of the object comes with its row; default: its metadata. */
  readonly includeObject?: 'Metadata' | 'Object' | 'None'
  readonly metadata?: TableMetadata
}

/**
 * The table that the API server makes of objects of one kind; `now` in milliseconds is what ages count to.
 *
 * @see TABLE-01 to TABLE-27
 */
export function tableOf<K extends Kind>(
  kind: K,
  objects: readonly Kinds[K][],
  now: number,
  options: TableOptions = {},
): Table {
  const printer: Printer<Kinds[K]> = printers[kind]
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata ?? {},
    columnDefinitions: printer.columns,
    rows: objects.map((object) => {
      const conditions = printer.conditionsOf?.(object) ?? []
      return {
        cells: printer.cellsOf(object, now),
        ...(conditions.length > 0 && { conditions }),
        ...shownObject(object, options.includeObject ?? 'Metadata'),
      }
    }),
  }
}

/** The metadata of an object alone (TABLE-03, TABLE-05). */
function partialObjectMetadata({ metadata }: KubernetesObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
}

function shownObject(
  object: KubernetesObject,
  include: NonNullable<TableOptions['includeObject']>,
): { readonly object?: object } {
  switch (include) {
    case 'Metadata':
      return { object: partialObjectMetadata(object) }
    case 'Object':
      return { object }
    case 'None':
      return {}
  }
}

const printers: { readonly [K in Kind]: Printer<Kinds[K]> } = {
  ...configurationPrinters,
  ...policyPrinters,
  ControllerRevision: revisionPrinter,
  DaemonSet: daemonSetPrinter,
  Event: eventPrinter,
  Node: nodePrinter,
  Pod: podPrinter,
  Service: servicePrinter,
}
