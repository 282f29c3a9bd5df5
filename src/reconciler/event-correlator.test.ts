import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EventCorrelator, type Occurrence } from './event-correlator'

const regarding = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  namespace: 'default',
  name: 'agent',
  uid: 'u',
  resourceVersion: '1',
}
const occurrence: Occurrence = { regarding, type: 'Normal', reason: 'A', message: 'same' }

/** A correlator whose new events are named `event-1`, `event-2` ... */
function correlating() {
  const correlator = new EventCorrelator()
  let names = 0
  return (one: Occurrence = occurrence, now = 0) =>
    correlator.correlate(one, now, () => `event-${++names}`)
}

/** The occurrence about an object or a part that differs. */
function about(change: Partial<Occurrence['regarding']>): Occurrence {
  return { ...occurrence, regarding: { ...regarding, ...change } }
}

describe('event correlator', () => {
  test('EVENTS-10: a repeat is the same event with a higher count', () => {
    const correlate = correlating()
    correlate(occurrence, 1)
    assert.deepEqual(correlate(occurrence, 5), {
      ...occurrence,
      name: 'event-1',
      namespace: 'default',
      count: 2,
      firstAt: 1,
      lastAt: 5,
    })
  })

  const different: [string, Occurrence][] = [
    ['API version', about({ apiVersion: 'apps/v2' })],
    ['kind', about({ kind: 'Deployment' })],
    ['namespace', about({ namespace: 'other' })],
    ['name', about({ name: 'other' })],
    ['uid', about({ uid: 'other' })],
    ['part of the object', about({ fieldPath: 'spec.containers{app}' })],
    ['type', { ...occurrence, type: 'Warning' }],
    ['reason', { ...occurrence, reason: 'B' }],
    ['message', { ...occurrence, message: 'other' }],
  ]
  for (const [what, other] of different) {
    test(`EVENTS-10: another ${what} is another event, in whatever order they come`, () => {
      const correlate = correlating()
      const outcomes = [occurrence, other, occurrence, other].map((one) => {
        const event = correlate(one)
        return [event?.name, event?.count]
      })
      assert.deepEqual(outcomes, [
        ['event-1', 1],
        ['event-2', 1],
        ['event-1', 2],
        ['event-2', 2],
      ])
    })
  }

  test('EVENTS-10: another version of the object makes no other event', () => {
    const correlate = correlating()
    correlate()
    assert.equal(correlate(about({ resourceVersion: '2' }))?.count, 2)
  })

  test('EVENTS-10: two parts of an object are told apart', () => {
    const correlate = correlating()
    correlate(about({ fieldPath: 'spec.containers{a}' }))
    assert.equal(correlate(about({ fieldPath: 'spec.containers{b}' }))?.name, 'event-2')
  })

  test('EVENTS-10: every object has a burst of its own, whatever tells it apart', () => {
    for (const [what, other] of different.slice(0, 5)) {
      const correlate = correlating()
      for (let i = 0; i < 25; i++) assert.notEqual(correlate(), undefined)
      assert.equal(correlate(), undefined)
      assert.notEqual(correlate(other), undefined, what)
    }
  })

  test('EVENTS-10: similar are events of one object, type and reason', () => {
    for (const [what, other] of different.filter(([one]) => one !== 'message')) {
      const correlate = correlating()
      for (let i = 1; i <= 9; i++) correlate({ ...occurrence, message: `number ${i}` })
      const tenth = correlate({ ...other, message: 'number 10' })
      const isSimilar = what === 'part of the object'
      const prefix = isSimilar ? '(combined from similar events): ' : ''
      assert.equal(tenth?.message, `${prefix}number 10`, what)
    }
  })

  test('EVENTS-10: similar events up to 10 min apart are combined, the combined one repeats', () => {
    const correlate = correlating()
    const tell = (i: number) => correlate({ ...occurrence, message: `number ${i}` }, i * 600_000)
    for (let i = 1; i <= 9; i++) tell(i)
    const [tenth, eleventh] = [tell(10), tell(11)]
    assert.equal(tenth?.message, '(combined from similar events): number 10')
    assert.deepEqual([tenth?.name, tenth?.count], ['event-10', 1])
    assert.equal(eleventh?.message, '(combined from similar events): number 11')
    assert.deepEqual([eleventh?.name, eleventh?.count], ['event-10', 2])
  })

  test('EVENTS-10: among many similar ones the latest messages are still known by themselves', () => {
    const correlate = correlating()
    const tell = (i: number) => correlate({ ...occurrence, message: `number ${i}` })?.message
    for (let i = 1; i <= 10; i++) tell(i)
    assert.equal(tell(2), 'number 2')
    assert.equal(tell(1), '(combined from similar events): number 1') // Forgotten as the oldest.
  })

  test('EVENTS-10: of 4,096 events the one that was not told for longest is forgotten', () => {
    const correlate = correlating()
    const tell = (i: number) => correlate(about({ uid: `u${i}` }))?.count
    for (let i = 0; i < 4_096; i++) tell(i)
    assert.equal(tell(0), 2) // All are known; now the second is the oldest.
    assert.equal(tell(4_096), 1)
    assert.equal(tell(0), 3)
    assert.equal(tell(1), 1)
  })
})
