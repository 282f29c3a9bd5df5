import type { ExpectedDifference } from '../../expected-differences'
import { behavioursOf, type ConformanceReport } from '../../report'
import type { ScenarioVerdict } from '../../verdict'
import { shortTitle } from '../cluster-title'
import { reproductionOf } from '../reproduction'
import type { StandingScenario } from '../standing'
import { BlameView } from './blame'
import { Differences } from './differences'
import { TimeSlider } from './grid'
import { History, Parts, sharedParts } from './history'
import { Steps } from './steps'
import { TimeDifferences } from './times'

/** One scenario: verdict and reason first, then what differs, the steps, and both clusters' histories. */
export function ScenarioView(props: {
  readonly scenario: StandingScenario
  readonly report: ConformanceReport
  readonly isOpen: boolean
}) {
  const { report, isOpen } = props
  const { verdict: found, anchor, standing, entry } = props.scenario
  const { scenario, verdict, differences, target, reference } = found
  const groups = [...new Set(behavioursOf(found).map((id) => id.replace(/-\d+$/, '')))]
  return (
    <details
      class="scenario"
      id={anchor}
      data-verdict={verdict}
      data-groups={groups.join(' ')}
      open={isOpen}
    >
      <summary>
        <span class={`badge ${verdict}`}>{verdict}</span>
        {standing === 'listed' && <span class="badge listed">{entry?.class ?? 'as listed'}</span>}
        <span class="name">{scenario.name}</span>
        <span class="feature">{scenario.feature}</span>
      </summary>
      <p class="rule">{scenario.rule}</p>
      <Reason verdict={found} />
      {entry && <Entry entry={entry} />}
      {standing === 'open' && verdict === 'differ' && <BlameView verdict={found} report={report} />}
      <Differences differences={differences} />
      <Steps target={target} reference={reference} />
      <Histories verdict={found} report={report} />
      <TimeDifferences {...found} />
      <details>
        <summary>Reproduce</summary>
        <pre>{reproductionOf(found, report.metadata.invocation).join('\n')}</pre>
      </details>
      <p class="source">
        <a href={`#${anchor}`}>Link to this scenario</a>{' '}
        <code>
          {scenario.uri}:{scenario.line}
        </code>{' '}
        <span class="tags">{scenario.tags.join(' ')}</span>
      </p>
    </details>
  )
}

function Reason({ verdict: { reason, required } }: { readonly verdict: ScenarioVerdict }) {
  if (reason === undefined) return null
  return (
    <p class="reason">
      {reason}
      {required ? '' : ' (not required in this run)'}
    </p>
  )
}

/** Why a difference is no surprise, whose it is, and until when. */
function Entry({ entry }: { readonly entry: ExpectedDifference }) {
  const { reason, owner, issue, expires, rate, line } = entry
  return (
    <p class="entry">
      Listed in line {line} of the expected differences: {reason} Owner: {owner}. Expires: {expires}
      .{rate !== undefined && ` Measured rate of failures: ${rate}.`}
      {issue !== undefined && (
        <>
          {' '}
          Issue: <Link to={issue} />.
        </>
      )}
    </p>
  )
}

/** An address becomes a link only where it leads to a web page. */
function Link({ to }: { readonly to: string }) {
  if (!/^https?:\/\/[\w.-]+(?:[/?#][\w./?#=&%~+:@,;-]*)?$/.test(to)) return <>{to}</>
  return (
    <a href={to} rel="noreferrer noopener">
      {to}
    </a>
  )
}

function Histories(props: {
  readonly verdict: ScenarioVerdict
  readonly report: ConformanceReport
}) {
  const { report, verdict } = props
  const { target, reference, scenario } = verdict
  const shared = sharedParts(target?.observation, reference?.observation)
  const timelines = [target, reference].map((run) => run?.observation?.timeline ?? [])
  return (
    <>
      <TimeSlider name={scenario.name} timelines={timelines} />
      <div class="histories">
        <History title={`Target: ${shortTitle(report.target)}`} run={target} shared={shared} />
        <History
          title={`Reference: ${report.reference ? shortTitle(report.reference) : 'none'}`}
          run={reference}
          shared={shared}
        />
      </div>
      {target?.observation && <Parts observation={target.observation} only={shared} />}
    </>
  )
}
