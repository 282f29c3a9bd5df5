import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { agreeing, reportWith, runOf, scenarioNamed } from '../testing/evidence'
import { variedReport } from '../testing/varied-report'
import { annotationsOf } from './annotations'
import { badgeJson, badgeSvg } from './badge'
import { markdownReport } from './markdown'
import { terminalReport } from './terminal'

const report = variedReport()
const one = scenarioNamed('one')
const differing = { scenario: one, target: runOf(one, 'failed'), reference: runOf(one) }
const gone = { message: 'm', reason: 'r', owner: 'o', expires: '2030-01-01', line: 7 }

describe('the Markdown summary', () => {
  const [open = '', listed = ''] = markdownReport(report).split('<details>')

  it('lists what the gate names, and folds what differs as listed, with reason, owner and expiry', () => {
    assert.match(
      open,
      /\| differ \| a\.feature > It MUST be so > It differs \|.*it sits in our reconciler/,
    )
    assert.match(open, /\| both-failed \| .* > It fails everywhere \|/)
    assert.doesNotMatch(open, /differs as listed|It is flaky|It is too young/)
    assert.match(listed, /^<summary>2 differ as listed<\/summary>/)
    assert.match(listed, /> It differs as listed \| It is so since .* \| somebody \| 2030-01-01 \|/)
    assert.match(listed, /> It is flaky \| The network is slow\./)
    assert.match(open, /^\| 1 \| 3 \| 1 \| 1 \| 2 \| 1 \|$/m)
  })

  it('tells holes and entries that no longer hold beside the scenarios', () => {
    const expectedDifferences = [{ ...gone, scenario: 'a.feature > It MUST be so > two' }]
    const basis = { expectedDifferences, stopped: 'stopped after 1 failures' }
    const text = markdownReport(reportWith([differing, ...agreeing('two')], basis))
    assert.match(text, /^\| differ \| .* > one \|/m)
    assert.match(text, /^- expected difference in line 7 .*the difference is gone/m)
    assert.match(text, /^- stopped after 1 failures/m)
    assert.equal(text.match(/> one/g)?.length, 1, 'and no scenario twice')
  })
})

describe('the end of a run in a terminal', () => {
  it('counts what differs as listed', () => {
    assert.match(
      terminalReport(report),
      /^1 agree, 3 differ, 1 failed on both, 1 not verified \(1 of them not required\), 2 of all these as listed$/m,
    )
    assert.doesNotMatch(terminalReport(reportWith([differing])), /as listed/)
  })
})

describe('annotations', () => {
  const github = { GITHUB_ACTIONS: 'true' }

  it('mark what the gate names in its feature file, and nothing that differs as listed', () => {
    const lines = annotationsOf(report, github, (uri) => `sub/${uri}`)
      .trimEnd()
      .split('\n')
    const place = '::error file=sub/features/a.feature,line=3,title='
    assert.deepEqual(lines, [
      `${place}differ%3A It differs::passed on the reference, failed on the target: no pod`,
      `${place}both-failed%3A It fails everywhere::failed on both clusters: the scenario is wrong`,
    ])
  })

  it('are for GitHub alone, and only where the gate is red', () => {
    assert.equal(annotationsOf(report, {}), '')
    assert.equal(annotationsOf({ ...report, exitCode: 0 }, github), '')
  })
})

describe('the badge', () => {
  it('is green for a whole conformant run alone', () => {
    const colourOf = (badge: string): string => JSON.parse(badge).color
    const whole = reportWith(agreeing('one'))
    assert.equal(colourOf(badgeJson(whole)), '#116329')
    assert.match(badgeSvg(whole), /conformant, 1\/1/)
    for (const other of [
      reportWith(agreeing('one'), { filtered: true }),
      reportWith(agreeing('one'), { shard: { index: 1, count: 2 } }),
      reportWith([differing]),
    ]) {
      assert.notEqual(colourOf(badgeJson(other)), '#116329')
      assert.doesNotMatch(badgeSvg(other), /#116329/)
    }
  })
})
