import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { VirtualClock } from './virtual-clock'

test('VirtualClock moves only when told to, and to the moment of the next timer', () => {
  const clock = new VirtualClock(1_000)
  const ran: number[] = []
  clock.after(50, () => ran.push(clock.now()))
  clock.after(20, () => ran.push(clock.now()))
  assert.equal(clock.now(), 1_000)
  assert.equal(clock.nextAt(), 1_020)
  assert.equal(clock.advanceToNext(), true)
  assert.deepEqual(ran, [1_020])
  clock.advanceTo(2_000)
  assert.deepEqual(ran, [1_020, 1_050])
  assert.equal(clock.now(), 2_000)
  assert.equal(clock.advanceToNext(), false)
  clock.advanceTo(1)
  assert.equal(clock.now(), 2_000)
})

test('VirtualClock leaves a timer that is set while others of its moment run to the next step', () => {
  const clock = new VirtualClock(0)
  const ran: string[] = []
  clock.after(5, () => {
    ran.push('first')
    clock.after(0, () => ran.push('third'))
  })
  clock.after(5, () => ran.push('second'))
  clock.advanceToNext()
  assert.deepEqual(ran, ['first', 'second'])
  clock.advanceToNext()
  assert.deepEqual(ran, ['first', 'second', 'third'])
})

test('VirtualClock does not run a cancelled timer, nor one that another cancels at the same moment', () => {
  const clock = new VirtualClock(0)
  const ran: string[] = []
  const early = clock.after(1, () => ran.push('early'))
  clock.after(2, () => late.cancel())
  const late = clock.after(2, () => ran.push('late'))
  early.cancel()
  early.cancel()
  assert.equal(clock.nextAt(), 2)
  clock.advanceTo(10)
  assert.deepEqual(ran, [])
  assert.equal(clock.nextAt(), undefined)
})

test('VirtualClock runs any set of timers by time, then by the order of setting', () => {
  const timers = fc.array(fc.record({ delay: fc.nat(40), cancelled: fc.boolean() }))
  fc.assert(
    fc.property(timers, (settings) => {
      const clock = new VirtualClock(0)
      const ran: number[] = []
      const handles = settings.map(({ delay }, index) => clock.after(delay, () => ran.push(index)))
      settings.forEach(({ cancelled }, index) => {
        if (cancelled) handles[index]?.cancel()
      })
      while (clock.advanceToNext());
      const expected = settings
        .map(({ delay, cancelled }, index) => ({ delay, cancelled, index }))
        .filter(({ cancelled }) => !cancelled)
        .sort((a, b) => a.delay - b.delay || a.index - b.index)
        .map(({ index }) => index)
      assert.deepEqual(ran, expected)
    }),
  )
})

test('VirtualClock stays small when many timers are set and cancelled', () => {
  const clock = new VirtualClock(0)
  for (let i = 0; i < 100_000; i++) clock.after(1_000_000 + i, () => {}).cancel()
  clock.after(7, () => {})
  assert.equal(clock.nextAt(), 7)
})
