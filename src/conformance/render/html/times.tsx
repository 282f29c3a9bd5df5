import { timeDifferences } from '../../compare-traces'
import type { ScenarioVerdict } from '../../verdict'

/** How many of the largest time differences are shown. */
const maxTimes = 3

/** The milestones that lie furthest apart in time; shown, never a reason to fail. */
export function TimeDifferences({ target, reference }: ScenarioVerdict) {
  const [ours, theirs] = [target, reference].map((run) => run?.observation?.history.traces)
  if (ours === undefined || theirs === undefined) return null
  const times = timeDifferences(ours, theirs, maxTimes)
  if (times.length === 0) return null
  return (
    <details>
      <summary>Largest differences in time (no part of the verdict)</summary>
      <table class="numbers data">
        <thead>
          <tr>
            <th scope="col">Milestone</th>
            <th scope="col">Target</th>
            <th scope="col">Reference</th>
          </tr>
        </thead>
        <tbody>
          {times.map(({ object, what, targetSeconds, referenceSeconds }) => (
            <tr key={`${object} ${what}`}>
              <th scope="row">
                {object}: {what}
              </th>
              <td>{targetSeconds.toFixed(1)} s</td>
              <td>{referenceSeconds.toFixed(1)} s</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
