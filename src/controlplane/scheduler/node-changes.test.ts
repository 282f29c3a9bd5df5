import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node, Pod } from '../../kubernetes/types'
import { nodeOf, podOf } from '../../reconciler/testing/objects'
import type { Plugin } from './filters'
import { isHelpful } from './node-changes'

const base = nodeOf('node-a')
const withLabels = (labels: Record<string, string>): Node => ({
  ...base,
  metadata: { ...base.metadata, labels },
})
const withTaint = (key: string): Node => ({
  ...base,
  spec: { taints: [{ key, effect: 'NoSchedule' }] },
})
const pod = podOf({ name: 'p' })
const selective: Pod = { ...pod, spec: { ...pod.spec, nodeSelector: { disk: 'ssd' } } }

test('SCHED-23: of labels and taints only those help a refused pod that open a node to it', () => {
  const cases: readonly (readonly [Plugin, Pod, Node, Node, boolean])[] = [
    ['NodeAffinity', selective, withLabels({}), withLabels({ disk: 'ssd' }), true],
    ['NodeAffinity', selective, withLabels({ disk: 'ssd' }), withLabels({}), false],
    ['NodeAffinity', selective, withLabels({}), withLabels({ disk: 'hdd' }), false],
    ['NodeAffinity', pod, withLabels({}), withLabels({ disk: 'ssd' }), false],
    ['TaintToleration', pod, withTaint('gpu'), base, true],
    ['TaintToleration', pod, base, withTaint('gpu'), false],
    ['TaintToleration', pod, withTaint('gpu'), withTaint('other'), false],
    ['NodeResourcesFit', pod, base, withTaint('gpu'), true],
  ]
  for (const [plugin, refused, previous, node, expected] of cases) {
    assert.equal(isHelpful(plugin, refused, { node, previous }), expected, plugin)
  }
})
