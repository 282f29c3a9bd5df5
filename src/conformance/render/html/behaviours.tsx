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

/** A catalogue that scenarios cite is shown; one that only tests prove is folded, and says so. */
function Catalogue(props: {
  readonly catalogue: CatalogueTotals
  readonly report: ConformanceReport
}) {
  const { catalogue, report } = props
  const { name, groups } = catalogue
  const isCited = groups.some(({ scenarios }) => scenarios > 0)
  if (isCited) {
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

function CatalogueTable(props: {
  readonly catalogue: CatalogueTotals
  readonly report: ConformanceReport
}) {
  const { catalogue, report } = props
  const { target, reference } = report
  return (
    <div class="scroll">
      <table class="numbers">
        <caption>Behaviours of the {catalogue.name}</caption>
        <thead>
          <tr>
            <th scope="col">Group or level</th>
            <th scope="col">Behaviours</th>
            <th scope="col">Proven on {shortTitle(target)}</th>
            <th scope="col">
              Proven on {reference === undefined ? 'the reference' : shortTitle(reference)}
            </th>
            <th scope="col">Proven on both</th>
            <th scope="col">By unit test only</th>
            <th scope="col">Out of scope</th>
            <th scope="col">Not proven</th>
            <th scope="col">Scenarios that cite them</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {[...catalogue.levels, ...catalogue.groups].map((total) => (
            <tr key={total.name}>
              <RowHead total={total} catalogue={catalogue} />
              <td>{total.behaviours}</td>
              <td>{total.onTarget}</td>
              <td>{total.onReference}</td>
              <td>{total.onBoth}</td>
              <td>{total.byTestOnly}</td>
              <td>{total.outOfScope}</td>
              <td>{total.unproven.length}</td>
              <td>{total.scenarios}</td>
              <td>
                <Share total={total} proven={total.onBoth} how="on both clusters" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Only the columns that say something where no scenario cites a behaviour. */
function TestedTable({ catalogue }: { readonly catalogue: CatalogueTotals }) {
  return (
    <div class="scroll">
      <table class="numbers">
        <caption>Behaviours of the {catalogue.name}, proven by unit tests</caption>
        <thead>
          <tr>
            <th scope="col">Group or level</th>
            <th scope="col">Behaviours</th>
            <th scope="col">By unit test</th>
            <th scope="col">Out of scope</th>
            <th scope="col">Not proven</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {[...catalogue.levels, ...catalogue.groups].map((total) => (
            <tr key={total.name}>
              <RowHead total={total} catalogue={catalogue} />
              <td>{total.behaviours}</td>
              <td>{total.byTestOnly}</td>
              <td>{total.outOfScope}</td>
              <td>{total.unproven.length}</td>
              <td>
                <Share total={total} proven={total.byTestOnly} how="by unit tests" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A level of behaviours is not a level of scenarios: a scenario has one of its own. */
function RowHead(props: { readonly total: CoverageTotal; readonly catalogue: CatalogueTotals }) {
  const { total, catalogue } = props
  const isLevel = catalogue.levels.includes(total)
  return (
    <th scope="row">
      {isLevel ? `${total.name} behaviours` : total.name} {!isLevel && <small>{total.title}</small>}
    </th>
  )
}

function Share(props: {
  readonly total: CoverageTotal
  readonly proven: number
  readonly how: string
}) {
  const { total, proven, how } = props
  return (
    <meter
      min={0}
      max={total.behaviours}
      value={proven}
      aria-label={`${proven} of ${total.behaviours} behaviours of ${total.name} proven ${how}`}
    />
  )
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
    <div class="scroll">
      <table class="numbers">
        <caption>Behaviours that scenarios cite</caption>
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col">Scenarios</th>
            <th scope="col">Agree</th>
            <th scope="col">Differ</th>
            <th scope="col">Behaviours cited</th>
            <th scope="col">Proven on both</th>
          </tr>
        </thead>
        <tbody>
          {totals.groups.map((group) => (
            <tr key={group.name}>
              <th scope="row">{group.name}</th>
              <td>{group.scenarios}</td>
              <td>{group.agree}</td>
              <td>{group.differ}</td>
              <td>{group.behaviours}</td>
              <td>{group.proven}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
