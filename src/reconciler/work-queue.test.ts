import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { drained, ManualClock } from './testing/manual-clock'
import { WorkQueue } from './work-queue'

/** A queue whose work ends when the test says so. */
function controlled(options: { readonly workers?: number; readonly paused?: true } = {}) {
  const clock = new ManualClock()
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const queue = new WorkQueue({
    clock,
    ...options,
    work: (key) =>
      new Promise((resolve, reject) => {
        begun.push(key)
        ends.set(key, (error) => (error === undefined ? resolve() : reject(error)))
      }),
  })
  return {
    clock,
    queue,
    /** What was begun since the last call. */
    begun: () => begun.splice(0),
    end: async (key: string, error?: Error) => {
      ends.get(key)?.(error)
      await drained()
    },
  }
}

describe('work queue', () => {
  test('QUEUE-01: duplicates of a waiting key collapse, in order of arrival', async () => {
    const { queue, begun, end } = controlled()
    for (const key of ['a', 'b', 'a', 'b']) queue.add(key)
    assert.deepEqual(begun(), []) // Never from inside `add`.
    await drained()
    assert.deepEqual(begun(), ['a'])
    await end('a')
    assert.deepEqual(begun(), ['b'])
    await end('b')
    assert.deepEqual(begun(), [])
  })

  test('QUEUE-01: a key added while it is worked on is worked on again afterwards, not at once', async () => {
    const { queue, begun, end } = controlled({ workers: 2 })
    queue.add('a')
    await drained()
    queue.add('a')
    queue.add('a')
    await drained()
    assert.deepEqual(begun(), ['a'])
    await end('a')
    assert.deepEqual(begun(), ['a'])
    await end('a')
    assert.deepEqual(begun(), [])
  })

  test('QUEUE-29: as many keys at once as there are workers', async () => {
    const { queue, begun, end } = controlled({ workers: 2 })
    for (const key of ['a', 'b', 'c']) queue.add(key)
    await drained()
    assert.deepEqual(begun(), ['a', 'b'])
    await end('b')
    assert.deepEqual(begun(), ['c'])
  })

  test('QUEUE-03: failures are retried after 5 ms, doubling, and success forgets them', async () => {
    const { clock, queue, begun, end } = controlled()
    queue.add('a')
    await drained()
    for (const delay of [5, 10, 20, 40]) {
      await end('a', new Error('no'))
      begun()
      await clock.advance(delay - 1)
      assert.deepEqual(begun(), [])
      await clock.advance(1)
      assert.deepEqual(begun(), ['a'])
    }
    await end('a')
    queue.add('a')
    await drained()
    await end('a', new Error('no'))
    begun()
    await clock.advance(5)
    assert.deepEqual(begun(), ['a'])
  })

  test('QUEUE-03: all retries together share a bucket of 100, refilled by 10 a second', async () => {
    const clock = new ManualClock()
    let attempts = 0
    const queue = new WorkQueue({
      clock,
      work: async () => {
        attempts++
        if (attempts <= 150) throw new Error('no')
      },
    })
    for (let key = 0; key < 150; key++) queue.add(String(key))
    await drained()
    assert.equal(attempts, 150)
    await clock.advance(5)
    assert.equal(attempts, 250) // The burst.
    await clock.advance(95)
    assert.equal(attempts, 251)
    await clock.advance(4_900)
    assert.equal(attempts, 300)
  })

  test('QUEUE-03: the bucket is refilled while nothing fails, never above its burst', async () => {
    const clock = new ManualClock()
    let failing = new Set<string>()
    const retried: string[] = []
    const queue = new WorkQueue({
      clock,
      work: async (key) => {
        if (failing.delete(key)) throw new Error('no')
        retried.push(key)
      },
    })
    /** Lets that many keys fail once; returns how many were retried after each of the waits. */
    const retriesOf = async (count: number, ...waits: number[]) => {
      const keys = Array.from({ length: count }, (_, index) => String(index))
      failing = new Set(keys)
      for (const key of keys) queue.add(key)
      const counts: number[] = []
      for (const wait of waits) {
        await clock.advance(wait)
        counts.push(retried.splice(0).length)
      }
      return counts
    }
    assert.deepEqual(await retriesOf(101, 5, 94, 1, 500), [100, 0, 1, 0])
    // 600 ms gave back 6 tokens, one of which was owed.
    assert.deepEqual(await retriesOf(7, 5, 94, 1, 99, 1), [5, 0, 1, 0, 1])
    await clock.advance(3_600_000)
    assert.deepEqual(await retriesOf(101, 5, 94, 1), [100, 0, 1])
  })

  test('of several moments for a key the earliest counts', async () => {
    const { clock, queue, begun, end } = controlled()
    queue.addAfter('a', 1_000)
    queue.addAfter('a', 500)
    queue.addAfter('a', 5_000)
    await clock.advance(499)
    assert.deepEqual(begun(), [])
    await clock.advance(1)
    assert.deepEqual(begun(), ['a'])
    await end('a')
    await clock.advance(10_000)
    assert.deepEqual(begun(), [])
    assert.equal(clock.pending, 0)
  })

  test('QUEUE-28: a paused queue collects and begins when started', async () => {
    const { queue, begun } = controlled({ paused: true })
    queue.add('a')
    await drained()
    assert.deepEqual(begun(), [])
    queue.start()
    await drained()
    assert.deepEqual(begun(), ['a'])
  })

  test('QUEUE-31: stopping drops what waits and lets what runs come to its end', async () => {
    const { clock, queue, begun, end } = controlled()
    queue.add('a')
    queue.add('b')
    queue.addAfter('c', 10)
    await drained()
    queue.stop()
    let isStopped = false
    void queue.whenStopped().then(() => {
      isStopped = true
    })
    queue.add('d')
    await drained()
    assert.equal(isStopped, false)
    await end('a', new Error('no'))
    assert.equal(isStopped, true)
    await clock.advance(60_000)
    assert.deepEqual(begun(), ['a'])
    assert.equal(clock.pending, 0)
  })

  test('QUEUE-31: a stopped queue waits for nothing, takes nothing and is not started again', async () => {
    const { clock, queue, begun } = controlled({ paused: true })
    queue.add('a')
    queue.addAfter('b', 10)
    queue.stop()
    assert.equal(clock.pending, 0)
    queue.start()
    queue.add('c')
    queue.addAfter('d', 10)
    assert.equal(clock.pending, 0)
    await clock.advance(60_000)
    assert.deepEqual(begun(), [])
  })

  test('QUEUE-31: who waits for the end of a queue before it is stopped is told then', async () => {
    const { queue } = controlled()
    let isStopped = false
    void queue.whenStopped().then(() => {
      isStopped = true
    })
    await drained()
    assert.equal(isStopped, false)
    queue.stop()
    await drained()
    assert.equal(isStopped, true)
  })
})
