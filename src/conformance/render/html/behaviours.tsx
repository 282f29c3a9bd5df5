import type { CatalogueTotals, CoverageTotal } from '../../catalogue/report-coverage'
import type { ConformanceReport } from '../../report'

/** How far a catalogue is proven: a row per level and per group, and what is missing. */
export function Behaviours(props: {
  readonly catalogue: CatalogueTotals
  readonly report: ConformanceReport
}) {
  const { catalogue, report } = props
  const missing = catalogue.groups.filter(({ unproven }) => unproven.length > 0)
  return (
    <>
      <div class="scroll">
        <table class="numbers">
          <caption>Behaviours of the {catalogue.name}</caption>
          <thead>
            <tr>
              <th scope="col">Group or level</th>
              <th scope="col">Scenarios</th>
              <th scope="col">Agree</th>
              <th scope="col">Differ</th>
              <th scope="col">Behaviours</th>
              <th scope="col">Proven on {report.target.name}</th>
              <th scope="col">Proven on {report.reference?.name ?? 'the reference'}</th>
              <th scope="col">Proven on both</th>
              <th scope="col">By test only</th>
              <th scope="col">Out of scope</th>
              <th scope="col">Not proven</th>
              <th scope="col">Share</th>
            </tr>
          </thead>
          <tbody>
            {[...catalogue.levels, ...catalogue.groups].map((total) => (
              <Row key={total.name} total={total} />
            ))}
          </tbody>
        </table>
      </div>
      {missing.length > 0 && (
        <details>
          <summary>Behaviours of the {catalogue.name} that this run does not prove</summary>
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
      )}
    </>
  )
}

function Row({ total }: { readonly total: CoverageTotal }) {
  return (
    <tr>
      <th scope="row" title={total.title}>
        {total.name}
      </th>
      <td>{total.scenarios}</td>
      <td>{total.agree}</td>
      <td>{total.differ}</td>
      <td>{total.behaviours}</td>
      <td>{total.onTarget}</td>
      <td>{total.onReference}</td>
      <td>{total.onBoth}</td>
      <td>{total.byTestOnly}</td>
      <td>{total.outOfScope}</td>
      <td>{total.unproven.length}</td>
      <td>
        <meter
          min={0}
          max={total.behaviours}
          value={total.onBoth}
          aria-label={`${total.onBoth} of ${total.behaviours} behaviours of ${total.name} proven on both`}
        />
      </td>
    </tr>
  )
}
