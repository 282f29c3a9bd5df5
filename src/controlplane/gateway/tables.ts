import type { Kind, KubernetesObject } from '../../kubernetes/types'
import { nameColumn, text } from '../tables/columns'
import { tableOf } from '../tables/table'
import type { ListMeta } from './encoding'
import type { Query } from './query-options'

/** A Table as it is sent (TABLE-02). */
export interface WireTable {
  readonly kind: 'Table'
  readonly apiVersion: string
  readonly metadata: ListMeta
  readonly columnDefinitions: readonly object[] | null
  readonly rows: readonly object[]
}

/** The objects as a Table, with as much of each object in its row as the client asks for (TABLE-01 to TABLE-03). */
export function wireTable(
  kind: Kind,
  objects: readonly KubernetesObject[],
  options: {
    readonly version: string
    readonly metadata: ListMeta
    readonly includeObject: Query['includeObject']
    readonly now: number
    /** Events of a watch after the first do without definitions (WATCH-27). */
    readonly withoutColumns?: boolean
  },
): WireTable {
  const { version, metadata, includeObject, now } = options
  const apiVersion = `meta.k8s.io/${version}`
  const { columnDefinitions, rows } = tableOf(kind, objects, now, { includeObject, metadata })
  return {
    kind: 'Table',
    apiVersion,
    metadata,
    columnDefinitions: options.withoutColumns === true ? null : columnDefinitions,
    rows,
  }
}

/** The metadata of an object alone (TABLE-05). */
export function partialOf(
  { metadata }: Pick<KubernetesObject, 'metadata'>,
  apiVersion: string,
): object {
  return { kind: 'PartialObjectMetadata', apiVersion, metadata }
}

/** A Table of a kind of which there are no objects (TABLE-25, TABLE-26). */
export function emptyTable(version: string, metadata: ListMeta, kind: string): WireTable {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: kind === 'PodTemplate' ? podTemplateColumns : columnsWithoutPrinter,
    rows: [],
  }
}

const columnsWithoutPrinter: readonly object[] = [
  nameColumn,
  { ...text('Created At', 'When the object was created.'), type: 'date' },
]

const podTemplateColumns: readonly object[] = [
  nameColumn,
  text('Containers', 'Names of the containers of the template.'),
  text('Images', 'Images of the containers of the template.'),
  text('Pod Labels', 'Labels of the pods that are made from it.'),
]
