import { create } from 'xmlbuilder2'
import type { ReportBasis } from '../basis'
import type { ConformanceReport } from '../report'
import type { ScenarioVerdict } from '../verdict'

/** Characters that XML 1.0 cannot hold, not even escaped; terminal output in messages may contain them. */
const unprintable = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu

/** The verdicts as JUnit XML: a suite per feature, a case per scenario; not verified and required is an error. */
export function junitReport(report: ConformanceReport): string {
  const features = new Map<string, ScenarioVerdict[]>()
  for (const verdict of report.scenarios) {
    const { feature } = verdict.scenario
    features.set(feature, [...(features.get(feature) ?? []), verdict])
  }
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name: clean(`DaemonSet conformance of ${report.target.name}`),
    ...counts(report.scenarios, report.basis),
  })
  for (const [feature, verdicts] of features) {
    const suite = root.ele('testsuite', {
      name: clean(feature),
      timestamp: report.metadata.createdAt,
      ...counts(verdicts, report.basis),
    })
    for (const verdict of verdicts) addCase(suite, verdict, report.basis)
  }
  return `${root.end({ prettyPrint: true })}\n`
}

function addCase(
  suite: ReturnType<typeof create>,
  verdict: ScenarioVerdict,
  basis: ReportBasis,
): void {
  const { scenario, reason = '', target } = verdict
  const testCase = suite.ele('testcase', {
    classname: clean(scenario.feature),
    name: clean(scenario.name),
    file: clean(scenario.uri),
    line: scenario.line,
    time: (target?.durationSeconds ?? 0).toFixed(3),
  })
  const state = stateOf(verdict, basis)
  if (state === undefined) return
  const element = testCase.ele(state, { message: clean(reason), type: verdict.verdict })
  if (state === 'skipped') return
  const details = verdict.differences.map(
    ({ path, target: left, reference: right }) =>
      `${path}: target ${JSON.stringify(left) ?? 'nothing'}, reference ${JSON.stringify(right) ?? 'nothing'}`,
  )
  element.txt(clean([reason, ...details].join('\n')))
}

type State = 'failure' | 'error' | 'skipped' | undefined

function stateOf(
  { verdict, required, target }: ScenarioVerdict,
  { targetOnly }: ReportBasis,
): State {
  if (verdict === 'agree') return undefined
  if (verdict !== 'not-verified') return 'failure'
  // Where nothing was to be compared, a case is what the target did.
  if (targetOnly === true && target?.outcome === 'passed') return undefined
  if (targetOnly === true && target?.outcome === 'failed') return 'failure'
  return required ? 'error' : 'skipped'
}

function counts(
  verdicts: readonly ScenarioVerdict[],
  basis: ReportBasis,
): { readonly [count: string]: string | number } {
  const count = (state: string): number =>
    verdicts.filter((each) => stateOf(each, basis) === state).length
  const seconds = verdicts.reduce((sum, { target }) => sum + (target?.durationSeconds ?? 0), 0)
  return {
    tests: verdicts.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds.toFixed(3),
  }
}

function clean(text: string): string {
  return text.replace(unprintable, '\ufffd')
}
