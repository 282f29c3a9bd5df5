import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Node } from '../kubernetes/types'
import { PlacementCache } from './placement-cache'
import { daemonSetOf, nodeOf, nodesOf } from './testing/objects'

const noExecute = { taints: [{ key: 'a', effect: 'NoExecute' }] }

/** A cache over nodes that a test may change, and what it says of a DaemonSet. */
function caching(daemonSet = daemonSetOf()) {
  const nodes = new Map<string, Node>(nodesOf(2).map((node) => [node.metadata.name, node]))
  const cache = new PlacementCache(nodes)
  const kinds = (of = daemonSet) =>
    [...cache.placedNodesOf(of)].map(([name, { placement }]) => `${name} ${placement.kind}`)
  return { nodes, cache, daemonSet, kinds }
}

describe('the judgements that are kept from sync to sync', () => {
  test('PLACE-04: while no node has changed they are the very same', () => {
    const { nodes, cache, daemonSet, kinds } = caching()
    const before = cache.placedNodesOf(daemonSet)
    assert.deepEqual(kinds(), ['node-0 run', 'node-1 run'])
    assert.equal(cache.placedNodesOf(daemonSet), before)
    nodes.set('node-1', nodeOf('node-1', noExecute))
    assert.equal(cache.placedNodesOf(daemonSet), before) // Nobody has told it yet.
  })

  test('PLACE-04: after a change only the changed node is judged anew', () => {
    const { nodes, cache, daemonSet, kinds } = caching()
    const before = cache.placedNodesOf(daemonSet)
    nodes.set('node-1', nodeOf('node-1', noExecute))
    nodes.set('node-2', nodeOf('node-2'))
    cache.nodesChanged()
    assert.deepEqual(kinds(), ['node-0 run', 'node-1 remove', 'node-2 run'])
    const after = cache.placedNodesOf(daemonSet)
    assert.equal(after.get('node-0'), before.get('node-0'))
    assert.equal(after.get('node-1')?.node, nodes.get('node-1'))
    nodes.delete('node-0')
    cache.nodesChanged()
    assert.deepEqual(kinds(), ['node-1 remove', 'node-2 run'])
  })

  test('PLACE-04: another template is another judgement, and another DaemonSet has its own', () => {
    const { cache, daemonSet, kinds } = caching()
    const elsewhere = { podSpec: { nodeName: 'node-1' } }
    assert.deepEqual(kinds(), ['node-0 run', 'node-1 run'])
    assert.deepEqual(kinds(daemonSetOf(elsewhere)), ['node-0 remove', 'node-1 run'])
    assert.deepEqual(kinds(), ['node-0 run', 'node-1 run'])
    const before = cache.placedNodesOf(daemonSet)
    assert.deepEqual(kinds(daemonSetOf({ name: 'other', ...elsewhere })), [
      'node-0 remove',
      'node-1 run',
    ])
    assert.equal(cache.placedNodesOf(daemonSet), before)
    const place = cache.placerOf(daemonSetOf(elsewhere))
    assert.equal(place(nodeOf('node-2')).kind, 'remove')
  })

  test('PLACE-04: nodes that came and changed before anybody asked are there', () => {
    const { cache, kinds } = caching()
    cache.nodesChanged()
    assert.deepEqual(kinds(), ['node-0 run', 'node-1 run'])
  })

  test('what is forgotten is worked out again', () => {
    const { cache, daemonSet } = caching()
    const before = cache.placedNodesOf(daemonSet)
    cache.forget(daemonSet)
    assert.notEqual(cache.placedNodesOf(daemonSet), before)
    assert.deepEqual(cache.placedNodesOf(daemonSet), before)
  })
})
