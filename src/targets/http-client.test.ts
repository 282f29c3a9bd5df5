import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import { HttpClient } from './http-client'
import { HttpConnection } from './http-connection'
import { kubeConfigOf } from './kubeconfig'
import {
  answerJson,
  type FakeApiServer,
  type FakeRequest,
  startFakeApiServer,
} from './testing/fake-api-server'

async function clientOf(server: FakeApiServer, version?: { readonly minor: string }) {
  const connection = new HttpConnection(await kubeConfigOf(server.kubeconfig()))
  return new HttpClient(connection, { name: 'tester/1', ...(version && { version }) })
}

/** A server that gives every request the same answer. */
function always(body: unknown, code = 200) {
  return startFakeApiServer((_request, response) => answerJson(response, body, code))
}

const asked = ({ method, path, query }: FakeRequest) =>
  `${method} ${path}${query.size === 0 ? '' : `?${query}`}`

test('requests carry the token, the user agent and JSON', async () => {
  await using server = await always({ metadata: { name: 'a' } })
  const client = await clientOf(server)
  await client.create('DaemonSet', { metadata: { name: 'a', namespace: 'n' }, spec: {} })
  const [request] = server.requests
  assert.equal(request?.headers.authorization, 'Bearer secret-token')
  assert.equal(request?.headers['user-agent'], 'tester/1')
  assert.equal(request?.headers['content-type'], 'application/json')
  assert.deepEqual(request?.body, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'a', namespace: 'n' },
    spec: {},
  })
})

test('every verb goes to the path, with the query, that the API gives it', async () => {
  await using server = await always({ metadata: { resourceVersion: '1' }, items: [] })
  const client = await clientOf(server)
  const key = { name: 'a', namespace: 'n' }
  await client.get('Pod', key)
  await client.get('Node', { name: 'n1' }, { subresource: 'status' })
  await client.list('Pod', { labelSelector: 'a=b', fieldSelector: 'spec.nodeName=n1', limit: 3 })
  await client.create('Pod', { metadata: { namespace: 'n' } }, { dryRun: true, fieldManager: 'm' })
  await client.update('DaemonSet', { metadata: key }, { subresource: 'status' })
  await client.patch('Pod', key, { type: 'json', operations: [] }, { fieldValidation: 'Strict' })
  await client.patch('Lease', key, { type: 'apply', body: {}, force: true }, { fieldManager: 'm' })
  await client.delete('PriorityClass', { name: 'p' }, { propagationPolicy: 'Orphan' })
  await client.deleteCollection('Pod', { namespace: 'n', labelSelector: 'a=b', dryRun: true })
  await client.createSubresource('Pod', key, 'binding', { target: { name: 'n1' } })
  assert.deepEqual(server.requests.map(asked), [
    'GET /api/v1/namespaces/n/pods/a',
    'GET /api/v1/nodes/n1/status',
    'GET /api/v1/pods?labelSelector=a%3Db&fieldSelector=spec.nodeName%3Dn1&limit=3',
    'POST /api/v1/namespaces/n/pods?dryRun=All&fieldManager=m',
    'PUT /apis/apps/v1/namespaces/n/daemonsets/a/status',
    'PATCH /api/v1/namespaces/n/pods/a?fieldValidation=Strict',
    'PATCH /apis/coordination.k8s.io/v1/namespaces/n/leases/a?fieldManager=m&force=true',
    'DELETE /apis/scheduling.k8s.io/v1/priorityclasses/p',
    'DELETE /api/v1/namespaces/n/pods?labelSelector=a%3Db',
    'POST /api/v1/namespaces/n/pods/a/binding',
  ])
  assert.deepEqual(server.requests[7]?.body, {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Orphan',
  })
  assert.deepEqual(server.requests[8]?.body, {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    dryRun: ['All'],
  })
})

test('API-154: each kind of patch has its media type', async () => {
  await using server = await always({})
  const client = await clientOf(server)
  const key = { name: 'a', namespace: 'n' }
  for (const type of ['merge', 'strategic', 'apply'] as const) {
    await client.patch('Pod', key, { type, body: { a: 1 } })
  }
  await client.patch('Pod', key, { type: 'json', operations: [{ op: 'remove', path: '/a' }] })
  assert.deepEqual(
    server.requests.map(({ headers, body }) => [headers['content-type'], body]),
    [
      ['application/merge-patch+json', { a: 1 }],
      ['application/strategic-merge-patch+json', { a: 1 }],
      ['application/apply-patch+yaml', { a: 1 }],
      ['application/json-patch+json', [{ op: 'remove', path: '/a' }]],
    ],
  )
})

test('API-115: a refusal is a StatusError with reason, code, message and details', async () => {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'pods "a" not found',
    reason: 'NotFound',
    details: { name: 'a', kind: 'pods' },
    code: 404,
  } as const
  await using server = await always(status, 404)
  const client = await clientOf(server)
  await assert.rejects(client.get('Pod', { name: 'a', namespace: 'n' }), (error) => {
    assert.ok(StatusError.is(error, 'NotFound'))
    assert.deepEqual(error.toStatus(), status)
    return true
  })
})

test('a refusal that is no Status is told as it is, without a reason', async () => {
  await using server = await startFakeApiServer((_request, response) => {
    response.writeHead(502).end('bad gateway\n')
  })
  const client = await clientOf(server)
  await assert.rejects(client.get('Node', { name: 'a' }), (error) => {
    assert.ok(error instanceof StatusError)
    assert.deepEqual([error.reason, error.code, error.message], ['', 502, 'bad gateway'])
    return true
  })
})

test('an API server that is not there is another error, with its cause', async () => {
  const server = await always({})
  const client = await clientOf(server)
  await server[Symbol.asyncDispose]()
  await assert.rejects(client.get('Node', { name: 'a' }), (error) => {
    assert.ok(error instanceof Error && !(error instanceof StatusError))
    assert.match(error.message, /GET https:\/\/127\.0\.0\.1:\d+\/api\/v1\/nodes\/a: .*ECONNREFUSED/)
    assert.ok(error.cause instanceof Error)
    return true
  })
})

test('API-122: a request that the server wants later is repeated, whatever its verb', async () => {
  let refusals = 2
  await using server = await startFakeApiServer((_request, response) => {
    if (refusals-- > 0) response.writeHead(429, { 'retry-after': '0' }).end('{}')
    else answerJson(response, { metadata: { name: 'a' } })
  })
  const client = await clientOf(server)
  await client.create('Pod', { metadata: { name: 'a', namespace: 'n' } })
  assert.equal(server.requests.length, 3)
})

test('API-231: a refused eviction is not repeated, for the server did not ask for it', async () => {
  await using server = await always({ kind: 'Status', reason: 'TooManyRequests', code: 429 }, 429)
  const client = await clientOf(server)
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } }
  const key = { name: 'a', namespace: 'n' }
  await assert.rejects(client.createSubresource('Pod', key, 'eviction', eviction), (error) =>
    StatusError.is(error, 'TooManyRequests'),
  )
  assert.equal(server.requests.length, 1)
})

test('evictions speak v1beta1 to servers before 1.22', async () => {
  await using server = await always({})
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } }
  for (const minor of ['21+', '22']) {
    const client = await clientOf(server, { minor })
    await client.createSubresource('Pod', { name: 'a', namespace: 'n' }, 'eviction', eviction)
  }
  const versions = server.requests.map(({ body }) => (body as typeof eviction).apiVersion)
  assert.deepEqual(versions, ['policy/v1beta1', 'policy/v1'])
})

test('a list without a limit follows all pages, and its items know their kind', async () => {
  await using server = await startFakeApiServer(({ query }, response) => {
    const second = query.get('continue') === 'more'
    answerJson(response, {
      metadata: { resourceVersion: '7', ...(second ? {} : { continue: 'more' }) },
      items: [{ metadata: { name: second ? 'b' : 'a' } }],
    })
  })
  const client = await clientOf(server)
  assert.deepEqual(await client.list('Pod'), {
    resourceVersion: '7',
    items: ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })),
  })
  const page = await client.list('Pod', { limit: 1 })
  assert.equal(page.continue, 'more')
})

test('a list whose continuation has expired starts again as one request', async () => {
  await using server = await startFakeApiServer(({ query }, response) => {
    if (query.has('continue')) answerJson(response, { kind: 'Status', reason: 'Expired' }, 410)
    else {
      const more = query.has('limit') ? { continue: 'more' } : {}
      answerJson(response, { metadata: { resourceVersion: '7', ...more }, items: [{}] })
    }
  })
  const client = await clientOf(server)
  const list = await client.list('Pod')
  assert.equal(list.items.length, 1)
  assert.equal(server.requests.length, 3)
})
