import type { TimelineEntry } from '../../normal-form/normal-observation'
import { stateClassOf } from './pod-state'

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
export function Grid(props: {
  readonly title: string
  readonly timeline: readonly TimelineEntry[]
}) {
  const rows = rowsOf(props.timeline)
  const shown = rows.slice(0, maxRows)
  const columns = Math.min(maxPods, Math.max(0, ...rows.map(({ pods }) => pods.length)))
  if (columns === 0) return null
  const numbers = Array.from({ length: columns }, (_, index) => index)
  return (
    <div class="scroll">
      <table class="grid" data-end={props.timeline.at(-1)?.at ?? 0}>
        <caption>
          {props.title} <span class="moment">at the end</span>
        </caption>
        <tbody>
          {shown.map(({ node, states, pods }) => (
            <tr key={node}>
              <th scope="row">{node}</th>
              <td {...cellOf(states, false)}>{states.at(-1)?.state ?? ''}</td>
              {numbers.map((index) => {
                const life = pods[index] ?? []
                return (
                  <td key={index} {...cellOf(life, true)}>
                    {life.at(-1)?.state === 'gone' ? '' : (life.at(-1)?.state ?? '')}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > maxRows && <p>and {rows.length - maxRows} more nodes</p>}
    </div>
  )
}

/** The slider over both histories of a scenario. */
export function TimeSlider({ name }: { readonly name: string }) {
  return (
    <label class="time">
      Moment{' '}
      <input type="range" min={0} max={200} value={200} step={1} aria-label={`Moment of ${name}`} />
    </label>
  )
}

function cellOf(life: readonly TimelineEntry[], isPod: boolean) {
  const [first] = life
  if (first === undefined) return {}
  const last = life.at(-1)?.state ?? ''
  const number = (Number(/#(\d+)$/.exec(first.revision ?? '')?.[1] ?? 1) - 1) % 4
  return {
    'data-states': life.map(({ at, state }) => `${at} ${state.replaceAll('|', '/')}`).join('|'),
    ...(isPod ? { 'data-pod': `r${number}`, class: `${stateClassOf(last)} r${number}` } : {}),
  }
}

function rowsOf(timeline: readonly TimelineEntry[]): readonly Row[] {
  const byNode = Map.groupBy(timeline, ({ node }) => node)
  return [...byNode]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([node, entries]) => {
      const pods = Map.groupBy(
        entries.filter(({ pod }) => pod !== undefined),
        ({ pod }) => pod,
      )
      const states = entries.filter(({ pod }) => pod === undefined)
      return { node, states, pods: [...pods.values()] }
    })
}
