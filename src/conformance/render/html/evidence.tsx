import type { ConformanceReport, ReferenceInfo } from '../../report'
import type { ClusterInfo } from '../../scenario-run'
import { clusterTitle } from '../cluster-title'
import { Section } from './section'

/** The counts of verdicts, as buttons that filter, and where each cluster came from. */
export function Evidence({ report }: { readonly report: ConformanceReport }) {
  const { target, reference, totals } = report
  return (
    <Section id="evidence" title="Evidence">
      <ul class="tiles">
        {Object.entries(totals.verdicts).map(([verdict, count]) => (
          <li key={verdict}>
            <button type="button" class={`tile ${verdict}`} data-verdict={verdict}>
              <span class="count" data-count={count}>
                {count}
              </span>{' '}
              {verdict}
            </button>
          </li>
        ))}
      </ul>
      <p>
        {totals.notRequired > 0 && `${totals.notRequired} of these are not required in this run. `}
        {totals.levels.length > 0 && 'By the level of the scenario: '}
        {totals.levels
          .map(({ name, scenarios, agree }) => `${name} ${agree} of ${scenarios} agree`)
          .join(', ')}
        {totals.levels.length > 0 && '.'}
      </p>
      <div class="scroll">
        <table>
          <caption>The two clusters</caption>
          <thead>
            <tr>
              <th scope="col">Role</th>
              <th scope="col">Cluster</th>
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

function ClusterRow(props: {
  readonly part: string
  readonly cluster: ClusterInfo | ReferenceInfo
}) {
  const { part, cluster } = props
  return (
    <tr>
      <th scope="row">{part}</th>
      <td>{clusterTitle(cluster)}</td>
      <td>
        <ul class="facts">
          {Object.entries(cluster.provenance).map(([key, value]) => (
            <li key={key}>
              {key}: {value}
            </li>
          ))}
        </ul>
      </td>
    </tr>
  )
}
