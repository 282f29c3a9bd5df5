import type { ConformanceReport } from '../../report'
import type { ScenarioRun } from '../../scenario-run'
import { firstLine, type ScenarioVerdict } from '../../verdict'
import { shortTitle } from '../cluster-title'

/** Where a difference sits, with the runs that say so; or how to find out. */
export function BlameView(props: {
  readonly verdict: ScenarioVerdict
  readonly report: ConformanceReport
}) {
  const { verdict, report } = props
  const { blame, secondLook } = verdict
  if (blame === undefined) {
    return (
      <p class="blame">
        Where it sits was not looked into: that takes a live k3s as reference (<code>--blame</code>
        ).
      </p>
    )
  }
  const name = report.reference === undefined ? 'the reference' : shortTitle(report.reference)
  const runs: readonly (readonly [string, ScenarioRun | undefined])[] = [
    [`our reconciler on our API server (${shortTitle(report.target)})`, verdict.target],
    [`${name}`, verdict.reference],
    [`${name}, once more`, secondLook?.again],
    [`our reconciler on the API server of ${name}`, secondLook?.ours],
  ]
  return (
    <div class="blame">
      <p>
        It sits in: <strong>{blame.where}</strong>. {blame.why}
      </p>
      <div class="scroll">
        <table>
          <caption>The runs that say so</caption>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Outcome</th>
            </tr>
          </thead>
          <tbody>
            {runs.map(([what, run]) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{outcomeOf(run)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function outcomeOf(run: ScenarioRun | undefined): string {
  if (run === undefined) return 'did not run'
  return run.message === undefined ? run.outcome : `${run.outcome}: ${firstLine(run.message)}`
}
