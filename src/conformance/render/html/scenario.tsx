import type { Difference } from '../../compare'
import { behavioursOf, type ConformanceReport } from '../../report'
import type { ScenarioRun } from '../../scenario-run'
import type { ScenarioVerdict } from '../../verdict'
import { PlacementReasons, Reproduction, TimeDifferences } from './explanations'
import { Grid, TimeSlider } from './grid'
import { Swimlanes } from './swimlanes'

/** What is shown of a long list of differences. */
const maxDifferences = 30

/** One scenario: verdict and reason first, then what differs, the steps, and both clusters' histories. */
export function ScenarioSection(props: {
  readonly verdict: ScenarioVerdict
  readonly report: ConformanceReport
}) {
  const { scenario, verdict, reason, required, differences, target, reference, blame } =
    props.verdict
  const behaviours = behavioursOf(props.verdict)
  const groups = [...new Set(behaviours.map((id) => id.replace(/-\d+$/, '')))]
  const open = verdict === 'differ' || verdict === 'both-failed'
  return (
    <details class="scenario" data-verdict={verdict} data-groups={groups.join(' ')} open={open}>
      <summary>
        <span class={`badge ${verdict}`}>{verdict}</span>
        <span class="name">{scenario.name}</span>
        <span class="feature">{scenario.feature}</span>
      </summary>
      <p class="rule">{scenario.rule}</p>
      {reason && (
        <p class="reason">
          {reason}
          {required ? '' : ' (not required in this run)'}
        </p>
      )}
      {blame && (
        <p class="blame">
          It sits in: <strong>{blame.where}</strong>. {blame.why}
        </p>
      )}
      <Differences differences={differences} />
      <Steps target={target} reference={reference} />
      {(target?.observation ?? reference?.observation) && <TimeSlider name={scenario.name} />}
      <div class="histories">
        <History title={`Target: ${props.report.target.name}`} run={target} />
        <History title={`Reference: ${props.report.reference?.name ?? 'none'}`} run={reference} />
      </div>
      <TimeDifferences {...props.verdict} />
      <Reproduction {...props.verdict} />
      <p class="source">
        <code>
          {scenario.uri}:{scenario.line}
        </code>{' '}
        {scenario.tags.join(' ')}
      </p>
    </details>
  )
}

function Differences({ differences }: { readonly differences: readonly Difference[] }) {
  if (differences.length === 0) return null
  return (
    <div class="scroll">
      <table>
        <caption>What the two clusters showed differently</caption>
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Target</th>
            <th scope="col">Reference</th>
          </tr>
        </thead>
        <tbody>
          {differences.slice(0, maxDifferences).map(({ path, target, reference, before }) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              <td>
                <Before lines={before?.target} />
                <code>{shown(target)}</code>
              </td>
              <td>
                <Before lines={before?.reference} />
                <code>{shown(reference)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {differences.length > maxDifferences && <p>and {differences.length - maxDifferences} more</p>}
    </div>
  )
}

/** What an object went through before it did something else than on the other cluster. */
function Before({ lines }: { readonly lines: readonly string[] | undefined }) {
  if (lines === undefined || lines.length === 0) return null
  return (
    <ol class="before" aria-label="before that">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ol>
  )
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

function Steps(props: {
  readonly target: ScenarioRun | undefined
  readonly reference: ScenarioRun | undefined
}) {
  const steps = (props.target?.steps.length ? props.target : props.reference)?.steps ?? []
  if (steps.length === 0) return null
  const other = props.reference?.steps ?? []
  return (
    <ol class="steps">
      {steps.map((step, index) =>
        step.keyword === 'Hook' && step.outcome === 'passed' ? null : (
          <li key={`${index} ${step.text}`} class={step.outcome}>
            <span class="keyword">{step.keyword}</span> {step.text}
            <span class="outcomes">
              {step.outcome}
              {other[index] && ` / ${other[index]?.outcome}`}
            </span>
            {step.message && <pre>{step.message}</pre>}
            {other[index]?.message && <pre>{other[index]?.message}</pre>}
          </li>
        ),
      )}
    </ol>
  )
}

function History(props: { readonly title: string; readonly run: ScenarioRun | undefined }) {
  const { run } = props
  if (run === undefined) return null
  const { observation } = run
  return (
    <section>
      <h3>{props.title}</h3>
      <p class="outcome">
        {run.outcome} after {run.durationSeconds.toFixed(1)} s
      </p>
      {run.message && <pre>{run.message}</pre>}
      {run.attempts && (
        <ol class="attempts" aria-label="attempts">
          {run.attempts.map((attempt, index) => (
            <li key={`${index} ${attempt.outcome}`} class={attempt.outcome}>
              {attempt.outcome} after {attempt.durationSeconds.toFixed(1)} s
              {attempt.differs && `, showed something else: ${attempt.differs}`}
            </li>
          ))}
        </ol>
      )}
      {observation && <Swimlanes timeline={observation.timeline} />}
      {observation && <Grid title="Nodes and pods" timeline={observation.timeline} />}
      {observation && <PlacementReasons placements={observation.placements} />}
      {observation && observation.history.events.length > 0 && (
        <ul class="events">
          {observation.history.events.map((event) => (
            <li key={event}>{event}</li>
          ))}
        </ul>
      )}
      {observation && observation.refusals.length > 0 && (
        <ul class="refusals">
          {observation.refusals.map((refusal, index) => (
            <li key={`${index} ${refusal.request}`}>
              {refusal.request}: {refusal.code} {refusal.reason}: {refusal.message}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
