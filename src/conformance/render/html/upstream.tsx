import type { UpstreamProof } from '../../catalogue/upstream/upstream-coverage'
import { behavioursOf, type ConformanceReport } from '../../report'
import type { ScenarioVerdict } from '../../verdict'
import { anchorOf } from '../standing'
import { Section } from './section'

/** How many scenarios of one test are linked; the rows of an outline are many. */
const maxLinks = 4

/** Which test of Kubernetes itself is asserted by what of ours, and how that came out in this run. */
export function Upstream(props: {
  readonly upstream: readonly UpstreamProof[]
  readonly report: ConformanceReport
}) {
  const { upstream, report } = props
  const index = indexOf(report)
  const throughApi = upstream.filter(({ isThroughApi }) => isThroughApi)
  const onCode = upstream.filter(({ isThroughApi }) => !isThroughApi)
  const asserted = throughApi.filter(({ scenarios }) => scenarios.length > 0)
  return (
    <Section id="upstream" title="Tests of Kubernetes itself">
      <p>
        Kubernetes has {upstream.length} tests of DaemonSets and ControllerRevisions.{' '}
        {throughApi.length} act through the API; scenarios assert the same as {asserted.length} of
        these. The others call code, and what they are about is asserted by scenarios or by unit
        tests here.
      </p>
      <Tests title="Tests through the API" tests={throughApi} index={index} />
      <Tests title="Tests on code" tests={onCode} index={index} />
    </Section>
  )
}

function Tests(props: {
  readonly title: string
  readonly tests: readonly UpstreamProof[]
  readonly index: Index
}) {
  const { title, tests, index } = props
  if (tests.length === 0) return null
  return (
    <details>
      <summary>
        {title} ({tests.length})
      </summary>
      <div class="scroll">
        <table class="versions">
          <caption>{title}, and what asserts the same here</caption>
          <thead>
            <tr>
              <th scope="col">Test</th>
              <th scope="col">Scenarios of this run</th>
              <th scope="col">Behaviours</th>
            </tr>
          </thead>
          {[...Map.groupBy(tests, ({ source }) => source)].map(([source, members]) => (
            <tbody key={source}>
              <tr>
                <th colSpan={3} scope="rowgroup">
                  {source}
                </th>
              </tr>
              {members.map((proof) => (
                <Test key={proof.test} proof={proof} index={index} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </details>
  )
}

function Test({ proof, index }: { readonly proof: UpstreamProof; readonly index: Index }) {
  const { test, isConformance, isThroughApi, behaviours, byTestOnly, because } = proof
  const found = scenariosOf(proof, index)
  const agree = found.filter(({ verdict }) => verdict === 'agree').length
  const weaker = byTestOnly.length === 0 ? '' : `by unit tests: ${byTestOnly.join(' ')}`
  const others = behaviours.filter((id) => !byTestOnly.includes(id)).join(' ')
  return (
    <tr>
      <th scope="row">
        {test} {isConformance && <small>Conformance</small>}
      </th>
      <td>
        {found.length > 0 ? `${agree} of ${found.length} agree` : missing(proof)}
        {isThroughApi && <Links scenarios={found} />}
        {because !== undefined && <small>{because}</small>}
      </td>
      <td>{[others, weaker].filter((part) => part !== '').join('; ')}</td>
    </tr>
  )
}

function missing({ scenarios }: UpstreamProof): string {
  return scenarios.length > 0 ? 'not in this run' : 'none'
}

function Links({ scenarios }: { readonly scenarios: readonly ScenarioVerdict[] }) {
  const rest = scenarios.length - maxLinks
  return (
    <>
      {scenarios.slice(0, maxLinks).map(({ scenario: { id, name } }) => (
        <small key={id}>
          <a href={`#${anchorOf(id)}`}>{name}</a>
        </small>
      ))}
      {rest > 0 && <small>and {rest} more</small>}
    </>
  )
}

/** The scenarios of a run by id, and by the behaviours that they cite. */
interface Index {
  readonly byId: ReadonlyMap<string, ScenarioVerdict>
  readonly byBehaviour: ReadonlyMap<string, readonly ScenarioVerdict[]>
}

function indexOf({ scenarios }: ConformanceReport): Index {
  const cited = scenarios.flatMap((each) => behavioursOf(each).map((id) => ({ id, each })))
  const groups = Map.groupBy(cited, ({ id }) => id)
  return {
    byId: new Map(scenarios.map((each) => [each.scenario.id, each])),
    byBehaviour: new Map([...groups].map(([id, members]) => [id, members.map((one) => one.each)])),
  }
}

function scenariosOf(
  { isThroughApi, scenarios, behaviours }: UpstreamProof,
  { byId, byBehaviour }: Index,
): readonly ScenarioVerdict[] {
  if (isThroughApi) return scenarios.flatMap((id) => byId.get(id) ?? [])
  return [...new Set(behaviours.flatMap((id) => byBehaviour.get(id) ?? []))]
}
