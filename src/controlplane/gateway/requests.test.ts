import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { StatusError } from '../../kubernetes/status-error'
import { enveloped, protobuf } from './testing/protobuf'
import { daemonSet, Served } from './testing/served'

const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'

describe('resource requests over HTTPS', () => {
  let served: Served
  before(async () => {
    served = await Served.start({ nodes: 2 })
    await served.cluster.advance(2_000)
  })
  after(() => served[Symbol.asyncDispose]())

  it('API-101: JSON unless something else is asked for; YAML on request', async () => {
    for (const Accept of [
      '',
      '*/*',
      'application/*',
      'application/vnd.kubernetes.protobuf,application/json',
    ]) {
      const { headers } = await served.get(
        '/api/v1/namespaces/default',
        Accept === '' ? {} : { Accept },
      )
      assert.equal(headers['content-type'], 'application/json')
    }
    const yaml = await served.get('/api/v1/namespaces/default', { Accept: 'application/yaml' })
    assert.equal(yaml.headers['content-type'], 'application/yaml')
    assert.match(yaml.text, /^kind: Namespace\n/)
  })

  it('API-102: nothing acceptable is 406', async () => {
    const { code, json } = await served.get('/api/v1/namespaces', { Accept: 'text/html' })
    assert.deepEqual([code, json.reason], [406, 'NotAcceptable'])
    assert.match(
      json.message,
      /^406: Not Acceptable\n\nAvailable representations: application\/json/,
    )
  })

  it('API-103, API-107: bodies are JSON, YAML or protobuf; anything else is 415', async () => {
    const path = '/api/v1/namespaces/default/configmaps'
    assert.equal((await served.post(path, { metadata: { name: 'untyped' } })).code, 201)
    const yaml = 'metadata:\n  name: from-yaml\ndata:\n  a: "1"\n'
    const made = await served.post(path, yaml, { 'Content-Type': 'application/yaml' })
    assert.deepEqual([made.code, made.json.data], [201, { a: '1' }])
    const other = await served.post(path, 'x', { 'Content-Type': 'text/plain' })
    assert.deepEqual([other.code, other.json.reason], [415, 'UnsupportedMediaType'])
    assert.equal(
      other.json.message,
      'the body of the request was in an unknown format - accepted media types include: ' +
        'application/json, application/yaml, application/vnd.kubernetes.protobuf',
    )
    const nothing = await served.post(path, '{}', { 'Content-Type': protobuf })
    assert.deepEqual([nothing.code, nothing.json.reason], [400, 'BadRequest'])
    const unknown = enveloped('Deployment', 'apps/v1', Buffer.alloc(0))
    const refused = await served.post(path, unknown, { 'Content-Type': protobuf })
    assert.deepEqual([refused.code, refused.json.reason], [415, 'UnsupportedMediaType'])
  })

  it('API-104, API-106: typed clients read JSON, whether they would rather have something else or not', async () => {
    const path = '/api/v1/namespaces/default'
    for (const Accept of [
      'application/vnd.kubernetes.protobuf,application/json',
      'application/vnd.kubernetes.protobuf, */*',
      'application/json, */*',
      'application/json, */*;q=0.8',
    ]) {
      const { code, headers, json } = await served.get(path, { Accept })
      assert.deepEqual([code, headers['content-type']], [200, 'application/json'], Accept)
      assert.equal(json.kind, 'Namespace')
    }
    const headers = { Accept: 'application/json, */*', 'Content-Type': 'application/json' }
    const maps = `${path}/configmaps`
    const made = await served.post(maps, { metadata: { name: 'typed' } }, headers)
    assert.deepEqual([made.code, made.headers['content-type']], [201, 'application/json'])
    const gone = await served.ask('DELETE', `${maps}/typed`, { headers })
    assert.deepEqual([gone.code, gone.headers['content-type']], [200, 'application/json'])
    // Such a client writes in its own form, and reads the answer by its type (API-105).
    const own = { Accept: `${protobuf},application/json`, 'Content-Type': protobuf }
    const named = Buffer.from([10, 7, 10, 5, ...Buffer.from('typed')]) // metadata.name
    const written = await served.post(maps, enveloped('ConfigMap', 'v1', named), own)
    assert.deepEqual([written.code, written.json.metadata.name], [201, 'typed'])
    assert.equal(written.headers['content-type'], 'application/json')
    const options = enveloped('DeleteOptions', 'v1', Buffer.from([42, 3, ...Buffer.from('All')]))
    const dry = await served.ask('DELETE', `${maps}/typed`, { headers: own, body: options })
    assert.equal(dry.code, 200)
    assert.equal((await served.get(`${maps}/typed`)).code, 200)
  })

  it('API-121: each kind of refusal has its code, reason and message', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    const told = async (answer: ReturnType<Served['ask']>) => {
      const { code, json, headers } = await answer
      assert.equal(headers['content-type'], 'application/json')
      assert.deepEqual([json.kind, json.status, json.code], ['Status', 'Failure', code])
      return [code, json.reason, json.message, json.details]
    }
    assert.deepEqual(await told(served.get('/api/v1/nodes?limit=x')), [
      ...[400, 'BadRequest', 'strconv.ParseInt: parsing "x": invalid syntax', undefined],
    ])
    assert.deepEqual(await told(served.ask('GET', pods, { anonymous: true })), [
      ...[401, 'Unauthorized', 'Unauthorized', undefined],
    ])
    const nobody = {
      metadata: { name: 'p' },
      spec: { serviceAccountName: 'nobody', containers: [] },
    }
    const [code, reason, message, details] = await told(served.post(pods, nobody))
    assert.deepEqual([code, reason, details], [403, 'Forbidden', { name: 'p', kind: 'pods' }])
    assert.match(String(message), /^pods "p" is forbidden: .*serviceaccount "nobody" not found$/)
    assert.deepEqual((await told(served.get(`${pods}?continue=x`))).slice(0, 2), [
      ...[400, 'BadRequest'],
    ])
    const { server } = served.cluster
    const stop = server.intercept(({ name }) => {
      if (name === 'broken') throw new Error('disk on fire')
      if (name === 'busy') return new StatusError('TooManyRequests', 'too many requests')
      if (name === 'gone') return new StatusError('Expired', 'too old')
      return undefined
    })
    assert.deepEqual(await told(served.get(`${pods}/broken`)), [
      ...[500, 'InternalError', 'Internal error occurred: disk on fire'],
      { causes: [{ message: 'disk on fire' }] },
    ])
    assert.deepEqual((await told(served.get(`${pods}/busy`))).slice(0, 2), [
      ...[429, 'TooManyRequests'],
    ])
    assert.deepEqual((await told(served.get(`${pods}/gone`))).slice(0, 2), [410, 'Expired'])
    stop()
  })

  it('API-124: the first of the steps of a create that fails is the one that answers', async () => {
    const path = '/api/v1/namespaces/default/pods'
    const quota = { metadata: { name: 'none' }, spec: { hard: { pods: '0' } } }
    await served.post('/api/v1/namespaces/default/resourcequotas', quota)
    await served.cluster.drain()
    const huge = '{'.padEnd(3_200_000, ' ')
    const text = { 'Content-Type': 'text/plain' }
    const faults = async (answer: ReturnType<Served['ask']>) => {
      const { code, json } = await answer
      return [code, json.reason]
    }
    const pod = (change: object = {}, spec: object = {}) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'steps' },
      spec: { containers: [{ name: 'c', image: 'x:1' }], ...spec },
      ...change,
    })
    const invalid = { restartPolicy: 'Sometimes' }
    const elsewhere = { metadata: { name: 'steps', namespace: 'other' } }
    const wrongOptions = `${path}?dryRun=Foo`
    // Media type, size, options, decoding.
    assert.deepEqual(await faults(served.post(wrongOptions, huge, text)), [
      415,
      'UnsupportedMediaType',
    ])
    assert.deepEqual(await faults(served.post(wrongOptions, huge)), [413, 'RequestEntityTooLarge'])
    assert.deepEqual(await faults(served.post(wrongOptions, '{')), [422, 'Invalid'])
    assert.deepEqual(await faults(served.post(path, '{')), [400, 'BadRequest'])
    // The version, the namespace, and then what admission adds or misses.
    const older = pod({ apiVersion: 'v0', ...elsewhere }, invalid)
    assert.match((await served.post(path, older)).json.message, /version/)
    const moved = await served.post(path, pod(elsewhere, invalid))
    assert.equal(moved.code, 400)
    assert.match(moved.json.message, /namespace of the (provided )?object does not match/)
    const nowhere = '/api/v1/namespaces/nowhere/pods'
    assert.deepEqual(await faults(served.post(nowhere, pod({}, invalid))), [404, 'NotFound'])
    // Validation, validating admission, the store.
    assert.deepEqual(await faults(served.post(path, pod({}, invalid))), [422, 'Invalid'])
    assert.deepEqual(await faults(served.post(path, pod())), [403, 'Forbidden'])
    await served.ask('DELETE', '/api/v1/namespaces/default/resourcequotas/none')
    assert.equal((await served.post(path, pod())).code, 201)
    assert.deepEqual(await faults(served.post(path, pod())), [409, 'AlreadyExists'])
    await served.ask('DELETE', `${path}/steps?gracePeriodSeconds=0`)
  })

  it('API-144: the field manager is named, or taken from the user agent', async () => {
    const path = '/api/v1/namespaces/default/configmaps'
    const managerOf = async (query: string, agent: string) => {
      const body = { metadata: { name: 'managed' }, data: { a: '1' } }
      const made = await served.post(`${path}${query}`, body, { 'User-Agent': agent })
      await served.ask('DELETE', `${path}/managed`)
      return made.json.metadata?.managedFields?.[0]?.manager ?? made.json.message
    }
    assert.equal(await managerOf('?fieldManager=mine', 'kubectl/v1.36.4 (linux)'), 'mine')
    assert.equal(await managerOf('', 'kubectl/v1.36.4 (linux/amd64) kubernetes/abc'), 'kubectl')
    assert.equal(await managerOf('', 'plain'), 'plain')
    assert.equal(await managerOf(`?fieldManager=${'m'.repeat(128)}`, 'a/1'), 'm'.repeat(128))
    assert.match(
      await managerOf(`?fieldManager=${'m'.repeat(129)}`, 'a/1'),
      /fieldManager: Too long/,
    )
    assert.match(await managerOf('?fieldManager=a%01b', 'a/1'), /fieldManager: Invalid value/)
  })

  it('API-109: pretty for curl and on request', async () => {
    const path = '/api/v1/namespaces/default'
    assert.equal((await served.get(path)).text.trim().includes('\n'), false)
    assert.match((await served.get(`${path}?pretty=true`)).text, /^\{\n {2}"kind"/)
    const curl = { 'User-Agent': 'curl/8' }
    assert.match((await served.get(path, curl)).text, /^\{\n {2}"kind"/)
    assert.doesNotMatch((await served.get(`${path}?pretty=false`, curl)).text, /^\{\n/)
  })

  it('API-110: large answers are compressed for those who take it', async () => {
    const big = { metadata: { name: 'big' }, data: { text: 'x'.repeat(200_000) } }
    await served.post('/api/v1/namespaces/default/configmaps', big)
    const path = '/api/v1/namespaces/default/configmaps/big'
    const packed = await served.open('GET', path, { headers: { 'Accept-Encoding': 'gzip' } })
    assert.equal(packed.headers['content-encoding'], 'gzip')
    packed.resume()
    assert.equal((await served.get(path)).json.data.text.length, 200_000)
    await served.ask('DELETE', path)
  })

  it('API-112, API-113: parameters that cannot be parsed', async () => {
    const limit = await served.get('/api/v1/nodes?limit=x')
    assert.equal(limit.code, 400)
    assert.equal(limit.json.message, 'strconv.ParseInt: parsing "x": invalid syntax')
    assert.equal('details' in limit.json, false)
    assert.equal((await served.get('/api/v1/nodes?limit=-1&nosuch=1')).json.items.length, 2)
    const timeout = await served.get('/api/v1/nodes?timeout=bla')
    assert.match(timeout.json.message, /^invalid timeout specified in the request URL - /)
  })

  it('API-114: verbs that a path does not take are 405', async () => {
    for (const [method, path] of [
      ['DELETE', '/api/v1/namespaces'],
      ['PATCH', daemonSets],
      ['PUT', '/api/v1/nodes'],
      ['POST', `${daemonSets}/x/status`],
      ['POST', '/apis/apps/v1/namespaces/default/deployments'],
    ] as const) {
      const { code, json } = await served.ask(method, path)
      assert.deepEqual([code, json.reason], [405, 'MethodNotAllowed'], `${method} ${path}`)
      assert.deepEqual(json.details, {})
      assert.equal(json.message.includes('can only be read here'), path.endsWith('deployments'))
    }
  })

  it('API-115, API-116: a Status of everything that is missing', async () => {
    const { code, json } = await served.get(`${daemonSets}/nosuch`)
    assert.equal(code, 404)
    assert.deepEqual(json, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'daemonsets.apps "nosuch" not found',
      reason: 'NotFound',
      details: { name: 'nosuch', group: 'apps', kind: 'daemonsets' },
      code: 404,
    })
  })

  it('API-123, API-145, API-193: create, replace, read; lists without types in their items', async () => {
    const made = await served.post(daemonSets, daemonSet('crud'))
    assert.equal(made.code, 201)
    assert.match(made.text, /^\{"kind":"DaemonSet","apiVersion":"apps\/v1","metadata":/)
    assert.equal(made.json.metadata.generation, 1)
    const read = await served.get(`${daemonSets}/crud`)
    const changed = {
      ...read.json,
      metadata: { ...read.json.metadata, resourceVersion: '', labels: { app: 'crud', x: 'y' } },
    }
    assert.equal((await served.ask('PUT', `${daemonSets}/crud`, { body: changed })).code, 200)
    const list = (await served.get(daemonSets)).json
    assert.equal(list.kind, 'DaemonSetList')
    assert.match(list.metadata.resourceVersion, /^\d+$/)
    for (const item of list.items) {
      assert.equal('kind' in item, false)
      assert.equal('apiVersion' in item, false)
    }
    assert.deepEqual(
      (await served.get('/apis/apps/v1/namespaces/nosuch/daemonsets')).json.items,
      [],
    )
    await served.ask('DELETE', `${daemonSets}/crud`)
  })

  it('API-127: what is no JSON is refused in words', async () => {
    const { code, json } = await served.post(daemonSets, '{"metadata": {"name": ')
    assert.equal(code, 400)
    assert.match(
      json.message,
      /^the object provided is unrecognized \(must be of type DaemonSet\): couldn't get version\/kind; json parse error: /,
    )
    const empty = await served.post(daemonSets, '')
    assert.match(empty.json.message, /unexpected end of JSON input \(<empty>\)$/)
  })

  it('API-138, API-139: unknown and repeated fields under Strict and Warn', async () => {
    const body = '{"metadata":{"name":"dup","name":"dup","foo":1},"data":{}}'
    const path = '/api/v1/namespaces/default/configmaps'
    const strict = await served.post(`${path}?fieldValidation=Strict`, body)
    assert.equal(strict.code, 400)
    assert.match(
      strict.json.message,
      /strict decoding error: unknown field "metadata.foo", duplicate field "metadata.name"$/,
    )
    const warned = await served.post(path, body)
    assert.equal(warned.code, 201)
    const warnings = String(warned.headers['warning'])
    assert.ok(warnings.includes('299 - "unknown field \\"metadata.foo\\""'), warnings)
    assert.ok(warnings.includes('299 - "duplicate field \\"metadata.name\\""'), warnings)
    const ignored = await served.ask('DELETE', `${path}/dup`)
    assert.equal(ignored.code, 200)
  })

  it('API-142: a dry run stores nothing', async () => {
    const made = await served.post(`${daemonSets}?dryRun=All`, daemonSet('dry'))
    assert.equal(made.code, 201)
    assert.equal('resourceVersion' in made.json.metadata, false)
    assert.equal((await served.get(`${daemonSets}/dry`)).code, 404)
    const wrong = await served.post(`${daemonSets}?dryRun=Foo`, daemonSet('dry'))
    assert.equal(wrong.code, 422)
  })

  it('API-154: the media types of patches', async () => {
    await served.post(daemonSets, daemonSet('patched'))
    const path = `${daemonSets}/patched`
    const merge = await served.patch(path, 'application/merge-patch+json', {
      metadata: { labels: { a: 'b' } },
    })
    assert.equal(merge.json.metadata.labels.a, 'b')
    const json = await served.patch(path, 'application/json-patch+json', [
      { op: 'remove', path: '/metadata/labels/a' },
    ])
    assert.equal(json.json.metadata.labels.a, undefined)
    const strategic = await served.patch(path, 'application/strategic-merge-patch+json', {
      spec: { template: { spec: { containers: [{ name: 'c', image: 'x:2' }] } } },
    })
    assert.equal(strategic.json.spec.template.spec.containers[0].image, 'x:2')
    const other = await served.patch(path, 'application/json', {})
    assert.deepEqual([other.code, other.json.message], [415, '415: Unsupported Media Type'])
    const none = await served.patch(`${daemonSets}/nosuch`, 'application/merge-patch+json', {})
    assert.equal(none.code, 404)
  })

  it('API-157: a JSON patch that does not fit', async () => {
    const path = `${daemonSets}/patched`
    const test = [{ op: 'test', path: '/metadata/labels/app', value: 'other' }]
    const refused = await served.patch(path, 'application/json-patch+json', test)
    assert.deepEqual([refused.code, refused.json.reason], [422, 'Invalid'])
    assert.equal(
      refused.json.message,
      'the server rejected our request due to an error in our request',
    )
    assert.equal((await served.patch(path, 'application/json-patch+json', {})).code, 400)
  })

  it('API-163, API-165: force and the manager of an apply', async () => {
    const path = `${daemonSets}/patched`
    const forced = await served.patch(`${path}?force=true`, 'application/merge-patch+json', {})
    assert.equal(forced.code, 422)
    assert.match(forced.json.message, /force: Forbidden: may not be specified for non-apply patch/)
    const nameless = await served.patch(path, 'application/apply-patch+yaml', daemonSet('patched'))
    assert.equal(nameless.code, 422)
    assert.match(nameless.json.message, /fieldManager: Required value: is required for apply patch/)
  })

  it('API-195 to API-197: forms of DeleteOptions, and what comes back', async () => {
    const made = await served.post(daemonSets, daemonSet('gone'))
    for (const body of [
      { kind: 'Foo', apiVersion: 'v1' },
      { kind: 'DeleteOptions', apiVersion: 'batch/v7' },
    ]) {
      const refused = await served.ask('DELETE', `${daemonSets}/gone`, { body })
      assert.equal(refused.code, 400)
      assert.match(refused.json.message, /^no kind "\w+" is registered for version/)
    }
    const body = { kind: 'DeleteOptions', apiVersion: 'apps/v1', propagationPolicy: 'Background' }
    const deleted = await served.ask('DELETE', `${daemonSets}/gone`, { body })
    assert.equal(deleted.code, 200)
    assert.deepEqual(deleted.json, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'gone', group: 'apps', kind: 'daemonsets', uid: made.json.metadata.uid },
    })
  })

  it('API-195, API-200: options in the query', async () => {
    await served.post(daemonSets, daemonSet('orphaning'))
    const { code, json } = await served.ask(
      'DELETE',
      `${daemonSets}/orphaning?propagationPolicy=Orphan`,
    )
    assert.equal(code, 200)
    assert.deepEqual(json.metadata.finalizers, ['orphan'])
  })

  it('API-206: deletecollection answers with the list', async () => {
    const path = '/api/v1/namespaces/default/configmaps'
    await served.post(path, { metadata: { name: 'one', labels: { group: 'a' } } })
    await served.post(path, { metadata: { name: 'two', labels: { group: 'b' } } })
    const { code, json } = await served.ask('DELETE', `${path}?labelSelector=group%3Da`, {
      body: { gracePeriodSeconds: 1 },
    })
    assert.equal(code, 200)
    assert.equal(json.kind, 'ConfigMapList')
    assert.deepEqual(
      json.items.map((item: { metadata: { name: string } }) => item.metadata.name),
      ['one'],
    )
    assert.equal((await served.get(`${path}/two`)).code, 200)
  })

  it('API-217 to API-220: chunks, tokens and versions', async () => {
    const path = '/api/v1/namespaces/default/secrets'
    for (const name of ['a', 'b', 'c']) await served.post(path, { metadata: { name } })
    const first = (await served.get(`${path}?limit=2`)).json
    assert.equal(first.items.length, 2)
    assert.equal(first.metadata.remainingItemCount, 1)
    await served.post(path, { metadata: { name: 'd' } })
    const token = encodeURIComponent(first.metadata.continue)
    const second = (await served.get(`${path}?limit=2&continue=${token}`)).json
    assert.deepEqual(
      second.items.map((item: { metadata: { name: string } }) => item.metadata.name),
      ['c'],
    )
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion)
    assert.equal((await served.get(`${path}?limit=1&resourceVersion=0`)).json.items.length, 4)
    assert.equal((await served.get(`${path}?continue=x`)).code, 400)
    assert.equal((await served.get(`${path}?resourceVersionMatch=Exact`)).code, 422)
    const future = await served.get(`${path}?resourceVersion=99999999`)
    assert.equal(future.code, 504)
    assert.equal(future.headers['retry-after'], '1')
  })

  it('API-228: selectors and watch are ignored where one object is named', async () => {
    const { code, json } = await served.get(
      '/api/v1/namespaces/default?watch=1&labelSelector=a%3Db',
    )
    assert.deepEqual([code, json.kind], [200, 'Namespace'])
  })

  it('API-194, KUBELET-13: conditions of pods show the times that they do not have', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    const body = {
      metadata: { name: 'timed' },
      spec: { containers: [{ name: 'c', image: 'x:1' }] },
    }
    await served.post(pods, body)
    await served.cluster.advance(5_000)
    const conditions = [{ type: 'example.com/gate', status: 'True' }]
    const patch = 'application/strategic-merge-patch+json'
    const { json } = await served.patch(`${pods}/timed/status`, patch, { status: { conditions } })
    const shown = (await served.get(`${pods}/timed`)).json.status.conditions
    assert.deepEqual(shown, json.status.conditions)
    assert.deepEqual(
      shown.map((each: { lastProbeTime: unknown }) => each.lastProbeTime),
      shown.map(() => null),
    )
    const own = shown.filter(({ type }: { type: string }) => type !== 'example.com/gate')
    assert.ok(own.length >= 5)
    for (const { lastTransitionTime } of own) assert.match(lastTransitionTime, /^\d{4}-.*Z$/)
    const gate = shown.find(({ type }: { type: string }) => type === 'example.com/gate')
    assert.deepEqual(gate, { ...conditions[0], lastProbeTime: null, lastTransitionTime: null })
    await served.ask('DELETE', `${pods}/timed?gracePeriodSeconds=0`)
  })

  it('API-234: logs say what the container is; exec is refused at once', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    await served.cluster.advance(1_000)
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x:1' }] } }
    assert.equal((await served.post(pods, pod)).code, 201)
    await served.cluster.advance(5_000)
    const log = await served.get(`${pods}/p/log`)
    assert.deepEqual([log.code, log.headers['content-type']], [200, 'text/plain; charset=utf-8'])
    assert.match(log.text, /simulated container c \(x:1\)/)
    assert.equal((await served.get(`${pods}/p/log?container=z`)).code, 400)
    assert.equal((await served.get(`${pods}/nosuch/log`)).code, 404)
    assert.equal((await served.ask('POST', `${pods}/p/exec?command=ls`)).code, 501)
  })

  it('API-238, API-240: events.k8s.io is another view of core events', async () => {
    const core = (await served.get('/api/v1/namespaces/default/events')).json.items
    const view = (await served.get('/apis/events.k8s.io/v1/namespaces/default/events')).json
    assert.equal(view.kind, 'EventList')
    assert.equal(view.items.length, core.length)
    const scheduled = view.items.find(
      (each: { reason: string; regarding: { name: string } }) =>
        each.reason === 'Scheduled' && each.regarding.name === 'p',
    )
    assert.equal(scheduled.regarding.name, 'p')
    assert.match(scheduled.note, /^Successfully assigned/)
    assert.equal('involvedObject' in scheduled, false)
    const selected = await served.get(
      '/apis/events.k8s.io/v1/namespaces/default/events?fieldSelector=regarding.name%3Dp,reason%3DScheduled',
    )
    assert.equal(selected.json.items.length, 1)
    const made = await served.post('/apis/events.k8s.io/v1/namespaces/default/events', {
      metadata: { name: 'e1' },
      regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
      note: 'said so',
      type: 'Normal',
      reason: 'Test',
      action: 'Testing',
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'test',
      reportingInstance: 'test-1',
    })
    assert.equal(made.code, 201, made.text)
    assert.equal(made.json.apiVersion, 'events.k8s.io/v1')
    const same = (await served.get('/api/v1/namespaces/default/events/e1')).json
    assert.deepEqual([same.message, same.involvedObject.name], ['said so', 'p'])
  })

  it('DISC-29: reviews are answered and not stored', async () => {
    const review = await served.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    })
    assert.deepEqual([review.code, review.json.status.allowed], [201, true])
    const who = await served.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {})
    assert.equal(who.json.status.userInfo.username, 'kubernetes-admin')
  })

  it('DISC-30: kinds that nothing makes are empty and can be read', async () => {
    for (const path of ['/apis/apps/v1/replicasets', '/api/v1/replicationcontrollers']) {
      const { code, json } = await served.get(path)
      assert.equal(code, 200)
      assert.deepEqual(json.items, [])
      assert.match(json.kind, /List$/)
    }
    const missing = await served.get('/apis/apps/v1/namespaces/default/deployments/x')
    assert.equal(missing.json.message, 'deployments.apps "x" not found')
  })
})
