import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Served } from './testing/served'

const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

/** What a client would trip over in an aggregated document (DISC-17 to DISC-19). */
// biome-ignore lint/suspicious/noExplicitAny: JSON from the server
function problemsOf({ items }: any): readonly string[] {
  // biome-ignore lint/suspicious/noExplicitAny: JSON from the server
  const versions = items.flatMap((group: any) => group.versions)
  // biome-ignore lint/suspicious/noExplicitAny: JSON from the server
  const resources = versions.flatMap((version: any) => version.resources)
  return [
    // biome-ignore lint/suspicious/noExplicitAny: JSON from the server
    ...versions.filter(({ freshness }: any) => freshness !== 'Current'),
    // biome-ignore lint/suspicious/noExplicitAny: JSON from the server
    ...resources.filter(({ responseKind }: any) => (responseKind?.kind ?? '') === ''),
    // biome-ignore lint/suspicious/noExplicitAny: JSON from the server
    ...resources.filter(({ scope }: any) => scope !== 'Namespaced' && scope !== 'Cluster'),
  ]
}

describe('discovery, health and version over HTTPS', () => {
  let served: Served
  before(async () => {
    served = await Served.start()
  })
  after(() => served[Symbol.asyncDispose]())

  it('DISC-01, DISC-02: /version has the members of a release', async () => {
    for (const path of ['/version', '/version/']) {
      const { code, json } = await served.get(path)
      assert.equal(code, 200)
      assert.match(json.gitVersion, /^v1\.36\.\d+/)
      assert.deepEqual(Object.keys(json), [
        'major',
        'minor',
        'emulationMajor',
        'emulationMinor',
        'minCompatibilityMajor',
        'minCompatibilityMinor',
        'gitVersion',
        'gitCommit',
        'gitTreeState',
        'buildDate',
        'goVersion',
        'compiler',
        'platform',
      ])
    }
  })

  it('DISC-03, DISC-04: health paths answer plain text, with checks when asked', async () => {
    for (const path of ['/healthz', '/livez', '/readyz']) {
      const { code, text, headers } = await served.get(path)
      assert.deepEqual([code, text], [200, 'ok'])
      assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal((await served.ask('HEAD', path)).code, 200)
    }
    const { text } = await served.get('/readyz?verbose&exclude=etcd')
    assert.match(text, /^\[\+\]ping ok\n/)
    assert.match(text, /\[\+\]etcd excluded: ok\n/)
    assert.match(text, /\nreadyz check passed\n$/)
    assert.equal((await served.get('/healthz/ping')).text, 'ok')
    assert.equal((await served.get('/healthz/nosuch')).code, 404)
    // Clients wait for steps of the start by name; not every path knows every check.
    assert.equal((await served.get('/readyz/poststarthook/rbac/bootstrap-roles')).text, 'ok')
    assert.equal((await served.get('/readyz/shutdown')).text, 'ok')
    assert.equal((await served.get('/livez/shutdown')).code, 404)
  })

  it('DISC-05: no token and a wrong token are 401, health excepted', async () => {
    const without = await served.ask('GET', '/api', { anonymous: true })
    assert.equal(without.code, 401)
    assert.equal(without.json.reason, 'Unauthorized')
    assert.equal((await served.get('/api', { Authorization: 'Bearer x' })).code, 401)
    assert.equal((await served.ask('GET', '/readyz', { anonymous: true })).code, 200)
  })

  it('DISC-06: / lists the paths', async () => {
    const { paths } = (await served.get('/')).json
    assert.ok(paths.includes('/apis/apps/v1'))
    assert.deepEqual(paths, [...paths].sort())
  })

  it('DISC-07: unknown paths and groups are plain text', async () => {
    for (const path of ['/foo', '/apis/x/v1/foos', '/apis/x', '/metrics']) {
      const { code, text, headers } = await served.get(path)
      assert.equal(code, 404)
      assert.equal(text.trim(), '404 page not found')
      assert.match(String(headers['content-type']), /^text\/plain/)
    }
  })

  it('DISC-08: unknown versions, resources and subresources are a Status', async () => {
    for (const path of [
      '/apis/apps/v9',
      '/api/v2',
      '/apis/apps/v1/foos',
      '/apis/apps/v1/namespaces/default/daemonsets/x/scale',
      '/api/v1/pods/x',
    ]) {
      const { code, json } = await served.get(path)
      assert.equal(code, 404)
      assert.equal(json.reason, 'NotFound')
      assert.equal(json.message, 'the server could not find the requested resource')
      assert.deepEqual(json.details, {})
    }
  })

  it('DISC-09: a slash at the end changes nothing', async () => {
    for (const path of ['/api', '/apis', '/api/v1', '/apis/apps']) {
      assert.equal((await served.get(`${path}/`)).text, (await served.get(path)).text)
    }
  })

  it('DISC-10, DISC-11, DISC-12, DISC-14: the old form of discovery', async () => {
    const api = (await served.get('/api')).json
    assert.equal(api.kind, 'APIVersions')
    assert.deepEqual(api.versions, ['v1'])
    assert.equal('apiVersion' in api, false)
    const apis = (await served.get('/apis')).json
    assert.equal(apis.kind, 'APIGroupList')
    const apps = apis.groups.find(({ name }: { name: string }) => name === 'apps')
    assert.equal(apis.apiVersion, 'v1')
    for (const { name, versions, preferredVersion } of apis.groups) {
      const version = { groupVersion: `${name}/v1`, version: 'v1' }
      assert.deepEqual([versions, preferredVersion], [[version], version])
    }
    assert.ok(Array.isArray(api.serverAddressByClientCIDRs))
    assert.deepEqual(apps.preferredVersion, { groupVersion: 'apps/v1', version: 'v1' })
    assert.deepEqual((await served.get('/apis/apps')).json, {
      kind: 'APIGroup',
      apiVersion: 'v1',
      ...apps,
    })
    const core = (await served.get('/api/v1')).json
    assert.equal('apiVersion' in core, false)
    const eviction = core.resources.find(({ name }: { name: string }) => name === 'pods/eviction')
    assert.deepEqual(eviction, {
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    })
  })

  it('DISC-13: a version lists its resources with all that clients ask for', async () => {
    for (const [path, groupVersion] of [
      ['/api/v1', 'v1'],
      ['/apis/apps/v1', 'apps/v1'],
      ['/apis/policy/v1', 'policy/v1'],
    ] as const) {
      const { json } = await served.get(path)
      assert.equal(json.kind, 'APIResourceList')
      assert.equal(json.groupVersion, groupVersion)
      assert.equal(json.apiVersion, path === '/api/v1' ? undefined : 'v1')
      const names: string[] = []
      for (const resource of json.resources) {
        const { name, singularName, namespaced, kind, verbs, storageVersionHash } = resource
        names.push(name)
        assert.equal(singularName === '', name.includes('/'), name)
        assert.equal(typeof namespaced, 'boolean')
        assert.match(kind, /^[A-Z]/)
        assert.deepEqual(verbs, [...verbs].sort())
        const isStored = !name.includes('/') && verbs.includes('list')
        assert.equal(storageVersionHash !== undefined, isStored, name)
      }
      assert.deepEqual(names, [...names].sort())
    }
  })

  it('API-01, DISC-28: apps/v1 serves DaemonSets and revisions, and what others would scale', async () => {
    const { resources } = (await served.get('/apis/apps/v1')).json
    const told = resources.map((each: Record<string, unknown>) =>
      [each['name'], each['shortNames'], each['categories']].flat().filter(Boolean).join(' '),
    )
    assert.deepEqual(told, [
      'controllerrevisions',
      'daemonsets ds all',
      'daemonsets/status',
      'deployments deploy all',
      'deployments/scale',
      'deployments/status',
      'replicasets rs all',
      'replicasets/scale',
      'replicasets/status',
      'statefulsets sts all',
      'statefulsets/scale',
      'statefulsets/status',
    ])
    const [daemonSets] = resources.filter((each: { name: string }) => each.name === 'daemonsets')
    const { singularName, kind, namespaced } = daemonSets
    assert.deepEqual([singularName, kind, namespaced], ['daemonset', 'DaemonSet', true])
    const scale = resources.find((each: { name: string }) => each.name === 'deployments/scale')
    assert.deepEqual([scale.group, scale.version, scale.kind], ['autoscaling', 'v1', 'Scale'])
    assert.equal((await served.get('/apis/apps/v1/daemonsets')).json.kind, 'DaemonSetList')
    const { versions } = (await served.get('/apis/apps')).json
    assert.deepEqual(versions, [{ groupVersion: 'apps/v1', version: 'v1' }])
    const missing = await served.get('/apis/apps/v1/namespaces/default/deployments/x/scale')
    assert.equal(missing.json.message, 'deployments.apps "x" not found')
  })

  it('GATES-19: older versions of DaemonSets are not there', async () => {
    for (const version of ['extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2']) {
      const path = `/apis/${version}/namespaces/default/daemonsets`
      assert.equal((await served.get(`/apis/${version}`)).code, 404)
      assert.equal((await served.get(path)).code, 404)
      const body = { apiVersion: version, kind: 'DaemonSet', metadata: { name: 'old' } }
      assert.equal((await served.post(path, body)).code, 404)
    }
  })

  it('DISC-26, DISC-27, DISC-29: resources with verbs, short names and categories', async () => {
    const { resources } = (await served.get('/apis/apps/v1')).json
    const byName = new Map(resources.map((each: { name: string }) => [each.name, each]))
    // biome-ignore lint/suspicious/noExplicitAny: JSON from the server
    const daemonSets = byName.get('daemonsets') as any
    assert.deepEqual(daemonSets.shortNames, ['ds'])
    assert.deepEqual(daemonSets.categories, ['all'])
    assert.deepEqual(daemonSets.verbs, [
      'create',
      'delete',
      'deletecollection',
      'get',
      'list',
      'patch',
      'update',
      'watch',
    ])
    assert.equal(byName.has('daemonsets/status'), true)
    assert.equal(byName.has('daemonsets/scale'), false)
    const core = (await served.get('/api/v1')).json.resources
    const told = core
      .filter(({ name }: { name: string }) => !name.includes('/'))
      .map(({ name, shortNames = [] }: { name: string; shortNames?: string[] }) =>
        [name, ...shortNames].join(' '),
      )
    for (const each of [
      ...['bindings', 'configmaps cm', 'endpoints ep', 'events ev', 'limitranges limits'],
      ...['namespaces ns', 'nodes no', 'persistentvolumeclaims pvc', 'persistentvolumes pv'],
      ...['pods po', 'podtemplates', 'replicationcontrollers rc', 'resourcequotas quota'],
      ...['secrets', 'serviceaccounts sa', 'services svc'],
    ]) {
      assert.ok(told.includes(each), each)
    }
    const namespaces = core.find(({ name }: { name: string }) => name === 'namespaces')
    assert.equal(namespaces.verbs.includes('deletecollection'), false)
  })

  it('DISC-15, DISC-16, DISC-18, DISC-21: aggregated discovery with its type and ETag', async () => {
    for (const path of ['/api', '/apis']) {
      const { headers, json } = await served.get(`${path}?timeout=32s`, { Accept: aggregated })
      const type = String(headers['content-type'])
      for (const part of ['g=apidiscovery.k8s.io', 'v=v2', 'as=APIGroupDiscoveryList']) {
        assert.ok(type.includes(part), type)
      }
      assert.equal(json.kind, 'APIGroupDiscoveryList')
      assert.equal(json.apiVersion, 'apidiscovery.k8s.io/v2')
      assert.deepEqual(problemsOf(json), [])
      const etag = String(headers['etag'])
      assert.match(etag, /^"[0-9A-F]+"$/)
      const again = await served.get(path, { Accept: aggregated, 'If-None-Match': etag })
      assert.deepEqual([again.code, again.text], [304, ''])
    }
  })

  it('DISC-16, DISC-17: a plain type has the old form, an aggregated document all groups and versions', async () => {
    for (const [path, kind] of [
      ['/api', 'APIVersions'],
      ['/apis', 'APIGroupList'],
    ] as const) {
      const plain = await served.get(path, { Accept: 'application/json' })
      assert.equal(plain.headers['content-type'], 'application/json')
      assert.equal(plain.json.kind, kind)
      const { items } = (await served.get(path, { Accept: aggregated })).json
      for (const { metadata, versions } of items) {
        assert.equal('name' in metadata, path === '/apis')
        const [version, ...others] = versions
        assert.deepEqual([version.version, version.freshness, others], ['v1', 'Current', []])
        assert.ok(version.resources.length > 0)
      }
    }
  })

  it('DISC-25: what a client keeps on disk is asked for again by its ETag, across servers', async () => {
    const ask = (from: Served, etag: string) =>
      from.get('/apis', { Accept: aggregated, 'If-None-Match': etag })
    const kept = await served.get('/apis', { Accept: aggregated })
    const etag = String(kept.headers['etag'])
    assert.equal((await ask(served, etag)).code, 304)
    // A later server in the same place: the same resources have the same mark, any other gets the document.
    await using later = await Served.start()
    assert.equal((await ask(later, etag)).code, 304)
    const outdated = await ask(later, '"0123456789ABCDEF"')
    assert.deepEqual([outdated.code, outdated.text], [200, kept.text])
    const core = await served.get('/api', { Accept: aggregated })
    assert.notEqual(core.headers['etag'], etag)
  })

  it('DISC-20: v2beta1 alone is not acceptable', async () => {
    const Accept = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList'
    assert.equal((await served.get('/apis', { Accept })).code, 406)
  })

  it('DISC-24: core comes before events.k8s.io', async () => {
    const { items } = (await served.get('/apis', { Accept: aggregated })).json
    const names = items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
    assert.ok(names.includes('events.k8s.io'))
    assert.equal((await served.get('/api', { Accept: aggregated })).json.items.length, 1)
  })

  it('DISC-31, DISC-32: OpenAPI v3, index and documents with hashes', async () => {
    const { paths } = (await served.get('/openapi/v3?timeout=32s')).json
    const url = paths['apis/apps/v1'].serverRelativeURL
    assert.match(url, /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]+$/)
    const document = await served.get(url)
    assert.equal(document.headers['cache-control'], 'public, immutable')
    assert.ok(document.headers['etag'])
    assert.ok(document.headers['expires'])
    const old = await served.get('/openapi/v3/apis/apps/v1?hash=OLD')
    assert.deepEqual([old.code, old.headers.location], [301, url])
    assert.equal((await served.get('/openapi/v3/apis/apps/v1')).text, document.text)
    assert.equal((await served.get('/openapi/v3/apis/nosuch/v1')).code, 404)
  })

  it('DISC-33: OpenAPI v2 as JSON, or as protobuf for those who ask for it', async () => {
    const { swagger, definitions, paths } = (await served.get('/openapi/v2')).json
    assert.equal(swagger, '2.0')
    assert.ok(definitions['io.k8s.api.apps.v1.DaemonSet'])
    const { patch } = paths['/apis/apps/v1/namespaces/{namespace}/daemonsets/{name}']
    const parameters = patch.parameters.map(
      ({ in: where, name, type }: { in: string; name: string; type: string }) =>
        `${where} ${name} ${type}`,
    )
    assert.ok(parameters.includes('query fieldValidation string'), String(parameters))
    for (const Accept of [
      'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
      'application/com.github.proto-openapi.spec.v2.v1.0+protobuf, */*;q=0.1',
    ]) {
      const { code, headers, text } = await served.get('/openapi/v2', { Accept })
      assert.equal(code, 200)
      assert.equal(
        headers['content-type'],
        'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
      )
      assert.ok(text.startsWith('\n\u00032.0')) // Field 1: the version of the form.
      for (const name of Object.keys(definitions)) assert.ok(text.includes(name), name)
    }
    const other = await served.get('/openapi/v2', { Accept: 'text/html' })
    assert.deepEqual([other.code, other.text], [406, ''])
  })

  it('DISC-36, DISC-37: the document has what apply and explain look for', async () => {
    const { paths, components } = (await served.get('/openapi/v3/apis/apps/v1')).json
    const { patch } = paths['/apis/apps/v1/namespaces/{namespace}/daemonsets/{name}']
    assert.deepEqual(patch['x-kubernetes-group-version-kind'], {
      group: 'apps',
      version: 'v1',
      kind: 'DaemonSet',
    })
    const names = patch.parameters.map(({ name }: { name: string }) => name)
    assert.ok(names.includes('fieldValidation'))
    assert.ok(patch.requestBody.content['application/strategic-merge-patch+json'])
    const { containers } = components.schemas['io.k8s.api.core.v1.PodSpec'].properties
    assert.equal(containers['x-kubernetes-patch-merge-key'], 'name')
    assert.equal(containers['x-kubernetes-patch-strategy'], 'merge')
    assert.deepEqual(containers['x-kubernetes-list-map-keys'], ['name'])
    const schema = components.schemas['io.k8s.api.apps.v1.DaemonSet']
    assert.deepEqual(schema['x-kubernetes-group-version-kind'], [
      { group: 'apps', version: 'v1', kind: 'DaemonSet' },
    ])
    assert.match(schema.description, /DaemonSet/)
  })

  it('DISC-40: every answer carries an audit id and is not to be cached', async () => {
    const { headers } = await served.get('/api/v1/namespaces')
    assert.match(String(headers['audit-id']), /^[0-9a-f-]{36}$/)
    assert.equal(headers['cache-control'], 'no-cache, private')
  })
})
