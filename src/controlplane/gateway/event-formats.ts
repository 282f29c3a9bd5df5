import type { WatchEvent } from '../../kubernetes/client'
import type { Kind, KubernetesObject } from '../../kubernetes/types'
import { objectParts } from './encoding'
import type { Wanted } from './resource-answers'
import { partialOf, wireTable } from './tables'
import type { EventFormat } from './watch-stream'

/** What a watched resource calls itself. */
export interface WatchedType {
  readonly kind: string
  readonly apiVersion: string
}

/** How the events of a watch are written for a client (WATCH-03, WATCH-13, WATCH-27). */
export function eventFormatOf(
  kind: Kind,
  type: WatchedType,
  wanted: () => Wanted,
  view: (object: KubernetesObject) => KubernetesObject = (object) => object,
): EventFormat {
  const { shape } = wanted().accepted
  switch (shape.type) {
    case 'object':
      return {
        object: ({ object }) => objectParts(view(object)),
        bookmark: (version, isInitialEnd) => bookmarkOf(type, version, isInitialEnd),
      }
    case 'partial': {
      const apiVersion = `meta.k8s.io/${shape.version}`
      return {
        object: ({ object }) => [Buffer.from(JSON.stringify(partialOf(object, apiVersion)))],
        bookmark: (version, isInitialEnd) =>
          bookmarkOf({ kind: 'PartialObjectMetadata', apiVersion }, version, isInitialEnd),
      }
    }
    case 'table':
      return tableFormat(kind, type, { wanted, version: shape.version })
  }
}

function tableFormat(
  kind: Kind,
  type: WatchedType,
  { wanted, version }: { readonly wanted: () => Wanted; readonly version: string },
): EventFormat {
  let isFirst = true
  return {
    object({ object }: WatchEvent<KubernetesObject>) {
      const { query, now } = wanted()
      const table = wireTable(kind, [object], {
        version,
        metadata: { resourceVersion: object.metadata.resourceVersion },
        includeObject: query.includeObject,
        now,
        withoutColumns: !isFirst,
      })
      isFirst = false
      return [Buffer.from(JSON.stringify(table))]
    },
    bookmark: (resourceVersion, isInitialEnd) => ({
      kind: 'Table',
      apiVersion: `meta.k8s.io/${version}`,
      metadata: { resourceVersion },
      columnDefinitions: null,
      rows: [{ cells: [], object: bookmarkOf(type, resourceVersion, isInitialEnd) }],
    }),
  }
}

const initialEventsEnd = 'k8s.io/initial-events-end'

function bookmarkOf(type: WatchedType, resourceVersion: string, isInitialEnd: boolean): object {
  return {
    ...type,
    metadata: {
      resourceVersion,
      ...(isInitialEnd ? { annotations: { [initialEventsEnd]: 'true' } } : {}),
    },
  }
}
