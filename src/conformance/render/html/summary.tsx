import type { ConformanceReport, ReportTotals } from '../../report'
import type { ClusterInfo } from '../../scenario-run'
import { Behaviours } from './behaviours'
import { Section } from './section'

/** What is shown of a long list of reasons; the scenarios below have them all. */
const maxReasons = 12

/** The first thing to see: conformant or not, with what, on which evidence. */
export function Answer({ report }: { readonly report: ConformanceReport }) {
  const { answer, exitCode, target, reference, reasons, totals } = report
  const good = exitCode === 0
  return (
    <header class={good ? 'answer good' : exitCode === 4 ? 'answer open' : 'answer bad'}>
      <p class="kicker">DaemonSet conformance</p>
      <h1>{answer}</h1>
      <p class="lead">
        <ClusterName cluster={target} /> against{' '}
        {reference === undefined ? (
          'nothing: there is no reference'
        ) : (
          <>
            <ClusterName cluster={reference} />,{' '}
            {reference.live ? 'live in this run' : 'as recorded earlier'}
          </>
        )}
        . {totals.verdicts.agree} of {totals.scenarios - totals.notRequired} required scenarios
        agree.
      </p>
      {reasons.length > 0 && (
        <ul class="reasons">
          {reasons.slice(0, maxReasons).map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
          {reasons.length > maxReasons && <li>and {reasons.length - maxReasons} more</li>}
        </ul>
      )}
    </header>
  )
}

function ClusterName({ cluster: { name, version } }: { readonly cluster: ClusterInfo }) {
  return (
    <>
      <strong>{name}</strong> ({version})
    </>
  )
}

/** The four counts, and where each cluster came from. */
export function Totals({ report }: { readonly report: ConformanceReport }) {
  const { target, reference, totals } = report
  return (
    <Section id="totals" title="Evidence">
      <dl class="tiles">
        {Object.entries(totals.verdicts).map(([verdict, count]) => (
          <div key={verdict} class={`tile ${verdict}`}>
            <dt>{verdict}</dt>
            <dd data-count={count}>{count}</dd>
          </div>
        ))}
        <div class="tile">
          <dt>of these not required</dt>
          <dd>{totals.notRequired}</dd>
        </div>
      </dl>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Cluster</th>
              <th scope="col">Version</th>
              <th scope="col">Provenance</th>
            </tr>
          </thead>
          <tbody>
            <ClusterRow part="target" cluster={target} />
            {reference && <ClusterRow part="reference" cluster={reference} />}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function ClusterRow(props: { readonly part: string; readonly cluster: ClusterInfo }) {
  const { name, version, provenance } = props.cluster
  return (
    <tr>
      <th scope="row">
        {props.part}: {name}
      </th>
      <td>{version}</td>
      <td>
        {Object.entries(provenance)
          .map(([key, value]) => `${key}: ${value}`)
          .join('; ')}
      </td>
    </tr>
  )
}

/** How far each group of behaviours and each level is proven. */
export function Groups({ report }: { readonly report: ConformanceReport }) {
  const { catalogues } = report.totals
  return (
    <Section id="coverage" title="Behaviours">
      {catalogues === undefined ? (
        <CitedBehaviours totals={report.totals} />
      ) : (
        catalogues.map((catalogue) => (
          <Behaviours key={catalogue.name} catalogue={catalogue} report={report} />
        ))
      )}
    </Section>
  )
}

/** What is known without a catalogue: the behaviours that scenarios cite. */
function CitedBehaviours({ totals }: { readonly totals: ReportTotals }) {
  return (
    <div class="scroll">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Group or level</th>
            <th scope="col">Scenarios</th>
            <th scope="col">Agree</th>
            <th scope="col">Differ</th>
            <th scope="col">Behaviours cited</th>
            <th scope="col">Proven on both</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {[...totals.levels, ...totals.groups].map((group) => (
            <tr key={group.name}>
              <th scope="row">{group.name}</th>
              <td>{group.scenarios}</td>
              <td>{group.agree}</td>
              <td>{group.differ}</td>
              <td>{group.behaviours}</td>
              <td>{group.proven}</td>
              <td>
                <meter
                  min={0}
                  max={group.behaviours}
                  value={group.proven}
                  aria-label={`${group.proven} of ${group.behaviours} behaviours of ${group.name} proven`}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
