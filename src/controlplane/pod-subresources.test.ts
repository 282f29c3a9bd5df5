import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Client } from '../kubernetes/client'
import { conditionOf } from '../kubernetes/conditions'
import { StatusError } from '../kubernetes/status-error'
import { podDraft, refusalOf, settled, startServer, watched } from './server-fixture'

const key = (name: string) => ({ namespace: 'default', name })
const bind = (client: Client, name: string, body: object = {}) =>
  client.createSubresource('Pod', key(name), 'binding', {
    target: { kind: 'Node', name: 'n1' },
    metadata: { name },
    ...body,
  })

describe('binding', () => {
  it('API-229: sets the node and PodScheduled in one write, and merges labels', async () => {
    const { client, server, clock } = await startServer()
    await client.create('Pod', podDraft('p', { metadata: { labels: { own: 'yes' } } }))
    const { events } = watched(client, 'Pod', { resourceVersion: server.resourceVersion })
    const result = server.handle({
      verb: 'create',
      kind: 'Pod',
      ...key('p'),
      subresource: 'binding',
      body: {
        target: { kind: 'Node', name: 'n1' },
        metadata: { name: 'p', labels: { zone: 'z' }, annotations: { a: 'b' } },
      },
      userAgent: 't',
    })
    assert.deepEqual(
      [result.code, result.type === 'status' && result.status.status],
      [201, 'Success'],
    )
    const pod = await client.get('Pod', key('p'))
    assert.equal(pod.spec.nodeName, 'n1')
    const scheduled = conditionOf(pod.status.conditions, 'PodScheduled')
    assert.equal(scheduled?.status, 'True')
    assert.equal(Date.parse(scheduled?.lastTransitionTime ?? ''), clock.now())
    assert.deepEqual(pod.metadata.labels, { own: 'yes', zone: 'z' })
    assert.deepEqual(pod.metadata.annotations, { a: 'b' })
    assert.equal(pod.metadata.generation, 1)
    await settled()
    assert.equal(events.length, 1)
  })

  it('API-230: refuses a second node, a pod that goes, and other preconditions', async () => {
    const { client } = await startServer()
    await client.create('Pod', podDraft('p'))
    const uid = await refusalOf(bind(client, 'p', { metadata: { name: 'p', uid: 'other' } }))
    assert.equal(uid.reason, 'Conflict')
    const name = await refusalOf(bind(client, 'p', { metadata: { name: 'q' } }))
    assert.deepEqual(
      [name.code, name.message],
      [400, 'name in URL does not match name in Binding object'],
    )
    const nameless = await refusalOf(bind(client, 'p', { metadata: {} }))
    assert.equal(nameless.message, name.message)
    assert.equal((await refusalOf(bind(client, 'none'))).code, 404)
    await bind(client, 'p')
    const bound = await refusalOf(bind(client, 'p'))
    assert.equal(bound.code, 409)
    assert.equal(
      bound.message,
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    )
    assert.equal(bound.details.kind, 'pods/binding')
    await client.create('Pod', podDraft('g', { metadata: { finalizers: ['a/b'] } }))
    await client.delete('Pod', key('g'))
    assert.match(
      (await refusalOf(bind(client, 'g'))).message,
      /pod g is being deleted, cannot be assigned to a host$/,
    )
    await client.create('Pod', podDraft('gated', { spec: { schedulingGates: [{ name: 'wait' }] } }))
    assert.match(
      (await refusalOf(bind(client, 'gated'))).message,
      /pod gated has non-empty \.spec\.schedulingGates$/,
    )
  })

  it('API-229: refuses what is no node, without a reason', async () => {
    const { client } = await startServer()
    await client.create('Pod', podDraft('p'))
    const kind = `target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"`
    const name = 'target.name: Required value'
    for (const [target, message] of [
      [{ kind: 'Node' }, name],
      [{ kind: 'Pod', name: 'n1' }, kind],
      [{ kind: 'Pod' }, `[${kind}, ${name}]`],
    ] as const) {
      const error = await refusalOf(bind(client, 'p', { target }))
      assert.deepEqual([error.code, error.reason, error.message], [500, '', message])
    }
  })

  it('DISC-08, API-114: other subresources and other verbs are not served', async () => {
    const { client } = await startServer()
    await client.create('Pod', podDraft('p'))
    const unknown = await refusalOf(client.createSubresource('DaemonSet', key('p'), 'scale', {}))
    assert.deepEqual(
      [unknown.code, unknown.message],
      [404, 'the server could not find the requested resource'],
    )
    const verb = await refusalOf(client.get('Pod', key('p'), { subresource: 'binding' }))
    assert.equal(verb.code, 405)
  })
})

describe('eviction', () => {
  async function withBudget(
    options: {
      readonly allowed?: number
      readonly observed?: boolean
      readonly ready?: boolean
      readonly policy?: string
    } = {},
  ) {
    const fixture = await startServer()
    const { client } = fixture
    const { allowed = 0, observed = true, ready = true, policy } = options
    await client.create('Pod', podDraft('p', { metadata: { labels: { app: 'a' } } }))
    await bind(client, 'p')
    const status = {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    }
    await client.patch(
      'Pod',
      key('p'),
      { type: 'strategic', body: { status } },
      { subresource: 'status' },
    )
    const budget = await client.create('PodDisruptionBudget', {
      metadata: { name: 'b', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'a' } },
        minAvailable: 1,
        ...(policy === undefined ? {} : { unhealthyPodEvictionPolicy: policy }),
      },
    })
    await client.patch(
      'PodDisruptionBudget',
      key('b'),
      {
        type: 'merge',
        body: {
          status: {
            observedGeneration: observed ? budget.metadata.generation : 0,
            disruptionsAllowed: allowed,
            desiredHealthy: 1,
            currentHealthy: ready ? 1 : 0,
            expectedPods: 1,
          },
        },
      },
      { subresource: 'status' },
    )
    const evict = (body: object = {}) =>
      client.createSubresource('Pod', key('p'), 'eviction', { metadata: { name: 'p' }, ...body })
    return { ...fixture, evict }
  }

  it('API-231: marks the pod and deletes it with its grace', async () => {
    const { client, evict } = await withBudget({ allowed: 1 })
    await evict({ metadata: { name: 'p' }, deleteOptions: { gracePeriodSeconds: 5 } })
    const pod = await client.get('Pod', key('p'))
    assert.equal(pod.metadata.deletionGracePeriodSeconds, 5)
    const condition = conditionOf(pod.status.conditions, 'DisruptionTarget')
    assert.deepEqual(
      [condition?.status, condition?.reason, condition?.message],
      ['True', 'EvictionByEvictionAPI', 'Eviction API: evicting'],
    )
    const budget = await client.get('PodDisruptionBudget', key('b'))
    assert.equal(budget.status?.disruptionsAllowed, 0)
    assert.deepEqual(Object.keys(budget.status?.disruptedPods ?? {}), ['p'])
  })

  it('API-231: refuses another name and a missing pod', async () => {
    const { evict, client } = await withBudget()
    const other = await refusalOf(evict({ metadata: { name: 'q' } }))
    assert.deepEqual(
      [other.code, other.message],
      [400, 'name in URL does not match name in Eviction object'],
    )
    const nameless = await refusalOf(evict({ metadata: {} }))
    assert.equal(nameless.message, other.message)
    const missing = client.createSubresource('Pod', key('q'), 'eviction', {
      metadata: { name: 'q' },
    })
    assert.equal((await refusalOf(missing)).code, 404)
  })

  it('API-232: a budget without disruptions refuses', async () => {
    const { evict, client } = await withBudget()
    const error = await refusalOf(evict())
    assert.equal(error.code, 429)
    assert.equal(error.reason, 'TooManyRequests')
    assert.equal(error.message, "Cannot evict pod as it would violate the pod's disruption budget.")
    assert.deepEqual(error.details.causes, [
      {
        reason: 'DisruptionBudget',
        message: 'The disruption budget b needs 1 healthy pods and has 1 currently',
      },
    ])
    assert.equal((await client.get('Pod', key('p'))).metadata.deletionTimestamp, undefined)
  })

  it('API-232: a budget that says why it allows none is quoted', async () => {
    for (const [condition, counts, message] of [
      [
        { reason: 'SyncFailed', message: 'no controllers' },
        {},
        'does not allow evicting pods currently because it failed sync: no controllers',
      ],
      [
        { reason: 'SyncFailed', message: '' },
        { currentHealthy: 3 },
        'does not allow evicting pods currently',
      ],
      [
        { reason: 'Other', message: 'wait' },
        { currentHealthy: 3 },
        'does not allow evicting pods currently (Other): wait',
      ],
    ] as const) {
      const { evict, client } = await withBudget()
      const told = {
        type: 'DisruptionAllowed',
        status: 'False',
        lastTransitionTime: '2026-01-01T00:00:00Z',
        ...condition,
      }
      const body = { status: { conditions: [told], ...counts } }
      await client.patch(
        'PodDisruptionBudget',
        key('b'),
        { type: 'merge', body },
        { subresource: 'status' },
      )
      const { details } = await refusalOf(evict())
      assert.equal(details.causes?.[0]?.message, `The disruption budget b ${message}`)
    }
  })

  it('API-232: a budget that is new to its controller asks to come back', async () => {
    const { evict } = await withBudget({ allowed: 1, observed: false })
    const error = await refusalOf(evict())
    assert.equal(error.details.retryAfterSeconds, 10)
    assert.match(
      error.details.causes?.[0]?.message ?? '',
      /is still being processed by the server\.$/,
    )
  })

  it('API-232: two budgets for one pod are a failure', async () => {
    const { evict, client } = await withBudget({ allowed: 1 })
    await client.create('PodDisruptionBudget', {
      metadata: { name: 'second', namespace: 'default' },
      spec: { selector: {}, maxUnavailable: 1 },
    })
    const error = await refusalOf(evict())
    assert.equal(error.code, 500)
  })

  it('API-233: unready pods go where the policy lets them, pending pods always', async () => {
    const refused = await withBudget({ ready: false })
    assert.equal((await refusalOf(refused.evict())).code, 429)
    const always = await withBudget({ ready: false, policy: 'AlwaysAllow' })
    await always.evict()
    const pending = await withBudget()
    await pending.client.patch(
      'Pod',
      key('p'),
      { type: 'merge', body: { status: { phase: 'Pending' } } },
      { subresource: 'status' },
    )
    await pending.evict()
    assert.ok((await pending.client.get('Pod', key('p'))).metadata.deletionTimestamp)
  })

  it('API-198, API-231: preconditions are about the pod before the eviction', async () => {
    const { client, evict } = await withBudget({ allowed: 1 })
    const { metadata } = await client.get('Pod', key('p'))
    const { uid, resourceVersion } = metadata
    const other = await refusalOf(evict({ deleteOptions: { preconditions: { uid: 'other' } } }))
    assert.equal(other.reason, 'Conflict')
    await evict({ deleteOptions: { preconditions: { uid, resourceVersion } } })
    assert.ok((await client.get('Pod', key('p'))).metadata.deletionTimestamp)
  })

  it('API-143: a dry run evicts nobody', async () => {
    const { evict, client } = await withBudget({ allowed: 1 })
    await evict({ deleteOptions: { dryRun: ['All'] } })
    const pod = await client.get('Pod', key('p'))
    assert.equal(pod.metadata.deletionTimestamp, undefined)
    assert.equal(conditionOf(pod.status.conditions, 'DisruptionTarget'), undefined)
    assert.equal((await client.get('PodDisruptionBudget', key('b'))).status?.disruptionsAllowed, 1)
  })
})

describe('interceptors', () => {
  it('refuse what they like, until they are taken away', async () => {
    const { client, server } = await startServer()
    const remove = server.intercept(({ verb, kind }) => {
      const isPod = verb === 'create' && kind === 'Pod'
      return isPod ? new StatusError('Forbidden', 'not today') : undefined
    })
    assert.equal((await refusalOf(client.create('Pod', podDraft('p')))).message, 'not today')
    await client.create('ConfigMap', { metadata: { name: 'c', namespace: 'default' } })
    remove()
    await client.create('Pod', podDraft('p'))
  })
})
