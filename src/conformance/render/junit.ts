import { create } from 'xmlbuilder2'
import type { ReportBasis } from '../basis'
import type { ExpectedDifference } from '../expected-differences'
import type { ConformanceReport } from '../report'
import type { ScenarioVerdict } from '../verdict'
import { reproductionOf } from './reproduction'
import { listedIn } from './standing'

/** Characters that XML 1.0 cannot hold, not even escaped; terminal output in messages may contain them. */
const unprintable = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu

/** The longest text of one case: CI systems cut, or refuse, files that are too large. */
const maxText = 16_000
/** What is told of a long list of differences. */
const maxDifferences = 30

type Builder = ReturnType<typeof create>

/** What the state of a case rests on. */
interface Context {
  readonly basis: ReportBasis
  readonly metadata: ConformanceReport['metadata']
  readonly listed: ReadonlyMap<string, ExpectedDifference>
}

/**
 * The verdicts as JUnit XML: a suite per feature, a case per scenario; not verified and required is an error, what
 * differs as listed is skipped. The file is red exactly when the gate is: if no scenario says so, a case of its own does.
 *
 * GitLab takes `classname` for the suite, drops cases whose `classname` and `name` were there before, links `file`, and
 * shows the text of a failure, not its `message`. Jenkins takes what precedes the last dot of `classname` for the package.
 */
export function junitReport(report: ConformanceReport): string {
  const features = Map.groupBy(report.scenarios, ({ scenario }) => scenario.uri)
  const { basis, metadata } = report
  const context: Context = { basis, metadata, listed: listedIn(report) }
  const { skipped: _, ...whole } = counts(report.scenarios, context)
  const isRed = whole.failures + whole.errors > 0
  const gate = report.exitCode !== 0 && !isRed
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name: clean(`DaemonSet conformance of ${report.target.name}`),
    ...whole,
    ...(gate ? { tests: whole.tests + 1, errors: 1 } : {}),
  })
  if (gate) addGate(root, report)
  for (const [uri, verdicts] of features) {
    const suite = root.ele('testsuite', {
      name: clean(verdicts[0]?.scenario.feature ?? uri),
      file: clean(uri),
      timestamp: report.metadata.createdAt,
      ...counts(verdicts, context),
    })
    const names = Map.groupBy(verdicts, ({ scenario }) => scenario.name)
    for (const verdict of verdicts) {
      const { name, rule } = verdict.scenario
      const isUnique = names.get(name)?.length === 1
      addCase(suite, verdict, isUnique ? name : `${rule}: ${name}`, context)
    }
  }
  return `${root.end({ prettyPrint: true })}\n`
}

/** Why the gate is red although no scenario is: something is missing, or an entry of the list no longer holds. */
function addGate(root: Builder, { answer, exitCode, reasons, metadata }: ConformanceReport): void {
  const { createdAt: timestamp } = metadata
  const count = { tests: 1, failures: 0, errors: 1, skipped: 0, time: '0.000' }
  const suite = root.ele('testsuite', { name: 'The gate', timestamp, ...count })
  const testCase = suite.ele('testcase', { classname: 'gate', name: 'exit code 0', time: '0.000' })
  const message = `${answer}: exit code ${exitCode}`
  testCase
    .ele('error', { message, type: 'gate' })
    .txt(clean(short([message, ...reasons].join('\n'))))
}

function addCase(suite: Builder, verdict: ScenarioVerdict, name: string, context: Context): void {
  const { metadata } = context
  const { scenario, target } = verdict
  const entry = context.listed.get(scenario.id)
  const reason = [...(entry ? [listedAs(entry)] : []), verdict.reason ?? ''].join('\n')
  const testCase = suite.ele('testcase', {
    classname: clean(classOf(scenario.uri)),
    name: clean(name),
    file: clean(scenario.uri),
    line: scenario.line,
    time: (target?.durationSeconds ?? 0).toFixed(3),
  })
  const state = stateOf(verdict, context)
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

function listedAs({ reason, owner, expires }: ExpectedDifference): string {
  return `differs as listed: ${reason} (owner: ${owner}, expires: ${expires})`
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
  { scenario, verdict, required, target }: ScenarioVerdict,
  { basis: { targetOnly }, listed }: Pick<Context, 'basis' | 'listed'>,
): State {
  if (verdict === 'agree') return undefined
  if (listed.has(scenario.id)) return 'skipped'
  if (verdict !== 'not-verified') return 'failure'
  // Where nothing was to be compared, a case is what the target did.
  if (targetOnly === true && target?.outcome === 'passed') return undefined
  if (targetOnly === true && target?.outcome === 'failed') return 'failure'
  return required ? 'error' : 'skipped'
}

function counts(verdicts: readonly ScenarioVerdict[], context: Pick<Context, 'basis' | 'listed'>) {
  const count = (state: string): number =>
    verdicts.filter((each) => stateOf(each, context) === state).length
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
