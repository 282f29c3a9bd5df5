import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClusterFixture, minute, withCluster } from '../cluster-fixture'

const ttl = 'node.alpha.kubernetes.io/ttl'

const ttlOf = async ({ client }: ClusterFixture, name: string): Promise<string | undefined> =>
  (await client.get('Node', { name })).metadata.annotations?.[ttl]

const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `node-${from + index}`)

test('NODE-14: every node says how long secrets may be kept, and says it again when it is changed', async () => {
  await withCluster(async (fixture) => {
    const { client, cluster } = fixture
    await fixture.join('node-a')
    assert.equal(await ttlOf(fixture, 'node-a'), '0')
    for (const value of ['7', 'soon', null]) {
      const body = { metadata: { annotations: { [ttl]: value } } }
      await client.patch('Node', { name: 'node-a' }, { type: 'merge', body })
      await cluster.drain()
      assert.equal(await ttlOf(fixture, 'node-a'), '0')
    }
    await client.create('Node', { metadata: { name: 'mute' } })
    await cluster.drain()
    assert.equal(await ttlOf(fixture, 'mute'), '0')
  })
})

test('NODE-14: the time grows with the cluster, and shrinks only when it is well below', async () => {
  await withCluster(async (fixture) => {
    const { cluster } = fixture
    await fixture.join(...names(1, 100))
    assert.equal(await ttlOf(fixture, 'node-100'), '0')
    await fixture.join('node-101')
    assert.equal(await ttlOf(fixture, 'node-101'), '15')
    // The others follow when their kubelets write next.
    await cluster.advance(6 * minute)
    assert.equal(await ttlOf(fixture, 'node-1'), '15')
    for (const name of names(91, 101)) await cluster.nodes.leave(name)
    await cluster.advance(6 * minute)
    assert.equal(await ttlOf(fixture, 'node-1'), '15')
    await cluster.nodes.leave('node-90')
    await cluster.advance(6 * minute)
    assert.equal(await ttlOf(fixture, 'node-1'), '0')
  })
})
