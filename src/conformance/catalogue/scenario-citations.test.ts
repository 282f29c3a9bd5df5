import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { citationsInFeature } from './scenario-citations'

const feature = `
@extended @GATES-08
Feature: Placement

  @PLACE-02
  Rule: A pod MUST run

    @PLACE-07 @slow
    Scenario: Runs
      Given a node

    @core
    Scenario Outline: Runs on <node>
      Given a node <node>

      @E2E-16 @since-1.31
      Examples:
        | node |
        | a    |
        | b    |

      @PLACE-9
      Examples:
        | node |
        | c    |
`

describe('the citations of a feature', () => {
  it('are the tags of each scenario, with those it inherits, where they are written', () => {
    const { citations, problems } = citationsInFeature(feature, 'a.feature')
    const seen = citations.map(({ id, line, by }) => `${id} ${line} ${by}`)
    assert.deepEqual(seen, [
      'GATES-08 2 Runs',
      'PLACE-02 5 Runs',
      'PLACE-07 8 Runs',
      'GATES-08 2 Runs on a',
      'PLACE-02 5 Runs on a',
      'E2E-16 16 Runs on a',
      'GATES-08 2 Runs on b',
      'PLACE-02 5 Runs on b',
      'E2E-16 16 Runs on b',
      'GATES-08 2 Runs on c',
      'PLACE-02 5 Runs on c',
      'PLACE-9 22 Runs on c',
    ])
    assert.deepEqual(problems, [])
  })

  it('must not be missing, and tags must say something', () => {
    const text = 'Feature: A\n\n  @slwo @core\n  Scenario: Silent\n    Given a node\n'
    assert.deepEqual(citationsInFeature(text, 'a.feature'), {
      citations: [],
      problems: [
        'a.feature:3: unknown tag @slwo',
        'a.feature:4: the scenario "Silent" cites no behaviour',
      ],
    })
  })

  it('are none in a feature that cannot be read, which is a problem with its line', () => {
    const { citations, problems } = citationsInFeature(
      'Feature: A\n  Scenario: B\n    Given x\n    Whn y\n',
      'a.feature',
    )
    assert.deepEqual(citations, [])
    assert.equal(problems.length, 1)
    assert.match(problems[0] ?? '', /^a\.feature:\d: /)
  })
})
