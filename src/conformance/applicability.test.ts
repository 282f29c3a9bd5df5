import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { applicable, hasRealNodes, unfitNodesOf } from './applicability'
import type { ScenarioText } from './scenario-run'

const simulated = { version: 'v1.21.2+k3s1', provenance: { nodes: 'simulated' } }
const real = { version: 'v1.21.2+k3s1', provenance: { nodes: 'real:2' } }

function scenario(...tags: readonly string[]): ScenarioText {
  return {
    id: tags.join(),
    uri: 'a',
    line: 1,
    feature: 'F',
    rule: 'R',
    name: 'N',
    tags,
    textHash: 'a',
  }
}

describe('what applies to a cluster', () => {
  it('goes by its nodes: real ones fit what needs containers, and nothing else', () => {
    assert.equal(unfitNodesOf(scenario('@core'), simulated), undefined)
    assert.equal(unfitNodesOf(scenario('@real-kubelet'), real), undefined)
    assert.match(unfitNodesOf(scenario('@real-kubelet'), simulated) ?? '', /needs nodes that run/)
    assert.match(unfitNodesOf(scenario('@core'), real) ?? '', /makes simulated nodes/)
  })

  it('takes nodes for simulated where nothing is said of them', () => {
    assert.equal(hasRealNodes({ provenance: {} }), false)
    assert.equal(hasRealNodes({ provenance: { nodes: 'real' } }), false)
    assert.equal(hasRealNodes(real), true)
  })

  it('is counted and expressed for cucumber in the same way', () => {
    const all = [
      scenario('@core'),
      scenario('@core', '@slow'),
      scenario('@since-1.31'),
      scenario('@real-kubelet'),
      scenario('@real-kubelet', '@slow'),
    ]
    assert.deepEqual(applicable(all, simulated, false), {
      expression: 'not @real-kubelet and not @slow and not @since-1.31',
      scenarios: all.slice(0, 1),
    })
    assert.deepEqual(applicable(all, simulated, true).scenarios.length, 2)
    assert.deepEqual(applicable(all, real, true), {
      expression: '@real-kubelet and not @since-1.31',
      scenarios: all.slice(3),
    })
    assert.deepEqual(
      applicable(all, { ...simulated, version: 'v1.36.2' }, true).scenarios.length,
      3,
    )
  })
})
