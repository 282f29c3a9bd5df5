import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startInProcessCluster } from '../in-process-cluster'
import { VirtualClock } from '../virtual-clock'
import { millisecondsOf } from './durations'
import { type Speed, TimeDriver } from './time-driver'

const start = Date.UTC(2026, 0, 1)

async function driven(speed: Speed) {
  const cluster = await startInProcessCluster({ startAt: start })
  const wall = new VirtualClock(start)
  const driver = new TimeDriver(cluster, wall, speed)
  driver.start()
  /** Lets time pass on the wall, with a turn of the event loop after each tick. */
  const pass = async (milliseconds: number): Promise<void> => {
    const until = wall.now() + milliseconds
    while (wall.now() < until) {
      wall.advanceTo(Math.min(until, wall.nextAt() ?? until))
      // Ticks are promises that wait for turns of the event loop.
      for (let turn = 0; turn < 20; turn++) await cluster.drain()
    }
  }
  const end = async (): Promise<void> => {
    await driver.stop()
    cluster.stop()
  }
  return { cluster, driver, pass, end }
}

describe('the speed of a served cluster', () => {
  it('real: the cluster goes with the clock on the wall', async () => {
    const { cluster, pass, end } = await driven('real')
    await pass(1_000)
    const behind = start + 1_000 - cluster.clock.now()
    assert.ok(behind >= 0 && behind <= 20, String(behind))
    await end()
  })

  it('manual: it stands still until it is told', async () => {
    const { cluster, driver, pass, end } = await driven('manual')
    await pass(500)
    assert.equal(cluster.clock.now(), start)
    await driver.advance(300_000)
    assert.equal(cluster.clock.now(), start + 300_000)
    await end()
  })

  it('fast: it runs ahead while something goes on, and no longer', async () => {
    const { cluster, pass, end } = await driven('fast')
    await cluster.client('test').create('Namespace', { metadata: { name: 'busy' } })
    await pass(600)
    const ahead = cluster.clock.now() - start
    assert.ok(ahead > 25_000, String(ahead))
    await pass(2_000)
    const later = cluster.clock.now() - start
    await pass(1_000)
    assert.ok(cluster.clock.now() - start - later <= 1_100)
    await end()
  })

  it('steps do not overlap, and time that is told is added', async () => {
    const { cluster, driver, end } = await driven('manual')
    await Promise.all([driver.advance(1_000), driver.advance(2_000), driver.advance(-5)])
    assert.equal(cluster.clock.now(), start + 3_000)
    await end()
  })
})

describe('durations', () => {
  it('are read as people write them', () => {
    const read = ['5m', '90s', '1h30m', '250ms', '1.5h', '2d'].map(millisecondsOf)
    assert.deepEqual(read, [300_000, 90_000, 5_400_000, 250, 5_400_000, 172_800_000])
    for (const text of ['', '5', 'm', '-5m', '5 m', '5x'])
      assert.equal(millisecondsOf(text), undefined)
  })
})
