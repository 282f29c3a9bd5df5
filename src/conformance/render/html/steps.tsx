import type { ScenarioRun, StepRun } from '../../scenario-run'

/** The steps with what became of each on both clusters, their tables and texts, and why one failed. */
export function Steps(props: {
  readonly target: ScenarioRun | undefined
  readonly reference: ScenarioRun | undefined
}) {
  const steps = (props.target?.steps.length ? props.target : props.reference)?.steps ?? []
  if (steps.length === 0) return null
  const others = props.target?.steps.length ? (props.reference?.steps ?? []) : []
  return (
    <ol class="steps">
      {steps.map((step, index) =>
        step.keyword === 'Hook' && step.outcome === 'passed' ? null : (
          <Step key={`${index} ${step.text}`} step={step} other={others[index]} />
        ),
      )}
    </ol>
  )
}

function Step({ step, other }: { readonly step: StepRun; readonly other: StepRun | undefined }) {
  const { keyword, text, outcome, table, docString, message } = step
  const isSame = other === undefined || other.outcome === outcome
  return (
    <li class={outcome}>
      <b>{keyword}</b> {text}{' '}
      <small>
        {isSame ? outcome : `${outcome} on the target, ${other.outcome} on the reference`}
      </small>
      {table && <Table rows={table} />}
      {docString !== undefined && <pre class="doc">{docString}</pre>}
      {message && <pre class="message">{message}</pre>}
      {other?.message && other.message !== message && (
        <>
          <small>on the reference:</small>
          <pre class="message">{other.message}</pre>
        </>
      )}
    </li>
  )
}

function Table({ rows }: { readonly rows: readonly (readonly string[])[] }) {
  return (
    <table class="data">
      <tbody>
        {rows.map((cells, row) => (
          <tr key={`${row} ${cells.join(' ')}`}>
            {cells.map((cell, column) => (
              <td key={`${column} ${cell}`}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
