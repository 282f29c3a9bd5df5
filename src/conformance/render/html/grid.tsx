import type { TimelineEntry } from '../../normal-form/normal-observation'
import { revisionNumber, shadeOf, stateClassOf } from './pod-state'
import { byName } from './swimlanes'

/** The most nodes and the most pods of a node that are drawn; the rest is counted. */
const maxRows = 48
const maxPods = 6

interface Row {
  readonly node: string
  readonly states: readonly TimelineEntry[]
  readonly pods: readonly (readonly TimelineEntry[])[]
}

/**
 * Nodes down, the pods of each node across, at one moment: the end, unless the slider says otherwise.
 *
 * What every cell was when is in its `data-states`; the page's script shows the moment that the slider asks for.
 */
export function Grid({ timeline }: { readonly timeline: readonly TimelineEntry[] }) {
  const rows = rowsOf(timeline)
  const shown = rows.slice(0, maxRows)
  const columns = columnsOf(rows)
  if (columns === 0) return null
  const several = new Set(timeline.flatMap(({ revision }) => revision ?? [])).size > 1
  const numbers = Array.from({ length: columns }, (_, index) => index)
  return (
    <div class="scroll">
      <table class="grid" data-end={timeline.at(-1)?.at ?? 0}>
        <caption>
          Nodes and pods <span class="moment">at the end</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            {numbers.map((index) => (
              <th key={index} scope="col">
                Pod {index + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ node, states, pods }) => (
            <tr key={node}>
              <th scope="row">{node}</th>
              <td {...nodeCell(states)}>{states.at(-1)?.state ?? ''}</td>
              {numbers.map((index) => (
                <PodCell key={index} life={pods[index] ?? []} several={several} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > maxRows && <p>and {rows.length - maxRows} more nodes</p>}
    </div>
  )
}

/** The slider over both histories of a scenario, where there is something to see: a table, and changes in it. */
export function TimeSlider(props: {
  readonly name: string
  readonly timelines: readonly (readonly TimelineEntry[])[]
}) {
  const { name, timelines } = props
  const moves = timelines.some((timeline) => {
    return columnsOf(rowsOf(timeline)) > 0 && new Set(timeline.map(({ at }) => at)).size > 1
  })
  if (!moves) return null
  return (
    <label class="time">
      Moment <input type="range" max={200} value={200} aria-label={`Moment of ${name}`} />
    </label>
  )
}

function PodCell(props: { readonly life: readonly TimelineEntry[]; readonly several: boolean }) {
  const { life, several } = props
  const [first] = life
  if (first === undefined) return <td />
  const state = life.at(-1)?.state ?? ''
  const revision = several ? ` r${revisionNumber(first.revision)}` : ''
  const shade = `r${shadeOf(first.revision)}`
  const isGone = state === 'gone' || state === ''
  return (
    <td
      data-states={statesOf(life)}
      {...(several ? { 'data-revision': revision } : {})}
      class={`${stateClassOf(state)} ${shade}`}
    >
      {isGone ? '' : `${state}${revision}`}
    </td>
  )
}

/** Most nodes never change: what is in the cell is all there is to know then. */
function nodeCell(life: readonly TimelineEntry[]) {
  const states = statesOf(life)
  return states.includes('|') ? { 'data-states': states } : {}
}

/** Of several states at one moment only the last can be seen. */
function statesOf(life: readonly TimelineEntry[]): string {
  return life
    .filter(({ at }, index) => life[index + 1]?.at !== at)
    .map(({ at, state }) => `${at} ${state.replaceAll('|', '/')}`)
    .join('|')
}

function columnsOf(rows: readonly Row[]): number {
  return Math.min(maxPods, Math.max(0, ...rows.map(({ pods }) => pods.length)))
}

function rowsOf(timeline: readonly TimelineEntry[]): readonly Row[] {
  return [...Map.groupBy(timeline, ({ node }) => node)]
    .sort(([a], [b]) => byName(a, b))
    .map(([node, entries]) => {
      const pods = Map.groupBy(
        entries.filter(({ pod }) => pod !== undefined),
        ({ pod }) => pod,
      )
      const states = entries.filter(({ pod }) => pod === undefined)
      return { node, states, pods: [...pods.values()] }
    })
}
