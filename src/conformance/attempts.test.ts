import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { instabilityOf, mergedAttempts } from './attempts'
import { reportWith, runOf, scenarioNamed } from './testing/evidence'

const scenario = scenarioNamed('flaky')
const passed = runOf(scenario)
const failed = runOf(scenario, 'failed')

describe('repeated attempts', () => {
  it('count as the worst of them, and all are kept', () => {
    const run = mergedAttempts([passed, failed, passed])
    assert.equal(run?.outcome, 'failed')
    assert.deepEqual(
      run?.attempts?.map(({ outcome }) => outcome),
      ['passed', 'failed', 'passed'],
    )
    assert.equal(instabilityOf(run), 'passed, failed, passed: no pod')
    assert.equal(instabilityOf(mergedAttempts([passed, passed])), undefined)
    assert.equal(mergedAttempts([passed]), passed)
    assert.equal(mergedAttempts([]), undefined)
  })

  it('say where one showed something else than the first', () => {
    const run = mergedAttempts([passed, runOf(scenario, 'passed', 'Pending')])
    assert.equal(run?.attempts?.[1]?.differs, 'end state / Pod / pod / state')
  })

  it('are never green when they end differently: on the target exit code 1, on the reference 4', () => {
    const unstable = mergedAttempts([passed, failed])
    const onTarget = reportWith([{ scenario, target: unstable, reference: passed }])
    assert.equal(onTarget.exitCode, 1)
    assert.match(onTarget.reasons.join(), /unstable on the target: passed, failed: no pod/)
    const onReference = reportWith([{ scenario, target: passed, reference: unstable }])
    assert.equal(onReference.exitCode, 4)
    assert.match(onReference.reasons.join(), /unstable on the reference/)
  })

  it('that fail on both in turn are no excuse for a scenario that fails', () => {
    const both = reportWith([
      { scenario, target: mergedAttempts([passed, failed]), reference: failed },
    ])
    assert.equal(both.exitCode, 1)
  })
})
