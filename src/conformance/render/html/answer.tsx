import type { ConformanceReport } from '../../report'
import { clusterTitle } from '../cluster-title'
import { countsOnTarget, scopeOf } from '../scope'
import type { StandingScenario } from '../standing'

/** What is open from the start of a long list of reasons. */
const maxReasons = 5

/** The first thing to see: conformant or not, with what, on which evidence, and the way to what is wrong. */
export function Answer(props: {
  readonly report: ConformanceReport
  readonly scenarios: readonly StandingScenario[]
}) {
  const { report, scenarios } = props
  const { answer, target, reference } = report
  const scope = scopeOf(report)
  return (
    <header class={`answer ${colourOf(report)}`}>
      <p class="kicker">DaemonSet conformance</p>
      <h1>{answer}</h1>
      <p class="lead">
        {scope !== undefined && <strong class="scope">{scope}. </strong>}
        <strong>{clusterTitle(target)}</strong> against{' '}
        {reference === undefined ? (
          'nothing: there is no reference'
        ) : (
          <>
            <strong>{clusterTitle(reference)}</strong>
            {reference.live && ', live in this run'}
          </>
        )}
        . {countsOf(report, scenarios)}
      </p>
      <Reasons reasons={report.reasons} scenarios={scenarios} />
    </header>
  )
}

/** Green only for a whole run: what a filter left out is not known to be good. */
function colourOf(report: ConformanceReport): 'good' | 'open' | 'bad' {
  const { exitCode } = report
  if (exitCode === 0) return scopeOf(report) === undefined ? 'good' : 'open'
  return exitCode === 4 ? 'open' : 'bad'
}

function countsOf(report: ConformanceReport, scenarios: readonly StandingScenario[]): string {
  const { totals, basis } = report
  if (basis.targetOnly === true) return `${countsOnTarget(report)}.`
  const listed = scenarios.filter(({ standing }) => standing === 'listed').length
  const agree = `${totals.verdicts.agree} of ${totals.scenarios - totals.notRequired} required scenarios agree`
  return listed === 0 ? `${agree}.` : `${agree}, ${listed} differ as listed.`
}

function Reasons(props: {
  readonly reasons: readonly string[]
  readonly scenarios: readonly StandingScenario[]
}) {
  const { reasons, scenarios } = props
  if (reasons.length === 0) return null
  const [first, rest] = [reasons.slice(0, maxReasons), reasons.slice(maxReasons)]
  return (
    <div class="reasons">
      <ReasonList reasons={first} scenarios={scenarios} />
      {rest.length > 0 && (
        <details>
          <summary>and {rest.length} more</summary>
          <ReasonList reasons={rest} scenarios={scenarios} />
        </details>
      )}
    </div>
  )
}

function ReasonList(props: {
  readonly reasons: readonly string[]
  readonly scenarios: readonly StandingScenario[]
}) {
  return (
    <ul>
      {props.reasons.map((reason) => (
        <Reason key={reason} reason={reason} scenarios={props.scenarios} />
      ))}
    </ul>
  )
}

/** A reason that names a scenario leads there, under the scenario's own name. */
function Reason(props: {
  readonly reason: string
  readonly scenarios: readonly StandingScenario[]
}) {
  const { reason, scenarios } = props
  const found = scenarios.find(({ verdict }) => names(reason, verdict.scenario.id))
  if (found === undefined) return <li>{reason}</li>
  const { scenario, verdict } = found.verdict
  const own = `${scenario.id}: ${verdict}: `
  return (
    <li>
      <a href={`#${found.anchor}`}>{scenario.name}</a>:{' '}
      {reason.startsWith(own) ? reason.slice(own.length) : reason}
    </li>
  )
}

/** Whether a reason of the gate or of the list of expected differences is about a scenario. */
function names(reason: string, id: string): boolean {
  return reason.startsWith(`${id}: `) || reason.includes(`(${id})`) || reason.includes(` ${id}: `)
}
