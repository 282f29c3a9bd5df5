import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CatalogueError } from '../catalogue-error'
import { coverageOf } from '../coverage'
import { upstreamCoverageOf, upstreamProofsOf } from './upstream-coverage'
import { parseUpstreamTests } from './upstream-tests'

const good = `throughApi:
  - test: should run
    source: e2e.go
    conformance: true
    behaviours: [PLACE-01]
    scenarios:
      - 'a.feature > Runs'
onCode:
  - test: TestRun
    source: unit_test.go
    behaviours: [PLACE-01]
`

const behaviour = {
  id: 'PLACE-01',
  group: 'PLACE',
  title: 'Runs',
  level: 'core',
  needs: [],
  proof: 'scenario',
  file: 'place.yaml',
  line: 4,
} as const
const catalogue = (behaviours: readonly (typeof behaviour)[]) => ({
  name: 'DaemonSet',
  groups: [{ name: 'PLACE', title: 'Where', behaviours, file: 'place.yaml' }],
})
const citation = { id: 'PLACE-01', file: 'a.feature', line: 3, by: 'Runs' }
const coverage = coverageOf(
  { daemonSet: catalogue([behaviour]), controlPlane: catalogue([]) },
  { scenarios: { citations: [citation], problems: [] }, tests: [] },
)
const scenario = { id: 'a.feature > It MUST > Runs', title: 'a.feature > Runs', tags: ['@core'] }

function problemsIn(text: string): readonly string[] {
  try {
    parseUpstreamTests(text, 'tests.yaml')
  } catch (error) {
    assert.ok(error instanceof CatalogueError)
    return error.message.split('\n')
  }
  return []
}

describe('the list of upstream tests', () => {
  it('gives each test with what of ours asserts the same', () => {
    const tests = parseUpstreamTests(good, 'tests.yaml')
    const { tests: covered, mistakes } = upstreamCoverageOf(tests, {
      scenarios: [scenario],
      coverage,
    })
    assert.deepEqual(
      covered.map(({ test, scenarios }) => [test.name, test.isThroughApi, test.line, scenarios]),
      [
        ['should run', true, 2, 1],
        ['TestRun', false, 9, 1],
      ],
    )
    assert.deepEqual(mistakes, [])
  })

  it('gives a report the scenarios of each test, row by row, and what only tests prove', () => {
    const text = good.replace('[PLACE-01]', '[PLACE-01, PLACE-02, PLACE-03]')
    const row = { ...scenario, id: 'a.feature > It MUST > Runs (2)', tags: ['@PLACE-01'] }
    const proofs = upstreamProofsOf(parseUpstreamTests(text, 'tests.yaml'), {
      scenarios: [scenario, row],
      tested: new Set(['PLACE-01', 'PLACE-02']),
    })
    assert.deepEqual(proofs, [
      {
        test: 'should run',
        source: 'e2e.go',
        isThroughApi: true,
        isConformance: true,
        behaviours: ['PLACE-01', 'PLACE-02', 'PLACE-03'],
        byTestOnly: ['PLACE-02'],
        scenarios: [scenario.id, row.id],
      },
      {
        test: 'TestRun',
        source: 'unit_test.go',
        isThroughApi: false,
        isConformance: false,
        behaviours: ['PLACE-01'],
        byTestOnly: [],
        scenarios: [],
      },
    ])
  })

  const wrong: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'a test through the API without a scenario',
      good.replace(/ {4}scenarios:\n.*\n/, ''),
      ['tests.yaml:2: should run: wanted scenarios, or "because" that says why there is none'],
    ],
    [
      'a test without behaviours',
      good.replace(/ {4}behaviours: .*\n$/, ''),
      ['tests.yaml:9: TestRun: wanted behaviours, or "because" that says why there is none'],
    ],
    [
      'a test without a name',
      good.replace('  - test: TestRun\n    source', '  - source'),
      ['tests.yaml:9: test: wanted the name of the test'],
    ],
    [
      'a field that nobody knows',
      good.replace('conformance', 'conformence'),
      ['tests.yaml:2: should run: unknown field conformence'],
    ],
    [
      'a test twice',
      `${good}  - test: TestRun\n    source: unit_test.go\n    behaviours: [PLACE-01]\n`,
      ['tests.yaml:12: TestRun is there twice, first in line 9'],
    ],
  ]
  for (const [what, text, problems] of wrong) {
    it(`is refused with file and line: ${what}`, () => assert.deepEqual(problemsIn(text), problems))
  }

  it('must name behaviours and scenarios that exist, and core ones for conformance tests', () => {
    const text = good.replace('[PLACE-01]', '[PLACE-01, PLACE-99]').replace('> Runs', '> Rums')
    const tests = parseUpstreamTests(text, 'tests.yaml')
    const { mistakes } = upstreamCoverageOf(tests, { scenarios: [scenario], coverage })
    assert.deepEqual(mistakes, [
      'tests.yaml:2: should run: there is no behaviour PLACE-99',
      'tests.yaml:2: should run: there is no scenario "a.feature > Rums"',
      'tests.yaml:2: should run: a conformance test needs a scenario tagged @core',
    ])
  })
})
