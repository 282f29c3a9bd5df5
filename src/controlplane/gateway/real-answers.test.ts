import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { daemonSet, Served } from './testing/served'

const core = '/api/v1/namespaces/default'
const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'
const events = '/apis/events.k8s.io/v1/namespaces/default/events'
const configMaps = `${core}/configmaps`

/** Answers that were compared with those of a kube-apiserver 1.36.2, request by request. */
describe('answers in the words of a real server', () => {
  let served: Served
  before(async () => {
    served = await Served.start()
    await served.post(daemonSets, daemonSet('web'))
    await served.post(configMaps, { metadata: { name: 'a' }, data: { a: 'b' } })
  })
  after(() => served[Symbol.asyncDispose]())

  it('API-102, API-121: refusals come in the format that is taken', async () => {
    const { code, headers, text } = await served.get(`${configMaps}/nosuch`, {
      Accept: 'application/yaml',
    })
    assert.deepEqual([code, headers['content-type']], [404, 'application/yaml'])
    assert.equal(parse(text).message, 'configmaps "nosuch" not found')
    const shape = await served.get(configMaps, { Accept: 'application/json;as=Poem;v=v1' })
    assert.deepEqual([shape.code, shape.json.details], [406, undefined])
    assert.match(shape.json.message, /^only the following media types are accepted: /)
    const type = await served.get(configMaps, { Accept: 'text/html' })
    assert.deepEqual([type.code, type.json.details], [406, {}])
  })

  it('API-114: what can only be read takes no other method', async () => {
    for (const [method, path, code] of [
      ['HEAD', configMaps, 405],
      ['HEAD', '/version', 405],
      ['POST', '/version', 405],
      ['POST', '/api', 405],
      ['DELETE', '/api/v1', 405],
      ['POST', '/apis/apps/v1', 405],
      ['PUT', '/apis', 200],
      ['POST', '/healthz', 200],
    ] as const) {
      assert.equal((await served.ask(method, path)).code, code, `${method} ${path}`)
    }
  })

  it('DISC-04, DISC-07, DISC-08: paths that are not there, and checks that cannot be excluded', async () => {
    const below = await served.get('/version/x')
    assert.equal(below.json.message, 'the server could not find the requested resource')
    const schema = await served.get('/openapi/v3/nosuch')
    assert.deepEqual([schema.code, schema.text], [404, ''])
    const { text } = await served.get('/readyz?verbose&exclude=etcd&exclude=nosuch')
    assert.match(
      text,
      /\nwarn: some health checks cannot be excluded: no matches for "nosuch"\nreadyz check passed\n$/,
    )
  })

  it('API-158, API-161: patches that are no objects', async () => {
    const notAn = (what: string) =>
      `json: cannot unmarshal ${what} into Go value of type map[string]interface {}`
    const merge = 'application/merge-patch+json'
    const strategic = 'application/strategic-merge-patch+json'
    for (const [type, body, message] of [
      [merge, 'null', 'Invalid JSON Patch'],
      [merge, '[]', `error decoding patch: ${notAn('array')}`],
      [merge, '{', 'error decoding patch: unexpected end of JSON input'],
      [strategic, '5', notAn('number')],
    ] as const) {
      const { code, json } = await served.patch(`${daemonSets}/web`, type, body)
      assert.deepEqual([code, json.message], [400, message])
    }
    const other = await served.patch(`${daemonSets}/web`, 'text/plain', '{}')
    assert.deepEqual([other.code, other.json.details], [415, {}])
  })

  it('API-159: a patch to another kind or version shows what came of it', async () => {
    for (const [body, why] of [
      [{ apiVersion: 'v1', kind: 'Pod' }, 'converting (v1.Pod) to (apps.DaemonSet)'],
      [{ apiVersion: 'apps/v2' }, 'no kind "DaemonSet" is registered for version "apps/v2"'],
    ] as const) {
      const { code, json } = await served.patch(
        `${daemonSets}/web`,
        'application/merge-patch+json',
        body,
      )
      assert.equal(code, 422)
      assert.ok(json.message.includes(why), json.message)
      assert.ok(json.message.includes('\\"updateStrategy\\"'), json.message)
    }
  })

  it('API-113, API-218, API-220, API-223, WATCH-10: options that do not fit', async () => {
    const match = 'resourceVersionMatch'
    const forbidden = `${match}: Forbidden: `
    const invalid = 'ListOptions.meta.k8s.io "" is invalid: '
    const unless = `${match} is forbidden for watch unless sendInitialEvents is provided`
    const unsupported = `${match}: Unsupported value: "Exact": supported values: "NotOlderThan"`
    const notNumber =
      'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'
    for (const [query, message] of [
      [
        `?${match}=Roughly&resourceVersion=1`,
        `${invalid}${match}: Unsupported value: "Roughly": supported values: "Exact", "NotOlderThan", ""`,
      ],
      [
        `?sendInitialEvents=false&${match}=NotOlderThan`,
        `${invalid}[${forbidden}${match} is forbidden unless resourceVersion is provided, ` +
          'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]',
      ],
      [`?watch=1&${match}=NotOlderThan`, `${invalid}${forbidden}${unless}`],
      [`?watch=1&${match}=Exact`, `${invalid}[${forbidden}${unless}, ${unsupported}]`],
      [
        `?watch=1&sendInitialEvents=true&${match}=Exact`,
        `${invalid}[${forbidden}sendInitialEvents requires setting ${match} to NotOlderThan, ${unsupported}]`,
      ],
      [
        '?watch=1&continue=x',
        `${invalid}${forbidden}${match} is forbidden when continue is provided`,
      ],
      ['?resourceVersion=x', `invalid resource version: ${notNumber}`],
      ['/a?resourceVersion=x', notNumber],
      [
        '?includeObject=Half',
        `Unable to convert to Table as requested: includeObject: Invalid value: "Half": must be 'Metadata', 'Object', 'None', or empty`,
      ],
    ] as const) {
      const { code, json } = await served.get(`${configMaps}${query}`)
      assert.equal(json.message, message)
      assert.equal(code, json.code)
    }
  })

  it('WATCH-18: a watch of less than no time ends at once', async () => {
    const { resourceVersion } = (await served.get(configMaps)).json.metadata
    const query = `?watch=1&timeoutSeconds=-1&resourceVersion=${resourceVersion}`
    const { code, text } = await served.get(`${configMaps}${query}`)
    assert.deepEqual([code, text], [200, ''])
  })

  it('API-166, API-167: the core group has a slash where a version stands alone', async () => {
    const apply = async (body: object) => {
      const path = `${configMaps}/a?fieldManager=m`
      return (await served.patch(path, 'application/apply-patch+yaml', body)).json.message
    }
    const type = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
    assert.equal(
      await apply({ ...type, zzz: 1 }),
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .zzz: field not declared in schema',
    )
    assert.equal(await apply({ ...type, kind: 'Pod' }), 'invalid object type: /v1, Kind=Pod')
  })

  it('API-175: a new object is booked as it was declared, without what the server makes of it', async () => {
    const container = {
      'k:{"name":"c"}': {
        '.': {},
        'f:image': {},
        'f:imagePullPolicy': {},
        'f:name': {},
        'f:resources': {},
        'f:terminationMessagePath': {},
        'f:terminationMessagePolicy': {},
      },
    }
    const podSpec = {
      'f:containers': container,
      'f:dnsPolicy': {},
      'f:restartPolicy': {},
      'f:schedulerName': {},
      'f:securityContext': {},
      'f:terminationGracePeriodSeconds': {},
    }
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } }
    const made = await served.post(`${core}/pods`, pod)
    assert.deepEqual(made.json.metadata.managedFields[0].fieldsV1, {
      'f:spec': { ...podSpec, 'f:enableServiceLinks': {} },
    })
    const budget = { metadata: { name: 'b' }, spec: { minAvailable: 1, selector: {} } }
    const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
    const counted = await served.post(budgets, budget)
    assert.deepEqual(counted.json.metadata.managedFields[0].fieldsV1, {
      'f:spec': { 'f:minAvailable': {}, 'f:selector': {} },
    })
    const web = (await served.get(`${daemonSets}/web`)).json.metadata.managedFields.find(
      (entry: { subresource?: string }) => entry.subresource === undefined,
    )
    assert.deepEqual(web.fieldsV1['f:spec']['f:template']['f:spec'], podSpec)
    assert.equal('f:status' in web.fieldsV1, false)
    const named = { metadata: { name: 'ns' } }
    const namespace = await served.post('/api/v1/namespaces', named)
    assert.deepEqual(Object.keys(namespace.json.metadata.managedFields[0].fieldsV1), ['f:metadata'])
    for (const [path, name] of [
      ['/api/v1/nodes', 'n'],
      [`${core}/events`, 'e'],
    ] as const) {
      const { code, json } = await served.post(path, { metadata: { name } })
      assert.deepEqual([code, json.metadata.managedFields], [201, undefined])
    }
  })

  it('API-207: a pod cannot lose the tolerations that every pod gets', async () => {
    await served.post(`${core}/pods`, {
      metadata: { name: 'tolerant' },
      spec: { containers: [{ name: 'c', image: 'x' }] },
    })
    const path = `${core}/pods/tolerant`
    const body = { spec: { tolerations: [] } }
    const { code, json } = await served.patch(path, 'application/merge-patch+json', body)
    assert.deepEqual([code, json.spec.tolerations.length], [200, 2])
  })

  it('API-194: events show the times that they do not have', async () => {
    await served.post(`${core}/events`, { metadata: { name: 'timeless' } })
    const event = (await served.get(`${core}/events/timeless`)).json
    assert.deepEqual(
      [event.eventTime, event.firstTimestamp, event.lastTimestamp],
      [null, null, null],
    )
    const view = (await served.get(`${events}/timeless`)).json
    assert.deepEqual(
      [view.eventTime, view.deprecatedFirstTimestamp, view.deprecatedLastTimestamp],
      [null, null, null],
    )
    assert.equal('reportingController' in view, false)
  })

  it('API-240: events.k8s.io speaks of its own group and fields, and wants a time', async () => {
    const missing = await served.get(`${events}/nosuch`)
    assert.equal(missing.json.message, 'events.events.k8s.io "nosuch" not found')
    assert.deepEqual(missing.json.details, {
      name: 'nosuch',
      group: 'events.k8s.io',
      kind: 'events',
    })
    const timeless = await served.post(events, { metadata: { name: 'x' } })
    assert.equal(
      timeless.json.message,
      'Event "x" is invalid: [eventTime: Required value, type: Invalid value: "": has invalid value: ]',
    )
    const event = {
      metadata: { name: 'x' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      type: 'Normal',
    }
    const nobody = await served.post(events, event)
    assert.equal(nobody.json.details.causes[0].field, 'reportingController')
    assert.match(
      nobody.json.message,
      /\[reportingController: Required value, reportingController: /,
    )
    const whole = {
      ...event,
      ...{ reason: 'R', action: 'A', reportingController: 'c.io/x', reportingInstance: 'i' },
    }
    assert.equal((await served.post(events, whole)).code, 201)
    const gone = await served.ask('DELETE', `${events}/x`)
    assert.equal(gone.json.details.group, 'events.k8s.io')
  })

  it('DISC-29: a question about access names what it is about', async () => {
    const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const nothing = await served.post(reviews, { spec: {} })
    assert.deepEqual(
      [nothing.code, nothing.json.message],
      [
        422,
        '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: ' +
          'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ],
    )
    const path = { nonResourceAttributes: { path: '/x', verb: 'get' } }
    assert.equal((await served.post(reviews, { spec: path })).json.status.allowed, true)
  })
})
