import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { reportWith, runOf, scenarioNamed } from './testing/evidence'
import { verificationOf } from './verify'

const scenario = scenarioNamed('differs')
const like = (state: string) => runOf(scenario, 'passed', state)

/** Where a difference between the states `ours` and `theirs` sits, after a second look. */
function where(second: object, runs: object = {}) {
  const evidence = {
    scenario,
    target: like('a'),
    reference: like('b'),
    ...runs,
    secondLook: second,
  }
  const report = reportWith([evidence])
  assert.deepEqual(verificationOf(JSON.parse(JSON.stringify(report)), undefined).problems, [])
  return report.scenarios[0]?.blame
}

describe('a difference', () => {
  it('sits in our reconciler when that differs on the API server of the reference, too', () => {
    const same = where({ again: like('b'), ours: like('a') })
    assert.equal(same?.where, 'our reconciler')
    assert.match(same?.why ?? '', /shows the same difference: end state \/ Pod \/ pod \/ state/)
    const other = where({ again: like('b'), ours: like('c') })
    assert.equal(other?.where, 'our reconciler')
    assert.match(other?.why ?? '', /in another way/)
  })

  it('sits in our API server and companions when our reconciler is right on those of the reference', () => {
    assert.equal(
      where({ again: like('b'), ours: like('b') })?.where,
      'our API server and companions',
    )
  })

  it('sits in the reference when that does not repeat itself', () => {
    assert.equal(where({ again: like('c'), ours: like('b') })?.where, 'the reference is unstable')
    const failing = where({ again: runOf(scenario, 'failed'), ours: like('b') })
    assert.equal(failing?.where, 'the reference is unstable')
  })

  it('sits in the scenario when that fails everywhere', () => {
    const failed = runOf(scenario, 'failed')
    const blame = where({ again: failed, ours: failed }, { target: failed, reference: failed })
    assert.equal(blame?.where, 'the scenario')
  })

  it('sits nobody knows where when a run is missing or broke', () => {
    assert.equal(where({})?.where, 'not known')
    assert.equal(where({ again: like('b') })?.where, 'not known')
    assert.equal(where({ again: like('b'), ours: runOf(scenario, 'error') })?.where, 'not known')
    assert.equal(where({ again: like('b') }, { target: undefined })?.where, 'not known')
  })
})
