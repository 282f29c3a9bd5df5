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
    // kubectl looks here for what a server validates before it sends anything of a kind, so kinds that can only be
    // read have this as well: then it is the server that says so, and not a client that finds no schema.
    ...(verbs.includes('get') ? { patch: patchOperation(resource) } : {}),
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

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: object
}

interface Operation {
  readonly responses: { readonly 200: { readonly content: { readonly [type: string]: object } } }
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: object }
}

/** The same path items in the terms of OpenAPI v2, where parameters have no schema and a body is a parameter. */
export function pathItemsOfVersion2(resource: ServedResource): Record<string, object> {
  const items = Object.entries(pathItemsOf(resource)).map(([path, item]) => {
    const members = Object.entries(item).map(([name, value]) => [
      name,
      name === 'parameters'
        ? (value as readonly Parameter[]).map(parameterOfVersion2)
        : operationOfVersion2(value as Operation),
    ])
    return [path, Object.fromEntries(members)]
  })
  return Object.fromEntries(items)
}

function operationOfVersion2({
  responses,
  parameters = [],
  requestBody,
  ...rest
}: Operation): object {
  const [answer = {}] = Object.values(responses[200].content)
  const { schema } = answer as { readonly schema?: { readonly $ref: string } }
  const referred = schema?.$ref.replace('#/components/schemas/', '#/definitions/')
  const body = { name: 'body', in: 'body', required: true, schema: { type: 'object' } }
  return {
    ...rest,
    ...(requestBody === undefined ? {} : { consumes: Object.keys(requestBody.content) }),
    parameters: [
      ...(requestBody === undefined ? [] : [body]),
      ...parameters.map(parameterOfVersion2),
    ],
    responses: {
      200: { description: 'OK', ...(referred === undefined ? {} : { schema: { $ref: referred } }) },
    },
  }
}

function parameterOfVersion2({ schema, ...rest }: Parameter): object {
  return { ...rest, ...schema }
}
