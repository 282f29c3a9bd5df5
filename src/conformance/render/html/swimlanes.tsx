import type { TimelineEntry } from '../../normal-form/normal-observation'
import { shadeOf, stateClassOf } from './pod-state'

/** The most columns that fit beside a node's name and can still be told apart. */
const maxColumns = 100
/** The most nodes drawn; the rest is counted. */
const maxLanes = 48
const laneHeight = 14
const barHeight = 6
const chartWidth = 600

/** A bar: one pod in one state, from one column to the next change. */
interface Bar {
  readonly lane: number
  readonly from: number
  readonly to: number
  readonly row: number
  readonly entry: TimelineEntry
}

/**
 * Nodes down, changes across: which pod was on which node, in which state and of which revision.
 *
 * The axis counts changes, not seconds, so that a quick rollout and a slow one are equally readable. The time of
 * each column is in `data-times`: a click on it shows that moment in the table below.
 */
export function Swimlanes({ timeline }: { readonly timeline: readonly TimelineEntry[] }) {
  const nodes = [...new Set(timeline.map(({ node }) => node))].sort(byName).slice(0, maxLanes)
  const bars = barsOf(timeline, nodes)
  if (bars.length === 0) return null
  const columns = Math.min(timeline.length, maxColumns)
  const width = chartWidth / columns
  const height = nodes.length * laneHeight
  const label = `${nodes.length} nodes, ${timeline.length} changes; the table below says the same in words`
  return (
    <div class="lanes">
      <ul aria-hidden="true">
        {nodes.map((node) => (
          <li key={node}>{node}</li>
        ))}
      </ul>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${chartWidth} ${height}`}
        preserveAspectRatio="none"
        style={{ height: `${height}px` }}
        data-times={timesOf(timeline, columns).join(' ')}
      >
        {[...Map.groupBy(bars, ({ entry }) => classesOf(entry))].map(([name, members]) => (
          <path key={name} class={name} d={members.map((bar) => outline(bar, width)).join('')} />
        ))}
      </svg>
    </div>
  )
}

/** One path for all bars of a colour: there are thousands of these. */
function outline({ lane, from, to, row }: Bar, width: number): string {
  const x = Math.round(from * width)
  const length = Math.max(1, Math.round(to * width) - x)
  return `M${x} ${lane * laneHeight + 1 + row * barHeight}h${length}v${barHeight}h-${length}`
}

/** When each column begins. */
function timesOf(timeline: readonly TimelineEntry[], columns: number): readonly number[] {
  return Array.from({ length: columns }, (_, column) => {
    return timeline[Math.ceil((column * timeline.length) / columns)]?.at ?? 0
  })
}

function barsOf(timeline: readonly TimelineEntry[], nodes: readonly string[]): readonly Bar[] {
  const columns = Math.min(timeline.length, maxColumns)
  const columnOf = (index: number): number => Math.floor((index / timeline.length) * columns)
  const bars: Bar[] = []
  const open = new Map<string, Bar>()
  timeline.forEach((entry, index) => {
    if (entry.pod === undefined) return
    const before = open.get(entry.pod)
    if (before !== undefined) bars.push({ ...before, to: columnOf(index) })
    open.delete(entry.pod)
    const lane = nodes.indexOf(entry.node)
    if (entry.state === 'gone' || lane < 0) return
    // Two rows per lane, so that the old and the new pod of a surge are both seen.
    const taken = [...open.values()].some((bar) => bar.lane === lane && bar.row === 0)
    const row = before?.row ?? (taken ? 1 : 0)
    open.set(entry.pod, { lane, from: columnOf(index), to: columns, row, entry })
  })
  return [...bars, ...open.values()]
}

function classesOf({ state, revision }: TimelineEntry): string {
  return `${stateClassOf(state)} r${shadeOf(revision)}`
}

/** `node-2` stands before `node-10`. */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
