import { apiVersionOf, resources } from '../../kubernetes/resources'
import type { Kind, KubernetesObject } from '../../kubernetes/types'
import type { ApiResult, ListResult } from '../request'
import type { Answer } from './answer'
import { type ListMeta, listJson, objectJson } from './encoding'
import type { Accepted } from './media-types'
import type { Query } from './query-options'
import { partialOf, wireTable } from './tables'

/** In what form an answer is wanted. */
export interface Wanted {
  readonly accepted: Accepted
  readonly query: Query
  /** The cluster's time, for ages. */
  readonly now: number
}

/** The answer to a request that was not refused, in the form that the client takes (TABLE-01, TABLE-05). */
export function answerOf(kind: Kind, result: ApiResult, wanted: Wanted): Answer {
  const { code, warnings } = result
  return { ...formatOf(wanted), code, warnings, body: bodyOf(kind, result, wanted) }
}

/** What an answer needs to know beside its body. */
export function formatOf({ accepted, query }: Wanted): Pick<Answer, 'format' | 'pretty'> {
  const { format } = accepted
  return query.pretty === undefined ? { format } : { format, pretty: query.pretty }
}

function bodyOf(kind: Kind, result: ApiResult, wanted: Wanted): Buffer | object {
  switch (result.type) {
    case 'status':
      return result.status
    case 'object':
      return objectBody(kind, result.object, wanted)
    case 'list':
      return listBody(kind, result, wanted)
  }
}

function objectBody(kind: Kind, object: KubernetesObject, wanted: Wanted): Buffer | object {
  const { shape } = wanted.accepted
  switch (shape.type) {
    case 'object':
      return objectJson(object)
    case 'partial':
      return partialOf(object, `meta.k8s.io/${shape.version}`)
    case 'table':
      return wireTable(kind, [object], {
        version: shape.version,
        metadata: { resourceVersion: object.metadata.resourceVersion },
        includeObject: wanted.query.includeObject,
        now: wanted.now,
      })
  }
}

function listBody(kind: Kind, result: ListResult, wanted: Wanted): Buffer | object {
  const { shape } = wanted.accepted
  const metadata = listMetaOf(result)
  switch (shape.type) {
    case 'object':
      return listJson(
        { kind: `${kind}List`, apiVersion: apiVersionOf(resources[kind]) },
        metadata,
        result.items,
      )
    case 'partial': {
      const apiVersion = `meta.k8s.io/${shape.version}`
      const items = result.items.map((item) => partialOf(item, apiVersion))
      return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items }
    }
    case 'table':
      return wireTable(kind, result.items, {
        version: shape.version,
        metadata,
        includeObject: wanted.query.includeObject,
        now: wanted.now,
      })
  }
}

/** The metadata of a list (API-217). */
export function listMetaOf(result: ListResult): ListMeta {
  const { resourceVersion, remainingItemCount } = result
  return {
    resourceVersion,
    ...(result.continue === undefined ? {} : { continue: result.continue }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  }
}
