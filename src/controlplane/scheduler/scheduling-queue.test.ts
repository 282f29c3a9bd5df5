import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../kubernetes/types'
import { podOf } from '../../reconciler/testing/objects'
import { VirtualClock } from '../virtual-clock'
import { SchedulingQueue } from './scheduling-queue'

function pod(name: string, priority = 0): Pod {
  const base = podOf({ name })
  return { ...base, spec: { ...base.spec, priority } }
}

const byResources = { plugins: new Set(['NodeResourcesFit' as const]), named: new Set(['node-a']) }

function nameOf(queue: SchedulingQueue): string | undefined {
  return queue.next()?.pod.metadata.name
}

test('SCHED-02: more important pods come first, then earlier ones', () => {
  const queue = new SchedulingQueue(new VirtualClock(), () => {})
  for (const each of [pod('a'), pod('b'), pod('c', 10), pod('d', 10)]) queue.add(each)
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => nameOf(queue)),
    ['c', 'd', 'a', 'b', undefined],
  )
})

test('SCHED-23: a refused pod is moved by what its refusal was about, on a node that it names', () => {
  const clock = new VirtualClock()
  const queue = new SchedulingQueue(clock, () => {})
  const refuse = () => {
    const queued = queue.next()
    assert.ok(queued)
    queue.refuse(queued, byResources)
    clock.advanceTo(clock.now() + 60_000)
  }
  queue.add(pod('p'))
  refuse()
  queue.moveFor('node-b', ['NodeResourcesFit'])
  queue.moveFor('node-a', ['TaintToleration'])
  assert.equal(nameOf(queue), undefined)
  queue.moveFor('node-a', ['NodeResourcesFit'])
  refuse()
  queue.moveFor('node-a', 'all')
  refuse()
  queue.move('uid-of-p')
  assert.equal(nameOf(queue), 'p')
})

test('SCHED-24: a moved pod waits 1 s, twice as long after each attempt, at most 10 s', () => {
  const clock = new VirtualClock()
  const queue = new SchedulingQueue(clock, () => {})
  queue.add(pod('p'))
  const waits: number[] = []
  for (let attempt = 0; attempt < 5; attempt++) {
    const queued = queue.next()
    assert.ok(queued)
    const refusedAt = clock.now()
    queue.refuse(queued, byResources)
    queue.moveFor('node-a', 'all')
    clock.advanceToNext()
    waits.push(clock.now() - refusedAt)
  }
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 10_000])
})

test('SCHED-24: a pod that nothing moves is tried again after five minutes', () => {
  const clock = new VirtualClock()
  const queue = new SchedulingQueue(clock, () => {})
  queue.add(pod('p'))
  const queued = queue.next()
  assert.ok(queued)
  queue.refuse(queued, byResources)
  clock.advanceTo(clock.now() + 299_999)
  assert.equal(nameOf(queue), undefined)
  clock.advanceTo(clock.now() + 30_001)
  assert.equal(nameOf(queue), 'p')
  assert.equal(clock.nextAt(), undefined)
})

test('a pod that is gone is never handed out, wherever it waited', () => {
  const clock = new VirtualClock()
  const queue = new SchedulingQueue(clock, () => {})
  queue.add(pod('waiting'))
  queue.add(pod('refused', 1))
  const queued = queue.next()
  assert.ok(queued)
  queue.refuse(queued, { ...byResources, named: undefined })
  queue.moveFor('any', 'all')
  for (const name of ['waiting', 'refused']) queue.remove(`uid-of-${name}`)
  clock.advanceTo(clock.now() + 60_000)
  assert.equal(nameOf(queue), undefined)
})
