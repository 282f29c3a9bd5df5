import type { VersionTable } from '../../version-table'
import { Section } from './section'

/** Which behaviour holds since when: what the recordings of several releases say side by side. */
export function Versions({ table }: { readonly table: VersionTable }) {
  const changed = table.rows.filter(({ since }) => since !== 'always')
  return (
    <Section id="versions" title="Since when">
      <p>
        {table.rows.length - changed.length} of {table.rows.length} recorded scenarios hold in every
        release: {table.versions.join(', ')}.
      </p>
      {changed.length > 0 && (
        <details>
          <summary>{changed.length} do not</summary>
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Scenario</th>
                  <th scope="col">Since</th>
                  {table.versions.map((version) => (
                    <th key={version} scope="col">
                      {version}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {changed.map(({ scenario, since, cells }) => (
                  <tr key={scenario}>
                    <th scope="row">{scenario}</th>
                    <td>{since}</td>
                    {cells.map((cell, index) => (
                      <td key={table.versions[index]}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </Section>
  )
}
