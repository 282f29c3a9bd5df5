import type { ComponentChildren } from 'preact'
import type { CatalogueTotals, CoverageTotal } from '../../catalogue/report-coverage'
import type { ConformanceReport, ReportTotals } from '../../report'
import { shortTitle } from '../cluster-title'
import { Section } from './section'

/** How far each group of behaviours and each level is proven. */
export function Behaviours({ report }: { readonly report: ConformanceReport }) {
  const { catalogues } = report.totals
  return (
    <Section id="coverage" title="Behaviours">
      {catalogues === undefined ? (
        <CitedBehaviours totals={report.totals} />
      ) : (
        catalogues.map((catalogue) => (
          <Catalogue key={catalogue.name} catalogue={catalogue} report={report} />
        ))
      )}
    </Section>
  )
}

/** A catalogue that scenarios of this run prove is shown; one that only tests prove is folded, and says so. */
function Catalogue(props: {
  readonly catalogue: CatalogueTotals
  readonly report: ConformanceReport
}) {
  const { catalogue, report } = props
  const { name, groups } = catalogue
  // A scenario that was not for this run says nothing.
  const isTold = groups.some(({ agree, differ }) => agree + differ > 0)
  if (isTold) {
    return (
      <>
        <CatalogueTable catalogue={catalogue} report={report} />
        <Unproven catalogue={catalogue} />
      </>
    )
  }
  const sum = (of: (total: CoverageTotal) => number): number =>
    groups.reduce((total, group) => total + of(group), 0)
  return (
    <>
      <details>
        <summary>
          Behaviours of the {name}: {sum((total) => total.byTestOnly)} of{' '}
          {sum((total) => total.behaviours)} proven by unit tests, none by a scenario of this run
        </summary>
        <TestedTable catalogue={catalogue} />
      </details>
      <Unproven catalogue={catalogue} />
    </>
  )
}

/** A column of numbers: what stands at its head, and what in the row of each total. */
interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => ComponentChildren
}

/** A table of numbers: a row for each total, headed by `head`. */
function NumberTable<T extends { readonly name: string }>(props: {
  readonly caption: string
  readonly head: Column<T>
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
}) {
  const { caption, head, columns, rows } = props
  return (
    <div class="scroll">
      <table class="numbers">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {[head, ...columns].map(({ title }) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{head.cell(row)}</th>
              {columns.map(({ title, cell }) => (
                <td key={title}>{cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function CatalogueTable(props: {
  readonly catalogue: CatalogueTotals
  readonly report: ConformanceReport
}) {
  const { catalogue, report } = props
  const { target, reference } = report
  const other = reference === undefined ? 'the reference' : shortTitle(reference)
  return (
    <NumberTable
      caption={`Behaviours of the ${catalogue.name}`}
      head={headOf(catalogue)}
      columns={[
        { title: 'Behaviours', cell: ({ behaviours }) => behaviours },
        { title: `Proven on ${shortTitle(target)}`, cell: ({ onTarget }) => onTarget },
        { title: `Proven on ${other}`, cell: ({ onReference }) => onReference },
        { title: 'Proven on both', cell: ({ onBoth }) => onBoth },
        { title: 'By unit test only', cell: ({ byTestOnly }) => byTestOnly },
        { title: 'Out of scope', cell: ({ outOfScope }) => outOfScope },
        { title: 'Not proven', cell: ({ unproven }) => unproven.length },
        { title: 'Scenarios that cite them', cell: ({ scenarios }) => scenarios },
        shareOf('on both clusters', ({ onBoth }) => onBoth),
      ]}
      rows={[...catalogue.levels, ...catalogue.groups]}
    />
  )
}

/** Only the columns that say something where no scenario cites a behaviour. */
function TestedTable({ catalogue }: { readonly catalogue: CatalogueTotals }) {
  return (
    <NumberTable
      caption={`Behaviours of the ${catalogue.name}, proven by unit tests`}
      head={headOf(catalogue)}
      columns={[
        { title: 'Behaviours', cell: ({ behaviours }) => behaviours },
        { title: 'By unit test', cell: ({ byTestOnly }) => byTestOnly },
        { title: 'Out of scope', cell: ({ outOfScope }) => outOfScope },
        { title: 'Not proven', cell: ({ unproven }) => unproven.length },
        shareOf('by unit tests', ({ byTestOnly }) => byTestOnly),
      ]}
      rows={[...catalogue.levels, ...catalogue.groups]}
    />
  )
}

/** A level of behaviours is not a level of scenarios: a scenario has one of its own. */
function headOf({ levels }: CatalogueTotals): Column<CoverageTotal> {
  return {
    title: 'Group or level',
    cell: (total) =>
      levels.includes(total) ? (
        `${total.name} behaviours`
      ) : (
        <>
          {total.name} <small>{total.title}</small>
        </>
      ),
  }
}

function shareOf(how: string, provenOf: (total: CoverageTotal) => number): Column<CoverageTotal> {
  return {
    title: 'Share',
    cell: (total) => (
      <meter
        min={0}
        max={total.behaviours}
        value={provenOf(total)}
        aria-label={`${provenOf(total)} of ${total.behaviours} behaviours of ${total.name} proven ${how}`}
      />
    ),
  }
}

function Unproven({ catalogue }: { readonly catalogue: CatalogueTotals }) {
  const missing = catalogue.groups.filter(({ unproven }) => unproven.length > 0)
  if (missing.length === 0) return null
  return (
    <details>
      <summary>Behaviours of the {catalogue.name} that nothing proves</summary>
      <dl>
        {missing.map(({ name, title, unproven }) => (
          <div key={name}>
            <dt>
              {name}: {title}
            </dt>
            <dd>{unproven.join(', ')}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** What is known without a catalogue: the behaviours that scenarios cite. */
function CitedBehaviours({ totals }: { readonly totals: ReportTotals }) {
  return (
    <NumberTable
      caption="Behaviours that scenarios cite"
      head={{ title: 'Group', cell: ({ name }) => name }}
      columns={[
        { title: 'Scenarios', cell: ({ scenarios }) => scenarios },
        { title: 'Agree', cell: ({ agree }) => agree },
        { title: 'Differ', cell: ({ differ }) => differ },
        { title: 'Behaviours cited', cell: ({ behaviours }) => behaviours },
        { title: 'Proven on both', cell: ({ proven }) => proven },
      ]}
      rows={totals.groups}
    />
  )
}
