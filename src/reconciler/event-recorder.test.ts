import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import type { Draft } from '../kubernetes/types'
import { EventRecorder } from './event-recorder'
import { FakeClient } from './testing/fake-client'
import { drained, ManualClock } from './testing/manual-clock'
import { daemonSetOf, nodeOf, podOf } from './testing/objects'

const daemonSet = daemonSetOf()

function recording(options: { readonly host?: string } = {}) {
  const clock = new ManualClock()
  const client = new FakeClient(() => clock.now())
  const component = 'daemonset-controller'
  const recorder = new EventRecorder({ client, clock, component, ...options })
  return { clock, client, recorder, events: () => client.all('Event') }
}

describe('event recorder', () => {
  test('API-239: a new event in full', async () => {
    const { recorder, events } = recording({ host: 'node-0' })
    const pod = podOf({ name: 'agent-x' })
    recorder.event(pod, 'Warning', 'BackOff', 'restarting', { fieldPath: 'spec.containers{app}' })
    await drained()
    const [event] = events()
    const { metadata, ...rest } = event ?? {}
    assert.match(metadata?.name ?? '', /^agent-x\.[0-9a-f]{16}$/)
    assert.equal(metadata?.namespace, 'default')
    assert.deepEqual(rest, {
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject: {
        kind: 'Pod',
        namespace: 'default',
        name: 'agent-x',
        uid: 'uid-of-agent-x',
        apiVersion: 'v1',
        resourceVersion: '1',
        fieldPath: 'spec.containers{app}',
      },
      reason: 'BackOff',
      message: 'restarting',
      source: { component: 'daemonset-controller', host: 'node-0' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      count: 1,
      type: 'Warning',
      eventTime: null,
      reportingComponent: 'daemonset-controller',
      reportingInstance: 'node-0',
    })
  })

  test('API-238: events of cluster-scoped objects live in default', async () => {
    const { recorder, events } = recording()
    recorder.event(nodeOf('node-0'), 'Normal', 'RegisteredNode', 'hello')
    await drained()
    const [event] = events()
    assert.equal(event?.metadata.namespace, 'default')
    assert.deepEqual(event?.involvedObject, {
      kind: 'Node',
      name: 'node-0',
      uid: 'uid-of-node-0',
      apiVersion: 'v1',
      resourceVersion: '1',
    })
  })

  test('API-239: a source without a host names none', async () => {
    const { recorder, events } = recording()
    recorder.event(daemonSet, 'Normal', 'A', 'hello')
    await drained()
    const [event] = events()
    assert.deepEqual(event?.source, { component: 'daemonset-controller' })
    assert.equal(event?.reportingInstance, '')
  })

  test('API-239: what is sent says what it is, and carries annotations if there are any', async () => {
    const { client, recorder } = recording()
    const drafts: Draft[] = []
    const create = client.create.bind(client)
    client.create = (kind, draft) => {
      drafts.push(draft)
      return create(kind, draft)
    }
    recorder.event(daemonSet, 'Normal', 'A', 'plain')
    recorder.event(daemonSet, 'Normal', 'A', 'noted', { annotations: { note: 'this' } })
    await drained()
    const told = drafts.map(({ apiVersion, kind, metadata = {} }) => {
      const { name, ...rest } = metadata
      return { apiVersion, kind, ...rest, isNamed: name?.startsWith('agent.') }
    })
    const common = { apiVersion: 'v1', kind: 'Event', namespace: 'default', isNamed: true }
    assert.deepEqual(told, [common, { ...common, annotations: { note: 'this' } }])
  })

  test('API-239: a repeat raises the count', async () => {
    const { clock, client, recorder, events } = recording()
    for (let i = 0; i < 3; i++) {
      recorder.event(daemonSet, 'Normal', 'SelectingAll', 'everything')
      await clock.advance(60_000)
    }
    const [event, ...others] = events()
    assert.deepEqual(others, [])
    assert.equal(event?.count, 3)
    assert.equal(event?.firstTimestamp, '2026-01-01T00:00:00Z')
    assert.equal(event?.lastTimestamp, '2026-01-01T00:02:00Z')
    assert.equal(client.count('create', 'Event'), 1)
  })

  test('API-239: a repeat of an event that has gone makes it anew', async () => {
    const { client, recorder, events } = recording()
    recorder.event(daemonSet, 'Normal', 'SelectingAll', 'everything')
    await drained()
    client.drop('Event', { namespace: 'default', name: events()[0]?.metadata.name ?? '' })
    recorder.event(daemonSet, 'Normal', 'SelectingAll', 'everything')
    await drained()
    assert.equal(events()[0]?.count, 2)
  })

  test('API-239: a repeat that is refused otherwise is not made anew', async () => {
    const { client, recorder, events } = recording()
    client.refuse = ({ verb }) =>
      verb === 'patch' ? new StatusError('Forbidden', 'no') : undefined
    recorder.event(daemonSet, 'Normal', 'A', 'same')
    recorder.event(daemonSet, 'Normal', 'A', 'same')
    await drained()
    assert.equal(client.count('patch', 'Event'), 1)
    assert.equal(client.count('create', 'Event'), 1)
    assert.equal(events()[0]?.count, 1)
  })

  test('EVENTS-10: many similar events are combined from the tenth on', async () => {
    const { recorder, events } = recording()
    for (let i = 1; i <= 12; i++) {
      recorder.event(daemonSet, 'Normal', 'SuccessfulCreate', `Created pod: pod-${i}`)
    }
    await drained()
    assert.equal(events().length, 10)
    const combined = events().at(-1)
    assert.equal(combined?.message, '(combined from similar events): Created pod: pod-12')
    assert.equal(combined?.count, 3)
  })

  test('EVENTS-10: similar events more than 10 min apart are not', async () => {
    const { clock, recorder, events } = recording()
    for (let i = 1; i <= 12; i++) {
      recorder.event(daemonSet, 'Normal', 'SuccessfulCreate', `Created pod: pod-${i}`)
      await clock.advance(600_001)
    }
    assert.equal(events().length, 12)
  })

  test('EVENTS-10: after a burst of 25 per object there is one per 5 min, with the true count', async () => {
    const { clock, client, recorder, events } = recording()
    const writes = () => client.count('create', 'Event') + client.count('patch', 'Event')
    for (let i = 0; i < 40; i++) recorder.event(daemonSet, 'Normal', 'A', 'same')
    recorder.event(podOf({}), 'Normal', 'A', 'another object has its own budget')
    await drained()
    assert.equal(writes(), 26)
    await clock.advance(300_000)
    recorder.event(daemonSet, 'Normal', 'A', 'same')
    recorder.event(daemonSet, 'Normal', 'A', 'same')
    await drained()
    assert.equal(writes(), 27)
    assert.equal(events()[0]?.count, 41)
  })

  test('names differ, also within a millisecond and between recorders', async () => {
    const { clock, client, recorder, events } = recording()
    const other = new EventRecorder({ client, clock, component: 'kubelet', host: 'node-0' })
    for (let i = 0; i < 5; i++) {
      recorder.event(daemonSet, 'Normal', 'A', `message ${i}`)
      other.event(daemonSet, 'Normal', 'A', `message ${i}`)
    }
    await drained()
    assert.equal(events().length, 10)
  })

  test('API-239: names of one recorder rise, those of two hosts do not meet', async () => {
    const { clock, client, recorder, events } = recording({ host: 'node-0' })
    const component = 'daemonset-controller'
    const other = new EventRecorder({ client, clock, component, host: 'node-1' })
    for (let i = 0; i < 25; i++) recorder.event(daemonSet, 'Normal', `Reason${i}`, 'hello')
    await drained()
    const names = events().map(({ metadata }) => metadata.name)
    assert.deepEqual(names, [...new Set(names)].sort())
    for (let i = 0; i < 25; i++) other.event(daemonSet, 'Normal', `Reason${i}`, 'hello')
    await drained()
    assert.equal(events().length, 50)
  })

  test('API-239: a host may have the longest name there is', async () => {
    const { recorder, events } = recording({ host: 'h'.repeat(253) })
    recorder.event(daemonSet, 'Normal', 'A', 'hello')
    await drained()
    assert.equal(events().length, 1)
  })

  test('EVENTS-10: up to 50,000 wait to be written; more are dropped, and those cut before do not count', async () => {
    const { client, recorder } = recording()
    let writes = 0
    let resume = () => {}
    const held = new Promise<void>((resolve) => {
      resume = resolve
    })
    const write = async () => {
      writes++
      await held
      return {} as never
    }
    client.create = write
    client.patch = write
    const annotations = { note: 'this' }
    for (let object = 0; object < 2_010; object++) {
      const pod = podOf({ name: `pod-${object}` })
      const count = object === 0 ? 40 : 25
      for (let i = 0; i < count; i++) recorder.event(pod, 'Normal', 'A', 'same', { annotations })
    }
    resume()
    await drained()
    assert.equal(writes, 50_000)
  })

  test('a refused write disturbs nobody', async () => {
    const { client, recorder, events } = recording()
    client.refuse = ({ kind }) => (kind === 'Event' ? new Error('no') : undefined)
    recorder.event(daemonSet, 'Normal', 'A', 'lost')
    await drained()
    client.refuse = () => undefined
    recorder.event(daemonSet, 'Normal', 'B', 'written')
    await drained()
    assert.deepEqual(
      events().map(({ message }) => message),
      ['written'],
    )
  })
})
