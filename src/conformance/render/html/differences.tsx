import type { Difference } from '../../compare'

/** What is shown of a long list of differences. */
const maxDifferences = 30

/** What two clusters showed differently, with what came before it on each. */
export function Differences({ differences }: { readonly differences: readonly Difference[] }) {
  if (differences.length === 0) return null
  return (
    <div class="scroll">
      <table class="differences">
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
      {lines.map((line, index) => (
        <li key={`${index} ${line}`}>{line}</li>
      ))}
    </ol>
  )
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
