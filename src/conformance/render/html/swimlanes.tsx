import type { TimelineEntry } from '../../normal-form/normal-observation'
import { stateClassOf } from './pod-state'

/** The most columns that fit beside a node's name and can still be told apart. */
const maxColumns = 100
/** The most nodes drawn; the rest is counted. */
const maxLanes = 48
const laneHeight = 14
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
 * The axis counts changes, not seconds, so that a quick rollout and a slow one are equally readable; the
 * time of each change is in its tooltip.
 */
export function Swimlanes({ timeline }: { readonly timeline: readonly TimelineEntry[] }) {
  const nodes = [...new Set(timeline.map(({ node }) => node))].sort().slice(0, maxLanes)
  if (nodes.length === 0) return null
  const columns = Math.min(timeline.length, maxColumns)
  const x = (column: number): number => Math.round((column / columns) * chartWidth * 10) / 10
  const bars = barsOf(timeline, nodes)
  const label = `${nodes.length} nodes, ${timeline.length} changes`
  return (
    <div class="lanes">
      <ul aria-hidden="true">
        {nodes.map((node) => (
          <li key={node} title={node}>
            {node}
          </li>
        ))}
      </ul>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${chartWidth} ${nodes.length * laneHeight}`}
        preserveAspectRatio="none"
        style={{ height: `${nodes.length * laneHeight}px` }}
      >
        <title>{label}</title>
        {bars.map(({ lane, from, to, row, entry }) => (
          <rect
            key={`${entry.pod ?? entry.node} ${from}`}
            class={classesOf(entry)}
            x={x(from)}
            y={lane * laneHeight + 1 + row * 6}
            width={Math.max(1, x(to) - x(from))}
            height={6}
          >
            <title>{tooltip(entry)}</title>
          </rect>
        ))}
      </svg>
    </div>
  )
}

const legend = [
  ['ready r0', 'ready, first revision'],
  ['ready r1', 'second'],
  ['ready r2', 'third'],
  ['ready r3', 'fourth'],
  ['starting', 'starting'],
  ['terminating', 'terminating'],
  ['failing', 'failing'],
] as const

/** What the colours of the histories mean. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Colours of the histories">
      {legend.map(([name, text]) => (
        <li key={name}>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <title>{text}</title>
            <rect class={name} width="10" height="10" />
          </svg>
          {text}
        </li>
      ))}
    </ul>
  )
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

function classesOf(entry: TimelineEntry): string {
  const revision = revisionOf(entry)
  return revision === 0 ? stateClassOf(entry.state) : `${stateClassOf(entry.state)} r${revision}`
}

/** 0 to 3: revisions alternate between four shades. */
function revisionOf({ revision }: TimelineEntry): number {
  const number = Number(/#(\d+)$/.exec(revision ?? '')?.[1] ?? 1)
  return (number - 1) % 4
}

/** Without the node, which stands beside the lane: there are thousands of these. */
function tooltip({ at, pod = '', node, state, revision }: TimelineEntry): string {
  const of = revision === undefined ? '' : ` ${revision}`
  return `${pod.replace(`@${node}`, '')}${of} ${state} ${(at / 1000).toFixed(1)} s`
}
