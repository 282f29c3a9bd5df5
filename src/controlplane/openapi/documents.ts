import { groups, type ServedResource, servedResources } from '../gateway/served-resources'
import { pathItemsOf, pathItemsOfVersion2 } from './paths'
import { fullNameOf, type RefPrefix, type Schema, schemasFrom } from './schemas'

const info = { title: 'Kubernetes', version: 'v1.36.2' }

/** `api/v1` or `apis/{group}/v1` for every group version that is served. */
export const documentKeys: readonly string[] = groups.map(keyOf)

/** The one document of the old form (DISC-33). */
export function openApiV2(): object {
  return {
    swagger: '2.0',
    info,
    paths: Object.assign({}, ...servedResources.map(pathItemsOfVersion2)),
    definitions: componentsOf(servedResources, '#/definitions/'),
  }
}

/** The document of `api/v1` or `apis/{group}/v1`; absent when there is none (DISC-36, DISC-37). */
export function openApiV3(key: string): object | undefined {
  const group = groups.find((candidate) => keyOf(candidate) === key)
  if (group === undefined) return undefined
  const served = servedResources.filter((resource) => resource.group === group)
  return {
    openapi: '3.0.0',
    info,
    paths: Object.assign({}, ...served.map(pathItemsOf)),
    components: { schemas: componentsOf(served, '#/components/schemas/') },
  }
}

function keyOf(group: string): string {
  return group === '' ? 'api/v1' : `apis/${group}/v1`
}

function componentsOf(
  served: readonly ServedResource[],
  prefix: RefPrefix,
): Record<string, Schema> {
  const kinds = served.filter(({ backing }) => backing.type === 'stored')
  const schemas = schemasFrom(
    kinds.map(({ kind }) => kind),
    prefix,
  )
  for (const { group, version, kind } of kinds) {
    const name = fullNameOf(kind)
    schemas.set(name, {
      ...schemas.get(name),
      'x-kubernetes-group-version-kind': [{ group, version, kind }],
    })
  }
  return Object.fromEntries(schemas)
}
