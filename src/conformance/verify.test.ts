import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ConformanceReport, totalsOf } from './report'
import type { ScenarioRun } from './scenario-run'
import { sealed } from './seal'
import { agreeing, reference, reportWith, runOf, scenarioNamed, target } from './testing/evidence'
import type { ScenarioVerdict } from './verdict'
import { verificationOf } from './verify'

function problemsOf(report: ConformanceReport): readonly string[] {
  return verificationOf(JSON.parse(JSON.stringify(report)), undefined).problems
}

/** A report that somebody edits and seals again, so that only its evidence can tell. */
function forged(
  report: ConformanceReport,
  edit: (report: ConformanceReport) => Partial<ConformanceReport>,
): ConformanceReport {
  const { seal: _, ...bare } = report as ConformanceReport & { seal: string }
  return sealed({ ...bare, ...edit(bare) })
}

function editedRun(
  report: ConformanceReport,
  change: Partial<ScenarioRun>,
): readonly ScenarioVerdict[] {
  return report.scenarios.map((each) => {
    if (each.target === undefined || each.verdict === 'agree') return each
    const run = { ...each.target, ...change }
    return {
      scenario: each.scenario,
      verdict: 'agree',
      required: true,
      differences: [],
      target: run,
      reference: each.reference,
    }
  })
}

function failing(): ConformanceReport {
  const scenario = scenarioNamed('fails')
  const evidence = { scenario, target: runOf(scenario, 'failed'), reference: runOf(scenario) }
  return reportWith([...agreeing('one', 'two'), evidence])
}

describe('the verification of a report', () => {
  it('finds nothing wrong with what a run has written, green or red', () => {
    assert.deepEqual(problemsOf(reportWith(agreeing('one', 'two'))), [])
    assert.equal(failing().exitCode, 1)
    assert.deepEqual(problemsOf(failing()), [])
  })

  it('refuses a report that was cut or edited, by its seal', () => {
    const report = failing()
    for (const edited of [
      { ...report, exitCode: 0 as const },
      { ...report, scenarios: report.scenarios.slice(1) },
      { ...report, seal: '0'.repeat(64) },
    ]) {
      assert.match(problemsOf(edited).join('\n'), /seal does not fit/)
    }
    const { seal: _, ...bare } = report as ConformanceReport & { seal: string }
    assert.match(problemsOf(bare).join('\n'), /seal does not fit/)
  })

  it('refuses a report without what it would have to be derived from', () => {
    const { basis: _, ...rest } = failing()
    const { seal: __, ...bare } = rest as typeof rest & { seal: string }
    assert.match(
      problemsOf(sealed(bare) as unknown as ConformanceReport).join('\n'),
      /basis is missing/,
    )
  })

  it('refuses a forged verdict, exit code, total and count, although the seal fits', () => {
    const report = failing()
    const cases: readonly (readonly [ConformanceReport, RegExp])[] = [
      [
        forged(report, () => ({ exitCode: 0, answer: 'conformant', reasons: [] })),
        /exit code: says 0, the evidence gives 1/,
      ],
      [forged(report, () => ({ answer: 'conformant' })), /answer: says "conformant", the evidence/],
      [forged(report, () => ({ reasons: [] })), /reasons: says \[\], the evidence gives \["/],
      [
        forged(report, (each) => ({ scenarios: editedRun(each, {}) })),
        /says agree, its evidence gives differ/,
      ],
      [
        forged(report, (each) => ({ scenarios: each.scenarios.slice(0, 2) })),
        /wanted 3 scenarios, found 2/,
      ],
      [
        forged(report, (each) => ({
          scenarios: each.scenarios.slice(0, 2),
          basis: { ...each.basis, expected: 2 },
        })),
        /hash of the features/,
      ],
      [
        forged(report, (each) => ({ totals: totalsOf(each.scenarios.slice(0, 2)) })),
        /totals: scenarios/,
      ],
      [
        forged(report, (each) => ({
          scenarios: [...each.scenarios.slice(0, 2), ...each.scenarios.slice(1, 2)],
        })),
        /a scenario is there twice/,
      ],
    ]
    for (const [edited, problem] of cases) assert.match(problemsOf(edited).join('\n'), problem)
  })

  it('refuses a run whose outcome does not follow from its steps or its attempts', () => {
    const edited = forged(failing(), (each) => ({
      scenarios: editedRun(each, { outcome: 'passed' }),
    }))
    assert.match(problemsOf(edited).join('\n'), /says passed on the target, its steps give failed/)
    const scenario = scenarioNamed('flaky')
    const attempts = [
      { outcome: 'passed', durationSeconds: 1 },
      { outcome: 'failed', message: 'no pod', durationSeconds: 1 },
    ] as const
    const hidden = { ...runOf(scenario), attempts }
    const report = reportWith([{ scenario, target: hidden, reference: runOf(scenario) }])
    assert.match(problemsOf(report).join('\n'), /its steps give failed/)
  })

  it('says the same of the clusters that the report names', () => {
    const { target: left, reference: right } = failing()
    assert.deepEqual([left, right], [target, reference])
  })
})
