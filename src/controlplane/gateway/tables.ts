import type { Kind, KubernetesObject } from '../../kubernetes/types'
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

/** A Table of objects of a kind that has no printer, or of which there are none (TABLE-26). */
export function emptyTable(version: string, metadata: ListMeta): WireTable {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: [
      {
        name: 'Name',
        type: 'string',
        format: 'name',
        description: 'The name of the object, unique among those of its kind and namespace.',
        priority: 0,
      },
      {
        name: 'Created At',
        type: 'date',
        format: '',
        description: 'When the object was created.',
        priority: 0,
      },
    ],
    rows: [],
  }
}
