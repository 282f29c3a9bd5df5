import { minorOf, sinceOf } from '../../kubernetes-version'
import type { ConformanceReport } from '../../report'
import type { VersionCell, VersionTable } from '../../version-table'
import { anchorOf } from '../standing'
import { Section } from './section'

/** The words for a cell and their class; never a colour alone. */
const words: { readonly [C in VersionCell]: readonly [string, string] } = {
  holds: ['yes', 'yes'],
  'shows otherwise': ['otherwise', 'otherwise'],
  fails: ['no', 'no'],
  'not recorded': ['unknown', 'not recorded'],
}

type Row = VersionTable['rows'][number]

/** Which behaviour holds since when: what the recordings of several releases say side by side. */
export function Versions(props: {
  readonly table: VersionTable
  readonly report: ConformanceReport
}) {
  const { table, report } = props
  const changed = table.rows.filter(({ since }) => since !== 'always')
  // From which minor release on a scenario applies, as its tag says; only of those that are on the page.
  const applies = new Map(report.scenarios.map(({ scenario: { id, tags } }) => [id, sinceOf(tags)]))
  const features = Map.groupBy(changed, ({ scenario }) => scenario.split(' > ', 1)[0] ?? '')
  return (
    <Section id="versions" title="Since when">
      <p>
        {table.rows.length - changed.length} of {table.rows.length} recorded scenarios hold in every
        recorded release: {table.versions.join(', ')}.
      </p>
      {changed.length > 0 && (
        <details>
          <summary>{changed.length} hold only since one of them, or not in the newest</summary>
          <p>
            “Since” is the release that the scenario's tag names, or else the oldest recorded one
            from which on it holds. “otherwise”: it passes there, but shows something else than in
            the newest. “no”: it fails there.
          </p>
          <div class="scroll">
            <table class="versions">
              <caption>Scenarios by release</caption>
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
              {[...features].map(([feature, rows]) => (
                <tbody key={feature}>
                  <tr>
                    <th colSpan={2 + table.versions.length} scope="rowgroup">
                      {feature}
                    </th>
                  </tr>
                  {rows.map((row) => (
                    <VersionRow
                      key={row.scenario}
                      row={row}
                      versions={table.versions}
                      since={applies.get(row.scenario)}
                      isKnown={applies.has(row.scenario)}
                    />
                  ))}
                </tbody>
              ))}
            </table>
          </div>
        </details>
      )}
    </Section>
  )
}

function VersionRow(props: {
  readonly row: Row
  readonly versions: readonly string[]
  readonly since: number | undefined
  readonly isKnown: boolean
}) {
  const { row, versions, since, isKnown } = props
  return (
    <tr>
      <th scope="row">
        <Name id={row.scenario} isKnown={isKnown} />
      </th>
      <td class="cell">{row.since}</td>
      {row.cells.map((cell, index) => {
        const [name, text] = words[cell]
        const version = versions[index] ?? ''
        const isBefore = since !== undefined && (minorOf(version) ?? since) < since
        return (
          <td key={version} class={`cell ${name}`}>
            {cell === 'not recorded' && isBefore ? 'does not apply' : text}
          </td>
        )
      })}
    </tr>
  )
}

/** The scenario as a link where it is on the page, and softly the rule that it is of. */
function Name({ id, isKnown }: { readonly id: string; readonly isKnown: boolean }) {
  const [, rule = '', ...rest] = id.split(' > ')
  const name = rest.length === 0 ? id : rest.join(' > ')
  return (
    <>
      {isKnown ? <a href={`#${anchorOf(id)}`}>{name}</a> : name} <small>{rule}</small>
    </>
  )
}
