import type { ServedResource } from '../gateway/served-resources'
import { fullNameOf } from './schemas'

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const

/** The parameters of every write; kubectl looks for `fieldValidation` before it relies on the server (DISC-36). */
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
}))

/** The path items of one resource: its collection and its objects. */
export function pathItemsOf(resource: ServedResource): Record<string, object> {
  const { group, version, plural, namespaced } = resource
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const base = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`
  const items: Record<string, object> = { [base]: collectionItem(resource) }
  if (resource.verbs.includes('get')) items[`${base}/{name}`] = objectItem(resource)
  return items
}

function collectionItem(resource: ServedResource): object {
  const { verbs } = resource
  return {
    ...(verbs.includes('list') ? { get: operation(resource, 'list') } : {}),
    ...(verbs.includes('create') ? { post: operation(resource, 'post', writeParameters) } : {}),
    ...(verbs.includes('deletecollection')
      ? { delete: operation(resource, 'deletecollection') }
      : {}),
    parameters: pathParameters(resource, false),
  }
}

function objectItem(resource: ServedResource): object {
  const { verbs } = resource
  return {
    get: operation(resource, 'get'),
    ...(verbs.includes('update') ? { put: operation(resource, 'put', writeParameters) } : {}),
    ...(verbs.includes('delete') ? { delete: operation(resource, 'delete') } : {}),
    ...(verbs.includes('patch') ? { patch: patchOperation(resource) } : {}),
    parameters: pathParameters(resource, true),
  }
}

function operation(resource: ServedResource, action: string, parameters: object[] = []): object {
  const { group, version, kind, backing } = resource
  const schema =
    backing.type === 'stored' && action !== 'list' && action !== 'deletecollection'
      ? { schema: { $ref: `#/components/schemas/${fullNameOf(kind)}` } }
      : {}
  return {
    responses: { 200: { description: 'OK', content: { 'application/json': schema } } },
    ...(parameters.length === 0 ? {} : { parameters }),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  }
}

function patchOperation(resource: ServedResource): object {
  const force = { name: 'force', in: 'query', schema: { type: 'boolean', uniqueItems: true } }
  return {
    ...operation(resource, 'patch', [...writeParameters, force]),
    requestBody: {
      content: Object.fromEntries(patchTypes.map((type) => [type, { schema: { type: 'object' } }])),
      required: true,
    },
  }
}

function pathParameters({ namespaced }: ServedResource, isObject: boolean): object[] {
  const names = [...(isObject ? ['name'] : []), ...(namespaced ? ['namespace'] : [])]
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
}
