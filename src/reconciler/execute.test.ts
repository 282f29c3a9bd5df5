import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StatusError } from '../kubernetes/status-error'
import type { Pod } from '../kubernetes/types'
import type { Action } from './action'
import { FailedPodBackOff } from './back-off'
import type { ControllerContext } from './controller-context'
import { execute } from './execute'
import { Expectations } from './expectations'
import { FakeClient } from './testing/fake-client'
import { ManualClock } from './testing/manual-clock'
import { daemonSetOf, podOf } from './testing/objects'
import { WrittenVersions } from './written-versions'

const daemonSet = daemonSetOf()
const key = 'default/agent'

/** A pass on its own: nothing is ever seen in a cache. */
function passing(...pods: readonly Pod[]) {
  const clock = new ManualClock()
  const client = new FakeClient(() => clock.now())
  for (const pod of pods) client.put('Pod', { ...pod })
  const events: string[] = []
  const recorder = {
    event: (_: unknown, type: string, reason: string, message: string) =>
      events.push(`${type} ${reason}: ${message}`),
  }
  const requeued: unknown[] = []
  const context = {
    client,
    clock,
    recorder,
    expectations: new Expectations(),
    failedPodBackOff: new FailedPodBackOff(),
    writtenVersions: new WrittenVersions(),
    requeue: (...what: unknown[]) => requeued.push(what),
  }
  const run = (...actions: Action[]) =>
    execute(actions, { daemonSet, hash: 'abc' }, context as unknown as ControllerContext)
  /** How many creates and deletes the pass left to be seen. */
  const outstanding = (): [number, number] => {
    const areSatisfied = () => context.expectations.areSatisfied(key, clock.now())
    const counts: [number, number] = [0, 0]
    // A counter that is not looked at is taken far below 0.
    const expected = context.expectations
    expected.creationObserved(key, 1_000)
    for (; !areSatisfied(); counts[1]++) expected.deletionObserved(key)
    expected.creationObserved(key, -1_000)
    for (; !areSatisfied(); counts[0]++) expected.creationObserved(key)
    return counts
  }
  return { ...context, events, requeued, run, outstanding }
}

const create = (nodeName: string): Action => ({ verb: 'create', nodeName, reason: '' })
const remove = (pod: Pod, cause: 'duplicate' | 'failed' | 'succeeded' = 'duplicate'): Action => ({
  verb: 'delete',
  nodeName: 'node-0',
  pod,
  cause,
  reason: '',
})
const [one, two] = [podOf({ name: 'one' }), podOf({ name: 'two' })]

describe('events of a pass', () => {
  test('EVENTS-01, EVENTS-03: creates and deletes', async () => {
    const { run, events, client } = passing(one)
    await run(create('node-0'), remove(one))
    const [made] = client.all('Pod')
    assert.deepEqual(events, [
      `Normal SuccessfulCreate: Created pod: ${made?.metadata.name}`,
      'Normal SuccessfulDelete: Deleted pod: one',
    ])
  })

  test('EVENTS-02, EVENTS-04: creates and deletes that fail', async () => {
    const { run, events, client } = passing(one)
    client.refuse = ({ verb }) => new StatusError('Forbidden', `no ${verb}`)
    await assert.rejects(run(create('node-0'), remove(one)), { message: '[no create, no delete]' })
    assert.deepEqual(events, [
      'Warning FailedCreate: Error creating: no create',
      'Warning FailedDelete: Error deleting: no delete',
    ])
  })

  test('EVENTS-05, EVENTS-06: finished pods, before they are deleted', async () => {
    const { run, events } = passing(one, two)
    await run(remove(one, 'failed'), remove(two, 'succeeded'))
    assert.deepEqual(events, [
      'Warning FailedDaemonPod: Found failed daemon pod default/one on node node-0, will try to kill it',
      'Normal SucceededDaemonPod: Found succeeded daemon pod default/two on node node-0, will try to delete it',
      'Normal SuccessfulDelete: Deleted pod: one',
      'Normal SuccessfulDelete: Deleted pod: two',
    ])
  })
})

describe('expectations of a pass', () => {
  test('MANAGE-36: what was asked for is expected', async () => {
    const { run, outstanding } = passing(one)
    await run(create('node-0'), create('node-1'), remove(one))
    assert.deepEqual(outstanding(), [2, 1])
  })

  test('MANAGE-28, MANAGE-39: creates that failed or were skipped are not expected, the others are', async () => {
    const { run, client, outstanding } = passing()
    let creates = 0
    client.refuse = () => (++creates === 2 ? new StatusError('Forbidden', 'no') : undefined)
    const actions = Array.from({ length: 10 }, (_, index) => create(`node-${index}`))
    await assert.rejects(run(...actions), { message: 'no' })
    assert.equal(creates, 3)
    assert.deepEqual(outstanding(), [2, 0])
  })

  test('MANAGE-33, MANAGE-39: deletes that failed or found nothing are not expected', async () => {
    const { run, client, outstanding } = passing(one)
    client.refuse = ({ name }) => (name === 'one' ? new StatusError('Forbidden', 'no') : undefined)
    await assert.rejects(run(remove(one), remove(two)), { message: 'no' })
    assert.deepEqual(outstanding(), [0, 0])
  })

  test('MANAGE-30: a namespace that is going fails nothing and keeps the expectation', async () => {
    const { run, client, events, outstanding } = passing()
    const details = { causes: [{ reason: 'NamespaceTerminating' }] }
    client.refuse = () => new StatusError('Forbidden', 'going', { details })
    await run(create('node-0'))
    assert.deepEqual(events, [])
    assert.deepEqual(outstanding(), [1, 0])
  })

  test('MANAGE-17: a wait has the DaemonSet looked at again', async () => {
    const { run, requeued } = passing()
    await run({ verb: 'wait', nodeName: 'node-0', milliseconds: 500, reason: '' })
    assert.deepEqual(requeued, [[key, 500]])
  })
})
