import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  compileNodeSelection,
  matchesNodeSelectorAndAffinity,
  matchesNodeSelectorTerms,
  namedNodesOf,
  targetNodeNameOf,
} from './node-affinity'
import type { Labels, Node, NodeSelectorTerm, Pod, PodSpec } from './types'

function nodeWith(labels: Labels, name = 'worker-1'): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: 'u', resourceVersion: '1', creationTimestamp: '', labels },
    spec: {},
    status: {},
  }
}

function requiring(...nodeSelectorTerms: NodeSelectorTerm[]): PodSpec {
  return {
    containers: [],
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    },
  }
}

function podOf(spec: PodSpec): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'd', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
    spec,
    status: {},
  }
}

const named = (...values: string[]): NodeSelectorTerm => ({
  matchFields: [{ key: 'metadata.name', operator: 'In', values }],
})
const labelled = (key: string, ...values: string[]): NodeSelectorTerm => ({
  matchExpressions: [{ key, operator: 'In', values }],
})

test('PLACE-09: every key of nodeSelector must be there with exactly the value', () => {
  const spec: PodSpec = { containers: [], nodeSelector: { disktype: 'ssd', zone: 'a' } }
  assert.equal(matchesNodeSelectorAndAffinity(spec, nodeWith({ disktype: 'ssd', zone: 'a' })), true)
  assert.equal(matchesNodeSelectorAndAffinity(spec, nodeWith({ disktype: 'ssd' })), false)
  assert.equal(
    matchesNodeSelectorAndAffinity(spec, nodeWith({ disktype: 'SSD', zone: 'a' })),
    false,
  )
})

test('PLACE-09: an empty nodeSelector matches every node', () => {
  assert.equal(matchesNodeSelectorAndAffinity({ containers: [] }, nodeWith({})), true)
  assert.equal(
    matchesNodeSelectorAndAffinity({ containers: [], nodeSelector: {} }, nodeWith({})),
    true,
  )
})

test('PLACE-11: nodeSelector and required affinity must both match', () => {
  const spec = { ...requiring(labelled('zone', 'a')), nodeSelector: { disktype: 'ssd' } }
  assert.equal(matchesNodeSelectorAndAffinity(spec, nodeWith({ disktype: 'ssd', zone: 'a' })), true)
  assert.equal(matchesNodeSelectorAndAffinity(spec, nodeWith({ disktype: 'ssd' })), false)
  assert.equal(matchesNodeSelectorAndAffinity(spec, nodeWith({ zone: 'a' })), false)
})

test('PLACE-12: one term is enough, but all of it', () => {
  const terms = [
    {
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['a'] },
        { key: 'gpu', operator: 'Exists' },
      ],
    },
    named('worker-9'),
  ]
  assert.equal(matchesNodeSelectorTerms(terms, nodeWith({ zone: 'a', gpu: '' })), true)
  assert.equal(matchesNodeSelectorTerms(terms, nodeWith({ zone: 'a' })), false)
  assert.equal(matchesNodeSelectorTerms(terms, nodeWith({}, 'worker-9')), true)
})

test('PLACE-12: expressions and fields of one term must all hold', () => {
  const term = { ...labelled('zone', 'a'), ...named('worker-1') }
  assert.equal(matchesNodeSelectorTerms([term], nodeWith({ zone: 'a' })), true)
  assert.equal(matchesNodeSelectorTerms([term], nodeWith({ zone: 'b' })), false)
  assert.equal(matchesNodeSelectorTerms([term], nodeWith({ zone: 'a' }, 'worker-2')), false)
})

test('PLACE-13: an empty term matches no node, and neither does an affinity without terms', () => {
  assert.equal(matchesNodeSelectorTerms([{}], nodeWith({})), false)
  assert.equal(
    matchesNodeSelectorTerms([{ matchExpressions: [], matchFields: [] }], nodeWith({})),
    false,
  )
  assert.equal(matchesNodeSelectorTerms([], nodeWith({})), false)
  assert.equal(matchesNodeSelectorTerms(undefined, nodeWith({})), false)
  assert.equal(matchesNodeSelectorAndAffinity(requiring(), nodeWith({})), false)
})

test('PLACE-18: matchFields know the node by name, with In and NotIn of one value', () => {
  const notNamed: NodeSelectorTerm = {
    matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['worker-1'] }],
  }
  assert.equal(matchesNodeSelectorTerms([named('worker-1')], nodeWith({})), true)
  assert.equal(matchesNodeSelectorTerms([named('worker-2')], nodeWith({})), false)
  assert.equal(matchesNodeSelectorTerms([notNamed], nodeWith({})), false)
  assert.equal(matchesNodeSelectorTerms([notNamed], nodeWith({}, 'worker-2')), true)
})

test('PLACE-18, PLACE-19: other fields, operators and counts of values match no node', () => {
  const bad: NodeSelectorTerm[] = [
    named(),
    named('worker-1', 'worker-2'),
    { matchFields: [{ key: 'metadata.name', operator: 'Exists' }] },
    { matchFields: [{ key: 'metadata.namespace', operator: 'In', values: ['worker-1'] }] },
  ]
  for (const term of bad) assert.equal(matchesNodeSelectorTerms([term], nodeWith({})), false)
})

test('PLACE-19: a malformed term is skipped, the others still count', () => {
  const malformed = { matchExpressions: [{ key: 'cpus', operator: 'Gt', values: ['many'] }] }
  assert.equal(matchesNodeSelectorTerms([malformed], nodeWith({ cpus: '4' })), false)
  assert.equal(
    matchesNodeSelectorTerms([malformed, labelled('zone', 'a')], nodeWith({ zone: 'a' })),
    true,
  )
  // Half of a term is no term: what is understood of it must not match alone.
  const half = {
    matchExpressions: [...malformed.matchExpressions, { key: 'cpus', operator: 'Exists' }],
  }
  assert.equal(matchesNodeSelectorTerms([half], nodeWith({ cpus: '4' })), false)
})

test('PLACE-21: preferred affinity has no influence', () => {
  const spec: PodSpec = {
    containers: [],
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, preference: labelled('zone', 'nowhere') },
        ],
      },
    },
  }
  assert.equal(matchesNodeSelectorAndAffinity(spec, nodeWith({})), true)
})

test('PLACE-44: a bound pod belongs to its node, whatever its affinity says', () => {
  assert.equal(targetNodeNameOf(podOf({ ...requiring(named('a')), nodeName: 'b' })), 'b')
})

test('PLACE-44: an unbound pod belongs to the node its affinity names', () => {
  assert.equal(targetNodeNameOf(podOf(requiring(named('a')))), 'a')
  assert.equal(targetNodeNameOf(podOf(requiring(labelled('zone', 'x'), named('a')))), 'a')
  assert.equal(targetNodeNameOf(podOf({ ...requiring(named('a')), nodeName: '' })), 'a')
})

test('PLACE-44: without one single name there is no target node', () => {
  assert.equal(targetNodeNameOf(podOf({ containers: [] })), undefined)
  assert.equal(targetNodeNameOf(podOf(requiring(labelled('zone', 'x')))), undefined)
  assert.equal(targetNodeNameOf(podOf(requiring(named('a', 'b'), named('c')))), undefined)
  const notIn = { matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['a'] }] }
  assert.equal(targetNodeNameOf(podOf(requiring(notIn))), undefined)
})

test('SCHED-10: only when every term names nodes are they all there is to look at', () => {
  assert.deepEqual(namedNodesOf(requiring(named('a'))), new Set(['a']))
  assert.deepEqual(namedNodesOf(requiring(named('a'), named('b'))), new Set(['a', 'b']))
  assert.equal(namedNodesOf(requiring(named('a'), labelled('zone', 'x'))), undefined)
  assert.equal(namedNodesOf(requiring()), undefined)
  assert.equal(namedNodesOf({ containers: [] }), undefined)
})

test('SCHED-10: names that contradict each other leave none', () => {
  const contradiction: NodeSelectorTerm = {
    matchFields: [...(named('a').matchFields ?? []), ...(named('b').matchFields ?? [])],
  }
  assert.deepEqual(namedNodesOf(requiring(contradiction)), new Set())
})

const letter = fc.constantFrom('a', 'b', 'c')
const term = fc.record(
  {
    matchExpressions: fc.array(
      fc.record({
        key: letter,
        operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Odd'),
        values: fc.array(fc.constantFrom('1', '2', 'x'), { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
    matchFields: fc.array(
      fc.record({
        key: fc.constant('metadata.name'),
        operator: fc.constantFrom('In', 'NotIn'),
        values: fc.array(letter, { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
)
const nodes = fc
  .tuple(fc.dictionary(letter, fc.constantFrom('1', '2', 'x')), letter)
  .map(([labels, name]) => nodeWith(labels, name))

test('PLACE-12: terms together match what any of them matches alone', () => {
  fc.assert(
    fc.property(fc.array(term, { maxLength: 4 }), nodes, (terms, node) => {
      const alone = terms.some((one) => matchesNodeSelectorTerms([one], node))
      assert.equal(matchesNodeSelectorTerms(terms, node), alone)
      assert.equal(compileNodeSelection(requiring(...terms))(node), alone)
    }),
  )
})

test('SCHED-10: a node that matches is one of the named nodes', () => {
  fc.assert(
    fc.property(fc.array(term, { maxLength: 3 }), nodes, (terms, node) => {
      const spec = requiring(...terms)
      if (!matchesNodeSelectorAndAffinity(spec, node)) return
      assert.ok(namedNodesOf(spec)?.has(node.metadata.name) ?? true)
    }),
  )
})
