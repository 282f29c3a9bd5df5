import type { GatewayMeasurement } from './gateway-load'

/** What was measured of one server, as it is printed. */
export interface Result extends GatewayMeasurement {
  readonly server: string
  /** From the start of the process to its line "ready"; absent of servers that were there. */
  readonly readyMilliseconds?: number
}

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`
const whole = (value: number): string => value.toFixed(0)

const rows: readonly (readonly [label: string, value: (result: Result) => string])[] = [
  ['ready after', ({ readyMilliseconds: took }) => (took === undefined ? '-' : milliseconds(took))],
  ['GET of a pod, per second', ({ getsPerSecond }) => whole(getsPerSecond)],
  ['GET of a pod, half within', ({ getMillisecondsP50 }) => milliseconds(getMillisecondsP50)],
  ['GET of a pod, 99 % within', ({ getMillisecondsP99 }) => milliseconds(getMillisecondsP99)],
  ['LIST of the pods, size', ({ listMegabytes }) => `${listMegabytes.toFixed(1)} MB`],
  ['LIST of the pods, the first', ({ firstListMilliseconds: took }) => milliseconds(took)],
  ['LIST of the pods, median after', ({ listMilliseconds }) => milliseconds(listMilliseconds)],
  ['watches x writes', ({ watchers, writes }) => `${watchers} x ${writes}`],
  ['events lost', ({ eventsLost }) => whole(eventsLost)],
  ['events per second', ({ eventsPerSecond }) => whole(eventsPerSecond)],
]

/** The measurements of all servers, side by side. */
export function gatewayTable(results: readonly Result[]): string {
  const columns = [
    ['', ...rows.map(([label]) => label)],
    ...results.map((result) => [result.server, ...rows.map(([, value]) => value(result))]),
  ]
  const [labels = [], ...others] = columns.map((cells, index) => {
    const width = Math.max(...cells.map((cell) => cell.length))
    return cells.map((cell) => (index === 0 ? cell.padEnd(width) : cell.padStart(width)))
  })
  return labels
    .map((label, at) => [label, ...others.map((cells) => cells[at])].join('  '))
    .join('\n')
}
