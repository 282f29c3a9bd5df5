import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeOf } from '../../reconciler/testing/objects'
import { VirtualClock } from '../virtual-clock'
import { TaintQueue } from './taint-queue'
import { taintRateOf, zoneCountsOf, zoneOf, zoneStateOf } from './zones'

const node = (name: string, status: string, labels: Record<string, string> = {}) =>
  nodeOf(name, { labels, status: { conditions: [{ type: 'Ready', status }] } })

test('NODE-12: zones are named by the topology labels', () => {
  const labels = { 'topology.kubernetes.io/region': 'eu', 'topology.kubernetes.io/zone': '1' }
  assert.equal(zoneOf(node('a', 'True', labels)), 'eu:1')
  assert.equal(zoneOf(node('a', 'True')), ':')
})

test('NODE-12: how much of a zone has failed decides how fast it is tainted', () => {
  assert.equal(zoneStateOf({ ready: 0, notReady: 1 }), 'full')
  assert.equal(zoneStateOf({ ready: 1, notReady: 2 }), 'normal')
  assert.equal(zoneStateOf({ ready: 2, notReady: 3 }), 'partial')
  assert.equal(zoneStateOf({ ready: 3, notReady: 3 }), 'normal')
  assert.deepEqual(
    [
      taintRateOf('normal', 9),
      taintRateOf('full', 9),
      taintRateOf('partial', 50),
      taintRateOf('partial', 51),
    ],
    [0.1, 0.1, 0, 0.01],
  )
})

test('NODE-28: excluded nodes are not counted', () => {
  const excluded = { 'node.kubernetes.io/exclude-disruption': '' }
  const counts = zoneCountsOf([
    node('a', 'True'),
    node('b', 'Unknown'),
    node('c', 'False', excluded),
  ])
  assert.deepEqual([...counts], [[':', { ready: 1, notReady: 1 }]])
})

test('NODE-11: one node at once, the next after ten seconds', () => {
  const clock = new VirtualClock(0)
  const tainted: string[] = []
  const queue = new TaintQueue(clock, (name) => tainted.push(`${name}@${clock.now()}`))
  for (const name of ['a', 'b', 'c']) queue.add(name)
  clock.advanceTo(1_000)
  assert.deepEqual(tainted, [])
  queue.setRate(0.1)
  queue.remove('b')
  clock.advanceTo(60_000)
  assert.deepEqual(tainted, ['a@1100', 'c@11100'])
  assert.equal(clock.nextAt(), undefined)
})
