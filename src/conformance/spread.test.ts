import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type SpreadFacts, spreadOf } from './spread'

const room = { clusters: 10, processors: 4 }
const facts: SpreadFacts = { scenarios: 260, repeat: 1, asked: undefined, live: true, room }

const countOf = (changes: Partial<SpreadFacts>) => {
  const { over, count } = spreadOf({ ...facts, ...changes })
  return over === 'clusters' ? count : over
}

describe('scenarios are spread', () => {
  it('in-process over as many threads as were asked for, and over none unasked', () => {
    const inProcess = { live: false, room: undefined }
    assert.equal(spreadOf({ ...facts, ...inProcess }).over, 'nothing')
    const spread = spreadOf({ ...facts, ...inProcess, asked: 3 })
    assert.deepEqual(spread, { over: 'threads', count: 3, note: ', 3 at a time' })
    assert.equal(spreadOf({ ...facts, ...inProcess, asked: 9, scenarios: 2 }).count, 2)
    assert.equal(spreadOf({ ...facts, ...inProcess, asked: 9, scenarios: 0 }).over, 'nothing')
  })

  it('over one cluster for every 40 runs, at most four, two for each processor, and what fits', () => {
    assert.equal(countOf({}), 4)
    assert.equal(countOf({ scenarios: 79 }), 'nothing')
    assert.equal(countOf({ scenarios: 80 }), 2)
    assert.equal(countOf({ scenarios: 8, repeat: 10 }), 2)
    assert.equal(countOf({ scenarios: 1, repeat: 100 }), 'nothing')
    assert.equal(countOf({ room: { clusters: 10, processors: 1 } }), 2)
    assert.equal(countOf({ room: { clusters: 3, processors: 8 } }), 3)
    assert.equal(spreadOf(facts).note, ', spread over 4 clusters')
  })

  it('over as many clusters as were asked for, unless they do not fit, which is said', () => {
    assert.equal(countOf({ asked: 6 }), 6)
    assert.equal(countOf({ asked: 6, scenarios: 2 }), 2)
    assert.equal(countOf({ asked: 1 }), 'nothing')
    const crowded = spreadOf({ ...facts, asked: 6, room: { clusters: 2, processors: 4 } })
    assert.match(crowded.note, /2 clusters: the engine's memory has no room for 6 clusters$/)
    const full = spreadOf({ ...facts, asked: 6, room: { clusters: 1, processors: 4 } })
    assert.match(full.note, /^, one after the other: the engine's memory has no room for 6/)
  })

  it('over nothing where there can be but one cluster, which is said', () => {
    for (const asked of [undefined, 4]) {
      assert.deepEqual(spreadOf({ ...facts, asked, room: undefined }), {
        over: 'nothing',
        count: 1,
        note: ', one after the other, for they share its nodes',
      })
    }
  })
})
