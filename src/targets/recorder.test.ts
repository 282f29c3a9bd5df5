import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startInProcessCluster } from '../controlplane/in-process-cluster'
import { Recorder } from './recorder'

test('finalizers of nodes are recorded, and disturb no rest', async () => {
  const cluster = await startInProcessCluster()
  const { clock } = cluster
  const client = cluster.client('test')
  const recorder = new Recorder({ client, clock, scenario: 'one', namespace: 'default' })
  const started = recorder.start()
  await cluster.drain()
  await started
  await cluster.nodes.join({ metadata: { name: 'node-a' } })
  await cluster.advance(60_000)

  /** Changes the node, and tells whether that was recorded, and whether it counts as unrest. */
  const changed = async (metadata: object) => {
    const before = recorder.changes
    const at = clock.now()
    await client.patch('Node', { name: 'node-a' }, { type: 'merge', body: { metadata } })
    await cluster.drain()
    return [recorder.changes > before, recorder.lastEventAt === at]
  }
  const finalizers = ['wrangler.cattle.io/node']
  assert.deepEqual(await changed({ finalizers }), [true, false])
  await cluster.advance(1_000)
  assert.deepEqual(await changed({ finalizers: [], labels: { disk: 'ssd' } }), [true, true])
  await cluster.advance(1_000)
  assert.deepEqual(await changed({ annotations: { a: 'b' } }), [true, true])
  recorder.stop()
  cluster.stop()
})
