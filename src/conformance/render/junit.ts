import { create } from 'xmlbuilder2'
import type { ReportBasis } from '../basis'
import type { ConformanceReport } from '../report'
import type { ScenarioVerdict } from '../verdict'
import { reproductionOf } from './reproduction'

/** Characters that XML 1.0 cannot hold, not even escaped; terminal output in messages may contain them. */
const unprintable = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu

/** The longest text of one case: CI systems cut, or refuse, files that are too large. */
const maxText = 16_000
/** What is told of a long list of differences. */
const maxDifferences = 30

type Builder = ReturnType<typeof create>

/**
 * The verdicts as JUnit XML: a suite per feature, a case per scenario; not verified and required is an error.
 *
 * GitLab takes `classname` for the suite, drops cases whose `classname` and `name` were there before, links `file`, and
 * shows the text of a failure, not its `message`. Jenkins takes what precedes the last dot of `classname` for the package.
 */
export function junitReport(report: ConformanceReport): string {
  const features = Map.groupBy(report.scenarios, ({ scenario }) => scenario.uri)
  const { skipped: _, ...whole } = counts(report.scenarios, report.basis)
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name: clean(`DaemonSet conformance of ${report.target.name}`),
    ...whole,
  })
  for (const [uri, verdicts] of features) {
    const suite = root.ele('testsuite', {
      name: clean(verdicts[0]?.scenario.feature ?? uri),
      file: clean(uri),
      timestamp: report.metadata.createdAt,
      ...counts(verdicts, report.basis),
    })
    const names = Map.groupBy(verdicts, ({ scenario }) => scenario.name)
    for (const verdict of verdicts) {
      const { name, rule } = verdict.scenario
      const isUnique = names.get(name)?.length === 1
      addCase(suite, verdict, isUnique ? name : `${rule}: ${name}`, report)
    }
  }
  return `${root.end({ prettyPrint: true })}\n`
}

function addCase(
  suite: Builder,
  verdict: ScenarioVerdict,
  name: string,
  { metadata, basis }: ConformanceReport,
): void {
  const { scenario, reason = '', target } = verdict
  const testCase = suite.ele('testcase', {
    classname: clean(classOf(scenario.uri)),
    name: clean(name),
    file: clean(scenario.uri),
    line: scenario.line,
    time: (target?.durationSeconds ?? 0).toFixed(3),
  })
  const state = stateOf(verdict, basis)
  if (state === undefined) return
  const element = testCase.ele(state, { message: clean(short(reason)), type: verdict.verdict })
  if (state === 'skipped') return
  element.txt(clean(short([reason, ...differencesOf(verdict)].join('\n'))))
  const steps = (target?.steps ?? []).map(
    ({ keyword, text, outcome, message }) =>
      `${outcome}: ${keyword} ${text}${message === undefined ? '' : `\n${message}`}`,
  )
  const again = reproductionOf(verdict, metadata.invocation)[0] ?? ''
  testCase.ele('system-out').txt(clean(short([...steps, `Run again: ${again}`].join('\n'))))
}

function differencesOf({ differences }: ScenarioVerdict): readonly string[] {
  const more = differences.length - maxDifferences
  return [
    ...differences
      .slice(0, maxDifferences)
      .map(
        ({ path, target: left, reference: right }) =>
          `${path}: target ${JSON.stringify(left) ?? 'nothing'}, reference ${JSON.stringify(right) ?? 'nothing'}`,
      ),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}

/** `features/rollout/on-delete.feature` as `rollout.on-delete`: a package and a class. */
function classOf(uri: string): string {
  const path = uri.replace(/\.feature$/, '').replace(/^(?:\.\.\/)*(?:features\/)?/, '')
  return path.replaceAll('.', '_').replaceAll('/', '.') || 'features'
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

function short(text: string): string {
  return text.length <= maxText ? text : `${text.slice(0, maxText)}\n(cut)`
}

function clean(text: string): string {
  return text.replace(unprintable, '\ufffd')
}
