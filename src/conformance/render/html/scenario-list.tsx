import type { ConformanceReport } from '../../report'
import type { Standing, StandingScenario } from '../standing'
import { Filters } from './filters'
import { Legend } from './legend'
import { ScenarioView } from './scenario'
import { Section } from './section'

/** How many of the scenarios that the gate names are open from the start. */
const maxOpen = 5

const titles: { readonly [S in Standing]: string } = {
  open: 'Not as promised',
  listed: 'Different as listed',
  exempt: 'Not required in this run',
  agree: 'The same on both clusters',
}

/** Every scenario, those that need a look first, with the filters over all of them. */
export function ScenarioList(props: {
  readonly report: ConformanceReport
  readonly scenarios: readonly StandingScenario[]
}) {
  const { report, scenarios } = props
  const parts = Map.groupBy(scenarios, ({ standing }) => standing)
  return (
    <Section id="scenarios" title="Scenarios">
      <Filters report={report} />
      <Legend />
      {report.reference?.live === false && (
        <p class="outcome">
          A recording holds no steps: those shown are of the target, and end states and histories of
          both.
        </p>
      )}
      <div id="list">
        {[...parts].map(([standing, members]) => (
          <div key={standing} class="part">
            <h3>
              {titles[standing]} ({members.length})
            </h3>
            {members.map((member, index) => (
              <ScenarioView
                key={member.anchor}
                scenario={member}
                report={report}
                isOpen={standing === 'open' && index < maxOpen}
              />
            ))}
          </div>
        ))}
      </div>
    </Section>
  )
}
