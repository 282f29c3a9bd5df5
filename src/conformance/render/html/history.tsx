import type { NormalObservation, NormalRefusal } from '../../normal-form/normal-observation'
import type { Attempt, ScenarioRun } from '../../scenario-run'
import { Grid } from './grid'
import { Placements } from './placements'
import { Swimlanes } from './swimlanes'

/** What one cluster showed in a scenario: how it ended, its nodes and pods over time, events and refusals. */
export function History(props: {
  readonly title: string
  readonly run: ScenarioRun | undefined
  /** What both clusters have in common, and so is shown only once, elsewhere. */
  readonly shared: readonly Part[]
}) {
  const { title, run, shared } = props
  if (run === undefined) return null
  const { observation, message, steps, attempts } = run
  const isTold = steps.some((step) => step.message === message)
  return (
    <section>
      <h4>{title}</h4>
      <p class="outcome">
        {run.outcome} after {run.durationSeconds.toFixed(1)} s
        {run.recordedAt !== undefined && `, recorded ${run.recordedAt}`}
      </p>
      {message && !isTold && <pre class="message">{message}</pre>}
      {attempts && <Attempts attempts={attempts} />}
      {observation && <Swimlanes timeline={observation.timeline} />}
      {observation && <Grid timeline={observation.timeline} />}
      {observation && <Parts observation={observation} without={shared} />}
    </section>
  )
}

/** The parts of an observation that are often the same on both clusters. */
export type Part = 'placements' | 'events' | 'refusals'

/** The parts that both clusters showed alike. */
export function sharedParts(
  target: NormalObservation | undefined,
  reference: NormalObservation | undefined,
): readonly Part[] {
  if (target === undefined || reference === undefined) return []
  const partOf = {
    placements: ({ placements = {} }: NormalObservation) => placements,
    // How often they were recorded is not known of every recording.
    events: ({ history }: NormalObservation) => history.events,
    refusals: ({ refusals }: NormalObservation) => refusals,
  }
  return (['placements', 'events', 'refusals'] as const).filter(
    (part) => JSON.stringify(partOf[part](target)) === JSON.stringify(partOf[part](reference)),
  )
}

/** Why pods are where they are, which events there were, which requests were refused. */
export function Parts(props: {
  readonly observation: NormalObservation
  readonly only?: readonly Part[]
  readonly without?: readonly Part[]
}) {
  const { observation, only, without = [] } = props
  const has = (part: Part): boolean => (only?.includes(part) ?? true) && !without.includes(part)
  const { placements, history, eventCounts = {}, refusals } = observation
  const where = only === undefined ? '' : ', the same on both clusters'
  return (
    <>
      {has('placements') && <Placements placements={placements} />}
      {has('events') && <Events events={history.events} counts={eventCounts} where={where} />}
      {has('refusals') && <Refusals refusals={refusals} where={where} />}
    </>
  )
}

function Events(props: {
  readonly events: readonly string[]
  readonly counts: { readonly [event: string]: number }
  readonly where: string
}) {
  const { events, counts, where } = props
  if (events.length === 0) return null
  return (
    <>
      <p class="outcome">Events{where}</p>
      <ul class="events">
        {events.map((event) => (
          <li key={event}>
            {event}
            {Object.hasOwn(counts, event) && <b> × {counts[event]}</b>}
          </li>
        ))}
      </ul>
    </>
  )
}

function Refusals(props: { readonly refusals: readonly NormalRefusal[]; readonly where: string }) {
  const { refusals, where } = props
  if (refusals.length === 0) return null
  return (
    <>
      <p class="outcome">Refused requests{where}</p>
      <ul class="refusals">
        {refusals.map(({ request, code, reason, message }, index) => (
          <li key={`${index} ${request}`}>
            {request}: {code} {reason}: {message}
          </li>
        ))}
      </ul>
    </>
  )
}

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const bad = attempts.filter(({ outcome }) => outcome !== 'passed').length
  return (
    <>
      <p class="outcome">
        {bad} of {attempts.length} attempts did not pass
      </p>
      <ol class="attempts" aria-label="attempts">
        {attempts.map(({ outcome, durationSeconds, differs }, index) => (
          <li key={`${index} ${outcome}`} class={outcome}>
            {outcome} after {durationSeconds.toFixed(1)} s
            {differs && `, showed something else: ${differs}`}
          </li>
        ))}
      </ol>
    </>
  )
}
